"""Mistakes in the two steps of 7.4.5: Q, and the theta that maximises it."""

import numpy as np

from gmm_ref.checks.mistakes.common import Numbers, Total
from gmm_ref.checks.mistakes.joint import Joint
from gmm_ref.checks.mistakes.posterior import Responsibilities, softmax
from nbjudge.checking.plan import Plan, as_floats


class ExpectedCompleteLogLikelihood(Joint, Total):
    """The exercise `expected_complete_log_likelihood`."""

    def terms(self, X, R, weights, means, covariances):
        """(N,): the expectation of each point."""
        (R,) = as_floats(R)
        return self.expectation(R, self.joint(X, weights, means, covariances))

    def expectation(self, R, joint):
        """sum_k r_nk log joint_nk, with 0 times -inf = 0."""
        return np.sum(np.where(R > 0, R * np.where(R > 0, joint, 0), 0), axis=1)


_expects = ExpectedCompleteLogLikelihood.mistake


def _prior(plan, R, weights):
    """(N,): the part of Q that the weights make."""
    return plan.expectation(R, np.ones_like(R) * plan.log_weights(weights))


@_expects(
    "expectation",
    what="A component of weight 0 makes the answer nan: its responsibility 0 times log 0 = -inf.",
    why="The product is 0 here: xlogy(R, weights) says so, and np.where can.",
    read='7.4.5, "E_(z | x)[log p(x, z)]": what cannot happen adds nothing.',
    see="0 * np.log(0) is nan, though no point has that component.",
)
def zero_responsibility_times_infinity(plan, R, joint):
    return np.sum(R * joint, axis=1)


@_expects(
    "expectation",
    what="The joints are averaged first and the logarithm is taken last: log sum_k r p.",
    why="Q is the expectation of a logarithm; the logarithm of an expectation is higher.",
    read='7.4.5, "Q = E_(z | x)[log p(x, z | theta)]": the log stands inside.',
    see="r = 0.5, 0.5, joints 0.4 and 0.1: Q = -1.61, but log 0.25 = -1.39.",
)
def log_of_the_expected_joint(plan, R, joint):
    return np.logaddexp.reduce(np.log(R) + joint, axis=1)


@_expects(
    "expectation",
    what="Each point counts only under its most probable component: hard for soft "
    "responsibilities.",
    read='7.4.5, "E_(z | x)": every component enters, with its r_nk.',
    see="r = 0.6, 0.4, logs -1 and -2: Q = -1.4, not -1.",
)
def hard_labels_in_q(plan, R, joint):
    return np.take_along_axis(joint, R.argmax(axis=1)[:, None], axis=1)[:, 0]


@_expects(
    "expectation",
    what="Each point is paired with the responsibilities of all points: a matrix product.",
    read='7.4.5, "sum_n sum_k r_nk [...]": r and the bracket carry the same n and k.',
    see="with N = 5, (R * logs).sum() has 5 rows of terms; R @ logs.T is a 5 by 5 table.",
)
def every_point_with_all_responsibilities(plan, R, joint):
    return joint @ R.sum(axis=0)


@_expects(
    "expectation",
    what="R is divided by its sums over the points first; it is used as it comes.",
    read="7.4.3: r_nk sums to 1 over the components k, and does so already.",
    see="two points and one component: r = 1 for both, not 1/2.",
)
def responsibilities_normalised_over_points(plan, R, joint):
    return ExpectedCompleteLogLikelihood.expectation(plan, R / R.sum(axis=0), joint)


@_expects(
    "terms",
    what="log pi_k is multiplied by pi_k, where r_nk belongs.",
    read='7.4.5, "sum_n sum_k r_nk [log pi_k + ...]": r_nk stands before both terms.',
    see="a point with r = [1, 0] adds log pi_0, whatever pi_1 is.",
)
def prior_weighed_by_itself(plan, X, R, weights, means, covariances):
    R, weights = as_floats(R, weights)
    prior = np.sum(np.where(weights > 0, weights * plan.log_weights(weights), 0))
    return plan.expectation(R, plan.densities(X, means, covariances)) + prior


@_expects(
    "expectation",
    what="The log joints of all components are added up without the factor r_nk.",
    read='7.4.5, "E_(z | x)": an average, weighed with the posterior of z.',
    see="r = 0.6, 0.4, logs -1 and -2: Q = -1.4, not -3.",
)
def responsibilities_ignored(plan, R, joint):
    return np.sum(joint, axis=1)


