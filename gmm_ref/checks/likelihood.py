"""The exercises of 7.4.2: the label summed out, for each point and for the data set."""

from gmm_ref import likelihood
from gmm_ref.checks.mistakes.likelihood import LogDensity, LogLikelihood
from gmm_ref.checks.problems import cases_with, many_points
from gmm_ref.checks.subject import MIXTURES
from nbjudge.checking.formula import Formula

SECTION = "7.4.2"


log_density = Formula(
    likelihood.log_density,
    SECTION,
    "log p(x_n) = log sum_k pi_k N(x_n | mu_k, Sigma_k)",
    LogDensity,
    cases_with(),
    MIXTURES,
    index=("n",),
)

log_likelihood = Formula(
    likelihood.log_likelihood,
    SECTION,
    "log p(X) = sum_n log sum_k pi_k N(x_n | mu_k, Sigma_k)",
    LogLikelihood,
    cases_with(hard=many_points),
    MIXTURES,
    builds_on=(log_density,),
)

EXERCISES = [log_density, log_likelihood]
