"""7.4.5 at speed: one pass over the data is an E-step and the sums of the next M-step.

The argument. With Sigma_k = L_k L_k^T and y_nk = L_k^-1 (x_n - mu_k), a density needs only the
squared length of y_nk, and the M-step's sums can be taken of y as well, for R is the same:

    N_k = sum_n r_nk,   a_k = sum_n r_nk y_nk / N_k,   B_k = sum_n r_nk y_nk y_nk^T / N_k,
    pi_k = N_k / N,   mu_k' = mu_k + L_k a_k,   Sigma_k' = L_k (B_k - a_k a_k^T) L_k^T.

So X is read once a step, in blocks of points that stay in the cache: all y of a block are one
matrix product, the second moments one product a component, and nothing of size N is kept. The sums
are taken about the old mean, in units of the old component, so that neither an offset of the data
nor a condition number of 1e12 costs them digits. Where a component moves so far that B - a a^T
would lose some, they are taken once more, about the new mean.

`gmm_ref.em` says the same in plain functions, a formula each; tests hold both together.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from gmm_ref.theta import Parameters

# A block holds at most so many points, and so many of the numbers y_nk: that fits a cache.
POINTS, NUMBERS = 2048, 2**18
# B - a a^T loses the digits of this number, of 16.
LOSS = 1e4


@dataclass(frozen=True)
class Sums:
    """What a pass over the data under a theta leaves: its log-likelihood, and the sums over n.

    counts (K,), of r_nk; first (K, D) and second (K, D, D), of r_nk y_nk and r_nk y_nk y_nk^T,
    where y_nk is taken ``about`` a point of each component, (K, D).
    """

    log_likelihood: float
    counts: np.ndarray
    first: np.ndarray
    second: np.ndarray
    about: np.ndarray

    @property
    def moves(self):
        """a_k: how far each mean moves, in units of the component. (K, D)."""
        return self.about + self.first / self.counts[:, None]

    @property
    def inner(self):
        """B_k - a_k a_k^T: each new covariance, in units of the old component. (K, D, D)."""
        off = self.first / self.counts[:, None]
        return self.second / self.counts[:, None, None] - off[:, :, None] * off[:, None, :]

    @property
    def lose_digits(self):
        """Whether a component moves far, compared with its width there."""
        squares = self.second / self.counts[:, None, None]
        ratio = np.trace(squares, axis1=1, axis2=2) > LOSS * np.linalg.eigvalsh(self.inner)[:, 0]
        return bool(ratio.any())

    def maximised(self, theta, factors):
        """The Parameters of the M-step, from those of the pass and their Cholesky factors."""
        means = theta.means + (factors @ self.moves[:, :, None])[:, :, 0]
        half = factors @ self.inner
        covariances = half @ factors.transpose(0, 2, 1)
        symmetric = (covariances + covariances.transpose(0, 2, 1)) / 2
        return Parameters(self.counts / self.counts.sum(), means, symmetric)


class Passes:
    """Passes over one data set: X (N, D), valid and never written to; a memmap will do."""

    def __init__(self, X, n_components):
        n_features = X.shape[1]
        self.X, self.shape = X, (n_components, n_features)
        self.n_points = max(1, min(POINTS, NUMBERS // (n_components * n_features), len(X)))
        self.centre = np.sum([block.sum(axis=0) for block in self._blocks()], axis=0) / len(X)
        # Written anew for each block. Points are columns, so that sums over D and K add long rows.
        self.centred = np.empty((n_features, self.n_points))
        self.y = np.empty((n_components * n_features, self.n_points))
        self.squares = np.empty_like(self.y)
        self.weighted = np.empty_like(self.centred)

    def sums(self, theta, factors, about=None):
        """The Sums under theta, valid; factors (K, D, D), the Cholesky factors L_k."""
        inverses = np.stack([scipy.linalg.lapack.dtrtri(L, lower=1)[0] for L in factors])
        origin = (inverses @ (theta.means - self.centre)[:, :, None]).reshape(-1, 1)
        whiten, log_heights = inverses.reshape(len(origin), -1), _log_heights(theta, factors)
        log_likelihood, counts = 0.0, np.zeros(len(factors))
        first, second = np.zeros(self.shape), np.zeros(factors.shape)
        for block in self._blocks():
            y = self._whitened(block, whiten, origin)
            R = self._log_joint(y, log_heights)
            log_likelihood += _normalise(R)
            counts += R.sum(axis=1)
            if about is not None:
                y -= about.reshape(-1, 1)
            for k, y_k in enumerate(y.reshape(*self.shape, -1)):
                weighted = np.multiply(y_k, R[k], out=self.weighted[:, : len(block)])
                first[k] += weighted.sum(axis=1)
                second[k] += weighted @ y_k.T
        about = np.zeros(self.shape) if about is None else about
        return Sums(log_likelihood, counts, first, second, about)

    def _blocks(self):
        return (self.X[i : i + self.n_points] for i in range(0, len(self.X), self.n_points))

    def _whitened(self, block, whiten, origin):
        """y of a block's points, (K D, points)."""
        centred = self.centred[:, : len(block)]
        y = self.y[:, : len(block)]
        np.subtract(block.T, self.centre[:, None], out=centred)
        np.matmul(whiten, centred, out=y)
        y -= origin
        return y

    def _log_joint(self, y, log_heights):
        """log pi_k + log N of a block's points, (K, points)."""
        squares = np.multiply(y, y, out=self.squares[:, : y.shape[1]])
        joint = squares.reshape(*self.shape, -1).sum(axis=1)
        joint *= -0.5
        joint += log_heights
        return joint


def _log_heights(theta, factors):
    """log pi_k - 1/2 log |2 pi Sigma_k|, (K, 1)."""
    n_features = factors.shape[1]
    log_det = 2 * np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    with np.errstate(divide="ignore"):  # log 0 = -inf is what is meant
        heights = np.log(theta.weights) - 0.5 * (n_features * np.log(2 * np.pi) + log_det)
    return heights[:, None]


def _normalise(joint):
    """Turn log joints (K, points) into responsibilities, in place; the log-likelihood of these."""
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    sums = joint.sum(axis=0)
    joint /= sums
    return float(top.sum() + np.log(sums).sum())