@_expects(
    "expectation",
    what="The answer is the log-likelihood of 7.4.2, without R: the label is summed out.",
    read='7.4.5, "Q = E_(z | x)[log p(x, z | theta)]": averaged, not summed out.',
    see="r = 0.6, 0.4, joints 0.3 and 0.1: Q = -1.64, but log 0.4 = -0.92.",
)
def log_likelihood_for_q(plan, R, joint):
    return np.logaddexp.reduce(joint, axis=1)


@_expects(
    "expectation",
    what="R is computed anew from the theta that is passed; the argument R is not used.",
    why="R belongs to the old theta^(t), and Q is a function of the new theta with R held fast.",
    read='7.4.5, "Q(theta | theta^(t))": two thetas.',
    see="r = 0.6, 0.4, joints 0.3 and 0.1: weigh with 0.6 and 0.4, not with 0.75 and 0.25.",
)
def own_responsibilities(plan, R, joint):
    return ExpectedCompleteLogLikelihood.expectation(plan, softmax(joint), joint)


@_expects(
    "expectation",
    what="The entropy of R is added: that is the lower bound, not Q.",
    why="It does not depend on the new theta, so the M-step does without it.",
    read='7.4.5, "Q = E_(z | x)[log p(x, z | theta)]", and nothing besides.',
    see="r = 0.5, 0.5, logs -1 and -2: Q = -1.5, the bound is -1.5 + 0.69.",
)
def entropy_added(plan, R, joint):
    entropy = np.sum(np.where(R > 0, R * np.log(np.where(R > 0, R, 1)), 0), axis=1)
    return ExpectedCompleteLogLikelihood.expectation(plan, R, joint) - entropy


@_expects(
    "expectation",
    what="The entropy of R is taken off from Q.",
    read='7.4.5, "Q = E_(z | x)[log p(x, z | theta)]", and nothing besides.',
    see="r = 0.5, 0.5, logs -1 and -2: Q = -1.5.",
)
def entropy_subtracted(plan, R, joint):
    entropy = np.sum(np.where(R > 0, R * np.log(np.where(R > 0, R, 1)), 0), axis=1)
    return ExpectedCompleteLogLikelihood.expectation(plan, R, joint) + entropy


@_expects(
    "expectation",
    what="The joints are averaged without their logarithm.",
    read='7.4.5, "Q = E_(z | x)[log p(x, z | theta)]": with the log.',
    see="r = 0.5, 0.5, joints 0.4 and 0.1: Q = -1.61, not 0.25.",
)
def densities_for_logs(plan, R, joint):
    return np.sum(R * np.exp(joint), axis=1)


@_expects(
    "expectation",
    what="The responsibilities are multiplied in twice.",
    read='7.4.5, "E_(z | x)": each component weighed with r_nk, once.',
    see="r = 0.6, 0.4, logs -1 and -2: Q = -1.4, not -0.36 - 0.32.",
)
def responsibilities_squared(plan, R, joint):
    return ExpectedCompleteLogLikelihood.expectation(plan, R**2, joint)


@_expects(
    "terms",
    what="Only sum r log pi is there: the log densities are missing.",
    read="7.4.5 with 7.4.1: log p(x, z_k = 1) = log pi_k + log N(x | mu_k, Sigma_k).",
    see="log pi = -0.7 and log N = -3.1 bring -3.8 each, weighed with r.",
)
def prior_part_only(plan, X, R, weights, means, covariances):
    R, weights = as_floats(R, weights)
    return _prior(plan, R, weights)


@_expects(
    "terms",
    what="log pi_k is added once for each component, not once for each point with its r_nk.",
    read="7.4.5: the bracket [log pi_k + log N(x_n | mu_k, Sigma_k)] as a whole meets r_nk.",
    see="three points with r = 1 bring 3 log pi_k, not one.",
)
def prior_not_weighed(plan, X, R, weights, means, covariances):
    (R, weights) = as_floats(R, weights)
    inner = plan.expectation(R, plan.densities(X, means, covariances))
    return np.append(inner, np.sum(plan.log_weights(weights)))


