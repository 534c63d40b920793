"""Mistakes in log p(x_n, z_k = 1) = log pi_k + log N(x_n | mu_k, Sigma_k), the root of the rest."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes.common import NATURAL, RETURNS, Logarithm, Table
from gmm_ref.checks.mistakes.density import Density
from nbjudge.checking import operators
from nbjudge.checking.plan import Plan, as_floats

GIVEN = '7.4.1, "pi = [pi_1, ..., pi_K]": the mixture probabilities, which are given.'
NEVER = '7.4.1, "z ~ Categorical(pi)": a weight of 0 is never drawn.'
JOINT = '7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".'
LOG_OF_BOTH = '7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", and take the log of both.'
SAME_INDEX = '7.4.1, "pi_k N(x | mu_k, Sigma_k)": all three carry the same index k.'


class Weights(Plan):
    """pi, which labels are drawn with and which every joint contains."""

    def probabilities(self, weights):
        """(K,): pi_k as it is used, in a draw up to a factor."""
        return weights


operators.SQUARED.at(Weights, "probabilities", "weights", read=GIVEN)
operators.REVERSED.at(Weights, "probabilities", "weights", read=SAME_INDEX)
operators.SORTED.at(Weights, "probabilities", "weights", read=SAME_INDEX)

_weights = partial(Weights.mistake, "probabilities", read=GIVEN)


@_weights(
    what="Every component gets the weight 1/K, whatever the argument weights says.",
    see="weights 0.7, 0.2, 0.1 are not 0.33 three times.",
)
def equal_weights(plan, weights):
    return np.full(len(weights), 1 / len(weights))


@_weights(
    what="The weights are taken for scores: exp and a division make other weights of them.",
    why="They are probabilities already, and sum to 1.",
    see="the softmax of 0.7, 0.2, 0.1 is 0.46, 0.28, 0.25.",
)
def softmax_of_the_weights(plan, weights):
    return np.exp(weights) / np.sum(np.exp(weights))


@_weights(
    what="1 - pi stands where pi should: rare components become common.",
    see="weights 0.7, 0.2, 0.1 have the complements 0.3, 0.8, 0.9.",
)
def complement_of_the_weights(plan, weights):
    return 1 - weights


class Prior(Weights):
    """log pi_k, which the joint and p(Z) contain."""

    def log_weights(self, weights):
        """(K,)."""
        return np.log(self.probabilities(weights))


operators.WITHOUT_LOGARITHM.at(Prior, "log_weights", "weights", read=LOG_OF_BOTH)
operators.TINY_NUMBER_ADDED.at(
    Prior, "log_weights", "weights", read=NEVER, variants=operators.LARGER
)


@Prior.mistake(
    "log_weights",
    what="log 0 is avoided: by log1p, or by leaving it at 0, which is the logarithm of 1.",
    why="A component of weight 0 is impossible: log 0 = -inf is what is meant.",
    read=NEVER,
    see="exp(-inf) = 0, but exp(0) = 1; and log1p(0.5) = log 1.5 = +0.41, not log 0.5 = -0.69.",
    variants=(np.log1p, lambda weights: np.log(np.where(weights > 0, weights, 1))),
)
def log_of_zero_avoided(plan, weights, log):
    return log(plan.probabilities(weights))


class Joint(Prior, Density):
    """The table (N, K) of log joints, which the formulas of the later sections build on."""

    def joint(self, X, weights, means, covariances):
        """log pi_k + log N(x_n | mu_k, Sigma_k)."""
        (weights,) = as_floats(weights)
        return self.combine(self.log_weights(weights), self.densities(X, means, covariances))

    def combine(self, log_weights, log_densities):
        """The logarithm of the product."""
        return log_weights + log_densities


_combine = partial(Joint.mistake, "combine", read=LOG_OF_BOTH)


@Joint.mistake(
    "probabilities",
    what="The weights are left out: log N stands where log pi + log N should.",
    why="A rare component then counts as much as a common one.",
    read=JOINT,
    see="weights 0.7, 0.2, 0.1 must lower the three columns by 0.36, 1.61, 2.30.",
)
def forgot_the_weights(plan, weights):
    return np.ones(len(weights))


operators.FIRST_FOR_ALL.at(Joint, "probabilities", "weight", read=SAME_INDEX)
operators.LOG_BASE_OF.at(Joint, "log_weights", "weights", read=NATURAL)
operators.TINY_NUMBER_ADDED.at(Joint, "combine", "joint", read=LOG_OF_BOTH)


@_combine(
    what="The weights divide where they must multiply: log pi is taken off, not added.",
    see="log 0.1 = -2.30 must lower the joint of a rare component, not raise it.",
)
def weights_divided(plan, log_weights, log_densities):
    return log_densities - log_weights


@_combine(
    what="Only the prior is there: what the point tells, log N(x_n | mu_k, Sigma_k), is missing.",
    see="log pi = -0.7 and log N = -3.1 make -3.8, not -0.7.",
)
def prior_only(plan, log_weights, log_densities):
    return np.zeros_like(log_densities) + log_weights


@_combine(
    what="log pi and log N are multiplied: the logarithm of a product is a sum.",
    see="log(0.5 * 0.1) = -0.69 + -2.30 = -3.00, but -0.69 * -2.30 = +1.60.",
)
def logarithms_multiplied(plan, log_weights, log_densities):
    return log_weights * log_densities


@_combine(
    what="The log density is multiplied by the weight: pi log N, alone or beside log pi.",
    why="A factor inside a logarithm becomes a summand outside of it, not a factor.",
    see="log(0.5 * 0.1) = -3.00, but 0.5 * log 0.1 = -1.15.",
    variants=(0, 1),
)
def weight_times_log_density(plan, log_weights, log_densities, beside):
    product = np.exp(log_weights) * log_densities
    return log_weights + product if beside else product


class LogJoint(Joint, Table, Logarithm):
    """The exercise `log_joint`."""

    def answer(self, X, weights, means, covariances):
        """(N, K)."""
        return self.joint(X, weights, means, covariances)


operators.CUT_TO_WHOLE_NUMBERS.at(LogJoint, "answer", read=RETURNS)


@LogJoint.mistake(
    "hand_back",
    what="Each row is normalised over the components: that is the log responsibility of 7.4.3.",
    why="The joint is not a probability of k given x; its rows do not sum to 1.",
    read=JOINT,
    see="joints 0.03 and 0.01 stay so; divided by 0.04 they are 0.75 and 0.25.",
)
def normalised_the_joint(plan, joint):
    return joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)


@LogJoint.mistake(
    "hand_back",
    what="The sum over the components is taken already: that is the density of 7.4.2.",
    read='7.4.1, "p(x, z_k = 1)": it depends on k.',
    see="5 points and 3 components give 15 numbers, of shape (5, 3).",
)
def summed_out_the_label(plan, joint):
    return np.logaddexp.reduce(joint, axis=1)
