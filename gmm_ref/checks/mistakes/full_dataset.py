"""Mistakes in 7.4.4: labels one-hot, and the log-probabilities of labels and points together."""

from functools import partial

import numpy as np
from scipy.special import gammaln

from gmm_ref.checks.mistakes.bayes import Bayes
from gmm_ref.checks.mistakes.common import RETURNS, ROW_FIRST, Table, Total, Weighed
from gmm_ref.checks.mistakes.density import LOGPDF, Density
from gmm_ref.checks.mistakes.joint import Joint, Prior
from gmm_ref.checks.mistakes.likelihood import one_label_for_all_points
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import as_floats, mistake

ONE_HOT = '7.4.4, "z_n = [z_n1, ..., z_nK]": K entries for each n, whatever the data.'
OWN_LABEL = '7.4.4, "Each data point x_n has its own latent variable z_n": row n is point n.'
FROM_ZERO = '"Components are counted from 0 in code" at the head of the assignment.'
PICKED = "7.4.4: z_nk is 1 for the component that generated point n, and 0 for the others."
PRIOR = '7.4.4, "The same prior pi applies to all": log p(Z) = sum_n sum_k z_nk log pi_k.'
BOTH = '7.4.4, "log p(X, Z) = log p(Z) + log p(X | Z)", each once.'
POSTERIOR = '7.4.4, "log p(Z | X) = sum_n log p(z_n | x_n)": each term a difference of logarithms.'


class OneHot(Table):
    """The exercise `one_hot`."""

    def answer(self, z, n_components):
        """(N, K) of zeros and ones."""
        return self.rows(np.asarray(z).astype(int), n_components)

    def rows(self, z, n_components):
        """Row z_n of the identity, for each point."""
        return np.eye(n_components)[self.column(z)]

    def column(self, z):
        """The column of the 1 in each row."""
        return z


operators.REVERSED.at(OneHot, "column", "labels", read=OWN_LABEL)
operators.SORTED.at(OneHot, "column", "labels", read=OWN_LABEL)
operators.REVERSED.at(OneHot, "hand_back", "columns", read=ONE_HOT, axis=1)
operators.RESHAPED_FOR_TRANSPOSED.at(OneHot, "hand_back", read=OWN_LABEL)
operators.OFF_BY_ONE.at(
    OneHot,
    "column",
    "label",
    read=FROM_ZERO,
    apply=lambda z, shifted: shifted(z),
    variants=(lambda z: z - 1, lambda z: z + 1, lambda z: (z + 1) % (z.max() + 1)),
)

_rows = partial(OneHot.mistake, "rows", read=ONE_HOT)
_filled = partial(OneHot.mistake, "hand_back", read=OWN_LABEL)


@_rows(
    what="The columns are made from the labels that occur, not from n_components.",
    why="A component without points has its column of zeros; left out, those after it move up.",
    see="labels 0, 2, 0 of K = 4 components are 1, 0, 0, 0 and 0, 0, 1, 0, of length 4.",
    variants=(
        lambda z, K: np.eye(z.max() + 1)[z],
        lambda z, K: np.eye(K)[z - z.min()],
        lambda z, K: (z[:, None] == np.unique(z)).astype(float),
    ),
)
def columns_of_the_labels_that_occur(plan, z, n_components, rows):
    return rows(z, n_components)


@_rows(
    what="The number of columns is not K: one more, one less, or as many as there are points.",
    why="The labels 0 ... K-1 need K columns, none of them left out as a reference category.",
    see="5 points and 3 components, the labels 0, 1, 2: the shape is (5, 3).",
    variants=(lambda z, K: K + 1, lambda z, K: K - 1, lambda z, K: max(len(z), z.max() + 1)),
)
def wrong_number_of_columns(plan, z, n_components, count):
    return OneHot.rows(plan, z, count(z, n_components))


@_rows(
    what="The labels come back as they are; a table of zeros and ones is asked for.",
    see="label 1 of 3 is the row 0, 1, 0.",
)
def labels_returned_as_they_are(plan, z, n_components):
    return z


@_filled(
    what="The rows hold other marks than a single 1, in the column of the label, and zeros.",
    why="z_nk says yes or no, so that a sum over k counts point n once: no -1, no label as a "
    "number, no column before that of the label, and component 0 has its 1 like the others.",
    read=PICKED,
    see="label 2 of 4 is the row 0, 0, 1, 0, not 1, 1, 0, 1, nor 0, 0, 2, 0, nor 1, 1, 1, 0.",
    variants=(
        lambda Z: 1 - Z,
        lambda Z: 2 * Z - 1,
        lambda Z: Z * np.arange(Z.shape[1]),
        lambda Z: np.cumsum(Z[:, ::-1], axis=1)[:, ::-1],
        lambda Z: Z * (np.arange(Z.shape[1]) > 0),
    ),
)
def other_marks_than_a_single_one(plan, Z, marks):
    return marks(Z)


