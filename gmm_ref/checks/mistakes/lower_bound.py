"""Mistakes in the lower bound of 7.4.5: Q, and the entropy of the responsibilities."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes import posterior
from gmm_ref.checks.mistakes.common import Weighed
from gmm_ref.checks.mistakes.em import BRACKET, log_of_the_expected_joint, responsibilities_ignored
from gmm_ref.checks.mistakes.full_dataset import Complete
from nbjudge.checking import operators
from nbjudge.checking.plan import as_floats

BOUND = "the formula of the exercise: sum_n sum_k r_nk [log pi_k + log N - log r_nk]."
ENTROPY = "the formula of the exercise: - r_nk log r_nk, summed over n and k, with 0 log 0 = 0."
ANY_R = "the Write line of the exercise: of the R that is passed, whatever it is."


class LowerBound(Complete):
    """The exercise `lower_bound`."""

    def terms(self, X, R, weights, means, covariances):
        """(N,): what each point adds to Q, and the entropy of its row of R."""
        R = self.used(as_floats(R)[0])
        joint = self.joint(X, weights, means, covariances)
        return self.total(self.weigh(R, joint), self.entropy(R), joint)

    def used(self, R):
        """The responsibilities that are used."""
        return R

    def entropy(self, R):
        """(N,)."""
        return -Weighed.weigh(self, R, np.log(R))

    def total(self, expected, entropy, joint):
        """(N,): both together."""
        return expected + entropy


posterior.HARD_FOR_SOFT.at(LowerBound, "used", read=BOUND)
operators.WRONG_LOG_BASE.at(
    LowerBound,
    "entropy",
    read=ENTROPY,
    what=("The logarithm in the entropy is to base 2 or 10, the others are natural."),
)
LowerBound.suffers(
    "weigh",
    responsibilities_ignored.again(
        read=BRACKET,
        why="R weighs each log joint, also where it is not the posterior under this theta.",
    ),
)
LowerBound.suffers("weigh", log_of_the_expected_joint.again(read=BOUND))
_total = partial(LowerBound.mistake, "total", read=BOUND)
_entropy = partial(LowerBound.mistake, "entropy", read=ENTROPY)


@_total(
    what="The entropy is missing: this is Q alone.",
    why="Q lies below the bound by the entropy of R, which tells how open the labels still are.",
    see="r = 0.5, 0.5, logs -1 and -2: Q = -1.5, the bound is -1.5 + 0.69.",
)
def entropy_missing(plan, expected, entropy, joint):
    return expected


@_total(
    what="The entropy has the wrong sign: it is taken off Q, or sum r log r is added.",
    why="log r is negative, so - sum r log r is positive: the bound lies above Q.",
    see="r = 0.5, 0.5, logs -1 and -2: the bound is -1.5 + 0.69, not -1.5 - 0.69.",
)
def entropy_subtracted(plan, expected, entropy, joint):
    return expected - entropy


@_total(
    what="This is the log-likelihood, whatever R is: the bound meets it for one R alone.",
    why="R does not enter, or is computed anew. The gap is what the E-step closes.",
    read=ANY_R,
    see="joints 0.3 and 0.1, r = 0.5, 0.5: the bound is -1.06, log 0.4 = -0.92.",
)
def log_likelihood_for_the_bound(plan, expected, entropy, joint):
    return np.logaddexp.reduce(joint, axis=1)


@_total(
    what="This is the gap between bound and log-likelihood, or minus the gap.",
    why="The gap is KL(R || posterior), and 0 where R is the posterior.",
    see="joints 0.3 and 0.1, r = 0.5, 0.5: the bound is -1.06, the gap 0.14.",
    variants=(1, -1),
)
def gap_for_the_bound(plan, expected, entropy, joint, sign):
    return sign * (expected + entropy - np.logaddexp.reduce(joint, axis=1))


@_total(
    what="This is the entropy alone.",
    see="r = 0.5, 0.5, logs -1 and -2: the bound is -1.5 + 0.69, not 0.69.",
)
def entropy_alone(plan, expected, entropy, joint):
    return entropy


@_entropy(
    what="The entropy counts once, or for a mean row: of each point its own is added.",
    see="3 points with r = 0.5, 0.5 have 3 * 0.69 of entropy together.",
    variants=(
        lambda plan, R: -Weighed.weigh(plan, R, np.log(R)).mean() * np.ones(len(R)) / len(R),
        lambda plan, R: np.full(len(R), _of(R.mean(axis=0))),
        lambda plan, R: np.full(len(R), _of(R.mean(axis=0)) / len(R)),
        lambda plan, R: -Weighed.weigh(plan, R, np.log(R)) * np.eye(len(R))[0],
    ),
)
def entropy_not_of_each_point(plan, R, counted):
    return counted(plan, R)


def _of(row):
    return -np.sum(np.where(row > 0, row * np.log(np.where(row > 0, row, 1)), 0))


@_entropy(
    what="log r_nk is not weighed with r_nk: a plain sum of logarithms is taken.",
    see="the row 0.9, 0.1 has the entropy 0.33; minus the sum of both logs is 2.41.",
)
def logs_not_weighed(plan, R):
    return -np.sum(np.log(R), axis=1)


@LowerBound.mistake(
    "terms",
    what="The entropy is that of the weights, once a point: - pi_k log pi_k for - r_nk log r_nk.",
    why="How open the label of point n still is, its own row of R says.",
    read=ENTROPY,
    see="r = 0.9, 0.1 has the entropy 0.33, whatever pi is.",
)
def weights_for_responsibilities(plan, X, R, weights, means, covariances):
    R, weights = as_floats(R, weights)
    joint = plan.joint(X, weights, means, covariances)
    return plan.total(plan.weigh(R, joint), _of(weights), joint)
