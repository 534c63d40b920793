"""7.4.1: first the label z ~ Categorical(pi), then the point x ~ N(mu_z, Sigma_z).

Labels count the components from 0. Points are rows, features are columns.
"""

import numpy as np
import scipy  # scipy.linalg and scipy.special load at their first use: the import stays quick

from gmm_ref.theta import as_parameters
from gmm_ref.validation import (
    as_count,
    as_covariances,
    as_generator,
    as_mean_and_covariance,
    as_means,
    as_points,
    as_weights,
    cholesky_factor,
    cholesky_factors,
)


def sample_labels(weights, n_samples, rng):
    """Draw z_n ~ Categorical(pi): p(z = k) = pi_k (section 7.4.1, step 1).

    weights (K,); n_samples, a whole number N >= 0; rng, a numpy Generator.
    Returns z (N,), integers from 0 to K-1, independent draws. A weight of 0 is never drawn.
    Raises ValueError for weights that are negative or do not sum to 1, and for a bad N or rng.
    """
    weights = as_weights(weights)
    n_samples = as_count(n_samples, "n_samples", 0)
    # numpy asks for a sum of 1 to 1e-8; weights in float32 can miss that.
    return as_generator(rng).choice(len(weights), size=n_samples, p=weights / weights.sum())


def sample_gaussian(mean, covariance, n_samples, rng):
    """Draw x ~ N(mu, Sigma) as mu + L e, with Sigma = L L^T, e ~ N(0, I) (section 7.4.1, step 2).

    mean (D,), covariance (D, D) symmetric positive definite, in units of x and x squared;
    n_samples, a whole number N >= 0; rng, a numpy Generator.
    Returns X (N, D), one draw a row. Raises ValueError for bad arguments.
    """
    mean, covariance = as_mean_and_covariance(mean, covariance)
    n_samples = as_count(n_samples, "n_samples", 0)
    noise = as_generator(rng).standard_normal((n_samples, len(mean)))
    return mean + noise @ cholesky_factor(covariance).T


def sample_mixture(weights, means, covariances, n_samples, rng):
    """Draw N pairs: z_n ~ Categorical(pi), then x_n ~ N(mu_{z_n}, Sigma_{z_n}) (section 7.4.1).

    weights (K,), means (K, D), covariances (K, D, D); n_samples, a whole number N >= 0;
    rng, a numpy Generator.
    Returns X (N, D) and the labels z (N,); rows are independent and in the order drawn.
    Raises ValueError for bad arguments.
    """
    weights, means, covariances = as_parameters(weights, means, covariances)
    factors = cholesky_factors(covariances)
    z = sample_labels(weights, n_samples, rng)
    X = rng.standard_normal((len(z), means.shape[1]))
    for k in range(len(weights)):
        X[z == k] = means[k] + X[z == k] @ factors[k].T
    return X, z


def log_gaussian(X, mean, covariance):
    """log N(x_n | mu, Sigma) = -1/2 [D log 2 pi + log |Sigma| + (x_n - mu)^T Sigma^-1 (x_n - mu)].

    X (N, D), mean (D,), covariance (D, D). Returns (N,), in nats.
    With Sigma = L L^T, log |Sigma| = 2 sum_d log L_dd, and the quadratic form is the squared
    length of L^-1 (x_n - mu): a triangular solve, no inverse and no determinant.
    Raises ValueError for bad arguments. Source: the density named in section 7.4.1.
    """
    mean, covariance = as_mean_and_covariance(mean, covariance)
    return _log_gaussian(as_points(X, len(mean)), mean, cholesky_factor(covariance))


def component_log_densities(X, means, covariances):
    """log N(x_n | mu_k, Sigma_k) for every n and k: (N, K), in nats. Section 7.4.1."""
    means = as_means(means)
    factors = cholesky_factors(as_covariances(covariances, means))
    X = as_points(X, means.shape[1])
    columns = [_log_gaussian(X, mean, factor) for mean, factor in zip(means, factors, strict=True)]
    return np.stack(columns, axis=1)


def log_joint(X, weights, means, covariances):
    """log p(x_n, z_k = 1) = log pi_k + log N(x_n | mu_k, Sigma_k) (section 7.4.1).

    X (N, D), weights (K,), means (K, D), covariances (K, D, D). Returns (N, K), in nats.
    A weight of 0 gives a column of -inf. Raises ValueError for bad arguments.
    The root of all that follows: likelihood, posterior and EM start from this array.
    """
    log_densities = component_log_densities(X, means, covariances)
    weights = as_weights(weights, log_densities.shape[1])
    with np.errstate(divide="ignore"):  # log 0 = -inf is what is meant
        return np.log(weights) + log_densities


def _log_gaussian(X, mean, factor):
    whitened = scipy.linalg.solve_triangular(factor, (X - mean).T, lower=True)
    return (
        -0.5 * (len(mean) * np.log(2 * np.pi) + np.sum(whitened**2, axis=0))
        - np.log(np.diag(factor)).sum()
    )