@_filled(
    what="Only the first rows are filled: the loop ends too soon.",
    why="A return inside of it ends it in its first turn; and it runs over N points, not K.",
    see="Z of shape (5, 3) has 5 rows, each with one 1; the sum of Z is 5.",
    variants=(lambda K: 1, lambda K: K),
)
def first_rows_only(plan, Z, count):
    return Z * (np.arange(len(Z)) < count(Z.shape[1]))[:, None]


@_filled(
    what="All rows are equal: each holds a 1 for every label that occurs in z.",
    why="Z[:, z] = 1 sets whole columns; and [[0] * K] * N is one single row, N times.",
    see="Z[np.arange(N), z] = 1 sets one entry a row; or loop over n with Z[n, z[n]] = 1.",
)
def all_rows_equal(plan, Z):
    return np.ones_like(Z) * Z.max(axis=0)


class Labelled(Weighed):
    """sum_k z_nk a_nk: the term of each point's own label."""


def _averaged(logs):
    """(N,): with the responsibilities that these log joints, or log responsibilities, make."""
    r = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))
    return np.sum(np.where(r > 0, r * logs, 0), axis=1)


operators.FIRST_FOR_ALL.at(Labelled, "weigh", "label", read=OWN_LABEL, on=On.ARGUMENT)
operators.OFF_BY_ONE.at(Labelled, "weigh", "label", read=FROM_ZERO, on=On.ARGUMENT)
operators.RESHAPED_FOR_TRANSPOSED.at(Labelled, "weigh", read=ROW_FIRST, on=On.ARGUMENT)

_weigh = partial(Labelled.mistake, "weigh", read=PICKED)


@_weigh(
    what="Z does not pick the term of each point: all K are added up, averaged or summed out, or "
    "the best one stands in for it.",
    why="Z is given here: the posterior guesses it from X, and the marginal does without it.",
    see="log terms -1 and -9 and the label 1 give -9; not -10, nor -1, nor log(e^-1 + e^-9).",
    variants=(
        lambda logs: np.sum(logs, axis=1),
        lambda logs: np.max(logs, axis=1),
        lambda logs: np.logaddexp.reduce(logs, axis=1),
        _averaged,
    ),
)
def labels_ignored(plan, Z, logs, instead):
    return instead(logs)


@_weigh(
    what="The zeros and ones of Z are used as positions: entries 0 and 1 come again and again.",
    why="A mask must be boolean, logs[Z == 1]; a position comes from argmax along the row.",
    see="logs[[0, 0, 1]] is logs[0], logs[0] and logs[1], not the third entry.",
    variants=(
        lambda logs, Z: np.sum(logs[Z], axis=(1, 2)),
        lambda logs, Z: np.sum(np.take_along_axis(logs, Z, axis=1), axis=1),
    ),
)
def labels_as_positions(plan, Z, logs, picked):
    return picked(logs, Z.astype(int))


@_weigh(
    what="argmax runs over the points, axis 0: one point a component, not one label a point.",
    read='7.4.4, "z_n": each point has one label; argmax along its row, axis=1, finds it.',
    see="Z of shape (5, 3) has 5 labels; Z.argmax(axis=0) has 3 numbers.",
    variants=(
        lambda logs, found: logs[found, np.arange(len(found))],
        lambda logs, found: logs[0][found],
    ),
)
def one_point_for_each_component(plan, Z, logs, picked):
    return picked(logs, Z.argmax(axis=0))


@_weigh(
    what="Each point is paired with the labels of all points, not with its own alone.",
    why="logs[:, labels] takes whole columns, an N x N table; so does a matrix product of both.",
    read=OWN_LABEL,
    see="with N = 5, logs[:, labels] has 25 entries; logs[np.arange(5), labels] has 5.",
)
def every_point_with_every_label(plan, Z, logs):
    return logs @ np.sum(Z, axis=0)


@mistake(
    what="Every point is taken to come from component 0.",
    read=OWN_LABEL,
    see="log terms -1 and -9 and the label 1 give -9.",
)
def component_zero_for_all(plan, Z, logs):
    return logs[:, 0]


class LogPrior(Labelled, Prior, Total):
    """The exercise `log_prior`."""

    def terms(self, Z, weights):
        """(N,): log pi of each point's label."""
        Z, weights = as_floats(Z, weights)
        return self.weigh(Z, np.broadcast_to(self.log_weights(weights), Z.shape))


_prior = partial(LogPrior.mistake, "terms", read=PRIOR)


@_prior(
    what="Each component that occurs counts once, however many points have it.",
    see="three labels of weight 0.5 give 3 * -0.69 = -2.08, not -0.69.",
)
def prior_counted_once(plan, Z, weights):
    Z, weights = as_floats(Z, weights)
    return plan.log_weights(weights)[Z.any(axis=0)]


@_prior(
    what="The shares of the labels in Z stand for the weights: pi is given, not estimated.",
    why="Estimating pi from Z is the M-step of 7.4.5.",
    see="labels 0, 0, 1 under weights 0.5, 0.5 give 3 * log 0.5 = -2.08, not -1.91.",
)
def frequencies_for_weights(plan, Z, weights):
    (Z,) = as_floats(Z)
    return LogPrior.terms(plan, Z, Z.mean(axis=0))


