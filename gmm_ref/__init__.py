"""Gaussian mixtures through their latent variables: section 7.4, one function a formula."""

from gmm_ref import datasets
from gmm_ref.em import (
    CollapseWarning,
    Fit,
    e_step,
    expected_complete_log_likelihood,
    fit,
    fit_best,
    lower_bound,
    m_step,
)
from gmm_ref.full_dataset import (
    complete_log_likelihood,
    log_conditional,
    log_posterior,
    log_prior,
    one_hot,
)
from gmm_ref.generative_model import (
    log_gaussian,
    log_joint,
    sample_gaussian,
    sample_labels,
    sample_mixture,
)
from gmm_ref.likelihood import log_density, log_likelihood
from gmm_ref.posterior import (
    most_probable_component,
    posterior_entropy,
    responsibilities,
    sample_posterior_labels,
)
from gmm_ref.theta import Parameters

__all__ = [
    "CollapseWarning",
    "Fit",
    "Parameters",
    "complete_log_likelihood",
    "datasets",
    "e_step",
    "expected_complete_log_likelihood",
    "fit",
    "fit_best",
    "log_conditional",
    "log_density",
    "log_gaussian",
    "log_joint",
    "log_likelihood",
    "log_posterior",
    "log_prior",
    "lower_bound",
    "m_step",
    "most_probable_component",
    "one_hot",
    "posterior_entropy",
    "responsibilities",
    "sample_gaussian",
    "sample_labels",
    "sample_mixture",
    "sample_posterior_labels",
]
