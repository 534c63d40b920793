"""Mistakes in 7.4.4: labels one-hot, and the log-probabilities of labels and points together."""

import numpy as np
from scipy.special import gammaln

from gmm_ref.checks.mistakes.common import Table, Total
from gmm_ref.checks.mistakes.density import Density
from gmm_ref.checks.mistakes.joint import (
    Joint,
    one_added_to_the_weights,
    softmax_of_the_log_weights,
    weights_sorted,
)
from nbjudge.checking.plan import as_floats


class OneHot(Table):
    """The exercise `one_hot`."""

    def answer(self, z, n_components):
        """(N, K) of zeros and ones."""
        return self.rows(np.asarray(z).astype(int), n_components)

    def rows(self, z, n_components):
        """Row z_n of the identity, for each point."""
        return np.eye(self.width(z, n_components))[self.column(z)]

    def width(self, z, n_components):
        """The number of columns."""
        return n_components

    def column(self, z):
        """The column of the 1 in each row."""
        return z


@OneHot.mistake(
    "column",
    what="The 1 stands one column too far left: the labels were taken to run from 1 to K.",
    why="In code the components are counted from 0; label 0 even lands in the last column, [-1].",
    read='"Components are counted from 0 in code" at the head of the assignment.',
    see="label 0 of 3 is the row 1, 0, 0.",
)
def label_minus_one(plan, z):
    return z - 1


@OneHot.mistake(
    "column",
    what="The 1 stands one column too far right, and the highest label falls off the table.",
    why="In code the components are counted from 0: label k belongs to column k.",
    read='"Components are counted from 0 in code" at the head of the assignment.',
    see="label 0 of 3 is the row 1, 0, 0, label 2 is 0, 0, 1.",
)
def label_plus_one(plan, z):
    return z + 1


@OneHot.mistake(
    "column",
    what="The 1 stands one column too far right, and the highest label comes back in column 0.",
    read='"Components are counted from 0 in code" at the head of the assignment.',
    see="label 0 of 3 is the row 1, 0, 0, label 2 is 0, 0, 1.",
)
def label_plus_one_in_a_circle(plan, z):
    return (z + 1) % (z.max() + 1)


@OneHot.mistake(
    "width",
    what="The number of columns is taken from the labels that occur, not from n_components.",
    why="A component that drew no point still has its column, full of zeros.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": K entries, whatever the data.',
    see="labels 0, 1, 0 of K = 3 components give rows of length 3.",
)
def width_from_the_labels(plan, z, n_components):
    return z.max() + 1


@OneHot.mistake(
    "rows",
    what="There is a column for each label that occurs, and none for the others.",
    why="np.unique(z) leaves out a component that drew no point, and those after it move up.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": K entries, whatever the data.',
    see="labels 0, 2, 0 of K = 3 components are 1, 0, 0 and 0, 0, 1, of length 3.",
)
def columns_of_the_labels_that_occur(plan, z, n_components):
    return (z[:, None] == np.unique(z)).astype(float)


@OneHot.mistake(
    "width",
    what="There are K + 1 columns: the labels 0 ... K-1 need K.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": K entries.',
    see="K = 3 has the labels 0, 1, 2 and the rows have length 3.",
)
def one_column_too_many(plan, z, n_components):
    return n_components + 1


@OneHot.mistake(
    "width",
    what="The table is as wide as there are points: eye(len(z)) stands for eye(n_components).",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": a column for each component.',
    see="5 points and 3 components give the shape (5, 3).",
)
def square_in_n(plan, z, n_components):
    return max(len(z), z.max() + 1)


@OneHot.mistake(
    "width",
    what="There are K - 1 columns, as for a reference category: one is left out.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": K entries, one of them 1.',
    see="K = 3 has the rows 1, 0, 0 and 0, 1, 0 and 0, 0, 1.",
)
def one_column_too_few(plan, z, n_components):
    return n_components - 1


@OneHot.mistake(
    "rows",
    what="The labels come back as they are; a table of zeros and ones is asked for.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": a row for each point.',
    see="label 1 of 3 is the row 0, 1, 0.",
)
def labels_returned_as_they_are(plan, z, n_components):
    return z


@OneHot.mistake(
    "hand_back",
    what="Zeros and ones are swapped: the label of a point is its only 0.",
    read="7.4.4: z_nk is 1 for the component that generated point n.",
    see="label 1 of 3 is the row 0, 1, 0, not 1, 0, 1.",
)
def zeros_and_ones_swapped(plan, Z):
    return 1 - Z


@OneHot.mistake(
    "hand_back",
    what="The label itself is written into its column, where a 1 belongs.",
    why="Component 0 then has no mark at all, and sums over k give labels, not 1.",
    read="7.4.4: z_nk is 0 or 1.",
    see="label 2 of 3 is the row 0, 0, 1, not 0, 0, 2.",
)
def label_in_place_of_one(plan, Z):
    return Z * np.arange(Z.shape[1])


@OneHot.mistake(
    "column",
    what="The rows are in the wrong order: the last point comes first.",
    read='7.4.4, "Each data point x_n has its own latent variable z_n": row n is point n.',
    see="labels 0, 1 give the rows 1, 0 and 0, 1, in this order.",
)
def points_in_reverse(plan, z):
    return z[::-1]


@OneHot.mistake(
    "rows",
    what="The columns are in the wrong order: component 0 has the last one.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": the first entry is that of the first component.',
    see="label 0 of 3 is the row 1, 0, 0.",
)
def columns_in_reverse(plan, z, n_components):
    return np.eye(n_components)[:, ::-1][z]


