"""Mistakes in 7.4.2: the label summed out of the joint, and the points multiplied."""

import numpy as np

from gmm_ref.checks.mistakes.common import Logarithm, PerPoint, Total, whole_numbers_like_the_data
from gmm_ref.checks.mistakes.joint import TINY, Joint
from nbjudge.checking.plan import as_floats


class Marginal(Joint):
    """log p(x_n) from the log joints."""

    def marginal(self, X, weights, means, covariances):
        """(N,): the density of each point."""
        return self.over_k(self.joint(X, weights, means, covariances))

    def over_k(self, joint):
        """log sum_k exp."""
        return np.logaddexp.reduce(joint, axis=1)


@Marginal.mistake(
    "over_k",
    what="The logarithms are added up over the components: a sum of logs for the log of a sum.",
    why="Adding logs multiplies the joints: that all components drew the point, not one of them.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": the log goes outside.',
    see="log(0.2 + 0.3) = -0.69, but log 0.2 + log 0.3 = -2.81.",
)
def sum_of_logs(plan, joint):
    return np.sum(joint, axis=1)


@Marginal.mistake(
    "over_k",
    what="The mean over the components is taken, not their sum: the density is K times too small.",
    why="The weights already sum to 1; dividing by K as well weighs twice.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="with two components every log density is log 2 = 0.69 too low.",
)
def mean_over_components(plan, joint):
    return np.logaddexp.reduce(joint, axis=1) - np.log(joint.shape[1])


@Marginal.mistake(
    "over_k",
    what="Only the largest of the K terms counts: a maximum stands where the sum should.",
    why="Between two components the others matter as well.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="log(0.3 + 0.2) = -0.69, but log 0.3 = -1.20.",
)
def largest_term_only(plan, joint):
    return np.max(joint, axis=1)


@Marginal.mistake(
    "over_k",
    what="The maximum is taken off before exp, but not added back after the logarithm.",
    why="log-sum-exp is max + log sum exp(a - max): what is taken off inside comes back outside.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="a = -1000, -1001: the answer is -1000 + log(1 + 0.37) = -999.69, not 0.31.",
)
def maximum_not_added_back(plan, joint):
    return np.logaddexp.reduce(joint, axis=1) - np.max(joint, axis=1)


@Marginal.mistake(
    "over_k",
    what="One maximum is taken off for the whole table: points far below it still underflow.",
    why="Each point needs the maximum of its own row.",
    read='7.4.2, "p(x | theta) = sum_k ...": the sum over k is one for each point.',
    see="rows near -1 and near -900: exp(-900 - -1) is 0, but exp(-900 - -900) is 1.",
)
def one_maximum_for_all_points(plan, joint):
    top = np.max(joint)
    return top + np.log(np.sum(np.exp(joint - top), axis=1))


@Marginal.mistake(
    "over_k",
    what="The maximum that is taken off is that over the points, not that over the components.",
    why="Each point needs the maximum of its own row, axis=1; with that of the columns a far "
    "point still underflows.",
    read='7.4.2, "p(x | theta) = sum_k ...": the sum over k is one for each point.',
    see="rows near -1 and near -900: exp(-900 - -1) is 0, but exp(-900 - -900) is 1.",
)
def maximum_of_the_wrong_axis(plan, joint):
    top = np.max(joint, axis=0, keepdims=True)
    return np.log(np.sum(np.exp(joint - top) * np.exp(top), axis=1))


@Marginal.mistake(
    "over_k",
    what="The running sum begins at the density 1: logaddexp starts at 0, which is log 1.",
    why="A sum begins at 0, and log 0 is -inf.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": K terms and no more.',
    see="densities 0.1 and 0.2: log 0.3 = -1.20, not log 1.3 = +0.26.",
)
def sum_begins_at_one(plan, joint):
    return np.logaddexp(0, np.logaddexp.reduce(joint, axis=1))


@Marginal.mistake(
    "over_k",
    what="The largest term is counted twice: log1p adds a 1 that is in the sum already.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": each term once.',
    see="a = -5, -6: the sum of exp(a + 5) is 1 + 0.37, and log1p would make it 2.37.",
)
def largest_term_twice(plan, joint):
    return np.logaddexp(np.max(joint, axis=1), np.logaddexp.reduce(joint, axis=1))


