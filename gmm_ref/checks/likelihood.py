"""The exercises of 7.4.2: `log_density`, `log_likelihood`."""

import numpy as np

from gmm_ref import likelihood
from gmm_ref.checks.exercise import Formula

log_density = Formula(
    likelihood.log_density,
    "log p(x_n) = log sum_k pi_k N(x_n | mu_k, Sigma_k)",
    index=("n",),
)

log_likelihood = Formula(
    likelihood.log_likelihood,
    "log p(X) = sum_n log sum_k pi_k N(x_n | mu_k, Sigma_k)",
    follow=lambda arguments, log_density: np.sum(log_density(**arguments)),
)

EXERCISES = [log_density, log_likelihood]