@OneHot.mistake(
    "rows",
    what="Only the first rows are filled: the loop ends too soon.",
    why="A return inside of it ends it in its first turn; and it must run over N points, not "
    "over K.",
    read='7.4.4, "Each data point x_n has its own latent variable z_n": a row for each n.',
    see="Z of shape (5, 3) has 5 rows, each with one 1; the sum of Z is 5.",
    variants=(lambda K: 1, lambda K: K),
)
def first_rows_only(plan, z, n_components, count):
    Z = np.eye(n_components)[z]
    Z[count(n_components) :] = 0
    return Z


@OneHot.mistake(
    "hand_back",
    what="Component 0 has no 1 at all: its column is left out, as of a reference category.",
    why="The text counts from 1, Python from 0: range(1, K) leaves column 0 empty.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": K entries, one of them 1, for every point.',
    see="label 0 of 3 is the row 1, 0, 0, not 0, 0, 0.",
)
def first_column_left_empty(plan, Z):
    return Z * (np.arange(Z.shape[1]) > 0)


@OneHot.mistake(
    "rows",
    what="Every column up to the label is 1: that counts, it does not name.",
    read="7.4.4: z_n has a single 1, for the component that generated point n.",
    see="label 2 of 3 is the row 0, 0, 1, not 1, 1, 1.",
)
def all_up_to_the_label(plan, z, n_components):
    return np.tri(n_components)[z]


@OneHot.mistake(
    "rows",
    what="All rows are equal: each holds a 1 for every label that occurs in z.",
    why="Z[:, z] = 1 sets whole columns; and [[0] * K] * N is one single row, N times.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": one row for each n, with one 1.',
    see="Z[np.arange(N), z] = 1 sets one entry a row; or loop over n with Z[n, z[n]] = 1.",
)
def all_rows_equal(plan, z, n_components):
    return np.tile(np.isin(np.arange(n_components), z).astype(float), (len(z), 1))


@OneHot.mistake(
    "hand_back",
    what="A -1 stands where a 0 belongs.",
    read='7.4.4, "z_n one-hot": a single 1, and zeros.',
    see="[0, 1, 0] sums to 1; [-1, 1, -1] sums to -1, and takes the others off.",
)
def minus_one_for_zero(plan, Z):
    return 2 * Z - 1


@OneHot.mistake(
    "column",
    what="The rows are those of the sorted labels: row n does not belong to point n.",
    read='7.4.4, "z_n": n is the number of the point, in X and in Z.',
    see="z = [2, 0, 1] must give a 1 in column 2 of row 0.",
)
def rows_of_the_sorted_labels(plan, z):
    return np.sort(z)


@OneHot.mistake(
    "column",
    what="The labels are shifted or renumbered so that the smallest becomes 0.",
    why="A component that drew no point then loses its column to another.",
    read='7.4.4, "z_nk = 1 for the component of point n": label k belongs to column k.',
    see="z = [2, 3] with K = 4 fills the columns 2 and 3, not 0 and 1.",
)
def smallest_label_taken_for_zero(plan, z):
    return z - z.min()


@OneHot.mistake(
    "rows",
    what="A table (K, N) was reshaped to (N, K), which breaks its rows up; .T would turn it.",
    why="reshape reads on line by line and fills the new lines: entries change their place.",
    read='7.4.4, "z_n = [z_n1, ..., z_nK]": row n belongs to point n.',
    see="[[1, 2, 3], [4, 5, 6]]: .T begins with 1, 4; .reshape(3, 2) with 1, 2.",
)
def reshaped_for_transposed(plan, z, n_components):
    return np.eye(n_components)[z].T.reshape(len(z), n_components)


class LogPrior(Total):
    """The exercise `log_prior`."""

    def terms(self, Z, weights):
        """(N,): log pi of each point's label."""
        Z, weights = as_floats(Z, weights)
        return self.over_k(self.select(Z, self.log_weights(weights)))

    def log_weights(self, weights):
        """log pi_k."""
        return np.log(weights)

    def select(self, Z, logs):
        """z_nk log pi_k, with 0 log 0 = 0."""
        return np.where(Z > 0, logs, 0)

    def over_k(self, table):
        """The sum over the components."""
        return np.sum(table, axis=1)


@LogPrior.mistake(
    "log_weights",
    what="The weights of the labels are added up without their logarithm.",
    why="Independent labels multiply their probabilities; only logarithms add up.",
    read='7.4.4, "The same prior pi applies to all": log p(Z) = sum_n sum_k z_nk log pi_k.',
    see="two labels of weight 0.5: log 0.25 = -1.39, not 0.5 + 0.5 = 1.",
)
def forgot_the_logarithm(plan, weights):
    return weights


@LogPrior.mistake(
    "select",
    what="A component of weight 0 that no point has makes the answer nan: 0 times -inf.",
    why="xlogy(Z, weights) gives 0 log 0 = 0; or pick weights[z] first and take the logarithm of "
    "those.",
    read="7.4.4: only the component with z_nk = 1 counts for point n.",
    see="0 * np.log(0) is nan, but no label of that component occurs.",
)
def zero_times_minus_infinity(plan, Z, logs):
    return Z * logs