@Marginal.mistake(
    "over_k",
    what="The smallest log joint of each point is taken out, where the largest should be.",
    why="exp of what is left then grows beyond every float: inf in place of 0.",
    read='7.4.2, "p(x | theta) = sum_k ...": log-sum-exp takes the maximum out.',
    see="a = -1000, -100: exp(-100 - -1000) = exp(900) is inf, exp(-1000 - -100) is a safe 0.",
)
def minimum_taken_out(plan, joint):
    low = np.min(joint, axis=1, keepdims=True)
    return low[:, 0] + np.log(np.sum(np.exp(joint - low), axis=1))


@Marginal.mistake(
    "over_k",
    what="Two components are added up, however many there are: right only for K = 2.",
    read='7.4.2, "p(x | theta) = sum_(k=1)^K ...": all K of them.',
    see="densities 0.1, 0.2, 0.3 sum to 0.6; two of them make 0.3 or 0.4.",
    variants=(-1, 1),
)
def two_components_only(plan, joint, last):
    return np.logaddexp(joint[:, 0], joint[:, last])


@Marginal.mistake(
    "over_k",
    what="The densities are added up and the logarithm is taken last: far away every term is 0.",
    why="exp(-800) is smaller than the smallest float, and log 0 = -inf. Take the largest log "
    "joint of each point out first: that is what logsumexp does.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="log(exp(-800) + exp(-801)) is -799.69, but in floats exp(-800) = 0.",
)
def underflow_in_the_sum(plan, joint):
    return np.log(np.sum(np.exp(joint), axis=1))


@Marginal.mistake(
    "over_k",
    what="A tiny number is added to the density before its logarithm, against log 0.",
    why="Far points then all get the same answer, log of that number. Take the largest log joint "
    "of each point out first: that is what logsumexp does.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="log(exp(-800) + 1e-300) = -690.8 and log(exp(-900) + 1e-300) = -690.8 as well.",
    variants=TINY,
)
def tiny_number_in_the_sum(plan, joint, tiny):
    return np.log(np.sum(np.exp(joint), axis=1) + tiny)


@Marginal.mistake(
    "over_k",
    what="The sum runs over the points instead of the components: axis 0 for axis 1.",
    why="The answer has one number a component, but it must have one a point.",
    read='7.4.2, "p(x | theta) = sum_k ...": k runs over the columns.',
    see="5 points and 3 components give 5 numbers, not 3.",
)
def summed_over_the_points(plan, joint):
    return np.logaddexp.reduce(joint, axis=0)


@Marginal.mistake(
    "over_k",
    what="The log joints are averaged with the responsibilities: the expectation of 7.4.5.",
    why="By Jensen's inequality that is too low; the logarithm of the sum is asked for.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="joints 0.2 and 0.2: log 0.4 = -0.92, but the average of both logs is -1.61.",
)
def expected_log_joint(plan, joint):
    R = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
    return np.sum(np.where(R > 0, R * joint, 0), axis=1)


@Marginal.mistake(
    "over_k",
    what="The sum stops one component early: the last one is not in it.",
    why="range(K - 1) and [:-1] both leave it out.",
    read='7.4.2, "p(x | theta) = sum_(k=1)^K ...": all K of them.',
    see="list(range(3 - 1)) is [0, 1]; component 2 is never seen.",
)
def last_component_missing(plan, joint):
    return np.logaddexp.reduce(joint[:, :-1], axis=1)


@Marginal.mistake(
    "over_k",
    what="The sum begins one component late: component 0 is not in it.",
    why="The text counts from 1, Python from 0: range(1, K) leaves the first one out.",
    read='7.4.2, "p(x | theta) = sum_(k=1)^K ...": all K of them.',
    see="list(range(1, 3)) is [1, 2]; component 0 is never seen.",
)
def first_component_missing(plan, joint):
    return np.logaddexp.reduce(joint[:, 1:], axis=1)


class LogDensity(Marginal, PerPoint, Logarithm):
    """The exercise `log_density`."""

    def answer(self, X, weights, means, covariances):
        """(N,)."""
        return self.marginal(X, weights, means, covariances)


LogDensity.suffers("answer", whole_numbers_like_the_data)


@Marginal.mistake(
    "combine",
    what="The log densities are averaged with the weights: sum_k pi_k log N for log sum_k pi_k N.",
    why="The logarithm may not go inside the sum. By Jensen's inequality the result is too low.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": the log goes outside.',
    see="weights 1/2, densities 0.4 and 0.1: log 0.25 = -1.39, but the average is -1.61.",
)
def weighted_log_densities(plan, log_weights, log_densities):
    total = np.sum(np.exp(log_weights) * log_densities, axis=1, keepdims=True)
    return np.concatenate([total, np.full((len(total), len(log_weights) - 1), -np.inf)], axis=1)


