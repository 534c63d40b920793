"""Mistakes in the logarithm of a Gaussian density, which all formulas of the section contain."""

from functools import cache, partial

import numpy as np

from gmm_ref.checks.mistakes.common import RETURNS
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import Plan, remembered

CONSTANT = 'the density N in 7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".'
DETERMINANT = "the density N in 7.4.1: it divides by the square root of |2 pi Sigma|."
EXPONENT = "the density N in 7.4.1, with -1/2 (x - mu)^T Sigma^-1 (x - mu) in the exponent."
COVARIANCE = '7.4.1, "N(x | mu_k, Sigma_k)": Sigma_k is a full matrix, in units of x squared.'
LOGPDF = '"pi_k N(x | mu_k, Sigma_k)" in 7.4.1: of a product take the log of each; logpdf does.'
INDEX = '7.4.1, "N(x | mu_k, Sigma_k)": mean and covariance carry the same index k.'


class Density(Plan):
    """log N(x_n | mu_k, Sigma_k) = -1/2 [D log 2 pi + log |Sigma| + d^T Sigma^-1 d]."""

    def densities(self, X, means, covariances):
        """(N, K): one column a component."""
        return _remembered(self.ways_of(WITHIN))(X, means, covariances)

    def columns(self, X, means, covariances):
        """The same, computed."""
        columns = [
            self.gaussian(X - self.centre(means, k), self.spread(self.pick(covariances, k)))
            for k in range(len(means))
        ]
        return np.stack(columns, axis=1)

    def centre(self, means, k):
        """The mean of component k."""
        return means[k]

    def pick(self, covariances, k):
        """The covariance of component k."""
        return covariances[k]

    def spread(self, covariance):
        """The covariance that the density is computed with."""
        return covariance

    def gaussian(self, d, covariance):
        """(N,): the log density at distances d from the mean."""
        terms = self.constant(d.shape[1]) + self.log_det(covariance) + self.quadratic(d, covariance)
        return -0.5 * terms

    def constant(self, n_features):
        """D log 2 pi."""
        return n_features * np.log(2 * np.pi)

    def log_det(self, covariance):
        """log |Sigma|."""
        return np.linalg.slogdet(covariance)[1]

    def quadratic(self, d, covariance):
        """(N,): d^T Sigma^-1 d, the squared distance in units of Sigma."""
        return np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)


WITHIN = ("centre", "pick", "spread", "gaussian", "constant", "log_det", "quadratic")


@cache
def _remembered(ways):
    """The densities by these steps: most wrong formulas have the same."""
    return remembered(Density.with_ways(ways).columns, size=64)


operators.CUT_TO_WHOLE_NUMBERS.at(Density, "densities", read=RETURNS)
operators.UNDERFLOW.at(Density, "densities", "density", read=LOGPDF)
operators.FIRST_FOR_ALL.at(Density, "centre", "mean", read=INDEX, on=On.ARGUMENT)
operators.FIRST_FOR_ALL.at(Density, "pick", "covariance", read=INDEX, on=On.ARGUMENT)
operators.PILED_UP.at(
    Density,
    "centre",
    "means",
    read=EXPONENT,
    on=On.ARGUMENT,
    why="Each takes its own mean off X as it was: d = X - means[k], not X = X - means[k].",
)

_constant = partial(Density.mistake, "constant", read=CONSTANT)
_log_det = partial(Density.mistake, "log_det", read=DETERMINANT)
_quadratic = partial(Density.mistake, "quadratic", read=EXPONENT)
_gaussian = partial(Density.mistake, "gaussian", read=EXPONENT)
_spread = partial(Density.mistake, "spread", read=COVARIANCE)


@_constant(
    what="The constant 2 pi is left out of the Gaussian density.",
    why="Without it the density does not integrate to 1: its log is D/2 log 2 pi too high.",
    see="log N(0 | 0, 1) in one dimension is -1/2 log 2 pi = -0.919, not 0.",
)
def forgot_two_pi(plan, n_features):
    return 0.0


@_constant(
    what="2 pi stands in the density with the wrong power: it must be (2 pi)^(D/2).",
    why="One factor sqrt(2 pi) belongs to each of the D features, not one to all nor two to each.",
    see="for D = 2, log N(0 | 0, I) = -log 2 pi = -1.838; for D = 1 it is -0.919.",
    variants=(lambda D: 1, lambda D: 2 * D, lambda D: D / 2, lambda D: 2),
)
def two_pi_to_the_wrong_power(plan, n_features, power):
    return power(n_features) * np.log(2 * np.pi)


@_log_det(
    what="The determinant of Sigma is left out of the Gaussian density, or its sign stands for it.",
    why="A wide component must be low. slogdet returns the sign first, and log |Sigma| second.",
    see="at the mean, variance 100 gives log density -3.22, variance 1 gives -0.92.",
    variants=(0.0, 1.0),
)
def forgot_the_determinant(plan, covariance, instead):
    return instead


@_log_det(
    what="|Sigma| stands in the density with the wrong power: it must be |Sigma|^(-1/2).",
    why="Its log is -1/2 log |Sigma|; by a Cholesky factor - sum_d log L_dd, as |Sigma| = |L|^2.",
    see="variance 9, L = 3: log 3 = 1.10 is taken off; not log 9, nor half of log 3, nor added.",
    variants=(2, 0.5, -1),
)
def determinant_to_the_wrong_power(plan, covariance, factor):
    return factor * np.linalg.slogdet(covariance)[1]


