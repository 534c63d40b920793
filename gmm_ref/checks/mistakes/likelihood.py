"""Mistakes in 7.4.2: the label summed out of the joint, and the points multiplied."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes import common
from gmm_ref.checks.mistakes.common import OVER_K, RETURNS, Logarithm, PerPoint, Total
from gmm_ref.checks.mistakes.joint import Joint
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import as_floats, mistake

SUM = '7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": the log goes outside.'
EACH_ONCE = '7.4.2, "p(x | theta) = sum_(k=1)^K ...": each of the K terms once.'


class Marginal(Joint):
    """log p(x_n): the label summed out of the joint."""

    def marginal(self, X, weights, means, covariances):
        """(N,): the log density of each point."""
        (weights,) = as_floats(weights)
        return self.density(self.log_weights(weights), self.densities(X, means, covariances))

    def density(self, log_weights, log_densities):
        """(N,): the same, of log pi and log N."""
        return self.log_sum(self.combine(log_weights, log_densities))

    def log_sum(self, joint):
        """log sum_k exp."""
        return np.logaddexp.reduce(joint, axis=1)


operators.AXIS_SWAPPED.at(Marginal, "log_sum", read=OVER_K)
for _some in (operators.FIRST_MISSING, operators.LAST_MISSING):
    _some.at(Marginal, "log_sum", "component", read=OVER_K, axis=1, on=On.ARGUMENT)
operators.TINY_NUMBER_ADDED.at(
    Marginal,
    "log_sum",
    "density",
    read=SUM,
    why="Far points then all get the log of that number. logsumexp takes the largest out first.",
)

_log_sum = partial(Marginal.mistake, "log_sum", read=SUM)
_term = partial(Marginal.mistake, "log_sum", read=EACH_ONCE)


@_log_sum(
    what="The logarithms are added up over the components: a sum of logs for the log of a sum.",
    why="Adding logs multiplies the joints: that all components drew the point, not one of them.",
    see="log(0.2 + 0.3) = -0.69, but log 0.2 + log 0.3 = -2.81.",
)
def sum_of_logs(plan, joint):
    return np.sum(joint, axis=1)


@Marginal.mistake(
    "density",
    what="The log densities are averaged with the weights: sum_k pi_k log N for log sum_k pi_k N.",
    why="The logarithm may not go inside the sum. By Jensen's inequality the result is too low.",
    read=SUM,
    see="weights 1/2, densities 0.4 and 0.1: log 0.25 = -1.39, but the average is -1.61.",
)
def weighted_log_densities(plan, log_weights, log_densities):
    return np.sum(np.exp(log_weights) * log_densities, axis=1)


def softmax(logs):
    """(N, K): the responsibilities that these log joints make."""
    return np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))


def averaged(logs):
    """(N,): the logs, weighed with their own responsibilities."""
    return common.Weighed().weigh(softmax(logs), logs)


@_log_sum(
    what="The log joints are averaged with the responsibilities: the expectation of 7.4.5.",
    see="joints 0.2 and 0.2: log 0.4 = -0.92, but the average of both logs is -1.61.",
)
def expected_log_joint(plan, joint):
    return averaged(joint)


@_log_sum(
    what="The mean over the components is taken, not their sum: the density is K times too small.",
    see="with two components every log density is log 2 = 0.69 too low.",
)
def mean_over_components(plan, joint):
    return np.logaddexp.reduce(joint, axis=1) - np.log(joint.shape[1])


@_term(
    what="Only the largest of the K terms counts: a maximum stands where the sum should.",
    why="To take the maximum out guards against underflow, but the other terms count as well.",
    see="log(0.3 + 0.2) = -0.69, but log 0.3 = -1.20.",
)
def largest_term_only(plan, joint):
    return np.max(joint, axis=1)


@_log_sum(
    what="The maximum is taken off before exp, but not added back after the logarithm.",
    why="log-sum-exp is max + log sum exp(a - max): what is taken off inside comes back outside.",
    see="a = -1000, -1001: the answer is -1000 + log(1 + 0.37) = -999.69, not 0.31.",
)
def maximum_not_added_back(plan, joint):
    return np.logaddexp.reduce(joint, axis=1) - np.max(joint, axis=1)


@_log_sum(
    what="What is taken out of exp is no maximum of a row, but of all, of a column, or a minimum.",
    why="Points far below it still underflow to 0; above a minimum exp grows beyond every float.",
    see="rows near -1 and near -900: exp(-900 - -1) is 0, but exp(-900 - -900) is 1.",
    variants=(
        lambda a: a.max() + np.log(np.sum(np.exp(a - a.max()), axis=1)),
        lambda a: np.log(np.sum(np.exp(a - a.max(axis=0)) * np.exp(a.max(axis=0)), axis=1)),
        lambda a: a.min(axis=1) + np.log(np.sum(np.exp(a - a.min(axis=1)[:, None]), axis=1)),
    ),
)
def wrong_maximum_taken_out(plan, joint, log_sum):
    return log_sum(joint)


@_term(
    what="There is one term too many in the sum: a 1, or the largest term once more.",
    why="A running logaddexp starts at log 0 = -inf, not at 0 = log 1; log1p adds a 1 as well.",
    see="densities 0.1 and 0.2: log 0.3 = -1.20, not log 1.3 = +0.26 nor log 0.5 = -0.69.",
    variants=(lambda joint: 0, lambda joint: np.max(joint, axis=1)),
)
def one_term_too_many(plan, joint, term):
    return np.logaddexp(term(joint), np.logaddexp.reduce(joint, axis=1))


@_term(
    what="Two components are added up, however many there are: right only for K = 2.",
    see="densities 0.1, 0.2, 0.3 sum to 0.6; two of them make 0.3 or 0.4.",
    variants=(-1, 1),
)
def two_components_only(plan, joint, last):
    return np.logaddexp(joint[:, 0], joint[:, last])


class LogDensity(Marginal, PerPoint, Logarithm):
    """The exercise `log_density`."""

    def answer(self, X, weights, means, covariances):
        """(N,)."""
        return self.marginal(X, weights, means, covariances)


operators.CUT_TO_WHOLE_NUMBERS.at(LogDensity, "answer", read=RETURNS)
LogDensity.suffers("log_sum", common.not_summed_over_components)
LogDensity.suffers("log_sum", common.axis_forgotten)


@LogDensity.mistake(
    "marginal",
    what="The mixture is replaced by one Gaussian with the average mean and covariance.",
    why="That has one peak, where a mixture has several: densities are averaged, not parameters.",
    read='7.4.2, "p(x | theta) = sum_k pi_k N(x | mu_k, Sigma_k)": the sum is outside of N.',
    see="means -5 and 5, variances 1: at 0 the mixture is 1.5e-6, N(0 | 0, 26) is 0.08.",
    variants=(0, 1),
)
def one_gaussian_for_the_mixture(plan, X, weights, means, covariances, between):
    weights, means, covariances = as_floats(weights, means, covariances)
    away = means - weights @ means
    spread = covariances + between * away[:, :, None] * away[:, None, :]
    spread = np.einsum("k,kij->ij", weights, spread)
    return plan.densities(X, [weights @ means], [spread])[:, 0]


@LogDensity.mistake(
    "hand_back",
    what="The log densities of all points are added up: that is `log_likelihood`, which follows.",
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


@mistake(
    what="The sum over the components stands outside the product over the points: one z for all.",
    why="Each point has its own z, so each factor of the product has a sum of its own.",
    read='7.4.2, "p(X | theta) = prod_n sum_k ...": first the sum over k, then the product.',
    see="joints 0.1, 0.2 and 0.3, 0.1: (0.1 + 0.2)(0.3 + 0.1) = 0.12, not 0.03 + 0.02 = 0.05.",
    variants=(lambda n_samples: 1, lambda n_samples: n_samples),
)
def one_label_for_all_points(plan, log_weights, log_densities, times):
    n_samples = len(log_densities)
    together = times(n_samples) * log_weights + np.sum(log_densities, axis=0)
    # To each point its share, of which all together make the sum.
    return np.full(n_samples, np.logaddexp.reduce(together) / n_samples)


LogLikelihood.suffers("density", one_label_for_all_points)


@LogLikelihood.mistake(
    "terms",
    what="Points are left out: of equal ones all but one, or all after the first K.",
    why="A set of points forgets how often each is there; and the loop runs to N = len(X), not K.",
    read='7.4.2, "prod_(n=1)^N": a factor for every point, whatever the others are.',
    see="5 points and 3 components: range(3) stops before point 3; two equal points of -3 make -6.",
    variants=(lambda X, K: X[:K], lambda X, K: np.unique(X, axis=0)),
)
def points_left_out(plan, X, weights, means, covariances, left):
    return plan.marginal(left(X, len(weights)), weights, means, covariances)
