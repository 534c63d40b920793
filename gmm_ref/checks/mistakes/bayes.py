"""Mistakes in Bayes' theorem, in logarithms: log r_nk, of which 7.4.3 and 7.4.4 make more."""

import numpy as np

from gmm_ref.checks.mistakes.likelihood import Marginal
from nbjudge.checking.plan import as_floats

FRACTION = "7.4.3, the fraction: one, and its denominator is p(x_n), which makes each row sum to 1."
DENOMINATOR = '7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)": j, not n.'


class Bayes(Marginal):
    """log r_nk = log joint_nk - log p(x_n)."""

    def log_posterior(self, X, weights, means, covariances):
        """(N, K)."""
        (weights,) = as_floats(weights)
        return self.posterior(self.log_weights(weights), self.densities(X, means, covariances))

    def posterior(self, log_weights, log_densities):
        """The same, of log pi and log N."""
        joint = self.combine(log_weights, log_densities)
        return self.quotient(joint, self.density(log_weights, log_densities))

    def quotient(self, joint, density):
        """Numerator and denominator."""
        return joint - density[:, None]


@Bayes.mistake(
    "quotient",
    what="The numerator is returned as it is: the division by the sum over components is missing.",
    read=FRACTION,
    see="joints 0.03 and 0.01 give r = 0.75 and 0.25, with the logarithms -0.29 and -1.39.",
)
def not_normalised(plan, joint, density):
    return joint


@Bayes.mistake(
    "quotient",
    what="The joints are normalised over the points, axis 0, instead of over the components, "
    "axis 1.",
    why="Then each column sums to 1: the points share out a component, which is no posterior.",
    read=DENOMINATOR,
    see="joints 0.03 and 0.01 of one point give 0.75 and 0.25, whatever the other points.",
)
def axis_swapped(plan, joint, density):
    return joint - np.logaddexp.reduce(joint, axis=0)


@Bayes.mistake(
    "quotient",
    what="The joints are divided by the sum over points and components together.",
    why="np.sum without an axis adds up everything; each point needs the sum of its own row.",
    read=DENOMINATOR,
    see="joints 0.03 and 0.01 of one point give 0.75 and 0.25, whatever the other points.",
)
def axis_forgotten(plan, joint, density):
    return joint - np.logaddexp.reduce(joint, axis=None)


@Bayes.mistake(
    "quotient",
    what="p(x_n) is multiplied where it must divide: its logarithm is added, not taken off.",
    read=FRACTION,
    see="joints 0.03 and 0.01: log 0.03 - log 0.04 = -3.51 + 3.22 = -0.29, not -6.73.",
)
def multiplied_by_the_density(plan, joint, density):
    return joint + density[:, None]


@Bayes.mistake(
    "quotient",
    what="Each joint is divided by the sum of the others: those are odds, not probabilities.",
    read="7.4.3: the sum over j in the denominator runs over all K, k among them.",
    see="joints 0.03 and 0.01: r = 0.75 and 0.25; the odds are 3 and 0.33.",
)
def odds_for_probabilities(plan, joint, density):
    logs = joint - density[:, None]
    return logs - np.log1p(-np.exp(logs))


@Bayes.mistake(
    "quotient",
    what="The responsibilities are normalised once more, as if they were logarithms: softmax "
    "twice.",
    why="Rows still sum to 1, but all are pulled towards 1/K.",
    read=FRACTION,
    see="the softmax of 0.75 and 0.25 is 0.62 and 0.38.",
)
def softmax_twice(plan, joint, density):
    R = np.exp(joint - density[:, None])
    return R - np.logaddexp.reduce(R, axis=1, keepdims=True)


@Bayes.mistake(
    "density",
    what="The weights stand in the numerator, but not in the denominator.",
    why="It is the same to normalise the densities and multiply by the weights afterwards. Rows "
    "then no longer sum to 1.",
    read='7.4.3, the denominator "sum_j pi_j N(x_n | mu_j, Sigma_j)": with pi_j.',
    see="equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 0.45 and 0.05.",
)
def weights_missing_below(plan, log_weights, log_densities):
    return plan.log_sum(log_densities)