@LogPrior.mistake(
    "log_weights",
    what="A tiny number is added to the weights before their logarithm: the answer is slightly "
    "wrong.",
    why="Pick the weights of the labels that occur; then no logarithm of 0 comes up.",
    read="7.4.4: log p(Z) = sum_n sum_k z_nk log pi_k, with 0 log 0 = 0.",
    see="log(0.1 + 1e-6) differs from log 0.1 by 1e-5, once for each point.",
    variants=(1e-6, 1e-8, 1e-5, 1e-4, 1e-3, 1e-2),
)
def tiny_number_added_to_the_prior(plan, weights, tiny):
    return np.log(weights + tiny)


@LogPrior.mistake(
    "log_weights",
    what="Every label gets the probability 1/K, whatever the argument weights says.",
    read='7.4.4, "The same prior pi applies to all": the same for all points, not for all k.',
    see="weights 0.7, 0.2, 0.1 have the logs -0.36, -1.61, -2.30.",
)
def uniform_prior(plan, weights):
    return np.full(len(weights), -np.log(len(weights)))


LogPrior.suffers("log_weights", softmax_of_the_log_weights)
LogPrior.suffers("log_weights", one_added_to_the_weights)
LogPrior.suffers("log_weights", weights_sorted)


@LogPrior.mistake(
    "terms",
    what="argmax runs over the points (axis 0): it finds one point a component, not a label a "
    "point.",
    read='7.4.4, "z_n": each point has one label; argmax along its row, axis=1, finds it.',
    see="Z of shape (5, 3) has 5 labels; Z.argmax(axis=0) has 3 numbers.",
    variants=("clip", "wrap"),
)
def largest_point_for_each_component(plan, Z, weights, beyond):
    Z, weights = as_floats(Z, weights)
    return np.take(plan.log_weights(weights), Z.argmax(axis=0), mode=beyond)


@LogPrior.mistake(
    "log_weights",
    what="Small weights are raised to a floor before their logarithm, by clip or maximum.",
    why="A label of small weight is then taken for more probable than it is.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k": pi_k as it is.',
    see="log 1e-15 = -34.5, and log 1e-12 = -27.6.",
    variants=(1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-4),
)
def small_weights_raised(plan, weights, floor):
    return np.log(np.maximum(weights, floor))


@LogPrior.mistake(
    "select",
    what="All components are added up for every point: Z does not pick the one that it has.",
    read="7.4.4: log p(Z) = sum_n sum_k z_nk log pi_k, where z_nk is 0 but for one k.",
    see="one point of label 0, weights 0.7 and 0.3: log 0.7 = -0.36, not -0.36 - 1.20.",
)
def labels_not_used(plan, Z, logs):
    return np.ones_like(Z) * logs


@LogPrior.mistake(
    "terms",
    what="Each component that occurs counts once, however many points have it.",
    read="7.4.4: log p(Z) = sum_n sum_k z_nk log pi_k: a term for every point.",
    see="three labels of weight 0.5 give 3 * -0.69 = -2.08, not -0.69.",
)
def prior_counted_once(plan, Z, weights):
    Z, weights = as_floats(Z, weights)
    return plan.log_weights(weights)[Z.any(axis=0)]


@LogPrior.mistake(
    "terms",
    what="The shares of the labels in Z stand where the weights should: pi is given, not "
    "estimated.",
    why="Estimating pi from Z is the M-step of 7.4.5.",
    read='7.4.4, "The same prior pi applies to all": the argument weights.',
    see="labels 0, 0, 1 under weights 0.5, 0.5 give 3 * log 0.5 = -2.08, not -1.91.",
)
def frequencies_for_weights(plan, Z, weights):
    Z, weights = as_floats(Z, weights)
    return np.log(Z.mean(axis=0)[Z.argmax(axis=1)])


@LogPrior.mistake(
    "answer",
    what="The multinomial coefficient is in: that is the probability of the counts, not of the "
    "labels.",
    why="It adds up all orders in which the labels could have come; Z is one of them.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k", with no factorials.',
    see="the labels 0, 1 under weights 0.5, 0.5 have 0.25; one of each, in any order, 0.5.",
)
def probability_of_the_counts(plan, Z, weights):
    (Z,) = as_floats(Z)
    orders = gammaln(len(Z) + 1) - np.sum(gammaln(Z.sum(axis=0) + 1))
    return orders + np.sum(plan.terms(Z, weights))


@LogPrior.mistake(
    "select",
    what="log(1 - pi) is added for the components that a point does not have: K coins, not one "
    "label.",
    why="That the label is k says already that it is no other.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k": a term only where z_nk = 1.',
    see="weights 0.7, 0.3, label 0: log 0.7 = -0.36, not twice that.",
)
def a_coin_for_each_component(plan, Z, logs):
    return np.where(Z > 0, logs, np.log1p(-np.exp(logs)))


@LogPrior.mistake(
    "select",
    what="Z was reshaped to (K, N), which breaks its rows up; .T would turn it.",
    read='7.4.4, "sum_n sum_k z_nk log pi_k": weight k meets the entries k of all rows.',
    see="[[1, 2], [3, 4], [5, 6]]: .T begins with 1, 3, 5; .reshape(2, 3) with 1, 2, 3.",
)
def labels_reshaped_for_transposed(plan, Z, logs):
    return np.where(Z.reshape(Z.shape[::-1]).T > 0, logs, 0)


