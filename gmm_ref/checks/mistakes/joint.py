"""Mistakes in log p(x_n, z_k = 1) = log pi_k + log N(x_n | mu_k, Sigma_k), the root of the rest."""

import numpy as np

from gmm_ref.checks.mistakes.common import Logarithm, Table, whole_numbers_like_the_data
from gmm_ref.checks.mistakes.density import Density
from nbjudge.checking.plan import as_floats

# What students add to a number before its logarithm, or put in place of a zero.
TINY = (1e-300, np.finfo(float).tiny, 1e-100, 1e-20, 1e-16, np.finfo(float).eps, 1e-15, 1e-12)
TINY += (1e-10, 1e-9, 1e-8, 1e-6)


class Joint(Density):
    """The table (N, K) of log joints, which the formulas of the later sections build on."""

    def joint(self, X, weights, means, covariances):
        """log pi_k + log N(x_n | mu_k, Sigma_k)."""
        (weights,) = as_floats(weights)
        return self.combine(self.log_weights(weights), self.densities(X, means, covariances))

    def log_weights(self, weights):
        """log pi_k, (K,)."""
        return np.log(weights)

    def combine(self, log_weights, log_densities):
        """The logarithm of the product."""
        return log_weights + log_densities


@Joint.mistake(
    "log_weights",
    what="The weights are left out: log N stands where log pi + log N should.",
    why="A rare component then counts as much as a common one.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".',
    see="weights 0.7, 0.2, 0.1 must lower the three columns by 0.36, 1.61, 2.30.",
)
def forgot_the_weights(plan, weights):
    return np.zeros(len(weights))


@Joint.mistake(
    "log_weights",
    what="The weights are multiplied in twice: pi^2 N stands where pi N should.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)": pi_k once.',
    see="weights 0.8 and 0.2 are 4 to 1; squared they are 16 to 1.",
)
def weights_squared(plan, weights):
    return 2 * np.log(weights)


@Joint.mistake(
    "log_weights",
    what="The weights are added to the log densities without their own logarithm.",
    why="The logarithm of a product is the sum of both logarithms: log pi + log N.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", and take the log of both.',
    see="weights 0.7, 0.2, 0.1 enter as -0.36, -1.61, -2.30.",
)
def weights_without_logarithm(plan, weights):
    return weights


@Joint.mistake(
    "log_weights",
    what="The weights divide where they must multiply: log pi is taken off, not added.",
    why="Rare components then come out on top.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".',
    see="log 0.1 = -2.30 must lower the joint of a rare component, not raise it.",
)
def weights_divided(plan, weights):
    return -np.log(weights)


@Joint.mistake(
    "log_weights",
    what="Every component gets the weight 1/K, whatever the argument weights says.",
    read='7.4.1, "pi = [pi_1, ..., pi_K]": the weights are given, and they differ.',
    see="weights 0.7, 0.2, 0.1 are not 0.33 three times.",
)
def equal_weights(plan, weights):
    return np.full(len(weights), -np.log(len(weights)))


@Joint.mistake(
    "log_weights",
    what="Every component gets the weight of component 0.",
    read='7.4.1, "pi_k N(x | mu_k, Sigma_k)": all three carry the same index k.',
    see="with weights 0.7, 0.2, 0.1 the last column is lowered by 2.30, not 0.36.",
)
def first_weight_for_all(plan, weights):
    return np.full(len(weights), np.log(weights[0]))


@Joint.mistake(
    "log_weights",
    what="The weights meet the components in the wrong order.",
    read='7.4.1, "pi_k N(x | mu_k, Sigma_k)": all three carry the same index k.',
    see="with weights 0.7, 0.2, 0.1 it is component 0 that has 0.7.",
)
def weights_in_reverse(plan, weights):
    return np.log(weights[::-1])


@Joint.mistake(
    "log_weights",
    what="The weights are sorted by size, and meet the components in another order.",
    read='7.4.1, "pi_k N(x | mu_k, Sigma_k)": all three carry the same index k.',
    see="weights 0.2, 0.7, 0.1: it is component 1 that has 0.7, wherever it stands.",
    variants=(1, -1),
)
def weights_sorted(plan, weights, step):
    return np.log(np.sort(weights)[::step])


@Joint.mistake(
    "log_weights",
    what="The weights are taken for scores: exp and a division make other weights of them.",
    why="They are probabilities already, and sum to 1.",
    read='7.4.1, "pi = [pi_1, ..., pi_K]": the mixture probabilities.',
    see="the softmax of 0.7, 0.2, 0.1 is 0.46, 0.28, 0.25.",
)
def softmax_of_the_log_weights(plan, weights):
    return weights - np.log(np.sum(np.exp(weights)))


@Joint.mistake(
    "log_weights",
    what="1 is added to the weights before their logarithm: log1p, against log 0.",
    why="log 0 = -inf is what is meant for a component of weight 0, and all others come out wrong.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", and take the log of both.',
    see="log 0.5 = -0.69, but log1p(0.5) = log 1.5 = +0.41.",
)
def one_added_to_the_weights(plan, weights):
    return np.log1p(weights)


@Joint.mistake(
    "log_weights",
    what="1 - pi stands where pi should.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)".',
    see="weights 0.7, 0.2, 0.1 have the complements 0.3, 0.8, 0.9: rare becomes common.",
)
def complement_of_the_weights(plan, weights):
    return np.log(1 - weights)


