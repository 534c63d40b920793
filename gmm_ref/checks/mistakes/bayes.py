"""Mistakes in Bayes' theorem, in logarithms: log r_nk, of which 7.4.3 and 7.4.4 make more."""

from functools import partial

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


_quotient = partial(Bayes.mistake, "quotient", read=FRACTION)


@_quotient(
    what="The joints are not divided by their sum over the components.",
    why="The division is missing, or is a product, or by the others alone, which makes odds.",
    see="joints 0.03 and 0.01: r = 0.75 and 0.25, not 0.03, nor 0.03 * 0.04, nor the odds of 3.",
    variants=(
        lambda joint, density: joint,
        lambda joint, density: joint + density,
        lambda joint, density: joint - density - np.log1p(-np.exp(joint - density)),
    ),
)
def not_normalised(plan, joint, density, instead):
    return instead(joint, density[:, None])


@_quotient(
    what="The joints are normalised over the points, or over all, not over the components.",
    why="Each point needs the sum of its own row; then its row sums to 1.",
    read=DENOMINATOR,
    see="joints 0.03 and 0.01 of one point give 0.75 and 0.25, whatever the other points.",
    line="the sum over the components is logsumexp(..., axis=1, keepdims=True).",
    variants=(0, None),
)
def axis_swapped(plan, joint, density, axis):
    return joint - np.logaddexp.reduce(joint, axis=axis)


@_quotient(
    what="The responsibilities are normalised again, as if they were logs: softmax twice.",
    see="the softmax of 0.75 and 0.25 is 0.62 and 0.38.",
)
def softmax_twice(plan, joint, density):
    R = np.exp(joint - density[:, None])
    return R - np.logaddexp.reduce(R, axis=1, keepdims=True)


@Bayes.mistake(
    "density",
    what="The weights stand in the numerator, but not in the denominator: rows do not sum to 1.",
    why="It is the same to normalise the densities and multiply by the weights afterwards.",
    read=DENOMINATOR,
    see="equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 0.45 and 0.05.",
)
def weights_missing_below(plan, log_weights, log_densities):
    return plan.log_sum(log_densities)