@LogPrior.mistake(
    "select",
    what="The zeros and ones of Z are used as positions: they pick the entries 0 and 1 again and "
    "again.",
    why="A mask must be boolean, Z == 1; a position comes from argmax along the row.",
    read='7.4.4, "z_nk is 1 for the component that generated point n".',
    see="logs[[0, 0, 1]] is logs[0], logs[0], logs[1], not the third entry.",
)
def label_rows_as_positions(plan, Z, logs):
    return logs[Z.astype(int)]


@LogPrior.mistake(
    "over_k",
    what="Only the points of the last component count: each turn of the loop overwrites the total.",
    read='7.4.4, "sum_n sum_k": the terms of all components are added up.',
    see="total = 1, then total = 2 leaves 2; total += makes 3.",
)
def component_overwritten(plan, table):
    return table[:, -1]


@LogPrior.mistake(
    "answer",
    what="The whole sum becomes 0 as soon as one term is nan; that term alone counts as 0.",
    read="7.4.4: log p(Z) = sum_n sum_k z_nk log pi_k, with 0 log 0 = 0.",
    see="terms -0.7, -1.2 and 0 log 0 make -1.9, not 0.",
)
def nothing_for_nan(plan, Z, weights):
    Z, weights = as_floats(Z, weights)
    return np.nan_to_num(np.sum(Z * np.log(weights)), neginf=-np.inf)


class LogConditional(Density, Total):
    """The exercise `log_conditional`."""

    def terms(self, X, Z, means, covariances):
        """(N,): the log density of each point under its own component."""
        (Z,) = as_floats(Z)
        return self.select(Z, self.densities(X, means, covariances))

    def select(self, Z, logs):
        """sum_k z_nk a_nk, where only the component of the label counts."""
        return np.sum(np.where(Z > 0, logs, 0), axis=1)


def _share(step, *plans):
    """A decorator: the mistake is one of all these plans."""

    def enter(function):
        for plan in plans:
            plan.mistake(step)(function)
        return function

    return enter


class CompleteLogLikelihood(Joint, Total):
    """The exercise `complete_log_likelihood`."""

    def terms(self, X, Z, weights, means, covariances):
        """(N,): the log joint of each point with its own label."""
        (Z,) = as_floats(Z)
        return self.select(Z, self.joint(X, weights, means, covariances))

    def select(self, Z, logs):
        """sum_k z_nk a_nk, where only the component of the label counts."""
        return np.sum(np.where(Z > 0, logs, 0), axis=1)


class LogPosterior(CompleteLogLikelihood):
    """The exercise `log_posterior`."""

    def answer(self, Z, X, weights, means, covariances):
        """The sum over the points."""
        return self.over_n(self.terms(X, Z, weights, means, covariances))

    def terms(self, X, Z, weights, means, covariances):
        """(N,): the log responsibility of each point's label."""
        (Z,) = as_floats(Z)
        joint = self.joint(X, weights, means, covariances)
        return self.select(Z, self.normalise(joint))

    def normalise(self, joint):
        """The log responsibilities."""
        return joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)


@LogConditional.mistake(
    "select",
    what="All K components are added up for every point: Z does not pick the one that it has.",
    read='7.4.4, "prod_n p(x_n | z_n)": each point under its own z_n alone.',
    see="log terms -1 and -9 and the label 0 give -1, not -10.",
)
def labels_ignored(plan, Z, logs):
    return np.sum(logs, axis=1)


CompleteLogLikelihood.suffers("select", labels_ignored)


@LogConditional.mistake(
    "select",
    what="Only the points of the last component count: each turn of the loop overwrites the total.",
    read='7.4.4, "sum_n log p(x_n | z_n)": the points of all components are added up.',
    see="total = 1, then total = 2 leaves 2; total += makes 3.",
)
def points_of_the_last_component_alone(plan, Z, logs):
    return np.where(Z[:, -1] > 0, logs[:, -1], 0)


CompleteLogLikelihood.suffers("select", points_of_the_last_component_alone)


@LogConditional.mistake(
    "select",
    what="The zeros and ones of Z are used as row numbers: they pick the rows 0 and 1 again and "
    "again.",
    why="A mask must be boolean, logs[Z == 1]; or multiply with Z.",
    read='7.4.4, "z_nk is 1 for the component that generated point n".',
    see="logs[[0, 0, 1]] is row 0, row 0 and row 1, not the third entry of a row.",
)
def labels_as_row_numbers(plan, Z, logs):
    return np.sum(logs[Z.astype(int)], axis=(1, 2))


CompleteLogLikelihood.suffers("select", labels_as_row_numbers)


@LogConditional.mistake(
    "select",
    what="argmax runs over the points (axis 0): one point is added for each component, no others.",
    read='7.4.4, "z_n": each point has one label; argmax along its row, axis=1, finds it.',
    see="Z of shape (5, 3) has 5 labels; Z.argmax(axis=0) has 3 numbers.",
)
def one_point_for_each_component(plan, Z, logs):
    return logs[Z.argmax(axis=0), np.arange(Z.shape[1])]


CompleteLogLikelihood.suffers("select", one_point_for_each_component)


@CompleteLogLikelihood.mistake(
    "select",
    what="The terms are weighed with the responsibilities, not picked by Z: that is Q of 7.4.5.",
    read='7.4.4, "z_nk": the labels are given here; EM must do without them.',
    see="log joints -1 and -2, label 1: -2, and not -1.27.",
)
def expected_labels_for_given_ones(plan, Z, logs):
    r = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))
    return np.sum(np.where(r > 0, r * logs, 0), axis=1)


