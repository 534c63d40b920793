"""7.4.4: a label for every point. With Z known, log-probabilities add up over the data set."""

import numpy as np
import scipy

from gmm_ref.generative_model import component_log_densities, log_joint
from gmm_ref.theta import as_parameters
from gmm_ref.validation import as_count, as_labels, as_one_hot, as_weights


def one_hot(z, n_components):
    """z_nk = 1 if point n has label k, else 0: the vectors z_n of section 7.4.4 as rows.

    z (N,), integers from 0 to K-1; n_components, K >= 1. Returns Z (N, K), floats 0 and 1.
    Raises ValueError for labels that are no integers or outside 0 ... K-1.
    """
    n_components = as_count(n_components, "n_components", 1)
    return np.eye(n_components)[as_labels(z, n_components)]


def log_prior(Z, weights):
    """log p(Z | pi) = sum_n sum_k z_nk log pi_k (section 7.4.4: the same prior for every point).

    Z (N, K) one-hot, weights (K,). Returns a float, in nats; -inf if a label of weight 0 occurs.
    Raises ValueError for bad arguments.
    """
    weights = as_weights(weights)
    Z = as_one_hot(Z, len(weights))
    return float(scipy.special.xlogy(Z, weights).sum())  # xlogy: 0 log 0 = 0


def log_conditional(X, Z, means, covariances):
    """log p(X | Z) = sum_n log p(x_n | z_n) = sum_n sum_k z_nk log N(x_n | mu_k, Sigma_k).

    The factorised conditional of section 7.4.4.
    X (N, D), Z (N, K) one-hot, means (K, D), covariances (K, D, D). Returns a float, in nats.
    Raises ValueError for bad arguments.
    """
    log_densities = component_log_densities(X, means, covariances)
    Z = as_one_hot(Z, log_densities.shape[1], len(log_densities))
    return float((Z * log_densities).sum())


def complete_log_likelihood(X, Z, weights, means, covariances):
    """log p(X, Z | theta) = log p(Z | pi) + log p(X | Z) (section 7.4.4).

    X (N, D), Z (N, K) one-hot, weights (K,), means (K, D), covariances (K, D, D).
    Returns a float, in nats; -inf if a label of weight 0 occurs. Raises ValueError.
    """
    weights, means, covariances = as_parameters(weights, means, covariances)
    return log_prior(Z, weights) + log_conditional(X, Z, means, covariances)


def log_posterior(Z, X, weights, means, covariances):
    """log p(Z | X) = sum_n log r_{n, z_n}: the posterior factorises over the points as well.

    Section 7.4.4, with the responsibilities of 7.4.3.
    Z (N, K) one-hot, X (N, D), weights (K,), means (K, D), covariances (K, D, D).
    Returns a float, in nats; -inf if a label of weight 0 occurs. Raises ValueError.
    """
    joint = log_joint(X, weights, means, covariances)
    Z = as_one_hot(Z, joint.shape[1], len(joint))
    return float(scipy.special.log_softmax(joint, axis=1)[Z == 1].sum())
