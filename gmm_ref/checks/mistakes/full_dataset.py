"""Mistakes in 7.4.4: labels one-hot, and the log-probabilities of labels and points together."""

from functools import partial

import numpy as np
from scipy.special import gammaln

from gmm_ref.checks.mistakes import common
from gmm_ref.checks.mistakes.bayes import Bayes
from gmm_ref.checks.mistakes.common import RETURNS, ROW_FIRST, Table, Total, Weighed
from gmm_ref.checks.mistakes.density import LOGPDF, Density, distances_of_all_pairs
from gmm_ref.checks.mistakes.joint import Joint, Prior
from gmm_ref.checks.mistakes.likelihood import averaged, one_label_for_all_points
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import as_floats, mistake

ONE_HOT = '7.4.4, "z_n = [z_n1, ..., z_nK]": K entries for each n, whatever the data.'
OWN_LABEL = '7.4.4, "Each data point x_n has its own latent variable z_n": row n is point n.'
FROM_ZERO = '"Components are counted from 0 in code" at the head of the assignment.'
PICKED = "7.4.4: z_nk is 1 for the component that generated point n, and 0 for the others."
PRIOR = '7.4.4, "The same prior pi applies to all": log p(Z) = sum_n sum_k z_nk log pi_k.'
CONDITIONAL = '7.4.4, "p(x_n | z_n)": of the label of point n, with the theta that is passed.'
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
    why="z_nk says yes or no: no -1, no label as a number, and component 0 has its 1 as well.",
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


operators.FIRST_FOR_ALL.at(Labelled, "weigh", "label", read=OWN_LABEL, on=On.ARGUMENT)
operators.OFF_BY_ONE.at(Labelled, "weigh", "label", read=FROM_ZERO, on=On.ARGUMENT)
operators.RESHAPED_FOR_TRANSPOSED.at(Labelled, "weigh", read=ROW_FIRST, on=On.ARGUMENT)

_weigh = partial(Labelled.mistake, "weigh", read=PICKED)