@_prior(
    what="The multinomial coefficient is in: the probability of the counts, not of the labels.",
    why="It adds up all orders in which the labels could have come; Z is one of them.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k", with no factorials.',
    see="the labels 0, 1 under weights 0.5, 0.5 have 0.25; one of each, in any order, 0.5.",
)
def probability_of_the_counts(plan, Z, weights):
    (Z,) = as_floats(Z)
    orders = gammaln(len(Z) + 1) - np.sum(gammaln(Z.sum(axis=0) + 1))
    return np.append(LogPrior.terms(plan, Z, weights), orders)


@LogPrior.mistake(
    "product",
    what="log(1 - pi) is added for what a point's label is not: K coins, not one label.",
    why="That the label is k says already that it is no other.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k": a term only where z_nk = 1.',
    see="weights 0.7, 0.3, label 0: log 0.7 = -0.36, not twice that.",
)
def a_coin_for_each_component(plan, Z, logs):
    return np.where(Z > 0, logs, np.log1p(-np.exp(logs)))


class LogConditional(Labelled, Density, Total):
    """The exercise `log_conditional`."""

    def terms(self, X, Z, means, covariances):
        """(N,): the log density of each point under its own component."""
        (Z,) = as_floats(Z)
        return self.weigh(Z, self.densities(X, means, covariances))


operators.CUT_TO_WHOLE_NUMBERS.at(LogConditional, "terms", read=RETURNS)
operators.TINY_NUMBER_ADDED.at(
    LogConditional,
    "densities",
    "density",
    read=LOGPDF,
    # Besides, floors under the log density itself.
    variants=operators.TINY + tuple((np.maximum, np.exp(low)) for low in (-700.0, -100.0, -50.0)),
)


class CompleteLogLikelihood(Labelled, Joint, Total):
    """The exercise `complete_log_likelihood`."""

    def terms(self, X, Z, weights, means, covariances):
        """(N,): the log joint of each point with its own label."""
        (Z,) = as_floats(Z)
        return self.weigh(Z, self.joint(X, weights, means, covariances))


_both = partial(CompleteLogLikelihood.mistake, "terms", read=BOTH)


def _apart(plan, X, Z, weights, means, covariances):
    """(N,) and (N,): log pi and log N of each point's own label."""
    Z, weights = as_floats(Z, weights)
    prior = np.broadcast_to(plan.log_weights(weights), Z.shape)
    return plan.weigh(Z, prior), plan.weigh(Z, plan.densities(X, means, covariances))


@_both(
    what="log p(Z) does not count once: it is added for each component or point again, or counts "
    "for one point, or log pi of all components is in it.",
    why="It has one term log pi for each point, that of its label, and stands outside of loops.",
    see="3 points of weight 0.5: log p(Z) = 3 log 0.5 = -2.08, not -0.69, nor 3 times -2.08.",
    variants=(
        lambda own, logs: np.sum(logs),
        lambda own, logs: len(own) * np.sum(logs),
        lambda own, logs: len(logs) * np.sum(own),
        lambda own, logs: len(own) * np.sum(own),
        lambda own, logs: own[0],
    ),
)
def prior_not_counted_once(plan, X, Z, weights, means, covariances, counted):
    own, inner = _apart(plan, X, Z, weights, means, covariances)
    return np.append(inner, counted(own, plan.log_weights(np.asarray(weights, dtype=float))))


@_both(
    what="log p(Z) and log p(X | Z) are multiplied, or joined by logaddexp: simply add them.",
    why="p(X, Z) is a product, and the logarithm of a product is the sum of the logarithms; "
    "logaddexp adds the probabilities.",
    see="-2 and -3 give -5, not 6, nor np.logaddexp(-2, -3) = -1.69.",
    variants=(np.multiply, np.logaddexp),
)
def logs_of_both_not_added(plan, X, Z, weights, means, covariances, joined):
    prior, inner = _apart(plan, X, Z, weights, means, covariances)
    return np.atleast_1d(joined(np.sum(prior), np.sum(inner)))


class LogPosterior(Labelled, Bayes, Total):
    """The exercise `log_posterior`."""

    def terms(self, Z, X, weights, means, covariances):
        """(N,): the log responsibility of each point's label."""
        (Z,) = as_floats(Z)
        return self.weigh(Z, self.log_posterior(X, weights, means, covariances))


for _plan in (LogConditional, CompleteLogLikelihood, LogPosterior):
    _plan.suffers("weigh", component_zero_for_all)
LogPosterior.suffers("density", one_label_for_all_points)
operators.WITHOUT_LOGARITHM.at(LogPosterior, "quotient", "responsibilities", read=POSTERIOR)
operators.TINY_NUMBER_ADDED.at(LogPosterior, "quotient", "responsibilities", read=POSTERIOR)
operators.UNDERFLOW.at(
    LogPosterior,
    "quotient",
    "responsibility",
    read=POSTERIOR,
    name="underflow_of_the_responsibility",
    see="log joints -1 and -900, label 1: -899, but np.log(np.exp(-899)) is -inf.",
)
