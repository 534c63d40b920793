"""Mistakes that any formula can suffer: the type, the axes, the sign and the base of the answer."""

import numpy as np

from nbjudge.checking.plan import Plan, mistake

# So many decimals are what students round to.
DECIMALS = (3, 2, 4, 1, 6)


class Numbers(Plan):
    """An answer of floats."""


@Numbers.mistake(
    "hand_back",
    what="The answer is of dtype float32, which keeps 7 digits of 16.",
    why="Sums over many points and differences of near numbers lose the rest.",
    read="the Returns line of the exercise; leave out every astype and dtype but float64.",
    see="np.float32(1e8 + 1) - np.float32(1e8) is 0, not 1.",
)
def rounded_to_float32(plan, result):
    if isinstance(result, tuple):
        return tuple(np.asarray(part, dtype=np.float32) for part in result)
    return np.asarray(result, dtype=np.float32)


@mistake(
    what="An axis of length 1 is lost: with one point or one component the shape is another.",
    why="squeeze(), [0] and some functions of scipy take such axes away.",
    read="the Returns line of the exercise: the shape, also for N = 1 and K = 1.",
    see="np.squeeze of the shape (1, 3) is (3,); np.atleast_2d and reshape bring it back.",
)
def squeezed(plan, result):
    return np.squeeze(result)


@mistake(
    what="Where the data are whole numbers, the answer is cut off to whole numbers, too.",
    why="np.zeros_like(X) and np.empty_like(X) have its dtype: of integers, they keep integers.",
    read="the Returns line of the exercise: numbers of float64, whatever comes in.",
    see="a = np.zeros_like([3, 4]); a[0] = 2.7 leaves a[0] == 2.",
)
def whole_numbers_like_the_data(plan, X, *parameters):
    return type(plan).answer(plan, X, *parameters).astype(np.asarray(X).dtype)


@mistake(
    what="The answer is rounded to a few decimals: later steps need all its digits.",
    why="Round what you print, not what you return.",
    read="the formula of the exercise, which has no rounding in it.",
    see="0.3337 + 0.3337 + 0.3327 are 1.0001 when each was rounded to 4 decimals.",
    variants=DECIMALS,
)
def rounded(plan, result, decimals):
    return np.round(result, decimals)


class Table(Numbers):
    """An answer of shape (N, K): points are rows, components are columns."""


Table.suffers("hand_back", squeezed)


@Table.mistake(
    "hand_back",
    what="The answer lies on its side: (K, N), a row for each component, instead of (N, K).",
    why="With N = K nobody would notice, and every later sum would run over the wrong things.",
    read="the index r_nk or z_nk of section 7.4: n, the point, comes first.",
    see="3 points and 2 components must give 3 rows; stack columns with axis=1, or use .T.",
)
def transposed(plan, result):
    return np.transpose(result)


class PerPoint(Numbers):
    """An answer of shape (N,): one number a point."""


PerPoint.suffers("hand_back", squeezed)
PerPoint.suffers("hand_back", rounded)


@PerPoint.mistake(
    "hand_back",
    what="The answer is a column (N, 1), where one number a point, (N,), is asked for.",
    why="A column minus a row of N numbers makes an (N, N) table without any error.",
    read="the Returns line of the exercise; keepdims=True is for the steps in between.",
    see="np.ones((3, 1)) - np.ones(3) has shape (3, 3), not (3,).",
)
def kept_the_axis(plan, result):
    return np.asarray(result)[:, None]


class Logarithm(Numbers):
    """An answer that is a natural logarithm."""


Logarithm.suffers("hand_back", rounded)


@Logarithm.mistake(
    "hand_back",
    what="The answer has the opposite sign: it is minus the logarithm.",
    why="That is the loss that an optimiser makes small; here the logarithm itself is asked for.",
    read="the formula of the exercise, which has no minus sign in front.",
    see="log 0.5 = -0.69, log 1 = 0, log 2 = +0.69: small probabilities go down, not up.",
)
def wrong_sign(plan, result):
    return -np.asarray(result)


@Logarithm.mistake(
    "hand_back",
    what="The logarithm is to base 2 or 10, not the natural one.",
    why="Gaussian densities carry e, so only np.log undoes their exp; the answer is off by a "
    "factor.",
    read='"Logarithms are natural" at the head of the assignment.',
    see="log 10 is 2.303 by np.log, 1 by np.log10 and 3.322 by np.log2.",
    variants=(2, 10),
)
def wrong_log_base(plan, result, base):
    return np.asarray(result) / np.log(base)