@LogDensity.mistake(
    "marginal",
    what="The mixture is replaced by one Gaussian with the average mean and covariance.",
    why="That has one peak, where a mixture has several: densities are averaged, not their "
    "parameters.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": the sum is outside of N.',
    see="means -5 and 5, variances 1: at 0 the mixture is 1.5e-6, N(0 | 0, 26) is 0.08.",
    variants=(0, 1),
)
def one_gaussian_for_the_mixture(plan, X, weights, means, covariances, between):
    weights, means, covariances = as_floats(weights, means, covariances)
    centre = weights @ means
    away = means - centre
    spread = np.einsum("k,kij->ij", weights, covariances)
    spread = spread + between * np.einsum("k,ki,kj->ij", weights, away, away)
    return plan.densities(X, centre[None], spread[None])[:, 0]


@LogDensity.mistake(
    "over_k",
    what="The sum over the components is missing: the answer is the log joint of 7.4.1.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)".',
    see="5 points and 3 components give 5 numbers, not a table of 15.",
)
def returned_the_joint(plan, joint):
    return joint


@LogDensity.mistake(
    "over_k",
    what="The sum runs over points and components together: it gives one number for all.",
    why="np.sum and logsumexp without an axis add up everything.",
    read='7.4.2, "p(x | theta) = sum_k ...": one density for each point.',
    see="5 points give 5 numbers; write axis=1.",
)
def summed_over_everything(plan, joint):
    return np.logaddexp.reduce(joint, axis=None)


@LogDensity.mistake(
    "hand_back",
    what="The log densities of all points are added up: that is `log_likelihood`, the next "
    "exercise.",
    read="7.4.2: p(x | theta) is of one point, p(X | theta) of the data set.",
    see="three points with -1, -2, -3 are asked for as such; -6 is the data set.",
)
def summed_over_the_data_set(plan, density):
    return np.sum(density)


class LogLikelihood(Marginal, Total):
    """The exercise `log_likelihood`."""

    def terms(self, X, weights, means, covariances):
        """(N,): the log density of each point."""
        return self.marginal(X, weights, means, covariances)


@LogLikelihood.mistake(
    "marginal",
    what="The sum over the components stands outside the product over the points: one z for all.",
    why="That is the likelihood of a data set that was drawn from one component as a whole. Each "
    "point has its own z, so each factor of the product has its own sum.",
    read='7.4.2, "p(X | theta) = prod_n sum_k ...": first the sum over k, then the product.',
    see="joints 0.1, 0.2 and 0.3, 0.1: (0.1 + 0.2)(0.3 + 0.1) = 0.12, not 0.03 + 0.02 = 0.05.",
)
def one_label_for_all_points(plan, X, weights, means, covariances):
    densities = np.sum(plan.densities(X, means, covariances), axis=0)
    return np.array([np.logaddexp.reduce(plan.log_weights(np.asarray(weights)) + densities)])


@LogLikelihood.mistake(
    "marginal",
    what="Only the first K points are added up: the loop over the points runs to K, not to N.",
    read='7.4.2, "prod_(n=1)^N": len(X) points, of which len(weights) says nothing.',
    see="5 points and 3 components: range(3) never sees the points 3 and 4.",
)
def as_many_points_as_components(plan, X, weights, means, covariances):
    return plan.over_k(plan.joint(X[: len(weights)], weights, means, covariances))


@LogLikelihood.mistake(
    "marginal",
    what="Points that are equal count once: a set or a dictionary of points forgets how many "
    "there are.",
    read='7.4.2, "prod_(n=1)^N": every point, whether another one is like it or not.',
    see="two equal points of log density -3 bring -6, not -3.",
)
def equal_points_counted_once(plan, X, weights, means, covariances):
    return plan.over_k(plan.joint(np.unique(X, axis=0), weights, means, covariances))


@LogLikelihood.mistake(
    "marginal",
    what="The densities are added up over points and components together, and logged once.",
    why="Over the components densities add up, over the points they multiply.",
    read='7.4.2, "p(X | theta) = prod_n sum_k ...": two signs, for two indices.',
    see="two points of density 0.1: log 0.01 = -4.6, not log 0.2 = -1.6.",
)
def joints_of_all_labels(plan, X, weights, means, covariances):
    joint = plan.joint(X, weights, means, covariances)
    return np.array([np.logaddexp.reduce(joint, axis=None)])