@_gaussian(
    what="The half in front is missing, of the squared distance or of the whole bracket.",
    why="exp(-q) is the bell of half the variance; and twice a logarithm is that of the square.",
    see="log N(x | 0, 1) at x = 0, 1, 2 is -0.92, -1.42, -2.92: it falls by 1/2 and by 4/2.",
    variants=(0.5, 1),
)
def forgot_the_half(plan, d, covariance, half):
    height = plan.constant(d.shape[1]) + plan.log_det(covariance)
    return -half * height - plan.quadratic(d, covariance)


@_quadratic(
    what="The squared distance has the wrong sign: the density grows with the distance.",
    see="log N(x | 0, 1) at x = 0, 1, 2 is -0.92, -1.42, -2.92: downhill.",
)
def exponent_with_the_wrong_sign(plan, d, covariance):
    return -Density.quadratic(plan, d, covariance)


@_quadratic(
    what="Sigma stands in the squared distance with the wrong power: it must be Sigma^-1, once.",
    why="The distance is divided by a standard deviation, as in L y = x - mu, and then squared.",
    see="variance 4, distance 2: (2/2)^2 = 2 * 2 / 4 = 1, not 2 * 4 * 2 = 16, nor (2/4)^2 = 0.25.",
    variants=(
        lambda S: S,
        lambda S: np.linalg.cholesky(S).T @ np.linalg.cholesky(S),
        lambda S: np.linalg.inv(S @ S),
    ),
)
def covariance_to_the_wrong_power(plan, d, covariance, power):
    return np.sum(d @ power(covariance) * d, axis=1)


@_quadratic(
    what="The distance to the mean is not squared: a square root too many is taken.",
    see="1, 2 and 3 standard deviations out, log N falls by 0.5, 2 and 4.5.",
)
def distance_not_squared(plan, d, covariance):
    return np.sqrt(Density.quadratic(plan, d, covariance))


@_quadratic(
    what="The Cholesky factor is taken for an upper triangle, or transposed; L is lower.",
    why="L y = x - mu is to be solved; without lower=True solve_triangular reads the upper half.",
    see="L = [[2, 0], [1, 1]], d = (2, 2): y = (1, 1); L^T gives (0, 2), the diagonal (1, 2).",
    variants=(np.transpose, lambda L: np.diag(np.diag(L))),
)
def cholesky_factor_transposed(plan, d, covariance, read):
    return np.sum(np.linalg.solve(read(np.linalg.cholesky(covariance)), d.T) ** 2, axis=0)


@_quadratic(
    what="d Sigma^-1 d^T is a table of all pairs of points, (N, N), and all of it is summed.",
    why="Only its diagonal holds the squared distances of the points.",
    see="distances 1 and 2 have the squares 1 and 4; the pair of both, 1 * 2, is in no density.",
)
def distances_of_all_pairs(plan, d, covariance):
    return np.sum(d @ np.linalg.solve(covariance, d.T), axis=1)


@_gaussian(
    what="The covariance is not used, at all or in the squared distance: that is plain |x - mu|^2.",
    see="variance 100, distance 10: one standard deviation out, q = 1, not 100.",
    variants=(True, False),
)
def covariance_ignored(plan, d, covariance, altogether):
    round_ = np.eye(len(covariance))
    terms = plan.constant(len(round_)) + plan.log_det(round_ if altogether else covariance)
    return -0.5 * (terms + plan.quadratic(d, round_))


@_spread(
    what="Only the diagonal of Sigma is used: the correlation of the features is lost.",
    why="A slanted cloud is then taken for an upright one.",
    see="with Sigma = [[1, 0.9], [0.9, 1]] the point (1, 1) is near, (1, -1) is far.",
)
def diagonal_only(plan, covariance):
    return np.diag(np.diag(covariance))


@_spread(
    what="Variance and standard deviation are mixed up: Sigma enters squared, or its root does.",
    why="norm wants the standard deviation of a feature, multivariate_normal the covariance.",
    see="variance 4 means standard deviation 2; norm(0, 4) has variance 16.",
    variants=(
        lambda S: S @ S,
        lambda S: np.diag(np.diag(S) ** 2),
        lambda S: np.sign(S) * np.sqrt(np.abs(S)),
    ),
)
def variance_for_standard_deviation(plan, covariance, mixed_up):
    return mixed_up(covariance)


@_spread(
    what="The inverse of Sigma is used as the covariance: precision and covariance are swapped.",
    see="variance 4 at distance 2 gives q = 1; with 1/4 in its place q = 16.",
)
def precision_for_covariance(plan, covariance):
    return np.linalg.inv(covariance)


@Density.mistake(
    "centre",
    what="The mean is not taken off the points: all components sit at the origin.",
    read=EXPONENT,
    see="a point x = 5 on a mean of 5 is at distance 0, not 5.",
)
def mean_not_subtracted(plan, means, k):
    return 0 * means[k]


@Density.mistake(
    "pick",
    what="All components get one covariance, the average of all.",
    read=INDEX,
    see="variances 1 and 9 are not 5 and 5: at distance 3 that changes q = 9 and 1 to 1.8.",
)
def covariances_averaged(plan, covariances, k):
    return np.mean(covariances, axis=0)