@_expects(
    "terms",
    what="Each point adds log pi_k of all components, without the factor r_nk before it.",
    read="7.4.5: the bracket [log pi_k + log N(x_n | mu_k, Sigma_k)] as a whole meets r_nk.",
    see="r = 1, 0 and weights 0.9, 0.1: a point adds log 0.9 = -0.11, not -0.11 - 2.30.",
)
def prior_of_every_component_for_each_point(plan, X, R, weights, means, covariances):
    (R, weights) = as_floats(R, weights)
    inner = plan.expectation(R, plan.densities(X, means, covariances))
    return inner + np.sum(plan.log_weights(weights))


@_expects(
    "terms",
    what="log pi_k is multiplied by r_nk twice: xlogy(R, weights) inside a bracket that meets R "
    "again.",
    read="7.4.5: the bracket [log pi_k + log N(x_n | mu_k, Sigma_k)] meets r_nk once.",
    see="r = 0.5, log pi = -1: the prior adds -0.5, not -0.25.",
)
def responsibilities_twice_before_the_prior(plan, X, R, weights, means, covariances):
    (R, weights) = as_floats(R, weights)
    return _prior(plan, R**2, weights) + plan.expectation(R, plan.densities(X, means, covariances))


@_expects(
    "terms",
    what="Each point's r_nk meets the log densities of all points: a matrix product, R @ logs.T.",
    read='7.4.5, "sum_n sum_k r_nk [...]": r and the bracket carry the same n and k.',
    see="with N = 5, (R * logs).sum() has 5 rows of terms; R @ logs.T is a 5 by 5 table.",
)
def densities_of_all_points_for_each(plan, X, R, weights, means, covariances):
    (R, weights) = as_floats(R, weights)
    return _prior(plan, R, weights) + plan.densities(X, means, covariances) @ R.sum(axis=0)


@_expects(
    "terms",
    what="The log densities are averaged with the weights pi_k, not with the responsibilities.",
    read='7.4.5, "E_(z | x)": the average is over the posterior of z, not over its prior.',
    see="r = 0.9, 0.1, weights 0.5, 0.5, logs -1 and -3: -1.2, not -2.",
)
def weights_before_the_densities(plan, X, R, weights, means, covariances):
    (R, weights) = as_floats(R, weights)
    return _prior(plan, R, weights) + plan.densities(X, means, covariances) @ weights


@_expects(
    "terms",
    what="The weights are computed anew from R, N_k / N; the argument weights is not used.",
    why="That is the M-step's theta. Q takes any theta, and the M-step looks for the best.",
    read='7.4.5, "Q(theta | theta^(t))": pi is part of the theta that is passed.',
    see="weights 0.5, 0.5 give log 0.5 = -0.69 for each, whatever the columns of R sum to.",
)
def shares_of_r_for_the_weights(plan, X, R, weights, means, covariances):
    (R,) = as_floats(R)
    return plan.expectation(R, plan.joint(X, R.mean(axis=0), means, covariances))


class EStep(Responsibilities):
    """The exercise `e_step`: the responsibilities under the name they have in EM."""


class Maximisation(Plan):
    """The steps of an M-step; its mistakes here are looked for in a whole run as well."""

    def answer(self, X, R):
        """The tuple (weights, means, covariances)."""
        X, R = self.values(X), self.soft(np.asarray(R, dtype=float))
        counts = self.counts(R)
        means = self.means(X, R, counts)
        covariances = np.stack(
            [
                self.shape(self.covariance(X, R, k, counts, self.centre(X, means, k)))
                for k in range(R.shape[1])
            ]
        )
        return self.weights(counts, len(X)), means, self.pool(covariances, counts)

    def values(self, X):
        """X in floats."""
        return np.asarray(X, dtype=float)

    def soft(self, R):
        """The responsibilities that are used."""
        return R

    def counts(self, R):
        """N_k."""
        return R.sum(axis=0)

    def weights(self, counts, n_samples):
        """pi_k."""
        return counts / counts.sum()

    def means(self, X, R, counts):
        """mu_k."""
        centre = X.mean(axis=0)
        return centre + R.T @ (X - centre) / R.sum(axis=0)[:, None]

    def centre(self, X, means, k):
        """What the points are centred on."""
        return means[k]

    def covariance(self, X, R, k, counts, centre):
        """Sigma_k."""
        return self.scatter(X - centre, self.share(R[:, k])) / self.divisor(R, k)

    def share(self, r):
        """The weight of each point in the scatter."""
        return r

    def divisor(self, R, k):
        """What the scatter of component k is divided by."""
        return R[:, k].sum()

    def scatter(self, d, r):
        """sum_n r_n d_n d_n^T."""
        return (r[:, None] * d).T @ d

    def shape(self, covariance):
        """What is kept of a covariance."""
        return covariance

    def pool(self, covariances, counts):
        """The covariances of all components."""
        return covariances


