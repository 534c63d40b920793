"""Mistakes that any formula can suffer: the type, the axes, the sign, the base, the sums."""

from functools import partial

import numpy as np

from nbjudge.checking import operators
from nbjudge.checking.operators import FIRST_MISSING, FIRST_ONLY, LAST_MISSING, LAST_ONLY, On
from nbjudge.checking.plan import Plan, mistake

RETURNS = "the Returns line of the exercise: numbers of float64, in this shape, also for 1 of each."
FORMULA = "the formula of the exercise, with nothing around it."
NATURAL = '"Logarithms are natural" at the head of the assignment.'
OVER_N = "the sum over n, which runs over all N points."
OVER_K = "the sum over k, which runs over all K components."
ROW_FIRST = "the index nk of section 7.4: n, the point, counts the rows, k the columns."
PRODUCT = '7.4.2, "p(X | theta) = prod_n ...": a product over n, whose log is a sum.'


class Numbers(Plan):
    """An answer of floats."""


operators.ROUNDED_TO_FLOAT32.at(Numbers, "hand_back", read=RETURNS)
operators.ROUNDED.at(Numbers, "hand_back", read=FORMULA)
operators.SQUEEZED.at(Numbers, "hand_back", read=RETURNS)


class Table(Numbers):
    """An answer of shape (N, K): points are rows, components are columns."""


operators.TRANSPOSED.at(Table, "hand_back", read=ROW_FIRST)


class PerPoint(Numbers):
    """An answer of shape (N,): one number a point."""


operators.KEPT_THE_AXIS.at(PerPoint, "hand_back", read=RETURNS)


class Logarithm(Numbers):
    """An answer that is a natural logarithm."""


operators.WRONG_SIGN.at(Logarithm, "hand_back", read=FORMULA)
operators.WRONG_LOG_BASE.at(Logarithm, "hand_back", read=NATURAL)
operators.LOG_NOT_TAKEN.at(Logarithm, "hand_back", read=RETURNS)


class Total(Logarithm):
    """A logarithm summed over the data set: ``terms`` makes one number a point, ``over_n`` adds."""

    def answer(self, *arguments):
        """The sum of one term a point."""
        return self.over_n(self.terms(*arguments))

    def over_n(self, terms):
        """The sum over the points."""
        return np.sum(terms)


_adds = partial(Total.mistake, "over_n", read=PRODUCT)


@_adds(
    what="The answer is the mean over the points, not the sum: it is N times too small.",
    why="Independent points multiply their probabilities, so the logarithms add up, all N of them.",
    see="three points with -1 each give -3 together; the mean is still -1.",
)
def mean_for_sum(plan, terms):
    return np.mean(terms)


@_adds(
    what="The probabilities are multiplied first and the logarithm is taken of the product.",
    why="Of a few hundred points it is smaller than the smallest float: 0, and log 0 = -inf.",
    see="0.1 ** 400 is 0.0 in floats, but 400 * log 0.1 = -921.03.",
)
def product_then_log(plan, terms):
    return np.log(np.prod(np.exp(terms)))


@_adds(
    what="The answer holds one number a point; the sum over the points is missing.",
    see="three points with -1, -2 and -3 give the single number -6.",
)
def not_summed_over_points(plan, terms):
    return np.asarray(terms)


@_adds(
    what="The probabilities of the points are added up, and the logarithm is taken of that sum.",
    why="Independent points multiply; adding says that one of them occurred, not that all did.",
    see="three factors of 0.1 give log 0.001 = -6.9, not log 0.3 = -1.2.",
)
def log_of_the_sum_over_points(plan, terms):
    return np.log(np.sum(np.exp(terms)))


@_adds(
    what="Points whose exp(...) is 0 as a float are left out of the sum.",
    see="-1 and -800 make -801; exp(-800) is 0 in floats, but the point is there.",
)
def improbable_points_left_out(plan, terms):
    return np.sum(np.asarray(terms)[np.exp(terms) > 0])


@Total.mistake(
    "hand_back",
    what="The answer is the logarithm times 2, 1/2 or -2: the deviance of statistics is -2 log p.",
    read=FORMULA,
    see="a log-likelihood of -3 has the deviance 6; -3 itself is asked for.",
    variants=(-2, 2, -0.5, 0.5),
)
def deviance(plan, result, factor):
    return factor * np.asarray(result)


# After the mean, which does the same where all terms are equal.
for _some in (FIRST_MISSING, LAST_MISSING, FIRST_ONLY, LAST_ONLY):
    _some.at(Total, "over_n", "point", read=OVER_N, on=On.ARGUMENT)


class Weighed(Plan):
    """sum_k r_nk a_nk: a logarithm a_nk for each component, before it a label or a probability."""

    def weigh(self, R, logs):
        """(N,): the sum over the components."""
        return self.over_k(self.product(R, logs))

    def product(self, R, logs):
        """(N, K): r_nk a_nk, with 0 times -inf = 0."""
        return np.where(R > 0, R * np.where(R > 0, logs, 0), 0)

    def over_k(self, table):
        """(N,)."""
        return np.sum(table, axis=1)


for _some in (FIRST_MISSING, LAST_MISSING, LAST_ONLY):
    _some.at(Weighed, "over_k", "component", read=OVER_K, axis=1, on=On.ARGUMENT)


@Weighed.mistake(
    "product",
    what="A component that cannot be makes the answer nan: 0 times log 0 = -inf is not a number.",
    why="Such a term adds nothing: xlogy(0, 0) is 0. Nan replaced after the sum takes all of it.",
    read="the formula of the exercise, with 0 log 0 = 0.",
    see="0 * np.log(0) is nan, but 0.5 log 0.5 + 0 log 0 is -0.35, not nan, and not 0.",
    variants=(
        lambda table: table,
        lambda table: np.where(np.isnan(table).any(axis=1, keepdims=True), 0, table),
        lambda table: np.where(np.isnan(table).any(), 0, table),
    ),
)
def zero_times_infinity(plan, R, logs, kept):
    return kept(R * logs)


@mistake(
    what="Each component is asked as a yes or no, r log r + (1 - r) log(1 - r), one or all.",
    why="The label is one choice among K: that it is k says already that it is no other.",
    read="the formula of the exercise: one term for each k, without 1 - r.",
    see="the row 1/3, 1/3, 1/3 has log 3 = 1.10; one against the rest has 0.64.",
    variants=(slice(None), slice(0, 1), slice(-1, None)),
)
def a_coin_for_each_component(plan, R, logs, asked):
    R, logs = R[:, asked], logs[:, asked]
    no = np.log1p(-np.exp(logs))
    return Weighed.product(plan, R, logs) + Weighed.product(plan, 1 - R, no)


@mistake(
    what="The sum over the components is missing: the answer is a table (N, K).",
    read=OVER_K,
    see="5 points and 3 components give 5 numbers, one for each point, not a table of 15.",
)
def not_summed_over_components(plan, table):
    return table


@mistake(
    what="The sum runs over points and components together: one number comes out for all.",
    why="A sum that is told no axis runs over the whole table.",
    read="the index n in the formula of the exercise: one number for each point.",
    see="of [[1, 2], [3, 4]] all add up to 10, each row by itself to 3 and 7.",
    line="np.sum and logsumexp take axis=1, which runs along each row.",
)
def axis_forgotten(plan, table):
    return np.logaddexp.reduce(table, axis=None)
