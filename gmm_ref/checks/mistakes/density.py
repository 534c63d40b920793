"""Mistakes in the logarithm of a Gaussian density, which all formulas of the section contain."""

import numpy as np

from nbjudge.checking.plan import Plan, as_floats


class Density(Plan):
    """log N(x_n | mu_k, Sigma_k) = -1/2 [D log 2 pi + log |Sigma| + d^T Sigma^-1 d]."""

    def densities(self, X, means, covariances):
        """(N, K): one column a component."""
        X, means, covariances = as_floats(X, means, covariances)
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
        return self.half() * terms

    def half(self):
        """The factor before the bracket."""
        return -0.5

    def constant(self, n_features):
        """D log 2 pi."""
        return n_features * np.log(2 * np.pi)

    def log_det(self, covariance):
        """log |Sigma|."""
        return np.linalg.slogdet(covariance)[1]

    def quadratic(self, d, covariance):
        """(N,): d^T Sigma^-1 d, the squared distance in units of Sigma."""
        return np.sum(d * np.linalg.solve(covariance, d.T).T, axis=1)


@Density.mistake(
    "densities",
    what="Where the data are whole numbers, the log densities are cut off to whole numbers, too.",
    why="np.zeros_like(X) and dtype=X.dtype make an array of integers, which has no room for "
    "digits.",
    read="the Returns line of the exercise: numbers of float64, whatever comes in.",
    see="a = np.zeros_like([3, 4]); a[0] = -2.7 leaves a[0] == -2.",
)
def densities_cut_to_whole_numbers(plan, X, means, covariances):
    return Density.densities(plan, X, means, covariances).astype(np.asarray(X).dtype).astype(float)


@Density.mistake(
    "constant",
    what="The constant 2 pi is left out of the Gaussian density.",
    why="Without it the density does not integrate to 1: each log density is D/2 log 2 pi too "
    "high.",
    read='the density N in 7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".',
    see="log N(0 | 0, 1) in one dimension is -1/2 log 2 pi = -0.919, not 0.",
)
def forgot_two_pi(plan, n_features):
    return 0.0


@Density.mistake(
    "constant",
    what="2 pi stands in the density with the wrong power: it must be (2 pi)^(D/2).",
    why="One factor of sqrt(2 pi) belongs to each of the D features, neither one in all nor two "
    "each.",
    read='the density N in 7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".',
    see="for D = 2, log N(0 | 0, I) = -log 2 pi = -1.838; for D = 1 it is -0.919.",
    variants=(lambda D: 1, lambda D: 2 * D, lambda D: D / 2, lambda D: 2),
)
def two_pi_to_the_wrong_power(plan, n_features, power):
    return power(n_features) * np.log(2 * np.pi)


@Density.mistake(
    "log_det",
    what="The determinant of Sigma is left out of the Gaussian density.",
    why="A wide component must be low and a narrow one high; without |Sigma| all are equally high.",
    read="the density N in 7.4.1: it divides by the square root of |2 pi Sigma|.",
    see="at the mean, variance 100 gives log density -3.22, variance 1 gives -0.92.",
)
def forgot_the_determinant(plan, covariance):
    return 0.0


@Density.mistake(
    "log_det",
    what="The density divides by |Sigma|, but it must divide by the square root of |Sigma|.",
    why="In the logarithm: -1/2 log |Sigma|, with the half.",
    read="the density N in 7.4.1: it divides by the square root of |2 pi Sigma|.",
    see="for variance 4, log 4 = 1.39 is taken off, but 1/2 log 4 = 0.69 is right.",
)
def determinant_without_root(plan, covariance):
    return 2 * np.linalg.slogdet(covariance)[1]


@Density.mistake(
    "log_det",
    what="Only half of the log determinant is there: it is log |Sigma| = 2 sum_d log L_dd.",
    why="With a Cholesky factor L, |Sigma| = |L|^2. The half of the density then meets that 2; "
    "taking the half once more leaves too little.",
    read="the density N in 7.4.1: it divides by the square root of |2 pi Sigma|.",
    see="for variance 9, L = 3: log |Sigma| = 2.197, but log L = 1.099.",
)
def log_determinant_halved_twice(plan, covariance):
    return 0.5 * np.linalg.slogdet(covariance)[1]


@Density.mistake(
    "log_det",
    what="The sign of the determinant is used for its logarithm: slogdet returns the sign first.",
    read="the density N in 7.4.1: it divides by the square root of |2 pi Sigma|.",
    see="slogdet of the identity is (1, 0): the sign is 1, and log |I| = 0 comes second.",
)
def sign_for_log_determinant(plan, covariance):
    return 1.0