class MStep(Maximisation, Numbers):
    """The exercise `m_step`."""


@MStep.mistake(
    "weights",
    what="The weights are the N_k themselves: the division by N is missing.",
    read='7.4.1, "mixture probabilities pi": they sum to 1, so pi_k = N_k / N.',
    see="N_k = 6, 3, 1 of N = 10 points give 0.6, 0.3, 0.1.",
)
def weights_not_divided_by_n(plan, counts, n_samples):
    return counts


@MStep.mistake(
    "weights",
    what="The weights are 1/K each: they are not updated, or R was first normalised over the "
    "points.",
    read='7.4.5, "maximize with respect to theta": pi is part of theta, pi_k = N_k / N.',
    see="N_k = 6, 3, 1 of N = 10 points give 0.6, 0.3, 0.1.",
)
def weights_all_equal(plan, counts, n_samples):
    return np.full(len(counts), 1 / len(counts))


@MStep.mistake(
    "weights",
    what="The N_k are divided by the number of components, not by the number of points.",
    why="R.shape[1] is K, R.shape[0] is N; R.mean(axis=0) divides by N.",
    read="the formula of the M-step: pi_k = N_k / N.",
    see="N_k = 6, 3, 1 of N = 10 points give 0.6, 0.3, 0.1, not 2, 1, 0.33.",
)
def weights_divided_by_k(plan, counts, n_samples):
    return counts / len(counts)


@Maximisation.mistake(
    "means",
    what="The means are divided by N, not by N_k: all are drawn towards the origin.",
    why="The average is over the points of the component, of which there are N_k.",
    read="the formula of the M-step: mu_k = sum_n r_nk x_n / N_k.",
    see="2 of 10 points are in the component, both at 5: the mean is 10 / 2 = 5, not 1.",
)
def means_divided_by_n(plan, X, R, counts):
    return R.T @ X / len(X)


@MStep.mistake(
    "means",
    what="The means are sums: the division by N_k is missing.",
    read="the formula of the M-step: mu_k = sum_n r_nk x_n / N_k.",
    see="two points at 5 have the mean 5, not 10.",
)
def means_not_divided(plan, X, R, counts):
    return R.T @ X


@MStep.mistake(
    "means",
    what="Every component gets the mean of all the data: the r_nk are not used.",
    read="the formula of the M-step: mu_k = sum_n r_nk x_n / N_k.",
    see="points 0 and 10, r_1 = 0.9 and 0.1: the mean is 1, not 5.",
)
def means_without_responsibilities(plan, X, R, counts):
    return np.ones((R.shape[1], 1)) * X.mean(axis=0)


@Maximisation.mistake(
    "divisor",
    what="The covariances are divided by N, not by N_k: rare components become too narrow.",
    why="The average is over the points of the component, of which there are N_k.",
    read="the formula of the M-step: Sigma_k = sum_n r_nk (...)(...)^T / N_k.",
    see="2 of 10 points, 3 to both sides of the mean: 18 / 2 = 9, not 1.8.",
)
def divided_by_n_instead_of_n_k(plan, R, k):
    return len(R)


@Maximisation.mistake(
    "divisor",
    what="The covariances are divided by N_k - 1: that is the unbiased estimate, not the maximum "
    "of Q.",
    read='"Covariances divide by N_k" and 7.4.5, "maximize this expectation".',
    see="N_k = 2, scatter 18: the maximum of Q is at 9, not at 18.",
)
def divided_by_n_k_minus_one(plan, R, k):
    return R[:, k].sum() - 1


@MStep.mistake(
    "divisor",
    what="The covariances are divided by N - 1: neither the number of points, nor that of "
    "component k.",
    read="the formula of the M-step: Sigma_k = sum_n r_nk (...)(...)^T / N_k.",
    see="2 of 10 points, scatter 18: 18 / 2 = 9, not 18 / 9 = 2.",
)
def divided_by_n_minus_one(plan, R, k):
    return len(R) - 1