@Joint.mistake(
    "log_weights",
    what="The logarithm of the weights is to base 2 or 10, that of the densities is natural.",
    why="Logarithms add up to that of the product only when all have one base: np.log.",
    read='"Logarithms are natural" at the head of the assignment.',
    see="log 0.1 is -2.30 by np.log, -1 by np.log10, -3.32 by np.log2.",
    variants=(2, 10),
)
def log_base_of_the_weights(plan, weights, base):
    return np.log(weights) / np.log(base)


@Joint.mistake(
    "log_weights",
    what="A tiny number is added to the weights before their logarithm, or put in place of a 0.",
    why="A component of weight 0 then is very rare, but not impossible as it should be: log 0 is "
    "-inf, and -inf is what is meant.",
    read='7.4.1, "z ~ Categorical(pi)": a weight of 0 is never drawn.',
    see='log(0 + 1e-10) = -23, not -inf; put np.errstate(divide="ignore") around np.log.',
    variants=[*((np.add, t) for t in TINY), (np.maximum, 1e-10)],
)
def tiny_number_added_to_the_weights(plan, weights, way):
    lift, tiny = way
    return np.log(lift(weights, tiny))


@Joint.mistake(
    "log_weights",
    what="The logarithm of a weight of 0 is left at 0, which is the logarithm of 1.",
    why="log 0 = -inf is what is meant: a component of weight 0 is impossible.",
    read='7.4.1, "z ~ Categorical(pi)": a weight of 0 is never drawn.',
    see="exp(0) = 1, exp(-inf) = 0; np.log(weights, where=weights > 0) fills in what is there.",
)
def zero_for_log_zero(plan, weights):
    return np.where(weights > 0, np.log(np.where(weights > 0, weights, 1)), 0)


@Joint.mistake(
    "combine",
    what="log pi and log N are multiplied: the logarithm of a product is a sum.",
    why="Two negative numbers then even give a positive one.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", and take the log of both.',
    see="log(0.5 * 0.1) = -0.69 + -2.30 = -3.00, but -0.69 * -2.30 = +1.60.",
)
def logarithms_multiplied(plan, log_weights, log_densities):
    return log_weights * log_densities


@Joint.mistake(
    "combine",
    what="The log density is multiplied by the weight: pi log N stands where log pi + log N "
    "should.",
    why="A factor inside a logarithm becomes a summand outside of it, not a factor.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", and take the log of both.',
    see="log(0.5 * 0.1) = -3.00, but 0.5 * log 0.1 = -1.15.",
)
def weight_times_log_density(plan, log_weights, log_densities):
    return np.exp(log_weights) * log_densities


@Joint.mistake(
    "combine",
    what="The density is computed first and its logarithm taken afterwards: far away it is 0.",
    why="exp(-800) is smaller than the smallest float, and log 0 = -inf. Stay in logarithms from "
    "the beginning: logpdf, not log(pdf).",
    read='7.4.1, "pi_k N(x | mu_k, Sigma_k)": of a product take the log factor by factor.',
    see="np.log(np.exp(-800)) is -inf, though -800 is a perfectly good number.",
)
def underflow(plan, log_weights, log_densities):
    return np.log(np.exp(log_weights) * np.exp(log_densities))


@Joint.mistake(
    "combine",
    what="A tiny number is added to the density before its logarithm, against log 0.",
    why="Far points then all get the same answer, log of that number, and near ones a slightly "
    "wrong one. Stay in logarithms instead: logpdf, not log(pdf).",
    read='7.4.1, "pi_k N(x | mu_k, Sigma_k)": of a product take the log factor by factor.',
    see="log(exp(-800) + 1e-300) = -690.8 and log(exp(-900) + 1e-300) = -690.8 as well.",
    variants=TINY,
)
def tiny_number_before_the_logarithm(plan, log_weights, log_densities, tiny):
    return np.log(np.exp(log_weights + log_densities) + tiny)


class LogJoint(Joint, Table, Logarithm):
    """The exercise `log_joint`."""

    def answer(self, X, weights, means, covariances):
        """(N, K)."""
        return self.joint(X, weights, means, covariances)


LogJoint.suffers("answer", whole_numbers_like_the_data)


@LogJoint.mistake(
    "hand_back",
    what="The answer is the joint density: its logarithm is not taken.",
    why="For far points the density is smaller than the smallest float and becomes 0.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", here its logarithm.',
    see="a density of 0.05 must come back as log 0.05 = -3.00.",
)
def returned_the_joint_itself(plan, joint):
    return np.exp(joint)


@LogJoint.mistake(
    "hand_back",
    what="Each row is normalised over the components: that is the log responsibility of 7.4.3.",
    why="The joint is not a probability of k given x; its rows do not sum to 1.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", with no denominator.',
    see="joints 0.03 and 0.01 stay so; divided by 0.04 they are 0.75 and 0.25.",
)
def normalised_the_joint(plan, joint):
    return joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)


@LogJoint.mistake(
    "hand_back",
    what="The sum over the components is taken already: that is the density of 7.4.2.",
    why="The joint keeps one number for each point and each component.",
    read='7.4.1, "p(x, z_k = 1)": it depends on k.',
    see="5 points and 3 components give 15 numbers, of shape (5, 3).",
)
def summed_out_the_label(plan, joint):
    return np.logaddexp.reduce(joint, axis=1)
