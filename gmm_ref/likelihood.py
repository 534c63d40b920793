"""7.4.2: the label summed out. The density of x is a sum over k, its logarithm a log-sum-exp."""

import scipy

from gmm_ref.generative_model import log_joint


def log_density(X, weights, means, covariances):
    """log p(x_n | theta) = log sum_k pi_k N(x_n | mu_k, Sigma_k) (section 7.4.2).

    X (N, D), weights (K,), means (K, D), covariances (K, D, D). Returns (N,), in nats.
    Log-sum-exp over k takes the largest term out first, so that no density underflows.
    Positive where the density is above 1. Raises ValueError for bad arguments.
    """
    return scipy.special.logsumexp(log_joint(X, weights, means, covariances), axis=1)


def log_likelihood(X, weights, means, covariances):
    """log p(X | theta) = sum_n log sum_k pi_k N(x_n | mu_k, Sigma_k) (section 7.4.2).

    X (N, D), weights (K,), means (K, D), covariances (K, D, D).
    Returns a float, in nats: the total over the data set, not the mean per point.
    Raises ValueError for bad arguments.
    """
    return float(log_density(X, weights, means, covariances).sum())