@MStep.mistake(
    "divisor",
    what="The covariances are those of np.cov with aweights, corrected for bias: too wide.",
    why="np.cov divides by N_k - sum r^2 / N_k unless bias=True; the maximum of Q divides by N_k.",
    read='"Covariances divide by N_k" and 7.4.5, "maximize this expectation".',
    see="np.cov([0, 2], aweights=[1, 1]) is 2, with bias=True it is 1.",
)
def unbiased_weighted_covariance(plan, R, k):
    r = R[:, k]
    return r.sum() - np.sum(r**2) / r.sum()


@MStep.mistake(
    "divisor",
    what="The covariances are sums: the division by N_k is missing.",
    read="the formula of the M-step: Sigma_k = sum_n r_nk (...)(...)^T / N_k.",
    see="two points 3 to both sides of the mean have the variance 18 / 2 = 9.",
)
def scatter_not_divided(plan, R, k):
    return 1


@Maximisation.mistake(
    "centre",
    what="The covariances are taken about the mean of all the data, not about mu_k.",
    why="Then the distance between the components is counted as spread.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T, with the new mu_k.",
    see="points 4 and 6 of a component at 5 have the variance 1, wherever the others are.",
)
def centred_on_all_the_data(plan, X, means, k):
    return X.mean(axis=0)


@Maximisation.mistake(
    "centre",
    what="The mean is not taken off before squaring: second moments stand for covariances.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T, with the new mu_k.",
    see="points 4 and 6 have the variance 1; the mean of 16 and 36 is 26.",
)
def not_centred(plan, X, means, k):
    return 0.0


@MStep.mistake(
    "centre",
    what="All covariances are taken about the mean of component 0: an index that is not k.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T: k as in r_nk.",
    see="points 4 and 6 of component 1 at 5 have the variance 1, wherever component 0 is.",
)
def centred_on_the_first_mean(plan, X, means, k):
    return means[0]


@Maximisation.mistake(
    "share",
    what="All points count fully in each covariance: the factor r_nk is missing in the sum.",
    read="the formula of the M-step: sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T.",
    see="a point with r = 0.01 adds a hundredth of its square, not all of it.",
)
def covariance_without_responsibilities(plan, r):
    return np.ones(len(r))


@MStep.mistake(
    "share",
    what="The responsibilities enter the covariances squared.",
    why="Weighing both factors of d d^T by r weighs the product twice; use r once, or sqrt(r) on "
    "both.",
    read="the formula of the M-step: sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T.",
    see="r = 0.5 and d = 2: 0.5 * 4 = 2, but (0.5 * 2)^2 = 1.",
)
def responsibilities_squared_in_covariance(plan, r):
    return r**2


@Maximisation.mistake(
    "soft",
    what="Each point counts only for its most probable component: that is k-means, not EM.",
    read='7.4.5, "expected value ... under the posterior": every r_nk counts.',
    see="r = 0.6, 0.4 adds 0.6 and 0.4 to N_1 and N_2, not 1 and 0.",
)
def hard_for_soft_assignment(plan, R):
    return np.eye(R.shape[1])[R.argmax(axis=1)]


@MStep.mistake(
    "scatter",
    what="The signs of the deviations are lost, by abs or by a root of squares: no covariance is "
    "< 0.",
    read='7.4.5, "(x_n - mu_k)(x_n - mu_k)^T": each factor with its sign.',
    see="deviations (1, -1) and (-1, 1): their covariance is -1, not 1.",
)
def absolute_deviations(plan, d, r):
    return (r[:, None] * np.abs(d)).T @ np.abs(d)


@MStep.mistake(
    "scatter",
    what="The deviations are summed first and multiplied afterwards: that leaves 0, but for "
    "rounding.",
    why="About their own mean deviations sum to 0; their products do not.",
    read='7.4.5, "sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T": the product stands inside the sum.',
    see="deviations 1 and -1: 1 + 1 = 2, but (1 - 1)^2 = 0.",
)
def summed_before_the_product(plan, d, r):
    s = r @ d
    return np.outer(s, s)


@MStep.mistake(
    "shape",
    what="The diagonal holds standard deviations; variances belong there.",
    read="7.4.5, the update of Sigma_k: the square of a deviation, without a root.",
    see="deviations of 2 and -2: variance 4, standard deviation 2.",
)
def deviations_for_variances(plan, covariance):
    root = covariance.copy()
    np.fill_diagonal(root, np.sqrt(np.maximum(np.diag(covariance), 0)))
    return root


