"""The exercises of 7.4.5: Q, the two steps, the loop, and the best of many starts."""

import numpy as np

from gmm_ref import em
from gmm_ref.checks.loop import Loop, loop_cases
from gmm_ref.checks.mistakes.em import EStep, ExpectedCompleteLogLikelihood, MStep
from gmm_ref.checks.mistakes.loop import EMRun
from gmm_ref.checks.mistakes.lower_bound import LowerBound
from gmm_ref.checks.mistakes.restarts import FitBest
from gmm_ref.checks.posterior import responsibilities
from gmm_ref.checks.problems import (
    ZERO_LOG_ZERO,
    cases_with,
    draw_problem,
    hard_cases,
    many_points,
)
from gmm_ref.checks.restarts import Restarts, restarts_cases
from gmm_ref.checks.subject import MIXTURES
from nbjudge.checking.case import Case
from nbjudge.checking.formula import Formula

SECTION = "7.4.5"


def _step_cases(rng):
    """The edges of an M-step: no dead component, but hard, tiny and single responsibilities."""
    usual = [case for case in hard_cases(rng) if case.arguments["weights"].min() > 0]
    sure = draw_problem(rng, 12, 2, 3)
    sure["R"] = np.eye(3)[np.arange(12) % 3]
    tiny = draw_problem(rng, 13, 2, 3)
    tiny["R"] = tiny["R"] * [1, 1, 1e-9]
    tiny["R"] /= tiny["R"].sum(axis=1, keepdims=True)
    return [
        *usual,
        Case(sure, "responsibilities of exactly 0 and 1", ZERO_LOG_ZERO),
        Case(tiny, "a component of tiny responsibilities"),
    ]


def _parameters_fault(theta, arguments):
    """What is wrong with the sums and the symmetry of an M-step's answer, or None."""
    weights, _, covariances = map(np.asarray, theta)
    if abs(weights.sum() - 1) > 1e-8:
        return f"The weights must sum to 1, but sum to {weights.sum():.6g}."
    if np.any(np.diagonal(covariances, axis1=1, axis2=2) < 0):
        return "A covariance has a negative entry on its diagonal."
    if not np.allclose(covariances, np.swapaxes(covariances, 1, 2)):
        return "The covariances must be symmetric."
    return None


expected_complete_log_likelihood = Formula(
    em.expected_complete_log_likelihood,
    SECTION,
    "Q = sum_n sum_k r_nk [log pi_k + log N(x_n | mu_k, Sigma_k)]",
    ExpectedCompleteLogLikelihood,
    cases_with(many_points),
    MIXTURES,
)

e_step = Formula(
    em.e_step,
    SECTION,
    "E-step: the posterior p(z | x, theta^(t)), the responsibilities of 7.4.3",
    EStep,
    cases_with(),
    MIXTURES,
    index=("n", "k"),
    property_fault=responsibilities.property_fault,
)

m_step = Formula(
    em.m_step,
    SECTION,
    "M-step: the theta that maximises Q. With N_k = sum_n r_nk: pi_k = N_k / N, "
    "mu_k = sum_n r_nk x_n / N_k, Sigma_k = sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T / N_k",
    MStep,
    cases_with(_step_cases),
    MIXTURES,
    property_fault=_parameters_fault,
)

lower_bound = Formula(
    em.lower_bound,
    SECTION,
    "Q plus the entropy of R: sum_n sum_k r_nk [log pi_k + log N(x_n | mu_k, Sigma_k) - log r_nk]",
    LowerBound,
    cases_with(many_points),
    MIXTURES,
    builds_on=(expected_complete_log_likelihood,),
)

fit = Loop(
    em.fit,
    SECTION,
    "each iteration: E-step, then M-step; the log-likelihood never falls",
    EMRun,
    loop_cases,
    MIXTURES,
    builds_on=(e_step, m_step),
)

fit_best = Restarts(
    em.fit_best,
    SECTION,
    "EM may end in a local maximum, depending on where it starts",
    FitBest,
    restarts_cases,
    MIXTURES,
    builds_on=(fit, e_step, m_step),
)

EXERCISES = [expected_complete_log_likelihood, e_step, lower_bound, m_step, fit, fit_best]