@_weigh(
    what="Z does not pick the term of a point: all are added up, averaged, or the best is taken.",
    why="Z is given here: the posterior guesses it from X, and the marginal does without it.",
    see="log terms -1 and -9 and the label 1 give -9; not -10, nor -1, nor log(e^-1 + e^-9).",
    variants=(
        lambda logs: np.sum(logs, axis=1),
        lambda logs: np.max(logs, axis=1),
        lambda logs: np.logaddexp.reduce(logs, axis=1),
        averaged,
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
    read='7.4.4, "z_n": each point has one label, the place of the 1 in its row.',
    see="Z of shape (5, 3) has 5 labels; Z.argmax(axis=0) has 3 numbers.",
    variants=(
        lambda logs, found: logs[found, np.arange(len(found))],
        lambda logs, found: logs[0][found],
        lambda logs, found: np.take(logs[0], found, mode="clip"),
        lambda logs, found: np.take(logs[0], found, mode="wrap"),
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
    see="labels 0, 0, 1 under weights 0.5, 0.5 give 3 * log 0.5 = -2.08, not -1.91.",
)
def frequencies_for_weights(plan, Z, weights):
    (Z,) = as_floats(Z)
    return LogPrior.terms(plan, Z, Z.mean(axis=0))


@_prior(
    what="The multinomial coefficient is in: the probability of the counts, not of the labels.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k", with no factorials.',
    see="the labels 0, 1 under weights 0.5, 0.5 have 0.25; one of each, in any order, 0.5.",
)
def probability_of_the_counts(plan, Z, weights):
    (Z,) = as_floats(Z)
    orders = gammaln(len(Z) + 1) - np.sum(gammaln(Z.sum(axis=0) + 1))
    return np.append(LogPrior.terms(plan, Z, weights), orders)


LogPrior.suffers("product", common.a_coin_for_each_component)


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
    variants=operators.TINY
    + tuple(partial(np.maximum, low) for low in (-745.0, -700.0, -100.0, -50.0)),
)
_given = partial(LogConditional.mistake, "terms", read=CONDITIONAL)


def _pairs_within_a_label(plan, X, Z, means, covariances):
    terms = np.zeros(len(X))
    for own, mean, covariance in zip(np.transpose(Z) > 0, means, covariances, strict=True):
        d = X[own] - mean
        pairs = distances_of_all_pairs.function(plan, d, covariance)
        terms[own] = -0.5 * (plan.constant(d.shape[1]) + plan.log_det(covariance) + pairs)
    return terms


LogConditional.suffers("terms", distances_of_all_pairs.again(_pairs_within_a_label))


@_given(
    what="Z is multiplied with the points: those of other components count as points at 0.",
    why="Multiply the log densities by z_nk, or pick the rows with Z[:, k] == 1.",
    see="5 points and 3 components make 5 terms, not 15.",
)
def points_of_others_as_zeros(plan, X, Z, means, covariances):
    X, Z = as_floats(X, Z)
    own = [plan.densities(X * z[:, None], means, covariances)[:, k] for k, z in enumerate(Z.T)]
    return np.sum(own, axis=0)


@_given(
    what="The shares of the labels are multiplied in: a prior, which is no part of p(X | Z).",
    see="a density of 0.1 stays log 0.1 = -2.3, be its label that of 1 point or of all.",
)
def shares_of_the_labels_added(plan, X, Z, means, covariances):
    (Z,) = as_floats(Z)
    shares = np.log(np.maximum(Z.mean(axis=0), 1e-300))
    return plan.weigh(Z, plan.densities(X, means, covariances) + shares)


@_given(
    what="It is not the given theta of each label: one average bell, one covariance, new means.",
    see="means -5 and 5, the point 5 with label 1: at distance 0 from its own mean.",
    variants=(
        lambda X, Z, mu, S: (np.mean(mu, axis=0) + 0 * mu, np.mean(S, axis=0) + 0 * S),
        lambda X, Z, mu, S: (mu, S[np.argmax(Z[0])] + 0 * S),
        lambda X, Z, mu, S: (Z.T @ X / np.maximum(Z.sum(axis=0), 1)[:, None], S),
    ),
)
def not_the_theta_of_the_label(plan, X, Z, means, covariances, instead):
    X, Z, *theta = as_floats(X, Z, means, covariances)
    return LogConditional.terms(plan, X, Z, *instead(X, Z, *theta))


class Complete(Weighed, Joint, Total):
    """log p(X, Z), where Z, or R, weighs the log joints."""

    def terms(self, X, Z, weights, means, covariances):
        """(N,): the log joint of each point with its own label."""
        (Z,) = as_floats(Z)
        return self.weigh(Z, self.joint(X, weights, means, covariances))


def apart(plan, X, Z, weights, means, covariances):
    """(N, K), three times: Z, log pi and log N."""
    Z, weights = as_floats(Z, weights)
    prior = np.broadcast_to(plan.log_weights(weights), Z.shape)
    return Z, prior, plan.densities(X, means, covariances)


@Complete.mistake(
    "terms",
    what="log p(Z) does not count once: it is added again and again, or in part, or for all k.",
    why="It has one term log pi for each point, that of its label, and stands outside of loops.",
    read=BOTH,
    see="3 points of weight 0.5: log p(Z) = 3 log 0.5 = -2.08, not -0.69, nor 3 times -2.08.",
    variants=(
        lambda plan, Z, prior: np.sum(prior[0]),
        lambda plan, Z, prior: np.sum(prior),
        lambda plan, Z, prior: Z.shape[1] * np.sum(plan.weigh(Z, prior)),
        lambda plan, Z, prior: len(Z) * np.sum(plan.weigh(Z, prior)),
        lambda plan, Z, prior: plan.weigh(Z, prior)[0],
        lambda plan, Z, prior: np.sum(plan.weigh(Z**2, prior)),
    ),
)
def prior_not_counted_once(plan, X, Z, weights, means, covariances, counted):
    Z, prior, inner = apart(plan, X, Z, weights, means, covariances)
    return np.append(plan.weigh(Z, inner), counted(plan, Z, prior))


class CompleteLogLikelihood(Labelled, Complete):
    """The exercise `complete_log_likelihood`."""


@CompleteLogLikelihood.mistake(
    "terms",
    what="log p(Z) and log p(X | Z) are multiplied, or joined by logaddexp: simply add them.",
    why="The logarithm of a product is the sum of the logarithms; logaddexp adds probabilities.",
    read=BOTH,
    see="-2 and -3 give -5, not 6, nor np.logaddexp(-2, -3) = -1.69.",
    variants=(np.multiply, np.logaddexp),
)
def logs_of_both_not_added(plan, X, Z, weights, means, covariances, joined):
    Z, prior, inner = apart(plan, X, Z, weights, means, covariances)
    return np.atleast_1d(joined(np.sum(plan.weigh(Z, prior)), np.sum(plan.weigh(Z, inner))))


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
operators.UNDERFLOW.at(LogPosterior, "quotient", "responsibility", read=POSTERIOR)