@MStep.mistake(
    "answer",
    what="A small number is added to every N_k: weights, means and covariances are slightly wrong.",
    read='7.4.5, "N_k = sum_n r_nk": as it is; no N_k is 0 in the exercise.',
    see="with N_k = 1e-8 and 1e-10 added, the mean is 1 % too near to the origin.",
    variants=(1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12),
)
def something_added_to_n_k(plan, X, R, tiny):
    X, R = plan.values(X), plan.soft(np.asarray(R, dtype=float))
    counts = R.sum(axis=0) + tiny
    means = R.T @ X / counts[:, None]
    scatters = [plan.scatter(X - m, r) / n for m, r, n in zip(means, R.T, counts, strict=True)]
    return counts / len(X), means, np.stack(scatters)


@Maximisation.mistake(
    "shape",
    what="Only variances are kept: the covariances of the features are set to 0.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T is a matrix, (D, D).",
    see="d = (1, 2) gives [[1, 2], [2, 4]], not [[1, 0], [0, 4]].",
)
def only_the_diagonal(plan, covariance):
    return np.diag(np.diag(covariance))


@MStep.mistake(
    "shape",
    what="The covariances are round: one variance times the identity.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T is a matrix, (D, D).",
    see="d = (1, 2) gives [[1, 2], [2, 4]], not [[2.5, 0], [0, 2.5]].",
)
def one_variance_for_all_features(plan, covariance):
    return np.mean(np.diag(covariance)) * np.eye(len(covariance))


@MStep.mistake(
    "shape",
    what="The square root is taken of the covariances: standard deviations for variances.",
    read="the formula of the M-step: Sigma_k is in units of x squared, without a root.",
    see="points 3 to both sides of the mean have the variance 9, not 3.",
)
def standard_deviations_for_variances(plan, covariance):
    return np.sign(covariance) * np.sqrt(np.abs(covariance))


@Maximisation.mistake(
    "shape",
    what="A small number is added to the diagonal of the covariances.",
    why="It keeps them from collapsing, but then theta is not the maximum of Q any more.",
    read='7.4.5, "maximize this expectation with respect to theta".',
    see="variance 1e-6 plus 1e-6 is twice as much as the data say.",
    variants=(1e-6, 1e-3, 1e-2, 1e-4, 1e-5, 0.1, 1.0),
)
def something_added_to_the_diagonal(plan, covariance, ridge):
    return covariance + ridge * np.eye(len(covariance))


@MStep.mistake(
    "shape",
    what="Only one half of each covariance is filled: it is not symmetric.",
    read="the formula of the M-step: entry (i, j) and entry (j, i) are the same sum.",
    see="d = (1, 2) gives [[1, 2], [2, 4]], not [[1, 0], [2, 4]].",
)
def lower_half_only(plan, covariance):
    return np.tril(covariance)


@MStep.mistake(
    "shape",
    what="Only the upper half of each covariance is filled: it is not symmetric.",
    read="the formula of the M-step: entry (i, j) and entry (j, i) are the same sum.",
    see="d = (1, 2) gives [[1, 2], [2, 4]], not [[1, 2], [0, 4]].",
)
def upper_half_only(plan, covariance):
    return np.triu(covariance)


@Maximisation.mistake(
    "pool",
    what="All components get one covariance, the average within them: tied covariances.",
    read="the formula of the M-step: Sigma_k carries the index k.",
    see="components with the variances 1 and 9 keep 1 and 9.",
)
def one_covariance_for_all(plan, covariances, counts):
    pooled = np.einsum("k,kij->ij", counts, covariances) / counts.sum()
    return np.stack([pooled] * len(counts))


@MStep.mistake(
    "pool",
    what="Each covariance holds those of the components before it: the sum is not set back to 0.",
    why="np.zeros((D, D)) belongs inside the loop over the components.",
    read="the formula of the M-step: Sigma_k = sum_n r_nk d d^T / N_k, one sum for each k.",
    see="variances 1 and 4 stay 1 and 4, and do not become 1 and 5.",
    variants=(True, False),
)
def covariances_pile_up(plan, covariances, counts, undivided):
    counts = counts[:, None, None] if undivided else 1
    return np.cumsum(covariances * counts, axis=0) / counts


