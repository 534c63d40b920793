"""The equations of section 7.4 as they stand in the text: sums and products over n, k and d.

The numbers are mpmath's, of 50 digits and any exponent. So nothing clever is needed: the densities
are multiplied and only then is a logarithm taken, the covariance is inverted, its determinant
formed; none of it can underflow, and what a function loses to rounding is all its own.
Arguments are floats in arrays (N, D), (K,), (K, D), (K, D, D); results are floats in arrays.
At the end stands the second oracle, scikit-learn's mixture.
"""

from functools import cache

import numpy as np
from mpmath import MPContext
from sklearn.mixture import GaussianMixture

mp = MPContext()
mp.dps = 50


@cache
def inverse_and_determinant(Sigma):
    Sigma = mp.matrix(Sigma)
    return Sigma**-1, mp.det(Sigma)


def gaussian(x, mu, Sigma):
    """N(x | mu, Sigma), a number of mpmath."""
    D = len(mu)
    inverse, determinant = inverse_and_determinant(tuple(map(tuple, Sigma.tolist())))
    difference = [mp.mpf(x[d]) - mp.mpf(mu[d]) for d in range(D)]
    quadratic = mp.fsum(
        difference[i] * inverse[i, j] * difference[j] for i in range(D) for j in range(D)
    )
    return mp.exp(-quadratic / 2) / mp.sqrt((2 * mp.pi) ** D * determinant)


def joint(X, weights, means, covariances):
    """p(x_n, z_k = 1) = pi_k N(x_n | mu_k, Sigma_k), numbers of mpmath."""
    return [
        [mp.mpf(weights[k]) * gaussian(x, means[k], covariances[k]) for k in range(len(weights))]
        for x in X
    ]


def log_gaussian(X, mean, covariance):
    return floats(mp.log(gaussian(x, mean, covariance)) for x in X)


def log_joint(X, weights, means, covariances):
    return floats([mp.log(p) for p in row] for row in joint(X, weights, means, covariances))


def log_density(X, weights, means, covariances):
    return floats(mp.log(mp.fsum(row)) for row in joint(X, weights, means, covariances))


def log_likelihood(X, weights, means, covariances):
    return float(mp.log(mp.fprod(mp.fsum(row) for row in joint(X, weights, means, covariances))))


def responsibilities(X, weights, means, covariances):
    return floats([p / mp.fsum(row) for p in row] for row in joint(X, weights, means, covariances))


def posterior_entropy(R):
    return floats(-mp.fsum(r * mp.log(r) for r in map(mp.mpf, row) if r > 0) for row in R)


def log_prior(Z, weights):
    return float(
        mp.log(mp.fprod(mp.mpf(weights[k]) ** int(z[k]) for z in Z for k in range(len(weights))))
    )


def log_conditional(X, Z, means, covariances):
    return float(
        mp.log(
            mp.fprod(
                gaussian(X[n], means[k], covariances[k]) ** int(Z[n][k])
                for n in range(len(X))
                for k in range(len(means))
            )
        )
    )


def complete_log_likelihood(X, Z, weights, means, covariances):
    p = joint(X, weights, means, covariances)
    return float(
        mp.log(
            mp.fprod(p[n][k] ** int(Z[n][k]) for n in range(len(X)) for k in range(len(weights)))
        )
    )


def log_posterior(Z, X, weights, means, covariances):
    """p(Z | X) = p(X, Z) / p(X), the definition: nothing is said of its factors."""
    return complete_log_likelihood(X, Z, weights, means, covariances) - log_likelihood(
        X, weights, means, covariances
    )


def expected_complete_log_likelihood(X, R, weights, means, covariances):
    p = joint(X, weights, means, covariances)
    return float(
        mp.fsum(
            mp.mpf(R[n][k]) * mp.log(p[n][k])
            for n in range(len(X))
            for k in range(len(weights))
            if R[n][k] > 0
        )
    )


def lower_bound(X, R, weights, means, covariances):
    Q = expected_complete_log_likelihood(X, R, weights, means, covariances)
    return Q + float(np.sum(posterior_entropy(R)))


def e_step(X, weights, means, covariances):
    return responsibilities(X, weights, means, covariances)


def m_step(X, R):
    """pi_k = N_k / N, mu_k = sum r x / N_k, Sigma_k = sum r (x - mu_k)(x - mu_k)^T / N_k."""
    N, D, K = len(X), len(X[0]), len(R[0])
    x = [[mp.mpf(value) for value in row] for row in X]
    r = [[mp.mpf(value) for value in row] for row in R]
    N_k = [mp.fsum(r[n][k] for n in range(N)) for k in range(K)]
    mu = [
        [mp.fsum(r[n][k] * x[n][d] for n in range(N)) / N_k[k] for d in range(D)] for k in range(K)
    ]
    Sigma = [
        [
            [
                mp.fsum(r[n][k] * (x[n][i] - mu[k][i]) * (x[n][j] - mu[k][j]) for n in range(N))
                / N_k[k]
                for j in range(D)
            ]
            for i in range(D)
        ]
        for k in range(K)
    ]
    return floats(N_k[k] / N for k in range(K)), floats(mu), floats(Sigma)


def floats(numbers):
    return np.array(list(numbers), dtype=float)


def sklearn_mixture(theta):
    """scikit-learn's model with this theta, as if it had been fitted."""
    model = GaussianMixture(len(theta.weights))
    model.weights_, model.means_, model.covariances_ = theta
    model.precisions_cholesky_ = np.linalg.cholesky(np.linalg.inv(theta.covariances))
    return model