@CompleteLogLikelihood.mistake(
    "select",
    what="A component that cannot be makes the answer nan: 0 times -inf.",
    why="Pick the term of the label, for instance with Z == 1, in place of multiplying by Z.",
    read="7.4.4: only the component with z_nk = 1 counts for point n.",
    see="0 * -np.inf is nan, but no point has that label.",
)
def zero_times_infinity(plan, Z, logs):
    return np.sum(Z * logs, axis=1)


@LogConditional.mistake(
    "terms",
    what="Where Z or X holds integers, the terms are cut to whole numbers.",
    why="They are written into an array of their type, which has no room for digits.",
    read="the Given line of the exercise: Z may hold integers.",
    see="W = np.zeros_like(Z); W[0, 0] = -2.7 leaves -2. Z * logs makes a new array of floats.",
)
def cut_to_whole_numbers(plan, X, Z, means, covariances):
    terms = LogConditional.terms(plan, X, Z, means, covariances)
    return np.trunc(terms) if np.asarray(Z).dtype.kind in "iu" else terms


@LogConditional.mistake(
    "terms",
    what="d Sigma^-1 d^T is a table of all pairs of points of a component, and all of it is "
    "summed.",
    why="Only its diagonal holds the squared distances of the points: np.sum((d @ P) * d, axis=1).",
    read='7.4.4, "prod_n p(x_n | z_n)": each point alone.',
    see="distances 1 and 2 have the squares 1 and 4; the pair of both, 1 * 2, is in no density.",
)
def pairs_within_a_group(plan, X, Z, means, covariances):
    X, Z = as_floats(X, Z)
    terms = np.zeros(len(X))
    for k in range(len(means)):
        own = Z[:, k] == 1
        d = X[own] - means[k]
        crossed = np.sum(d @ np.linalg.solve(covariances[k], d.T), axis=1)
        usual = Density.quadratic(plan, d, covariances[k])
        terms[own] = plan.densities(X[own], means, covariances)[:, k] + (usual - crossed) / 2
    return terms


@LogConditional.mistake(
    "terms",
    what="Z is multiplied with the points: those of other components count as points at 0.",
    why="Multiply the log densities by z_nk, or pick the rows with Z[:, k] == 1.",
    read='7.4.4, "prod_n p(x_n | z_n)": each point once, under its own component.',
    see="5 points and 3 components make 5 terms, not 15.",
)
def points_of_others_as_zeros(plan, X, Z, means, covariances):
    X, Z = as_floats(X, Z)
    tables = [plan.densities(X * Z[:, [k]], means, covariances)[:, k] for k in range(len(means))]
    return np.sum(tables, axis=0)


@LogConditional.mistake(
    "terms",
    what="The means are computed anew from the points of each label; the argument means is not "
    "used.",
    why="That is what the M-step of 7.4.5 does. Here theta is given.",
    read='7.4.4, "p(x_n | z_n)": N(x_n | mu_k, Sigma_k) with the mu_k that is passed.',
    see="points 1 and 3 of a component with mean 0: distances 1 and 3, not 1 and 1.",
)
def mean_of_the_own_points(plan, X, Z, means, covariances):
    X, Z = as_floats(X, Z)
    counts = np.maximum(Z.sum(axis=0), 1)
    return LogConditional.terms(plan, X, Z, Z.T @ X / counts[:, None], covariances)


@LogConditional.mistake(
    "terms",
    what="The means are those of the labels, but all points have the covariance of the first "
    "point.",
    read='7.4.4, "p(x_n | z_n)": mean and covariance of the label\'s own component.',
    see="variances 1 and 9, z = 0, 1: the second point has 9.",
)
def covariance_of_the_first_point(plan, X, Z, means, covariances):
    (Z,) = as_floats(Z)
    one = np.asarray(covariances)[Z[0].argmax()]
    return plan.select(Z, plan.densities(X, means, np.stack([one] * len(means))))


@LogConditional.mistake(
    "select",
    what="No log density is let below a floor such as -700: far points count too little.",
    why="An exp would need that; a sum of logarithms does not.",
    read='7.4.4, "log p(X | Z) = sum_n log p(x_n | z_n)": the logarithm as it is.',
    see="a point 1000 standard deviations away has -500000, not -700.",
    variants=(-700, -745, -100, -50),
)
def logs_not_below_a_floor(plan, Z, logs, floor):
    return np.sum(np.where(Z > 0, np.maximum(logs, floor), 0), axis=1)


@LogConditional.mistake(
    "select",
    what="The logarithm of the labels' shares in Z is added: a prior, which is no part of p(X | "
    "Z).",
    read='7.4.4, "log p(X | Z) = sum_n log p(x_n | z_n)": given z_n, no pi appears.',
    see="a density of 0.1 stays log 0.1 = -2.3, be its label that of 1 point or of all.",
)
def shares_of_the_labels_added(plan, Z, logs):
    shares = np.log(np.maximum(Z.mean(axis=0), 1e-300))
    return np.sum(np.where(Z > 0, logs + shares, 0), axis=1)


@LogConditional.mistake(
    "select",
    what="Each point is paired with the labels of all points, not with its own alone.",
    why="logs[:, labels] takes whole columns, an N x N table; so does a matrix product of both.",
    read='7.4.4, "sum_n log p(x_n | z_n)": x_n and z_n carry the same n.',
    see="with N = 5, logs[:, labels] has 25 entries; logs[np.arange(5), labels] has 5.",
)
def every_point_with_every_label(plan, Z, logs):
    return logs @ np.sum(Z, axis=0)


