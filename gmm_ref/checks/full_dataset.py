"""The exercises of 7.4.4: the labels one-hot, and the log-probabilities of the whole data set."""

import numpy as np

from gmm_ref import full_dataset
from gmm_ref.checks.mistakes.full_dataset import (
    CompleteLogLikelihood,
    LogConditional,
    LogPosterior,
    LogPrior,
    OneHot,
)
from gmm_ref.checks.problems import ONE_COMPONENT, ONE_POINT, cases_with, many_points
from gmm_ref.checks.subject import MIXTURES
from nbjudge.checking.case import Case
from nbjudge.checking.formula import Formula

SECTION = "7.4.4"


def _not_one_hot(Z, arguments):
    Z = np.asarray(Z)
    if not np.all((Z == 0) | (Z == 1)):
        return "A one-hot row holds zeros and ones, but the answer holds other numbers."
    if not np.all(Z.sum(axis=1) == 1):
        n = int(np.argmax(Z.sum(axis=1) != 1))
        return f"A one-hot row holds a single 1, but row {n} holds {Z[n].sum():g} of them."
    return None


def hard_labels(rng):
    """z at its edges: the highest or lowest label absent, one component, one point, uint8."""
    return [
        Case(_labels([2, 0, 1, 0, 2], 5), "labels among which the highest does not occur"),
        Case(_labels([3, 1, 1, 2, 3], 4), "labels among which 0 does not occur"),
        Case(_labels([0, 0, 0], 1), "one component", ONE_COMPONENT),
        Case(_labels([int(rng.integers(3))], 4), "one point", ONE_POINT),
        Case(_labels(rng.integers(0, 3, size=7).astype(np.uint8), 3), "labels of dtype uint8"),
    ]


def _labels(z, n_components):
    return {"z": np.asarray(z), "n_components": n_components}


one_hot = Formula(
    full_dataset.one_hot,
    SECTION,
    "z_n = [z_n1, ..., z_nK], with z_nk = 1 for the component of point n",
    OneHot,
    cases_with(hard_labels),
    MIXTURES,
    kind="indicator",
    index=("n", "k"),
    property_fault=_not_one_hot,
)

log_prior = Formula(
    full_dataset.log_prior,
    SECTION,
    "the same prior for every point: log p(Z) = sum_n sum_k z_nk log pi_k",
    LogPrior,
    cases_with(many_points),
    MIXTURES,
)

log_conditional = Formula(
    full_dataset.log_conditional,
    SECTION,
    "log p(X | Z) = sum_n log p(x_n | z_n)",
    LogConditional,
    cases_with(many_points),
    MIXTURES,
)

complete_log_likelihood = Formula(
    full_dataset.complete_log_likelihood,
    SECTION,
    "log p(X, Z) = log p(Z) + log p(X | Z)",
    CompleteLogLikelihood,
    cases_with(many_points),
    MIXTURES,
    builds_on=(log_prior, log_conditional),
)

log_posterior = Formula(
    full_dataset.log_posterior,
    SECTION,
    "log p(Z | X) = sum_n log p(z_n | x_n), the log of the responsibility of each point's label",
    LogPosterior,
    cases_with(many_points),
    MIXTURES,
)

EXERCISES = [one_hot, log_prior, log_conditional, complete_log_likelihood, log_posterior]