@Density.mistake(
    "log_det",
    what="The determinant is multiplied in where it must divide: its sign in the logarithm is "
    "wrong.",
    why="So wide components become high and narrow ones low.",
    read="the density N in 7.4.1: it divides by the square root of |2 pi Sigma|.",
    see="at the mean, variance 100 must give log density -3.22, not +1.38.",
)
def determinant_the_wrong_way_up(plan, covariance):
    return -np.linalg.slogdet(covariance)[1]


@Density.mistake(
    "quadratic",
    what="The half before the squared distance is missing: exp(-q) stands where exp(-q/2) should.",
    why="That is the bell of half the variance, with the height of the right one.",
    read="the density N in 7.4.1, with -1/2 (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="one standard deviation out, log N falls by 0.5, two out by 2; not by 1 and 4.",
)
def forgot_the_half_in_the_exponent(plan, d, covariance):
    return 2 * Density.quadratic(plan, d, covariance)


@Density.mistake(
    "half",
    what="The half before the whole bracket is missing: the log density is twice what it should "
    "be.",
    why="Twice a logarithm is the logarithm of the square, and a squared density is no density.",
    read="the density N in 7.4.1: -1/2 [D log 2 pi + log |Sigma| + (x - mu)^T Sigma^-1 ...].",
    see="log N(0 | 0, 1) = -0.919; without the half it is -1.838.",
)
def forgot_the_half_altogether(plan):
    return -1.0


@Density.mistake(
    "quadratic",
    what="The squared distance has the wrong sign: the density grows with the distance.",
    why="A bell is highest at its mean; this one has its lowest point there.",
    read="the density N in 7.4.1, with -1/2 (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="log N(x | 0, 1) at x = 0, 1, 2 is -0.92, -1.42, -2.92: downhill.",
)
def exponent_with_the_wrong_sign(plan, d, covariance):
    return -Density.quadratic(plan, d, covariance)


@Density.mistake(
    "quadratic",
    what="The squared distance uses Sigma where Sigma^-1 belongs.",
    why="Points along the wide side of the cloud then count as far away, across it as near.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="variance 4, distance 2: 2 * 2 / 4 = 1 standard deviation squared, not 2 * 4 * 2 = 16.",
)
def covariance_for_its_inverse(plan, d, covariance):
    return np.sum(d @ covariance * d, axis=1)


@Density.mistake(
    "quadratic",
    what="The distance to the mean is not squared: its square root too many is taken.",
    why="exp(-|d|/2) has a spike at the mean and heavy tails; a Gaussian has d^2.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="1, 2 and 3 standard deviations out, log N falls by 0.5, 2 and 4.5.",
)
def distance_not_squared(plan, d, covariance):
    return np.sqrt(Density.quadratic(plan, d, covariance))


@Density.mistake(
    "quadratic",
    what="The Cholesky factor is used on the wrong side: L^T where L belongs.",
    why="Sigma = L L^T with L lower triangular, and the whitened point is L^-1 (x - mu). L^T L "
    "is another matrix as soon as the features are correlated.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="L = [[2, 0], [1, 1]] gives L L^T = [[4, 2], [2, 2]], but L^T L = [[5, 1], [1, 1]].",
)
def cholesky_factor_transposed(plan, d, covariance):
    return np.sum(np.linalg.solve(np.linalg.cholesky(covariance).T, d.T) ** 2, axis=0)


@Density.mistake(
    "quadratic",
    what="Only the diagonal of the Cholesky factor is used: solve_triangular without lower=True.",
    why="Without it the upper triangle is read, which in a lower factor holds zeros.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="L = [[2, 0], [1, 1]], d = (2, 2): L y = d has y = (1, 1); the diagonal gives (1, 2).",
)
def diagonal_of_the_factor_only(plan, d, covariance):
    return np.sum((d / np.diag(np.linalg.cholesky(covariance))) ** 2, axis=1)


@Density.mistake(
    "quadratic",
    what="The distance is multiplied by the Cholesky factor where it must be divided by it.",
    why="Whitening takes the spread out: solve L y = x - mu, then square y.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="standard deviation 3, distance 3: y = 3 / 3 = 1, not 3 * 3 = 9.",
)
def multiplied_by_the_factor(plan, d, covariance):
    return np.sum((d @ np.linalg.cholesky(covariance).T) ** 2, axis=1)


@Density.mistake(
    "quadratic",
    what="The distance is divided by Sigma before it is squared: that divides by Sigma twice.",
    why="Divide by a standard deviation and then square, or square and divide by the variance.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="variance 4, distance 2: (2/2)^2 = 1, but (2/4)^2 = 0.25.",
)
def divided_by_the_variance_twice(plan, d, covariance):
    return np.sum(np.linalg.solve(covariance, d.T) ** 2, axis=0)


@Density.mistake(
    "quadratic",
    what="The squared distance is the plain |x - mu|^2: Sigma is not in it.",
    why="Every component then is round and of width 1, whatever its covariance says.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="variance 100, distance 10: one standard deviation out, q = 1, not 100.",
)
def covariance_forgotten_in_the_distance(plan, d, covariance):
    return np.sum(d**2, axis=1)


