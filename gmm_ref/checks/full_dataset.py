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
from gmm_ref.checks.problems import many_points
from nbjudge.checking.exercise import Formula


def _not_one_hot(Z):
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
        ("labels among which the highest does not occur", _labels([2, 0, 1, 0, 2], 5), {}),
        ("labels among which 0 does not occur", _labels([3, 1, 1, 2, 3], 4), {}),
        ("one component", _labels([0, 0, 0], 1), {}),
        ("one point", _labels([int(rng.integers(3))], 4), {}),
        ("labels of dtype uint8", _labels(rng.integers(0, 3, size=7).astype(np.uint8), 3), {}),
    ]


def _labels(z, n_components):
    return {"z": np.asarray(z), "n_components": n_components}


def _complete_from_own(arguments, log_prior, log_conditional):
    X, Z, weights, means, covariances = arguments.values()
    return log_prior(Z, weights) + log_conditional(X, Z, means, covariances)


one_hot = Formula(
    full_dataset.one_hot,
    "z_n = [z_n1, ..., z_nK], with z_nk = 1 for the component of point n",
    OneHot,
    kind="indicator",
    index=("n", "k"),
    property_fault=_not_one_hot,
    hard=hard_labels,
)

log_prior = Formula(
    full_dataset.log_prior,
    "the same prior for every point: log p(Z) = sum_n sum_k z_nk log pi_k",
    LogPrior,
    hard=many_points,
)

log_conditional = Formula(
    full_dataset.log_conditional,
    "log p(X | Z) = sum_n log p(x_n | z_n)",
    LogConditional,
    hard=many_points,
)

complete_log_likelihood = Formula(
    full_dataset.complete_log_likelihood,
    "log p(X, Z) = log p(Z) + log p(X | Z)",
    CompleteLogLikelihood,
    follow=_complete_from_own,
    hard=many_points,
)

log_posterior = Formula(
    full_dataset.log_posterior,
    "log p(Z | X) = sum_n log p(z_n | x_n), the log of the responsibility of each point's label",
    LogPosterior,
    hard=many_points,
)

EXERCISES = [one_hot, log_prior, log_conditional, complete_log_likelihood, log_posterior]
