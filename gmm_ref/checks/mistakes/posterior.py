"""Mistakes in 7.4.3: Bayes' theorem, the label read off it, and how sure it is."""

import numpy as np

from gmm_ref.checks.mistakes.common import (
    PerPoint,
    Table,
    rounded,
    squeezed,
    whole_numbers_like_the_data,
)
from gmm_ref.checks.mistakes.joint import TINY, Joint
from nbjudge.checking.plan import Plan, as_floats


def softmax(a, axis=1):
    """exp(a), normalised along the axis, with its maximum taken out first."""
    e = np.exp(a - np.max(a, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


class Responsibilities(Joint, Table):
    """The exercises `responsibilities` and `e_step`."""

    def answer(self, X, weights, means, covariances):
        """(N, K)."""
        (weights,) = as_floats(weights)
        return self.posterior(self.log_weights(weights), self.densities(X, means, covariances))

    def posterior(self, log_weights, log_densities):
        """Bayes' theorem."""
        return self.normalise(self.combine(log_weights, log_densities))

    def normalise(self, joint):
        """The quotient of Bayes' theorem."""
        return softmax(joint)


@Responsibilities.mistake(
    "normalise",
    what="The joints are normalised over the points, axis 0, instead of over the components, "
    "axis 1.",
    why="Then each column sums to 1: the points share out a component, which is no posterior.",
    read='7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)": j, not n.',
    see="joints 0.03 and 0.01 of one point must give 0.75 and 0.25, which sum to 1.",
)
def normalised_over_points(plan, joint):
    return softmax(joint, axis=0)


@Responsibilities.mistake(
    "normalise",
    what="The joints are divided by the sum over points and components together.",
    why="np.sum without an axis adds up everything; each point needs the sum of its own row.",
    read='7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)" carries x_n.',
    see="joints 0.03 and 0.01 of one point must give 0.75 and 0.25, which sum to 1.",
)
def normalised_over_everything(plan, joint):
    e = np.exp(joint - joint.max())
    return e / e.sum()


@Responsibilities.mistake(
    "normalise",
    what="The numerator is returned as it is: the division by the sum over components is missing.",
    read="7.4.3: the fraction has a denominator, p(x_n), that makes each row sum to 1.",
    see="joints 0.03 and 0.01 must give 0.75 and 0.25.",
)
def not_normalised(plan, joint):
    return np.exp(joint)


@Responsibilities.mistake(
    "normalise",
    what="The answer is the logarithm of the responsibilities: the exp at the end is missing.",
    read='7.4.3, "p(z_k = 1 | x_n) = r_nk": a probability, from 0 to 1.',
    see="log responsibilities -0.29 and -1.39 are the probabilities 0.75 and 0.25.",
)
def exp_forgotten(plan, joint):
    return joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)


@Responsibilities.mistake(
    "normalise",
    what="The logarithms are divided by their sum; exp must come before the division.",
    why="Rows do sum to 1, but the least probable component gets the most.",
    read="7.4.3: numerator and denominator are densities, not their logarithms.",
    see="densities 0.3 and 0.1 give 0.75 and 0.25; their logs -1.20 and -2.30 give 0.34, 0.66.",
)
def logarithms_normalised(plan, joint):
    return joint / joint.sum(axis=1, keepdims=True)


@Responsibilities.mistake(
    "normalise",
    what="The sum over the components has lost its axis: (N, K) and (N,) do not go together.",
    why="keepdims=True keeps the sum as a column (N, 1), which goes with every column of the "
    "table.",
    read="7.4.3: the denominator is one number for each point n.",
    see="shapes (5, 3) / (5, 1) go together, (5, 3) / (5,) do not.",
)
def keepdims_forgotten(plan, joint):
    e = np.exp(joint)
    return e / np.sum(e, axis=1)


@Responsibilities.mistake(
    "normalise",
    what="The most probable component gets 1 and the others 0: a label, not a probability.",
    why="A responsibility says how sure the label is; rounding it throws that away.",
    read='7.4.3, "p(z_k = 1 | x_n)": a number between 0 and 1.',
    see="joints 0.03 and 0.02 give 0.6 and 0.4, not 1 and 0.",
)
def hard_for_soft(plan, joint):
    return np.eye(joint.shape[1])[joint.argmax(axis=1)]


@Responsibilities.mistake(
    "normalise",
    what="Each row is divided by its largest entry, not by its sum.",
    why="Taking the maximum out guards against underflow, but the sum must still divide.",
    read='7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)".',
    see="joints 0.03 and 0.01 give 0.75 and 0.25; divided by the largest, 1 and 0.33.",
)
def divided_by_the_largest(plan, joint):
    return np.exp(joint - joint.max(axis=1, keepdims=True))


@Responsibilities.mistake(
    "normalise",
    what="Numerator and denominator are computed as densities: far from all components it is 0 / "
    "0.",
    why="exp(-800) is smaller than the smallest float. Stay in logarithms: subtract the "
    "logsumexp of each row, and take exp last.",
    read="7.4.3, the fraction: what is common to numerator and denominator cancels.",
    see="log joints -800 and -801 give 0.73 and 0.27, but np.exp(-800) / np.exp(-800) is nan.",
)
def underflow_in_the_quotient(plan, joint):
    e = np.exp(joint)
    return e / e.sum(axis=1, keepdims=True)


@Responsibilities.mistake(
    "normalise",
    what="A tiny number is added to the denominator against 0 / 0, or nan is replaced by 0.",
    why="Far points then get rows of 0, which sum to 0 and not to 1. Stay in logarithms: "
    "subtract the logsumexp of each row, and take exp last.",
    read="7.4.3, the fraction: what is common to numerator and denominator cancels.",
    see="log joints -800 and -801 must still give 0.73 and 0.27.",
    variants=TINY,
)
def tiny_number_in_the_denominator(plan, joint, tiny):
    e = np.exp(joint)
    return e / (e.sum(axis=1, keepdims=True) + tiny)


@Responsibilities.mistake(
    "normalise",
    what="Where all densities underflow every component gets 1/K: a tiny number added to each of "
    "them.",
    why="That hides the error: a far point mostly belongs to one component, the widest in its "
    "direction. Stay in logarithms: subtract the logsumexp of each row, and take exp last.",
    read="7.4.3, the fraction: what is common to numerator and denominator cancels.",
    see="log joints -800 and -805 must still give 0.993 and 0.007, not 0.5 and 0.5.",
    variants=TINY,
)
def equal_shares_far_away(plan, joint, tiny):
    e = np.exp(joint) + tiny
    return e / e.sum(axis=1, keepdims=True)


@Responsibilities.mistake(
    "normalise",
    what="One maximum is taken off for the whole table: points far below it still underflow to 0 "
    "/ 0.",
    why="Each point needs the maximum of its own row, axis=1.",
    read="7.4.3: numerator and denominator both carry x_n.",
    see="rows near -1 and near -900: exp(-900 - -1) is 0, but exp(-900 - -900) is 1.",
)
def one_maximum_for_the_quotient(plan, joint):
    e = np.exp(joint - joint.max())
    return e / e.sum(axis=1, keepdims=True)


@Responsibilities.mistake(
    "normalise",
    what="The responsibilities are normalised once more, as if they were logarithms: softmax "
    "twice.",
    why="Rows still sum to 1, but all are pulled towards 1/K.",
    read="7.4.3: one fraction makes r_nk.",
    see="the softmax of 0.75 and 0.25 is 0.62 and 0.38.",
)
def softmax_twice(plan, joint):
    return softmax(softmax(joint))


@Responsibilities.mistake(
    "normalise",
    what="Each joint is divided by the sum of the others: those are odds, not probabilities.",
    read="7.4.3: the sum over j in the denominator runs over all K, k among them.",
    see="joints 0.03 and 0.01: r = 0.75 and 0.25; the odds are 3 and 0.33.",
)
def odds_for_probabilities(plan, joint):
    R = softmax(joint)
    return R / (1 - R)


@Responsibilities.mistake(
    "normalise",
    what="The denominator grows from point to point: its sum is not set back to 0 for each.",
    why="total = 0 belongs inside the loop over the points, before that over the components.",
    read="7.4.3: the denominator is one sum over j for each point n.",
    see="two points with joints 0.03 and 0.01: both rows are 0.75, 0.25, not 0.375, 0.125.",
)
def denominator_not_set_back(plan, joint):
    e = np.exp(joint - joint.max(axis=1, keepdims=True))
    return e / np.cumsum(e.sum(axis=1))[:, None]


@Responsibilities.mistake(
    "normalise",
    what="The maximum that is taken off is that of each column, over the points, not of each row.",
    why="What is taken off must be the same for all components of a point, else it does not "
    "cancel.",
    read="7.4.3, the fraction: only what carries n, and not k, cancels.",
    see="the row -1, -2 less its own maximum is 0, -1; less 0 and -2 it is -1, 0: turned round.",
)
def maximum_of_each_component(plan, joint):
    e = np.exp(joint - joint.max(axis=0))
    return e / e.sum(axis=1, keepdims=True)


Responsibilities.suffers("hand_back", rounded)
Responsibilities.suffers("answer", whole_numbers_like_the_data)


@Responsibilities.mistake(
    "posterior",
    what="The weights are updated first, as the M-step of 7.4.5 does, and the new ones are used.",
    read="7.4.3: the pi_k that are passed, in numerator and denominator.",
    see="equal densities and weights 0.9 and 0.1 give r = 0.9 and 0.1, whatever other points do.",
)
def weights_updated_on_the_way(plan, log_weights, log_densities):
    new = softmax(log_weights + log_densities).mean(axis=0)
    return plan.normalise(np.log(new) + log_densities)


@Responsibilities.mistake(
    "posterior",
    what="The weights stand in the numerator, but not in the denominator.",
    why="It is the same to normalise the densities and multiply by the weights afterwards. Rows "
    "then no longer sum to 1.",
    read='7.4.3, the denominator "sum_j pi_j N(x_n | mu_j, Sigma_j)": with pi_j.',
    see="equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 0.45 and 0.05.",
)
def weights_missing_below(plan, log_weights, log_densities):
    return np.exp(log_weights) * softmax(log_densities)


@Responsibilities.mistake(
    "posterior",
    what="The weights stand in the denominator, but not in the numerator.",
    read='7.4.3, the numerator "pi_k N(x_n | mu_k, Sigma_k)": with pi_k.',
    see="equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 1 and 1.",
)
def weights_missing_above(plan, log_weights, log_densities):
    total = np.logaddexp.reduce(log_weights + log_densities, axis=1, keepdims=True)
    return np.exp(log_densities - total)


@Responsibilities.mistake(
    "posterior",
    what="Every point gets the weights as its row: that is the prior, before x_n was seen.",
    why="The point itself says which component is likely; Bayes' theorem puts that in.",
    read='7.4.3, "p(z_k = 1 | x_n)": given x_n.',
    see="densities 0.4 and 0.1, weights 0.5 and 0.5: r = 0.8 and 0.2, not the weights.",
)
def prior_for_posterior(plan, log_weights, log_densities):
    return np.ones((len(log_densities), 1)) * np.exp(log_weights)


@Responsibilities.mistake(
    "take",
    what="The data or the parameters are changed in place: the caller still needs them.",
    why="X -= mean writes into the caller's array, so that the next component is centred twice.",
    read="the Rules line of the exercise: inputs stay unchanged.",
    see="X = [5], X -= 5 leaves X = [0] for whoever reads X next.",
)
def changed_its_input(plan, X, weights, means, covariances):
    X -= X.mean(axis=0).astype(X.dtype)
    return X, weights, means, covariances


class MostProbable(Plan):
    """The exercise `most_probable_component`."""

    def answer(self, R):
        """(N,) of integers."""
        return self.choose(np.asarray(R))

    def choose(self, R):
        """The column of the largest entry in each row."""
        return np.argmax(R, axis=1)


@MostProbable.mistake(
    "choose",
    what="The largest entry is looked for along the points, axis 0, not along the components, "
    "axis 1.",
    why="That gives the surest point of each component, one number a component.",
    read='7.4.3, "r_nk": k is the second index, and the answer has one entry for each n.',
    see="a table of 5 points and 3 components gives 5 labels.",
)
def largest_over_points(plan, R):
    return np.argmax(R, axis=0)


@MostProbable.mistake(
    "choose",
    what="One position in the whole table is returned: argmax without an axis.",
    read='7.4.3, "r_nk": the answer has one label for each point n; write axis=1.',
    see="np.argmax([[0.2, 0.8], [0.9, 0.1]]) is 2, but the labels are 1 and 0.",
)
def largest_of_everything(plan, R):
    return np.argmax(R)


@MostProbable.mistake(
    "choose",
    what="The component with the smallest responsibility is chosen.",
    why="argsort sorts upwards: its first column is the least probable one, its last the most.",
    read='7.4.3, "p(z_k = 1 | x_n)": the label with the highest posterior probability.',
    see="the row 0.7, 0.2, 0.1 has the label 0, not 2.",
)
def least_probable(plan, R):
    return np.argmin(R, axis=1)


@MostProbable.mistake(
    "choose",
    what="The largest responsibility is returned, not the component that has it: max for argmax.",
    read="the Returns line of the exercise: integers from 0 to K-1.",
    see="the row 0.2, 0.7, 0.1 has the label 1; 0.7 is how sure that is.",
)
def largest_value_for_its_place(plan, R):
    return np.max(R, axis=1)


@MostProbable.mistake(
    "hand_back",
    what="The labels run from 1 to K: Python counts the components from 0.",
    why="means[z] would then look one component too far, and past the end for the last.",
    read='"Components are counted from 0 in code" at the head of the assignment.',
    see="the row 0.7, 0.2, 0.1 has the label 0.",
)
def counted_from_one(plan, z):
    return z + 1


@MostProbable.mistake(
    "hand_back",
    what="The labels are floats: an index must be an integer.",
    why="np.zeros makes floats; np.zeros(N, dtype=int) or argmax itself gives integers.",
    read="the Returns line of the exercise: integers from 0 to K-1.",
    see="means[1.0] is an IndexError, means[1] is component 1.",
)
def floats_for_labels(plan, z):
    return z.astype(float)


@MostProbable.mistake(
    "choose",
    what="The answer is a table of zeros and ones: the labels one-hot, not the labels.",
    read="the Returns line of the exercise: (N,), one integer a point.",
    see="the row 0.2, 0.7, 0.1 gives 1, not 0, 1, 0.",
)
def one_hot_for_labels(plan, R):
    return np.eye(R.shape[1], dtype=int)[np.argmax(R, axis=1)]


@MostProbable.mistake(
    "choose",
    what="Only components 0 and 1 are looked at: that is a rule for K = 2.",
    why="With three components the largest may stay below a half, or be another one.",
    read='7.4.3, "r_nk" for k = 1 ... K: compare all K of them.',
    see="the row 0.1, 0.2, 0.7 has the label 2.",
    variants=(
        lambda first, second: second > 0.5,
        lambda first, second: second > first,
        lambda first, second: first < 0.5,
    ),
)
def rule_for_two_components(plan, R, second_is_it):
    return second_is_it(R[:, 0], R[:, min(1, R.shape[1] - 1)]).astype(int)


@MostProbable.mistake(
    "choose",
    what="The last component, or the first, is never compared with the others.",
    why="range(K - 1) stops before the last, range(1, K) begins after the first.",
    read='7.4.3, "r_nk" for k = 1 ... K: compare all K of them.',
    see="list(range(3 - 1)) is [0, 1]: the row 0.1, 0.2, 0.7 would have the label 1, not 2.",
    variants=((0, -1), (1, None)),
)
def one_component_not_looked_at(plan, R, first_and_last):
    first, last = first_and_last
    seen = R[:, first:last]
    return first + np.argmax(seen, axis=1) if seen.size else np.zeros(len(R), dtype=int)


@MostProbable.mistake(
    "choose",
    what="The best value so far is not set back for each point: later points must beat earlier "
    "ones.",
    why="best = -1 belongs inside the loop over the points, before that over the components.",
    read='7.4.3, "r_nk" for k = 1 ... K: compare those of one n with each other.',
    see="the rows 0.9, 0.1 and 0.2, 0.8 have the labels 0 and 1; 0.8 does not beat 0.9.",
)
def best_not_set_back(plan, R):
    highest = np.maximum.accumulate(np.append(0, R.max(axis=1)[:-1]))
    return np.where(R.max(axis=1) > highest, R.argmax(axis=1), 0)


@MostProbable.mistake(
    "choose",
    what="Points of which no component has more than a half are left out: the answer is too short.",
    why="The highest responsibility need not pass a half, it must only be the highest.",
    read="the Returns line of the exercise: (N,), one label for every point.",
    see="the rows 0.9, 0.1, 0 and 0.4, 0.35, 0.25 have the labels 0 and 0; np.where finds one.",
)
def points_without_a_half_dropped(plan, R):
    return np.where(R > 0.5)[1]


@MostProbable.mistake(
    "choose",
    what="The responsibilities are rounded or cut off before they are compared: near ones become "
    "ties.",
    why="Of equal ones the first wins, which need not be the largest.",
    read='7.4.3, "r_nk" for k = 1 ... K: compare them as they are.',
    see="0.32, 0.34, 0.34 and 0.3, 0.3, 0.3: the first row has its largest at 1 or 2, not at 0.",
    variants=(
        lambda R: np.round(R, 1),
        lambda R: np.floor(10 * R),
        lambda R: np.round(R, 2),
    ),
)
def rounded_before_compared(plan, R, coarse):
    return np.argmax(coarse(R), axis=1)


MostProbable.suffers("hand_back", squeezed)


@MostProbable.mistake(
    "choose",
    what="A component is chosen only where it has more than a half; all other points get label 0.",
    why="The highest responsibility need not pass a half, it must only be the highest.",
    read='7.4.3, "r_nk" for k = 1 ... K: compare them with each other.',
    see="the row 0.2, 0.45, 0.35 has the label 1, though no entry is above 0.5.",
)
def more_than_a_half(plan, R):
    return np.argmax(R > 0.5, axis=1)


@MostProbable.mistake(
    "choose",
    what="The label numbers are averaged with the responsibilities and rounded.",
    why="Labels are names, not amounts: half 0 and half 2 does not make 1.",
    read='7.4.3, "p(z_k = 1 | x_n)": the label with the highest posterior probability.',
    see="the row 0.6, 0, 0.4 has the label 0; the average 0.8 rounds to 1.",
)
def average_label(plan, R):
    return np.round(R @ np.arange(R.shape[1])).astype(int)


@MostProbable.mistake(
    "choose",
    what="All points get one label, the component that is the most probable on the whole.",
    read='7.4.4, "Each data point x_n has its own latent variable z_n".',
    see="the rows 0.9, 0.1 and 0.2, 0.8 have the labels 0 and 1.",
)
def same_label_for_all(plan, R):
    return np.full(len(R), R.sum(axis=0).argmax())


@MostProbable.mistake(
    "choose",
    what="The second highest responsibility is chosen.",
    why="argsort sorts upwards: the last column, [:, -1], is the most probable one.",
    read='7.4.3, "p(z_k = 1 | x_n)": the label with the highest posterior probability.',
    see="np.argsort([0.2, 0.7, 0.1]) is 2, 0, 1: the largest stands last.",
)
def second_most_probable(plan, R):
    return np.argsort(R, axis=1, kind="stable")[:, -min(2, R.shape[1])]


@MostProbable.mistake(
    "choose",
    what="The answer ranks all components for each point; only the best of them is asked for.",
    read="the Returns line of the exercise: (N,), one integer a point.",
    see="the row 0.2, 0.7, 0.1 gives 1, not 2, 0, 1.",
)
def whole_order_returned(plan, R):
    return np.argsort(R, axis=1)


@MostProbable.mistake(
    "choose",
    what="The responsibilities are weighed once more before the largest is looked for.",
    why="The prior is inside r_nk already; weighing again favours the common components.",
    read="7.4.3: pi_k stands in the numerator of r_nk.",
    see="the row 0.6, 0.4 has the label 0, even if component 1 is the more common one.",
)
def weighted_by_popularity(plan, R):
    return np.argmax(R * R.sum(axis=0), axis=1)


@MostProbable.mistake(
    "hand_back",
    what="The labels are a column (N, 1), where (N,) is asked for: one integer a point.",
    why="A column compared with N labels makes an (N, N) table without any error.",
    read="the Returns line of the exercise; leave keepdims out at the last step.",
    see="np.ones((3, 1)) == np.ones(3) has shape (3, 3), not (3,).",
)
def labels_as_a_column(plan, z):
    return z[:, None]


class Entropy(PerPoint):
    """The exercise `posterior_entropy`."""

    def answer(self, R):
        """(N,) of nats."""
        R = np.asarray(R, dtype=float)
        return self.sign() * self.over_k(self.product(R, self.logarithm(R)))

    def logarithm(self, R):
        """log r, which is -inf at 0."""
        return np.log(R)

    def product(self, R, logs):
        """r log r, with 0 log 0 = 0."""
        return np.where(R > 0, R * np.where(R > 0, logs, 0), 0)

    def over_k(self, terms):
        """The sum over the components."""
        return np.sum(terms, axis=1)

    def sign(self):
        """The sign in front of the sum."""
        return -1


@Entropy.mistake(
    "sign",
    what="The minus sign is missing: the answer is negative, an entropy never is.",
    why="Logarithms of probabilities are negative, and the minus turns their average round.",
    read="H_n = - sum_k r_nk log r_nk, with the minus in front.",
    see="the row 0.5, 0.5 has the entropy +0.69.",
)
def forgot_the_minus(plan):
    return 1


@Entropy.mistake(
    "logarithm",
    what="The logarithm is to base 2 or 10: that is an entropy in bits or digits, not in nats.",
    read='"Logarithms are natural" at the head of the assignment.',
    see="the row 0.5, 0.5 has 0.69 nats, which are 1 bit.",
    variants=(2, 10),
)
def entropy_in_bits(plan, R, base):
    return np.log(R) / np.log(base)


@Entropy.mistake(
    "logarithm",
    what="A tiny number is added inside the logarithm, against log 0: the answer is slightly "
    "wrong.",
    why="For a sure row it even becomes negative. xlogy(r, r) gives 0 log 0 = 0 without any trick.",
    read="H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.",
    see="the row 1, 0 has the entropy 0; with 1e-10 added it is -1e-10.",
    variants=(1e-6, 1e-8, 1e-5, 1e-4, 1e-3, 1e-2),
)
def tiny_number_in_the_logarithm(plan, R, tiny):
    return np.log(R + tiny)


@Entropy.mistake(
    "product",
    what="0 log 0 comes out as nan: 0 times -inf is not a number for the computer.",
    why="The limit of r log r at 0 is 0. xlogy(r, r) knows that, and np.where can say it.",
    read="H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.",
    see="the row 1, 0 has the entropy 0, but 0 * np.log(0) is nan.",
)
def zero_times_log_zero(plan, R, logs):
    return R * logs


@Entropy.mistake(
    "product",
    what="The logarithms are added up without the factor r_nk before them.",
    why="An entropy is the average of -log r, each weighed with its own probability.",
    read="H_n = - sum_k r_nk log r_nk: r stands twice.",
    see="the row 0.9, 0.1 has 0.33; without the factor it would be 2.41.",
)
def logarithms_not_weighted(plan, R, logs):
    return logs


@Entropy.mistake(
    "over_k",
    what="The sum runs over the points, axis 0, instead of the components, axis 1.",
    why="The answer has one number a component, but it must have one a point.",
    read="H_n = - sum_k r_nk log r_nk: k is summed, n stays.",
    see="5 points and 3 components give 5 numbers.",
)
def entropy_over_points(plan, terms):
    return np.sum(terms, axis=0)


@Entropy.mistake(
    "answer",
    what="Each column is taken for a distribution over the points: scipy's entropy without axis=1.",
    why="Its axis is 0 unless told otherwise, and it divides by the column's sum without a word.",
    read="H_n = - sum_k r_nk log r_nk: k is summed, n stays.",
    see="5 points and 3 components give 5 numbers; entropy(R, axis=1) does.",
)
def columns_as_distributions(plan, R):
    share = np.asarray(R, dtype=float) / np.sum(R, axis=0)
    return -np.sum(Entropy.product(plan, share, np.log(share)), axis=0)


@Entropy.mistake(
    "over_k",
    what="A row with a single 0 gets the entropy 0: its nan was replaced after the sum, not "
    "before.",
    why="Only the term 0 log 0 is 0; the other terms of the row still count.",
    read="H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.",
    see="the row 0, 0.3, 0.7 has the entropy 0.61.",
)
def nothing_for_a_row_with_nan(plan, terms):
    return np.where((terms == 0).any(axis=1), 0, np.sum(terms, axis=1))


@Entropy.mistake(
    "over_k",
    what="The sum is not set back to 0 for each point: it holds the entropies of those before.",
    why="total = 0 belongs inside the loop over the points, before that over the components.",
    read="H_n = - sum_k r_nk log r_nk: one sum for each n.",
    see="two rows 0.5, 0.5 have 0.69 each, not 0.69 and 1.39.",
)
def sum_not_set_back(plan, terms):
    return np.cumsum(np.sum(terms, axis=1))


@Entropy.mistake(
    "over_k",
    what="The answer is log K - H: the divergence from equal shares, which is 0 where H is "
    "largest.",
    why="scipy.stats.entropy gives that when it gets a second distribution.",
    read="H_n = - sum_k r_nk log r_nk, and nothing around it.",
    see="the row 0.5, 0.5 has the entropy 0.69, and the divergence 0.",
)
def divergence_from_equal_shares(plan, terms):
    return -np.log(terms.shape[1]) - np.sum(terms, axis=1)


@Entropy.mistake(
    "product",
    what="Small responsibilities are left out, as if they were 0.",
    why="r log r falls slowly: at 0.001 it is still 0.007. Only for 0 itself the term is 0.",
    read="H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.",
    see="the row 0.999, 0.001 has the entropy 0.0079, not 0.0010.",
    variants=(1e-3, 1e-2, 1e-4, 1e-1),
)
def small_responsibilities_left_out(plan, R, logs, least):
    return np.where(least < R, R * np.where(least < R, logs, 0), 0)


@Entropy.mistake(
    "product",
    what="Small responsibilities are raised to a floor, against log 0: the answer is slightly "
    "wrong.",
    why="Even a sure row then is unsure. xlogy(r, r) gives 0 log 0 = 0 without any trick.",
    read="H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.",
    see="the row 1, 0 has the entropy 0; with a floor of 0.001 it is 0.007.",
    variants=(1e-3, 1e-2, 1e-4, 1e-6),
)
def small_responsibilities_raised(plan, R, logs, floor):
    raised = np.maximum(R, floor)
    return raised * np.log(raised)


@Entropy.mistake(
    "product",
    what="Only one component is asked, as a yes or no: r log r + (1 - r) log(1 - r), right for K "
    "= 2.",
    read="H_n = - sum_k r_nk log r_nk: all K of them.",
    see="the row 1/3, 1/3, 1/3 has log 3 = 1.10; one against the rest has 0.64.",
    variants=(0, -1),
)
def entropy_of_a_yes_or_no(plan, R, logs, k):
    pair = np.stack([R[:, k], 1 - R[:, k]], axis=1)
    return Entropy.product(plan, pair, np.log(pair))


@Entropy.mistake(
    "over_k",
    what="One number is returned for the whole data set: np.sum without an axis.",
    read="H_n = - sum_k r_nk log r_nk: one H for each point n; write axis=1.",
    see="5 points give 5 numbers.",
)
def one_entropy_for_all(plan, terms):
    return np.sum(terms)


@Entropy.mistake(
    "over_k",
    what="The sum over the components is missing: the answer is a table (N, K).",
    read="H_n = - sum_k r_nk log r_nk: one number for each point.",
    see="the row 0.5, 0.5 has the one entropy 0.69, not 0.35 twice.",
)
def not_summed_over_components(plan, terms):
    return terms


@Entropy.mistake(
    "over_k",
    what="The mean over the components is taken, not the sum: the answer is K times too small.",
    why="The weights of this average are the r_nk, which sum to 1 already.",
    read="H_n = - sum_k r_nk log r_nk.",
    see="the row 0.5, 0.5 has the entropy 0.69, not 0.35.",
)
def mean_over_k(plan, terms):
    return np.mean(terms, axis=1)


@Entropy.mistake(
    "over_k",
    what="The entropy is divided by log K, so that it runs from 0 to 1; plain nats are asked for.",
    read="the Returns line of the exercise: from 0 to log K.",
    see="the row 1/3, 1/3, 1/3 has the entropy log 3 = 1.10.",
)
def divided_by_log_k(plan, terms):
    return np.sum(terms, axis=1) / np.log(terms.shape[1])


@Entropy.mistake(
    "hand_back",
    what="exp is taken of the entropy: that is a number of components, not nats.",
    read="H_n = - sum_k r_nk log r_nk, and nothing around it.",
    see="a sure row has the entropy 0, and exp(0) = 1.",
)
def perplexity(plan, H):
    return np.exp(H)


@Entropy.mistake(
    "product",
    what="The answer is 1 - sum_k r^2, another measure of being unsure, without a logarithm.",
    read="H_n = - sum_k r_nk log r_nk.",
    see="the row 0.5, 0.5 has the entropy 0.69; 1 - 0.25 - 0.25 is 0.5.",
)
def gini_for_entropy(plan, R, logs):
    return R**2 - R


@Entropy.mistake(
    "product",
    what="Only the largest responsibility of a row enters: -log max r, or -max r log max r.",
    read="H_n = - sum_k r_nk log r_nk: all K of them.",
    see="the rows 0.6, 0.4, 0 and 0.6, 0.2, 0.2 have entropies 0.67 and 0.95.",
    variants=(False, True),
)
def log_of_the_largest(plan, R, logs, weighted):
    top = R.max(axis=1, keepdims=True) == R
    return np.where(top, R * logs if weighted else logs, 0)


@Entropy.mistake(
    "product",
    what="r log r + (1 - r) log(1 - r) is summed: each component as a yes or no of its own.",
    why="The label is one choice among K, so each component enters once.",
    read="H_n = - sum_k r_nk log r_nk.",
    see="the row 0.5, 0.5 has the entropy 0.69, not 1.39.",
)
def both_sides_of_each(plan, R, logs):
    other = np.where(R < 1, (1 - R) * np.log(np.where(R < 1, 1 - R, 1)), 0)
    return Entropy.product(plan, R, logs) + other