CompleteLogLikelihood.suffers("select", every_point_with_every_label)


@LogConditional.mistake(
    "select",
    what="Each point gets the component before its own: 1 was taken off the label.",
    read='7.4.4, "z_nk = 1 for the component of point n"; in code k begins at 0.',
    see="label 2 stands for means[2], the third row; means[2 - 1] is another component.",
)
def component_before_the_own(plan, Z, logs):
    return logs[np.arange(len(Z)), Z.argmax(axis=1) - 1]


CompleteLogLikelihood.suffers("select", component_before_the_own)


@LogConditional.mistake(
    "select",
    what="The label of the first point is used for every point.",
    read='7.4.4, "sum_n log p(x_n | z_n)": each point has a label of its own.',
    see="Z[0] is the row of point 0; point n has Z[n].",
)
def label_of_the_first_point_for_all(plan, Z, logs):
    return logs[:, Z[0].argmax()]


CompleteLogLikelihood.suffers("select", label_of_the_first_point_for_all)


@LogConditional.mistake(
    "select",
    what="Every point is taken to come from component 0.",
    read='7.4.4, "Each data point x_n has its own latent variable z_n".',
    see="log terms -1 and -9 and the label 1 give -9.",
)
def component_zero_for_all(plan, Z, logs):
    return logs[:, 0]


CompleteLogLikelihood.suffers("select", component_zero_for_all)


@LogConditional.mistake(
    "select",
    what="Every point is given the component that suits it best, whatever its label in Z.",
    why="Z is given here; guessing it from X is the posterior of 7.4.3.",
    read='7.4.4, "prod_n p(x_n | z_n)": given z_n.',
    see="log terms -1 and -9 and the label 1 give -9, though -1 would be higher.",
)
def best_component_for_label(plan, Z, logs):
    return np.max(logs, axis=1)


CompleteLogLikelihood.suffers("select", best_component_for_label)


@LogConditional.mistake(
    "select",
    what="The labels are summed out: that is a marginal of 7.4.2, without Z.",
    read='7.4.4, "prod_n p(x_n | z_n)": Z is given, so nothing is summed over k.',
    see="densities 0.3 and 0.1 and the label 1 give log 0.1 = -2.30, not log 0.4.",
)
def labels_summed_out(plan, Z, logs):
    return np.logaddexp.reduce(logs, axis=1)


CompleteLogLikelihood.suffers("select", labels_summed_out)


@LogConditional.mistake(
    "select",
    what="The density is computed first and its logarithm taken afterwards: far away it is 0.",
    why="exp(-800) is smaller than the smallest float, and log 0 = -inf. Stay in logarithms from "
    "the beginning: logpdf, not log(pdf).",
    read='7.4.4, "prod_n p(x_n | z_n)": its logarithm is a sum of log densities.',
    see="np.log(np.exp(-800)) is -inf, though -800 is a perfectly good number.",
)
def underflow_of_the_density(plan, Z, logs):
    return np.log(np.sum(Z * np.exp(logs), axis=1))


CompleteLogLikelihood.suffers("select", underflow_of_the_density)


@LogConditional.mistake(
    "terms",
    what="All points are measured against one Gaussian, the average of all components.",
    read='7.4.4, "p(x_n | z_n)": the mean and covariance of the label\'s own component.',
    see="means -5 and 5, the point 5 with label 1: at distance 0, not 5 from the average.",
)
def one_average_bell(plan, X, Z, means, covariances):
    means, covariances = as_floats(means, covariances)
    centre, spread = means.mean(axis=0), covariances.mean(axis=0)
    return plan.densities(X, centre[None], spread[None])[:, 0]


