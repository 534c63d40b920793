"""theta: its three parts under one name, and what makes them valid together."""

from typing import NamedTuple

import numpy as np

from gmm_ref.validation import as_covariances, as_means, as_weights


class Parameters(NamedTuple):
    """theta of section 7.4: ``f(X, *theta)`` hands its three parts to a formula.

    weights (K,), means (K, D), covariances (K, D, D).
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def as_parameters(weights, means, covariances):
    """The three parts of theta, each valid and of one K and one D."""
    means = as_means(means)
    return Parameters(as_weights(weights, len(means)), means, as_covariances(covariances, means))


def as_theta(theta):
    """theta, handed over in one piece, as valid Parameters."""
    try:
        weights, means, covariances = theta
    except (TypeError, ValueError):
        raise ValueError(
            f"theta must be (weights, means, covariances), but is {type(theta).__name__} "
            f"that does not unpack into three parts"
        ) from None
    return as_parameters(weights, means, covariances)
