"""The exercises of 7.4.2: `log_density`, `log_likelihood`."""

import numpy as np

from gmm_ref import likelihood
from gmm_ref.checks.mistakes.likelihood import LogDensity, LogLikelihood
from gmm_ref.checks.problems import many_points
from nbjudge.checking.exercise import Formula

log_density = Formula(
    likelihood.log_density,
    "log p(x_n) = log sum_k pi_k N(x_n | mu_k, Sigma_k)",
    LogDensity,
    index=("n",),
)

log_likelihood = Formula(
    likelihood.log_likelihood,
    "log p(X) = sum_n log sum_k pi_k N(x_n | mu_k, Sigma_k)",
    LogLikelihood,
    follow=lambda arguments, log_density: np.sum(log_density(*arguments.values())),
    hard=many_points,
)

EXERCISES = [log_density, log_likelihood]