@Density.mistake(
    "quadratic",
    what="d Sigma^-1 d^T is a table of all pairs of points, (N, N), and all of it is summed.",
    why="Only its diagonal holds the squared distances of the points: np.sum((d @ P) * d, axis=1).",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu): one x, twice.",
    see="distances 1 and 2 have the squares 1 and 4; the pair of both, 1 * 2, is in no density.",
)
def distances_of_all_pairs(plan, d, covariance):
    return np.sum(d @ np.linalg.solve(covariance, d.T), axis=1)


@Density.mistake(
    "spread",
    what="The covariance is not used at all: each component is a round bell of variance 1.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": each component has a Sigma_k of its own.',
    see="at distance 10, variance 100 gives log N = -3.72, variance 1 gives -50.92.",
)
def covariance_ignored(plan, covariance):
    return np.eye(len(covariance))


@Density.mistake(
    "spread",
    what="Only the diagonal of Sigma is used: the correlation of the features is lost.",
    why="A slanted cloud is then taken for an upright one.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": Sigma_k is a full matrix.',
    see="with Sigma = [[1, 0.9], [0.9, 1]] the point (1, 1) is near, (1, -1) is far.",
)
def diagonal_only(plan, covariance):
    return np.diag(np.diag(covariance))


@Density.mistake(
    "spread",
    what="The covariance is used as if it were a standard deviation: it enters squared.",
    why="norm.pdf wants scale = the standard deviation, multivariate_normal wants the covariance.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": Sigma_k is in units of x squared.',
    see="variance 4 means standard deviation 2; norm(0, 4) has variance 16.",
)
def variance_for_standard_deviation(plan, covariance):
    return covariance @ covariance


@Density.mistake(
    "spread",
    what="The variances on the diagonal are used as standard deviations, each feature for itself.",
    why="norm.pdf wants scale = the square root of the variance; and the features are "
    "correlated, so that a product of norm.pdf over them is not the density.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": Sigma_k is a matrix, in units of x squared.',
    see="variance 4 means standard deviation 2; norm(0, 4) has variance 16.",
)
def standard_deviations_of_the_diagonal_squared(plan, covariance):
    return np.diag(np.diag(covariance) ** 2)


@Density.mistake(
    "spread",
    what="The square root of Sigma is taken, and then used where Sigma itself belongs.",
    why="multivariate_normal wants the covariance, not a standard deviation.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": Sigma_k is in units of x squared.',
    see="variance 9, distance 3: q = 9 / 9 = 1; with the root in its place q = 9 / 3 = 3.",
)
def root_of_each_entry(plan, covariance):
    return np.sign(covariance) * np.sqrt(np.abs(covariance))


@Density.mistake(
    "spread",
    what="The inverse of Sigma is used as the covariance: precision and covariance are swapped.",
    why="Wide components become narrow, and narrow ones wide.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": the second argument of N is the covariance.',
    see="variance 4 at distance 2 gives q = 1; with 1/4 in its place q = 16.",
)
def precision_for_covariance(plan, covariance):
    return np.linalg.inv(covariance)


@Density.mistake(
    "pick",
    what="Every component gets the covariance of component 0.",
    why="An index that is not k, or a loop variable that is not used.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": mean and covariance carry the same index k.',
    see="in zip(means, covariances), component 1 must meet covariances[1].",
)
def first_covariance_for_all(plan, covariances, k):
    return covariances[0]


@Density.mistake(
    "centre",
    what="Every component gets the mean of component 0.",
    why="An index that is not k, or a loop variable that is not used.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": mean and covariance carry the same index k.',
    see="a point on the mean of component 1 must be at distance 0 from it.",
)
def first_mean_for_all(plan, means, k):
    return means[0]


@Density.mistake(
    "centre",
    what="The points stay shifted by the means before: each component takes its own off as well.",
    why="Centre the points anew for each component: d = X - means[k], not X = X - means[k].",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="means 1 and 5: a point 6 is at distance 1 from the second, not 6 - 1 - 5 = 0.",
)
def shifts_pile_up(plan, means, k):
    return np.sum(means[: k + 1], axis=0)


@Density.mistake(
    "centre",
    what="The mean is not taken off the points: all components sit at the origin.",
    read="the density N in 7.4.1, with (x - mu)^T Sigma^-1 (x - mu) in the exponent.",
    see="a point x = 5 on a mean of 5 is at distance 0, not 5.",
)
def mean_not_subtracted(plan, means, k):
    return 0 * means[k]


@Density.mistake(
    "pick",
    what="All components get one covariance, the average of all.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": each component has a Sigma_k of its own.',
    see="variances 1 and 9 are not 5 and 5: at distance 3 that changes q = 9 and 1 to 1.8.",
)
def covariances_averaged(plan, covariances, k):
    return np.mean(covariances, axis=0)