@CompleteLogLikelihood.mistake(
    "terms",
    what="Only the prior of the labels is there: log p(X | Z) is missing.",
    read="7.4.4 with 7.4.1: log p(X, Z) = log p(Z) + log p(X | Z).",
    see="log prior -0.7 and log conditional -3.1 give -3.8.",
)
def conditional_forgotten(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    return plan.select(Z, np.ones((len(Z), 1)) * plan.log_weights(weights))


@CompleteLogLikelihood.mistake(
    "answer",
    what="log p(Z) and log p(X | Z) are multiplied: the logarithm of a product is their sum.",
    read='7.4.1, "p(x, z_k = 1) = pi_k N(x | mu_k, Sigma_k)", and take the log of both.',
    see="-0.7 and -3.1 give -3.8, not +2.17.",
)
def logs_of_both_multiplied(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = plan.select(Z, np.ones((len(Z), 1)) * plan.log_weights(weights))
    return np.sum(prior) * np.sum(plan.select(Z, plan.densities(X, means, covariances)))


@CompleteLogLikelihood.mistake(
    "answer",
    what="The prior counts once for each component, not once for each point.",
    read='7.4.4, "The same prior pi applies to all": to every point, so N times.',
    see="three points of weight 0.5 bring 3 * -0.69 = -2.08.",
)
def prior_of_one_point(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = np.sum(plan.log_weights(weights))
    return prior + np.sum(plan.select(Z, plan.densities(X, means, covariances)))


@CompleteLogLikelihood.mistake(
    "answer",
    what="log p(Z) is added K times: it stands inside the loop over the components.",
    read="7.4.4: log p(X, Z) = log p(Z) + log p(X | Z), each once.",
    see="log p(Z) = -2 and log p(X | Z) = -5 make -7, with three components too.",
)
def whole_prior_for_each_component(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = np.sum(plan.select(Z, np.ones_like(Z) * plan.log_weights(weights)))
    inner = np.sum(plan.select(Z, plan.densities(X, means, covariances)))
    return len(weights) * prior + inner


@CompleteLogLikelihood.mistake(
    "answer",
    what="log pi of all components is added for every point: Z does not pick the one that it has.",
    read='7.4.4, "log p(Z) = sum_n sum_k z_nk log pi_k": z_nk is 1 for one k alone.',
    see="weights 0.7, 0.2, 0.1 and a point with label 0: log 0.7 = -0.36, not log 0.014.",
)
def prior_of_all_components(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = len(Z) * np.sum(plan.log_weights(weights))
    return prior + np.sum(plan.select(Z, plan.densities(X, means, covariances)))


@CompleteLogLikelihood.mistake(
    "answer",
    what="The prior is counted for one point, not for each of them.",
    read='7.4.4, "log p(Z) = sum_n ...": the sum runs over all N points.',
    see="3 points with weights of 0.5: log p(Z) = 3 log 0.5 = -2.08, not -0.69.",
)
def prior_of_the_first_point_alone(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = plan.log_weights(weights)[Z[0].argmax()]
    return prior + np.sum(plan.select(Z, plan.densities(X, means, covariances)))


@CompleteLogLikelihood.mistake(
    "answer",
    what="log p(Z) of all labels is added for every point: it counts N times.",
    read='7.4.4, "log p(X, Z) = log p(Z) + log p(X | Z)": log p(Z) has the sum over n in it.',
    see="3 points with weights of 0.5: log p(Z) = 3 log 0.5, once.",
)
def prior_of_all_for_every_point(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = np.sum(plan.select(Z, np.ones((len(Z), 1)) * plan.log_weights(weights)))
    return len(Z) * prior + np.sum(plan.select(Z, plan.densities(X, means, covariances)))


@CompleteLogLikelihood.mistake(
    "answer",
    what="The log densities are multiplied by the weights, besides the prior that is added.",
    read='7.4.4, "sum_n log p(x_n | z_n)": given z_n, no pi appears.',
    see="weight 0.5, log density -2: log 0.5 - 2 = -2.69, not log 0.5 - 1.",
)
def weights_before_the_logs(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = np.sum(plan.select(Z, np.ones((len(Z), 1)) * plan.log_weights(weights)))
    return prior + np.sum(plan.select(Z, weights * plan.densities(X, means, covariances)))


@CompleteLogLikelihood.mistake(
    "answer",
    what="np.logaddexp adds the probabilities; log p(Z) and log p(X | Z) are simply added.",
    why="p(X, Z) is a product, and the logarithm of a product is the sum of the logarithms.",
    read='7.4.4, "log p(X, Z) = log p(Z) + log p(X | Z)".',
    see="-2 and -3 give -5; np.logaddexp(-2, -3) is -1.69.",
)
def probabilities_of_both_added(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    prior = np.sum(plan.select(Z, np.ones((len(Z), 1)) * plan.log_weights(weights)))
    return np.logaddexp(prior, np.sum(plan.select(Z, plan.densities(X, means, covariances))))


@LogPosterior.mistake(
    "terms",
    what="The answer is log p(Z), the prior: X is not used.",
    read='7.4.4, "p(Z | X) = prod_n p(z_n | x_n)": what a label is worth once x_n is known.',
    see="equal weights, and a point at the mean of its component far from the others: the prior "
    "is log 0.5, the posterior near log 1 = 0.",
)
def prior_for_posterior(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    return plan.select(Z, np.ones((len(Z), 1)) * plan.log_weights(weights))


@LogPosterior.mistake(
    "normalise",
    what="A tiny number is added to the responsibilities before their logarithm.",
    why="No term can then fall below the logarithm of that number, however far the point is.",
    read='7.4.4, "sum_n log p(z_n | x_n)": joint minus log-sum, which needs no such help.',
    see="log(0 + 1e-300) = -690.8, where the right answer may be -500000.",
    variants=(1e-300, 1e-16, 1e-15, 1e-12, 1e-10, 1e-9, 1e-8),
)
def tiny_number_added_to_the_responsibility(plan, joint, tiny):
    return np.log(np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)) + tiny)


@LogPosterior.mistake(
    "normalise",
    what="The answer is log p(X, Z): the division by p(X) is missing.",
    read="7.4.3: the fraction has a denominator, sum_j pi_j N(x_n | mu_j, Sigma_j).",
    see="joints 0.03 and 0.01, label 0: log 0.75 = -0.29, not log 0.03 = -3.51.",
)
def not_divided_by_the_density(plan, joint):
    return joint


@LogPosterior.mistake(
    "normalise",
    what="The largest joint of each point is the denominator, not the sum of all.",
    why="Taking the maximum out guards against underflow, but the sum must still divide.",
    read="7.4.3: the denominator is sum_j pi_j N(x_n | mu_j, Sigma_j).",
    see="joints 0.03 and 0.01, label 0: log 0.75 = -0.29, not log 1 = 0.",
)
def divided_by_the_largest_joint(plan, joint):
    return joint - joint.max(axis=1, keepdims=True)


@LogPosterior.mistake(
    "normalise",
    what="The denominator leaves out the component itself: those are the odds, not the "
    "probability.",
    read="7.4.3: the sum over j in the denominator runs over all K, k among them.",
    see="joints 0.03 and 0.01, label 0: log 0.75 = -0.29; the odds are 3 to 1, log 3 = 1.10.",
)
def log_odds_for_the_posterior(plan, joint):
    total = np.logaddexp.reduce(joint, axis=1, keepdims=True)
    return joint - total - np.log1p(-np.exp(joint - total))


@LogPosterior.mistake(
    "normalise",
    what="The responsibilities are normalised once more, as if they were logarithms: softmax "
    "twice.",
    read="7.4.3: one fraction makes the posterior.",
    see="the softmax of 0.75 and 0.25 is 0.62 and 0.38.",
)
def softmax_of_the_posterior(plan, joint):
    R = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
    return R - np.logaddexp.reduce(R, axis=1, keepdims=True)


@LogPosterior.mistake(
    "terms",
    what="The weights stand in the numerator, but not in the denominator.",
    read='7.4.3, the denominator "sum_j pi_j N(x_n | mu_j, Sigma_j)": with pi_j.',
    see="equal densities, weights 0.9 and 0.1, label 0: log 0.9 = -0.11, not log 0.45.",
)
def weights_missing_in_the_denominator(plan, X, Z, weights, means, covariances):
    Z, weights = as_floats(Z, weights)
    densities = plan.densities(X, means, covariances)
    total = np.logaddexp.reduce(densities, axis=1, keepdims=True)
    return plan.select(Z, plan.log_weights(weights) + densities - total)


@LogPosterior.mistake(
    "normalise",
    what="log p(X) is added where it must be taken off.",
    why="Dividing by the denominator is subtracting its logarithm.",
    read="7.4.3: the sum over j stands below the line.",
    see="joints 0.03 and 0.01, label 0: -3.51 - -3.22 = -0.29, not -6.73.",
)
def multiplied_by_the_density(plan, joint):
    return joint + np.logaddexp.reduce(joint, axis=1, keepdims=True)


@LogPosterior.mistake(
    "normalise",
    what="The joints are normalised over the points, axis 0, instead of over the components, "
    "axis 1.",
    read='7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)": j, not n.',
    see="joints 0.03 and 0.01 of one point, label 0, give log 0.75, whatever the other points.",
)
def posterior_over_points(plan, joint):
    return joint - np.logaddexp.reduce(joint, axis=0, keepdims=True)


@LogPosterior.mistake(
    "normalise",
    what="The responsibilities are added up without their logarithm.",
    why="Independent points multiply their probabilities; only logarithms add up.",
    read='7.4.4, "factorizes ... prod_n": log p(Z | X) = sum_n log p(z_n | x_n).',
    see="two points of 0.5: log 0.25 = -1.39, not 1.",
)
def probabilities_for_logs(plan, joint):
    return np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))


@LogPosterior.mistake(
    "normalise",
    what="Numerator and denominator are computed as densities: far from all components it is 0 / "
    "0.",
    why="exp(-800) is smaller than the smallest float. Stay in logarithms: the log joint of the "
    "label minus the logsumexp of its row.",
    read="7.4.3, the fraction: what is common to numerator and denominator cancels.",
    see="log joints -800 and -801, label 0: -0.31, but np.exp(-800) / np.exp(-800) is nan.",
)
def underflow_of_the_quotient(plan, joint):
    e = np.exp(joint)
    return np.log(e / np.sum(e, axis=1, keepdims=True))


@LogPosterior.mistake(
    "normalise",
    what="The responsibility is computed first and its logarithm taken afterwards: log 0 = -inf.",
    why="A label can be so improbable that its responsibility is 0 as a float, yet its logarithm "
    "is a good number. Subtract logarithms and do not go through exp.",
    read="7.4.4: log p(Z | X) = sum_n log p(z_n | x_n), each term a difference of logs.",
    see="log joints -1 and -900, label 1: -899, but np.log(np.exp(-899)) is -inf.",
)
def underflow_of_the_responsibility(plan, joint):
    r = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
    return np.log(r)


@LogPosterior.mistake(
    "normalise",
    what="The joints are divided by the sum over points and components together.",
    read='7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)" carries x_n.',
    see="joints 0.03 and 0.01 of one point, label 0, give log 0.75, whatever the other points.",
)
def divided_by_the_whole(plan, joint):
    return joint - np.logaddexp.reduce(joint, axis=None)


@LogPosterior.mistake(
    "answer",
    what="The denominator is taken of the data set with one common label, not point by point.",
    read="7.4.4: p(Z | X) = prod_n p(z_n | x_n): a denominator for each point.",
    see="two points with sums 0.4 and 0.5 divide by 0.4 * 0.5, each sum over k inside.",
    variants=("a weight for each point", "one weight"),
)
def density_subtracted_once(plan, Z, X, weights, means, covariances, variant):
    Z, weights = as_floats(Z, weights)
    joint = plan.joint(X, weights, means, covariances)
    times = len(joint) if variant == "a weight for each point" else 1
    together = plan.densities(X, means, covariances).sum(axis=0) + times * plan.log_weights(weights)
    return np.sum(plan.select(Z, joint)) - np.logaddexp.reduce(together)


@LogPosterior.mistake(
    "select",
    what="The log responsibilities are averaged with themselves: that is minus an entropy, "
    "without Z.",
    read="7.4.4: z_n is given here; its log responsibility is asked for.",
    see="the row 0.9, 0.1 and the label 1 give log 0.1 = -2.30, not -0.33.",
)
def averaged_with_responsibilities(plan, Z, logs):
    return np.sum(np.where(logs > -np.inf, np.exp(logs) * logs, 0), axis=1)