@MStep.mistake(
    "pool",
    what="The inverses of the covariances are returned: precisions.",
    read='7.4.1, "N(x | mu_k, Sigma_k)": Sigma_k is the covariance.',
    see="points 3 to both sides of the mean: 9, not 0.11.",
)
def inverses_returned(plan, covariances, counts):
    return np.linalg.pinv(covariances)


@Maximisation.mistake(
    "covariance",
    what="The covariance is the mean of x x^T minus mu mu^T: far from the origin that loses all "
    "digits.",
    why="Two numbers near 1e16 are subtracted to find one near 1. Take the mean off first.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T, differences first.",
    see="in floats 100000001**2 - 1e16 is 200000000, the 1 at the end is lost.",
)
def one_pass_covariance(plan, X, R, k, counts, centre):
    r = R[:, k]
    return (r[:, None] * X).T @ X / r.sum() - np.outer(centre, centre)


@MStep.mistake(
    "covariance",
    what="Every component gets the covariance of all the data.",
    read="the formula of the M-step: sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T / N_k.",
    see="components at 0 and 10, each of variance 1: all the data have the variance 26.",
)
def data_covariance_for_all(plan, X, R, k, counts, centre):
    d = X - X.mean(axis=0)
    return d.T @ d / len(X)


@MStep.mistake(
    "covariance",
    what="Each entry is the same squared length: d^T d, a number, for the matrix d d^T.",
    why="np.dot of two vectors is a number; np.outer is the matrix.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T: column times row.",
    see="d = (1, 2): d d^T = [[1, 2], [2, 4]], d^T d = 5.",
)
def product_within_a_point(plan, X, R, k, counts, centre):
    d = X - centre
    total = np.sum(R[:, k] * np.sum(d**2, axis=1)) / R[:, k].sum()
    return np.full((X.shape[1], X.shape[1]), total)


@MStep.mistake(
    "values",
    what="The data are changed in place: the caller still needs them.",
    why="X -= mean writes into the caller's array, so that the next component is centred twice.",
    read="the Rules line of the exercise: inputs stay unchanged.",
    see="X = [5], X -= 5 leaves X = [0] for whoever reads X next.",
)
def changed_its_input(plan, X):
    X -= X.mean(axis=0).astype(X.dtype)
    return np.asarray(X, dtype=float)


@MStep.mistake(
    "hand_back",
    what="The three parts come in another order than (weights, means, covariances).",
    read="the Returns line of the exercise: theta is the tuple (weights, means, covariances).",
    see="for K = 3 and D = 2 the shapes are (3,), (3, 2) and (3, 2, 2), in this order.",
)
def parts_in_another_order(plan, theta):
    weights, means, covariances = theta
    return means, covariances, weights


@MStep.mistake(
    "hand_back",
    what="Axes of length 1 are lost: with one component or one feature the parts have other "
    "shapes.",
    read="the Returns line of the exercise: (K,), (K, D), (K, D, D), also for 1.",
    see="np.squeeze of the shape (3, 1, 1) is (3,).",
)
def parts_squeezed(plan, theta):
    return tuple(np.squeeze(part) for part in theta)


@MStep.mistake(
    "hand_back",
    what="Only two parts are returned, the weights and the means: the covariances are missing.",
    read="the Returns line of the exercise: theta is the tuple (weights, means, covariances).",
    see="for K = 3 and D = 2 the shapes are (3,), (3, 2) and (3, 2, 2).",
)
def covariances_missing(plan, theta):
    return theta[:2]


@MStep.mistake(
    "hand_back",
    what="The means lie on their side: (D, K), a column for each component, instead of (K, D).",
    read="the table of shapes at the head of the assignment: means is (K, D).",
    see="3 components of 2 features give 3 rows.",
)
def means_transposed(plan, theta):
    weights, means, covariances = theta
    return weights, np.transpose(means), covariances


@MStep.mistake(
    "means",
    what="For X of integers the means are cut off to integers: an array of integers was filled.",
    why="np.zeros_like(X) takes the dtype of X, and so does an array that is made from X by "
    "indexing.",
    read="the Rules line of the exercise: X may hold integers.",
    see="a = np.zeros_like([1, 2]); a[0] = 2.7 leaves a[0] == 2.",
)
def truncated_to_integers(plan, X, R, counts):
    means = MStep.means(plan, X, R, counts)
    return np.trunc(means) if np.all(np.round(X) == X) and np.abs(X).max() < 1e6 else means
