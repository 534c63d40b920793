"""Mistakes in 7.4.3: Bayes' theorem, the label read off it, and how sure it is."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes import common
from gmm_ref.checks.mistakes.bayes import DENOMINATOR, FRACTION, Bayes
from gmm_ref.checks.mistakes.common import NATURAL, PerPoint, Table, Weighed
from gmm_ref.checks.mistakes.joint import forgot_the_weights
from gmm_ref.checks.mistakes.likelihood import mean_over_components
from gmm_ref.checks.mistakes.samples import OWN_LABEL, LabelAnswer
from nbjudge.checking import operators
from nbjudge.checking.operators import On, Operator

RETURNS = "the Returns line of the exercise: what, and of which shape."
PROBABILITY = '7.4.3, "p(z_k = 1 | x_n) = r_nk": a probability, from 0 to 1, given x_n.'
CANCELS = "7.4.3, the fraction: what carries n, and not k, cancels above and below."
HIGHEST = '7.4.3, "p(z_k = 1 | x_n)": for each n the label with the highest of all K.'
STAY = " Stay in logarithms: subtract the logsumexp of each row, and take exp last."
ENTROPY = "H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0: k is summed, n stays."


HARD_FOR_SOFT = Operator(
    "hard_for_soft",
    lambda R: np.eye(R.shape[1])[R.argmax(axis=1)],
    what="The most probable component gets 1 and the others 0: a label, not a probability.",
    why="A responsibility says how sure the label is; rounding it throws that away.",
    see="r = 0.6 and 0.4 count as 0.6 and 0.4, not as 1 and 0.",
)


class Responsibilities(Bayes, Table):
    """The exercises `responsibilities` and `e_step`."""

    def answer(self, X, weights, means, covariances):
        """(N, K)."""
        return np.exp(self.log_posterior(X, weights, means, covariances))


# Before what comes to the same once labels are made of the rows.
Responsibilities.suffers("probabilities", forgot_the_weights)
Responsibilities.suffers("take", operators.changed_its_input)
HARD_FOR_SOFT.at(Responsibilities, "hand_back", read=PROBABILITY)
operators.CUT_TO_WHOLE_NUMBERS.at(Responsibilities, "answer", read=RETURNS)
operators.UNDERFLOW.at(
    Responsibilities,
    "combine",
    read=CANCELS,
    what="Numerator and denominator are computed as densities: far from all it is 0 / 0.",
    why="exp(-800) is smaller than the smallest float." + STAY,
    see="log joints -800 and -801 give 0.73 and 0.27, but np.exp(-800) / np.exp(-800) is nan.",
)
for _step, _noun in (("combine", "joint"), ("log_sum", "density")):
    operators.TINY_NUMBER_ADDED.at(
        Responsibilities,
        _step,
        _noun,
        read=CANCELS,
        what="A tiny number is added to the {place} against 0 / 0, or nan is replaced.",
        why="Far points then get rows of 0, or 1/K each." + STAY,
        see="log joints -800 and -805 must still give 0.993 and 0.007.",
    )


@Responsibilities.mistake(
    "answer",
    what="The exp is missing: the answer is made of logarithms.",
    why="Divided by their sum, logarithms do sum to 1, but the least probable gets the most.",
    read=PROBABILITY,
    see="densities 0.3 and 0.1 give 0.75 and 0.25; their logs -1.20 and -2.30 give 0.34, 0.66.",
    variants=(False, True),
)
def exp_forgotten(plan, X, weights, means, covariances, divided):
    logs = plan.joint(X, weights, means, covariances)
    if divided:
        return logs / logs.sum(axis=1, keepdims=True)
    return plan.log_posterior(X, weights, means, covariances)


_quotient = partial(Responsibilities.mistake, "quotient", read=FRACTION)


@_quotient(
    what="The sum over the components has lost its axis: (N, K) and (N,) do not go together.",
    why="One number a point goes with a table of N rows where it stands as a column (N, 1).",
    see="shapes (5, 3) / (5, 1) go together, (5, 3) / (5,) do not.",
    line="logsumexp(..., axis=1, keepdims=True), or sum(...)[:, None].",
)
def keepdims_forgotten(plan, joint, density):
    return joint - density


@_quotient(
    what="The denominator grows from point to point: its sum is not set back to 0 for each.",
    why="total = 0 belongs inside the loop over the points, before that over the components.",
    read=DENOMINATOR,
    see="two points with joints 0.03 and 0.01: both rows are 0.75, 0.25, not 0.375, 0.125.",
    variants=(False, True),
)
def sums_pile_up(plan, joint, density, maximum_out):
    top = joint.max(axis=1) if maximum_out else np.zeros(len(joint))
    return (joint - top[:, None]) - np.logaddexp.accumulate(density - top)[:, None]


@Responsibilities.mistake(
    "combine",
    what="The maximum that is taken out is that of the table, or of a column, not of the own row.",
    why="Points far below it still underflow to 0 / 0; and a column's does not cancel.",
    read=CANCELS,
    see="rows near -1 and near -900: exp(-900 - -1) is 0, but exp(-900 - -900) is 1.",
    variants=(None, 0),
)
def wrong_maximum_taken_out(plan, log_weights, log_densities, axis):
    joint = log_weights + log_densities
    return np.log(np.exp(joint - joint.max(axis=axis)))


@Responsibilities.mistake(
    "posterior",
    what="The weights stand in the denominator, but not in the numerator.",
    read='7.4.3, the numerator "pi_k N(x_n | mu_k, Sigma_k)": with pi_k.',
    see="equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 1 and 1.",
)
def weights_missing_above(plan, log_weights, log_densities):
    return log_densities - plan.density(log_weights, log_densities)[:, None]


class MostProbable(LabelAnswer):
    """The exercise `most_probable_component`."""

    def answer(self, R):
        """(N,) of integers."""
        R = np.asarray(R)
        return self.form(self.choose(R), R.shape[1])

    def choose(self, R):
        """The column of the largest entry in each row."""
        return np.argmax(R, axis=1)


operators.AXIS_SWAPPED.at(MostProbable, "choose", read=HIGHEST)
MostProbable.suffers(
    "choose", common.axis_forgotten.again(lambda plan, R: np.argmax(R), read=HIGHEST)
)
operators.SQUEEZED.at(MostProbable, "hand_back", read=RETURNS)
operators.KEPT_THE_AXIS.at(MostProbable, "hand_back", read=RETURNS)
operators.LAST_MISSING.at(MostProbable, "choose", "component", read=HIGHEST, axis=1, on=On.ARGUMENT)
operators.FIRST_MISSING.at(
    MostProbable,
    "choose",
    "component",
    read=HIGHEST,
    axis=1,
    on=On.ARGUMENT,
    apply=lambda columns: np.concatenate([columns[:1] - 2, columns[1:]]),
)
_choose = partial(MostProbable.mistake, "choose", read=HIGHEST)


@_choose(
    what="Not the most probable component is chosen, but the least, the second, or all in order.",
    why="argsort sorts upwards: its last column is the most probable one.",
    see="np.argsort([0.2, 0.7, 0.1]) is 2, 0, 1: the largest stands last.",
    variants=(
        lambda upwards: upwards[:, 0],
        lambda upwards: upwards[:, -min(2, upwards.shape[1])],
        lambda upwards: upwards,
    ),
)
def not_the_most_probable(plan, R, taken):
    return taken(np.argsort(R, axis=1, kind="stable"))


@_choose(
    what="The largest responsibility is returned, not the component that has it: max for argmax.",
    read="the Returns line of the exercise: integers from 0 to K-1.",
    see="the row 0.2, 0.7, 0.1 has the label 1; 0.7 is how sure that is.",
)
def largest_value_for_its_place(plan, R):
    return np.max(R, axis=1)


@_choose(
    what="Only components 0 and 1 are looked at: that is a rule for K = 2.",
    why="With three components the largest may stay below a half, or be another one.",
    see="the row 0.1, 0.2, 0.7 has the label 2.",
    variants=(
        lambda first, second: second > 0.5,
        lambda first, second: second > first,
        lambda first, second: first < 0.5,
    ),
)
def two_components_only(plan, R, second_is_it):
    return second_is_it(R[:, 0], R[:, min(1, R.shape[1] - 1)]).astype(int)


@_choose(
    what="The best value so far is not set back: later points must beat earlier ones.",
    why="best = -1 belongs inside the loop over the points, before that over the components.",
    see="the rows 0.9, 0.1 and 0.2, 0.8 have the labels 0 and 1; 0.8 does not beat 0.9.",
)
def best_not_set_back(plan, R):
    highest = np.maximum.accumulate(np.append(0, R.max(axis=1)[:-1]))
    return np.where(R.max(axis=1) > highest, R.argmax(axis=1), 0)


@_choose(
    what="Only components with more than a half are chosen; all other points get label 0, or none.",
    why="The highest responsibility need not pass a half, it must only be the highest.",
    see="the row 0.2, 0.45, 0.35 has the label 1, though no entry is above 0.5.",
    variants=(lambda above: np.argmax(above, axis=1), lambda above: np.where(above)[1]),
)
def more_than_a_half(plan, R, chosen):
    return chosen(R > 0.5)


@_choose(
    what="The responsibilities are rounded or cut off first: near ones become ties.",
    why="Of equal ones the first wins, which need not be the largest.",
    see="0.32, 0.34, 0.34 and 0.3, 0.3, 0.3: the first row has its largest at 1 or 2, not at 0.",
    variants=(lambda R: np.round(R, 1), lambda R: np.round(R, 2), lambda R: np.floor(10 * R)),
)
def rounded_before_compared(plan, R, coarse):
    return np.argmax(coarse(R), axis=1)


@_choose(
    what="The label numbers are averaged with the responsibilities and rounded.",
    why="Labels are names, not amounts: half 0 and half 2 does not make 1.",
    see="the row 0.6, 0, 0.4 has the label 0; the average 0.8 rounds to 1.",
)
def average_label(plan, R):
    return np.round(R @ np.arange(R.shape[1])).astype(int)


@_choose(
    what="All points get one label, the component that is the most probable on the whole.",
    read=OWN_LABEL,
    see="the rows 0.9, 0.1 and 0.2, 0.8 have the labels 0 and 1.",
)
def one_label_for_all_points(plan, R):
    return np.full(len(R), R.sum(axis=0).argmax())


class Entropy(Weighed, PerPoint):
    """The exercise `posterior_entropy`."""

    def answer(self, R):
        """(N,) of nats."""
        R = np.asarray(R, dtype=float)
        return self.sign() * self.weigh(R, self.logarithm(R))

    def logarithm(self, R):
        """log r, which is -inf at 0."""
        return np.log(R)

    def sign(self):
        """The sign in front of the sum."""
        return -1


RESPONSIBILITIES_IGNORED = Operator(
    "responsibilities_ignored",
    np.ones_like,
    what="All terms count fully: the factor r_nk is missing before them.",
    why="Each term is weighed with its own probability.",
    see="r = 0.9 and 0.1, terms 2 and 4: 0.9 * 2 + 0.1 * 4 = 2.2, not 6.",
    on=On.ARGUMENT,
)

RESPONSIBILITIES_IGNORED.at(Entropy, "product", read=ENTROPY)
operators.WRONG_LOG_BASE.at(Entropy, "hand_back", read=NATURAL)
operators.TINY_NUMBER_ADDED.at(
    Entropy, "logarithm", "responsibilities", read=ENTROPY, variants=operators.LARGER
)
operators.PILED_UP.at(Entropy, "over_k", "sums", read=ENTROPY)
Entropy.suffers("over_k", common.not_summed_over_components.again(read=ENTROPY))
Entropy.suffers(
    "over_k", common.axis_forgotten.again(lambda plan, table: np.sum(table), read=ENTROPY)
)
operators.AXIS_SWAPPED.at(
    Entropy,
    "answer",
    read=ENTROPY,
    on=On.ARGUMENT,
    variants=(False, True),
    # scipy.stats.entropy divides by the sums of the columns, without a word.
    apply=lambda R, normalised: (R / R.sum(axis=0) if normalised else R).T,
)
_product = partial(Entropy.mistake, "product", read=ENTROPY)
Entropy.suffers(
    "over_k",
    mean_over_components.again(
        lambda plan, table: np.mean(table, axis=1),
        what="The mean over the components is taken, not the sum: the answer is K times too small.",
        why="The weights of this average are the r_nk, which sum to 1 already.",
        read=ENTROPY,
        see="the row 0.5, 0.5 has the entropy 0.69, not 0.35.",
    ),
)


@Entropy.mistake(
    "sign",
    what="The minus sign is missing: the answer is negative, an entropy never is.",
    why="Logarithms of probabilities are negative, and the minus turns their average round.",
    read=ENTROPY,
    see="the row 0.5, 0.5 has the entropy +0.69.",
)
def forgot_the_minus(plan):
    return 1


@_product(
    what="Small responsibilities are left out, or raised to a floor, against log 0.",
    why="Only for 0 itself the term is 0: xlogy(r, r) gives that without any trick.",
    see="the row 0.999, 0.001 has the entropy 0.0079, the row 1, 0 has 0.",
    variants=[
        (cut, least)
        for cut in (lambda R, least: np.where(least < R, R, 0), np.maximum)
        for least in (1e-3, 1e-2, 1e-4, 1e-6, 0.1)
    ],
)
def small_responsibilities_cut(plan, R, logs, way):
    cut, least = way
    return Entropy.product(plan, cut(R, least), np.log(cut(R, least)))


Entropy.suffers("product", common.a_coin_for_each_component)


@Entropy.mistake(
    "answer",
    what="It is another measure: H / log K, log K - H, exp H, 1 - sum r^2, or of the largest r.",
    read="H_n = - sum_k r_nk log r_nk: all K terms, and nothing around the sum.",
    see="the row 1/3, 1/3, 1/3 has the entropy log 3 = 1.10, the row 1, 0, 0 has 0.",
    variants=(
        lambda R, H: H / np.log(R.shape[1]),
        lambda R, H: np.log(R.shape[1]) - H,
        lambda R, H: np.exp(H),
        lambda R, H: 1 - np.sum(R**2, axis=1),
        lambda R, H: -np.log(R.max(axis=1)),
        lambda R, H: -R.max(axis=1) * np.log(R.max(axis=1)),
    ),
)
def another_measure(plan, R, measure):
    return measure(np.asarray(R), Entropy.answer(plan, R))