@Logarithm.mistake(
    "hand_back",
    what="The answer is the probability density itself: its logarithm is not taken.",
    why="For many or far points the density is smaller than the smallest float and becomes 0.",
    read="the Returns line of the exercise, a logarithm.",
    see="a density of 0.05 must come back as log 0.05 = -3.00.",
)
def log_not_taken(plan, result):
    return np.exp(result)


class Total(Logarithm):
    """A logarithm summed over the data set: ``terms`` makes one number a point, ``over_n`` adds."""

    def answer(self, *arguments):
        """The sum of one term a point."""
        return self.over_n(self.terms(*arguments))

    def over_n(self, terms):
        """The sum over the points."""
        return np.sum(terms)


@Total.mistake(
    "over_n",
    what="The answer is the mean over the points, not the sum: it is N times too small.",
    why="Independent points multiply their probabilities, so the logarithms add up, all N of them.",
    read='7.4.2, "p(X | theta) = prod_n ...": a product over n, whose log is a sum.',
    see="three points of log density -1 give -3 together; the mean is still -1.",
)
def mean_for_sum(plan, terms):
    return np.mean(terms)


@Total.mistake(
    "over_n",
    what="The probabilities are multiplied first and the logarithm is taken of the product.",
    why="The product of a few hundred densities is smaller than the smallest float: 0, and log 0 "
    "= -inf.",
    read='7.4.2, "prod_n": take the logarithm first, then the product is a sum.',
    see="0.1 ** 400 is 0.0 in floats, but 400 * log 0.1 = -921.03.",
)
def product_then_log(plan, terms):
    return np.log(np.prod(np.exp(terms)))


@Total.mistake(
    "over_n",
    what="The answer holds one number a point; the sum over the points is missing.",
    why="The data set as a whole has one probability, so the answer is one number.",
    read="the sum over n in the formula of the exercise.",
    see="three points with -1, -2 and -3 give the single number -6.",
)
def not_summed_over_points(plan, terms):
    return np.asarray(terms)


@Total.mistake(
    "over_n",
    what="The probabilities of the points are added up, and the logarithm is taken of that sum.",
    why="Independent points multiply; adding says that one of them occurred, not that all did.",
    read='7.4.2, "p(X | theta) = prod_n ...": the outer sign is a product.',
    see="three points of density 0.1 give log 0.001 = -6.9, not log 0.3 = -1.2.",
)
def log_of_the_sum_over_points(plan, terms):
    return np.log(np.sum(np.exp(terms)))


@Total.mistake(
    "over_n",
    what="The sum stops one point early: the last point is not in it.",
    why="range(N - 1) and [:-1] both leave it out.",
    read="the sum over n, which runs over all N points.",
    see="list(range(3 - 1)) is [0, 1]; point 2 is never seen.",
)
def last_point_missing(plan, terms):
    return np.sum(terms[:-1])


@Total.mistake(
    "over_n",
    what="The sum begins one point late: the first point is not in it.",
    why="The text counts from 1, Python from 0: range(1, N) and [1:] leave point 0 out.",
    read="the sum over n, which runs over all N points.",
    see="list(range(1, 3)) is [1, 2]; point 0 is never seen.",
)
def first_point_missing(plan, terms):
    return np.sum(terms[1:])


@Total.mistake(
    "over_n",
    what="Points whose density is 0 as a float are left out of the sum.",
    why="They are the least probable ones: without them the data set looks far too probable.",
    read="the sum over n, which runs over all N points; stay in logarithms for each.",
    see="log densities -1 and -800 make -801; exp(-800) is 0 in floats, but the point is there.",
)
def points_of_density_zero_left_out(plan, terms):
    return np.sum(np.asarray(terms)[np.exp(terms) > 0])


@Total.mistake(
    "hand_back",
    what="The answer is the logarithm times 2, 1/2 or -2: the deviance of statistics is -2 log p.",
    why="Here the logarithm itself is asked for.",
    read="the formula of the exercise, which has no factor in front.",
    see="a log-likelihood of -3 has the deviance 6.",
    variants=(-2, 2, -0.5, 0.5),
)
def deviance(plan, result, factor):
    return factor * np.asarray(result)


@Total.mistake(
    "over_n",
    what="Only the last point counts: the sum is set back to 0, or overwritten, at each point.",
    why="total = 0 belongs before the loop, and += inside of it.",
    read="the sum over n, which runs over all N points.",
    see="three points with -1, -2 and -3 give -6; set back each time, -3.",
)
def last_point_only(plan, terms):
    return terms[-1]


@Total.mistake(
    "over_n",
    what="Only the first point counts: the function returns before the others are added.",
    why="A return inside the loop ends the loop in its first turn.",
    read="the sum over n, which runs over all N points.",
    see="three points with -1, -2 and -3 give -6; returning inside the loop gives -1.",
)
def first_point_only(plan, terms):
    return terms[0]
