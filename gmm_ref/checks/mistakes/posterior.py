"""Mistakes in 7.4.3: Bayes' theorem, the label read off it, and how sure it is."""

import numpy as np

from gmm_ref.checks.mistakes.common import (
    DECIMALS,
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

    # What is one factor for all components cancels in the quotient.
    harmless = frozenset(
        {
            "forgot_two_pi",
            "two_pi_to_the_wrong_power",
            "equal_weights",
            "sign_for_log_determinant",
            "softmax_of_the_log_weights",  # `weights_without_logarithm` says it
            "first_weight_for_all",
            "tiny_number_added_to_the_weights",
            "underflow",
            "tiny_number_before_the_logarithm",
        }
    )

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


@Responsibilities.mistake("normalise")
def normalised_over_points(plan, joint):
    """The joints are normalised over the points, axis 0, instead of over the components, axis 1.

    Then each column sums to 1: the points share out a component, which is no posterior.
    Read again: 7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)": j, not n.
    See it: joints 0.03 and 0.01 of one point must give 0.75 and 0.25, which sum to 1.
    """
    return softmax(joint, axis=0)


@Responsibilities.mistake("normalise")
def normalised_over_everything(plan, joint):
    """The joints are divided by the sum over points and components together.

    np.sum without an axis adds up everything; each point needs the sum of its own row.
    Read again: 7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)" carries x_n.
    See it: joints 0.03 and 0.01 of one point must give 0.75 and 0.25, which sum to 1.
    """
    e = np.exp(joint - joint.max())
    return e / e.sum()


@Responsibilities.mistake("normalise")
def not_normalised(plan, joint):
    """The numerator is returned as it is: the division by the sum over components is missing.

    Read again: 7.4.3: the fraction has a denominator, p(x_n), that makes each row sum to 1.
    See it: joints 0.03 and 0.01 must give 0.75 and 0.25.
    """
    return np.exp(joint)


@Responsibilities.mistake("normalise")
def exp_forgotten(plan, joint):
    """The answer is the logarithm of the responsibilities: the exp at the end is missing.

    Read again: 7.4.3, "p(z_k = 1 | x_n) = r_nk": a probability, from 0 to 1.
    See it: log responsibilities -0.29 and -1.39 are the probabilities 0.75 and 0.25.
    """
    return joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)


@Responsibilities.mistake("normalise")
def logarithms_normalised(plan, joint):
    """The logarithms are divided by their sum; exp must come before the division.

    Rows do sum to 1, but the least probable component gets the most.
    Read again: 7.4.3: numerator and denominator are densities, not their logarithms.
    See it: densities 0.3 and 0.1 give 0.75 and 0.25; their logs -1.20 and -2.30 give 0.34, 0.66.
    """
    return joint / joint.sum(axis=1, keepdims=True)


@Responsibilities.mistake("normalise")
def keepdims_forgotten(plan, joint):
    """The sum over the components has lost its axis: (N, K) and (N,) do not go together.

    keepdims=True keeps the sum as a column (N, 1), which goes with every column of the table.
    Read again: 7.4.3: the denominator is one number for each point n.
    See it: shapes (5, 3) / (5, 1) go together, (5, 3) / (5,) do not.
    """
    e = np.exp(joint)
    return e / np.sum(e, axis=1)


@Responsibilities.mistake("normalise")
def hard_for_soft(plan, joint):
    """The most probable component gets 1 and the others 0: a label, not a probability.

    A responsibility says how sure the label is; rounding it throws that away.
    Read again: 7.4.3, "p(z_k = 1 | x_n)": a number between 0 and 1.
    See it: joints 0.03 and 0.02 give 0.6 and 0.4, not 1 and 0.
    """
    return np.eye(joint.shape[1])[joint.argmax(axis=1)]


@Responsibilities.mistake("normalise")
def divided_by_the_largest(plan, joint):
    """Each row is divided by its largest entry, not by its sum.

    Taking the maximum out guards against underflow, but the sum must still divide.
    Read again: 7.4.3, the denominator "sum_(j=1)^K pi_j N(x_n | mu_j, Sigma_j)".
    See it: joints 0.03 and 0.01 give 0.75 and 0.25; divided by the largest, 1 and 0.33.
    """
    return np.exp(joint - joint.max(axis=1, keepdims=True))


@Responsibilities.mistake("normalise")
def underflow_in_the_quotient(plan, joint):
    """Numerator and denominator are computed as densities: far from all components it is 0 / 0.

    exp(-800) is smaller than the smallest float. Stay in logarithms: subtract the logsumexp of
    each row, and take exp last.
    Read again: 7.4.3, the fraction: what is common to numerator and denominator cancels.
    See it: log joints -800 and -801 give 0.73 and 0.27, but np.exp(-800) / np.exp(-800) is nan.
    """
    e = np.exp(joint)
    return e / e.sum(axis=1, keepdims=True)


@Responsibilities.mistake("normalise", variants=TINY)
def tiny_number_in_the_denominator(plan, joint, tiny):
    """A tiny number is added to the denominator against 0 / 0, or nan is replaced by 0.

    Far points then get rows of 0, which sum to 0 and not to 1. Stay in logarithms: subtract the
    logsumexp of each row, and take exp last.
    Read again: 7.4.3, the fraction: what is common to numerator and denominator cancels.
    See it: log joints -800 and -801 must still give 0.73 and 0.27.
    """
    e = np.exp(joint)
    return e / (e.sum(axis=1, keepdims=True) + tiny)


@Responsibilities.mistake("normalise", variants=TINY)
def equal_shares_far_away(plan, joint, tiny):
    """Where all densities underflow every component gets 1/K: a tiny number added to each of them.

    That hides the error: a far point mostly belongs to one component, the widest in its direction.
    Stay in logarithms: subtract the logsumexp of each row, and take exp last.
    Read again: 7.4.3, the fraction: what is common to numerator and denominator cancels.
    See it: log joints -800 and -805 must still give 0.993 and 0.007, not 0.5 and 0.5.
    """
    e = np.exp(joint) + tiny
    return e / e.sum(axis=1, keepdims=True)


@Responsibilities.mistake("normalise")
def one_maximum_for_the_quotient(plan, joint):
    """One maximum is taken off for the whole table: points far below it still underflow to 0 / 0.

    Each point needs the maximum of its own row, axis=1.
    Read again: 7.4.3: numerator and denominator both carry x_n.
    See it: rows near -1 and near -900: exp(-900 - -1) is 0, but exp(-900 - -900) is 1.
    """
    e = np.exp(joint - joint.max())
    return e / e.sum(axis=1, keepdims=True)


@Responsibilities.mistake("normalise")
def softmax_twice(plan, joint):
    """The responsibilities are normalised once more, as if they were logarithms: softmax twice.

    Rows still sum to 1, but all are pulled towards 1/K.
    Read again: 7.4.3: one fraction makes r_nk.
    See it: the softmax of 0.75 and 0.25 is 0.62 and 0.38.
    """
    return softmax(softmax(joint))


@Responsibilities.mistake("normalise")
def odds_for_probabilities(plan, joint):
    """Each joint is divided by the sum of the others: those are odds, not probabilities.

    Read again: 7.4.3: the sum over j in the denominator runs over all K, k among them.
    See it: joints 0.03 and 0.01: r = 0.75 and 0.25; the odds are 3 and 0.33.
    """
    R = softmax(joint)
    return R / (1 - R)


@Responsibilities.mistake("normalise")
def denominator_not_set_back(plan, joint):
    """The denominator grows from point to point: its sum is not set back to 0 for each.

    total = 0 belongs inside the loop over the points, before that over the components.
    Read again: 7.4.3: the denominator is one sum over j for each point n.
    See it: two points with joints 0.03 and 0.01: both rows are 0.75, 0.25, not 0.375, 0.125.
    """
    e = np.exp(joint - joint.max(axis=1, keepdims=True))
    return e / np.cumsum(e.sum(axis=1))[:, None]


@Responsibilities.mistake("normalise")
def maximum_of_each_component(plan, joint):
    """The maximum that is taken off is that of each column, over the points, not of each row.

    What is taken off must be the same for all components of a point, else it does not cancel.
    Read again: 7.4.3, the fraction: only what carries n, and not k, cancels.
    See it: the row -1, -2 less its own maximum is 0, -1; less 0 and -2 it is -1, 0: turned round.
    """
    e = np.exp(joint - joint.max(axis=0))
    return e / e.sum(axis=1, keepdims=True)


Responsibilities.mistake("hand_back", variants=DECIMALS)(rounded)
Responsibilities.mistake("answer")(whole_numbers_like_the_data)


@Responsibilities.mistake("posterior")
def weights_updated_on_the_way(plan, log_weights, log_densities):
    """The weights are updated first, as the M-step of 7.4.5 does, and the new ones are used.

    Read again: 7.4.3: the pi_k that are passed, in numerator and denominator.
    See it: equal densities and weights 0.9 and 0.1 give r = 0.9 and 0.1, whatever other points do.
    """
    new = softmax(log_weights + log_densities).mean(axis=0)
    return plan.normalise(np.log(new) + log_densities)


@Responsibilities.mistake("posterior")
def weights_missing_below(plan, log_weights, log_densities):
    """The weights stand in the numerator, but not in the denominator.

    It is the same to normalise the densities and multiply by the weights afterwards.
    Rows then no longer sum to 1.
    Read again: 7.4.3, the denominator "sum_j pi_j N(x_n | mu_j, Sigma_j)": with pi_j.
    See it: equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 0.45 and 0.05.
    """
    return np.exp(log_weights) * softmax(log_densities)


@Responsibilities.mistake("posterior")
def weights_missing_above(plan, log_weights, log_densities):
    """The weights stand in the denominator, but not in the numerator.

    Read again: 7.4.3, the numerator "pi_k N(x_n | mu_k, Sigma_k)": with pi_k.
    See it: equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 1 and 1.
    """
    total = np.logaddexp.reduce(log_weights + log_densities, axis=1, keepdims=True)
    return np.exp(log_densities - total)


@Responsibilities.mistake("posterior")
def prior_for_posterior(plan, log_weights, log_densities):
    """Every point gets the weights as its row: that is the prior, before x_n was seen.

    The point itself says which component is likely; Bayes' theorem puts that in.
    Read again: 7.4.3, "p(z_k = 1 | x_n)": given x_n.
    See it: densities 0.4 and 0.1, weights 0.5 and 0.5: r = 0.8 and 0.2, not the weights.
    """
    return np.ones((len(log_densities), 1)) * np.exp(log_weights)


@Responsibilities.mistake("take")
def changed_its_input(plan, X, weights, means, covariances):
    """The data or the parameters are changed in place: the caller still needs them.

    X -= mean writes into the caller's array, so that the next component is centred twice.
    Read again: the Rules line of the exercise: inputs stay unchanged.
    See it: X = [5], X -= 5 leaves X = [0] for whoever reads X next.
    """
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


@MostProbable.mistake("choose")
def largest_over_points(plan, R):
    """The largest entry is looked for along the points, axis 0, not along the components, axis 1.

    That gives the surest point of each component, one number a component.
    Read again: 7.4.3, "r_nk": k is the second index, and the answer has one entry for each n.
    See it: a table of 5 points and 3 components gives 5 labels.
    """
    return np.argmax(R, axis=0)


@MostProbable.mistake("choose")
def largest_of_everything(plan, R):
    """One position in the whole table is returned: argmax without an axis.

    Read again: 7.4.3, "r_nk": the answer has one label for each point n; write axis=1.
    See it: np.argmax([[0.2, 0.8], [0.9, 0.1]]) is 2, but the labels are 1 and 0.
    """
    return np.argmax(R)


@MostProbable.mistake("choose")
def least_probable(plan, R):
    """The component with the smallest responsibility is chosen.

    argsort sorts upwards: its first column is the least probable one, its last the most.
    Read again: 7.4.3, "p(z_k = 1 | x_n)": the label with the highest posterior probability.
    See it: the row 0.7, 0.2, 0.1 has the label 0, not 2.
    """
    return np.argmin(R, axis=1)


@MostProbable.mistake("choose")
def largest_value_for_its_place(plan, R):
    """The largest responsibility is returned, not the component that has it: max for argmax.

    Read again: the Returns line of the exercise: integers from 0 to K-1.
    See it: the row 0.2, 0.7, 0.1 has the label 1; 0.7 is how sure that is.
    """
    return np.max(R, axis=1)


@MostProbable.mistake("hand_back")
def counted_from_one(plan, z):
    """The labels run from 1 to K: Python counts the components from 0.

    means[z] would then look one component too far, and past the end for the last.
    Read again: "Components are counted from 0 in code" at the head of the assignment.
    See it: the row 0.7, 0.2, 0.1 has the label 0.
    """
    return z + 1


@MostProbable.mistake("hand_back")
def floats_for_labels(plan, z):
    """The labels are floats: an index must be an integer.

    np.zeros makes floats; np.zeros(N, dtype=int) or argmax itself gives integers.
    Read again: the Returns line of the exercise: integers from 0 to K-1.
    See it: means[1.0] is an IndexError, means[1] is component 1.
    """
    return z.astype(float)


@MostProbable.mistake("choose")
def one_hot_for_labels(plan, R):
    """The answer is a table of zeros and ones: the labels one-hot, not the labels.

    Read again: the Returns line of the exercise: (N,), one integer a point.
    See it: the row 0.2, 0.7, 0.1 gives 1, not 0, 1, 0.
    """
    return np.eye(R.shape[1], dtype=int)[np.argmax(R, axis=1)]


@MostProbable.mistake(
    "choose",
    variants=(
        lambda first, second: second > 0.5,
        lambda first, second: second > first,
        lambda first, second: first < 0.5,
    ),
)
def rule_for_two_components(plan, R, second_is_it):
    """Only components 0 and 1 are looked at: that is a rule for K = 2.

    With three components the largest may stay below a half, or be another one.
    Read again: 7.4.3, "r_nk" for k = 1 ... K: compare all K of them.
    See it: the row 0.1, 0.2, 0.7 has the label 2.
    """
    return second_is_it(R[:, 0], R[:, min(1, R.shape[1] - 1)]).astype(int)


@MostProbable.mistake("choose", variants=((0, -1), (1, None)))
def one_component_not_looked_at(plan, R, first_and_last):
    """The last component, or the first, is never compared with the others.

    range(K - 1) stops before the last, range(1, K) begins after the first.
    Read again: 7.4.3, "r_nk" for k = 1 ... K: compare all K of them.
    See it: list(range(3 - 1)) is [0, 1]: the row 0.1, 0.2, 0.7 would have the label 1, not 2.
    """
    first, last = first_and_last
    seen = R[:, first:last]
    return first + np.argmax(seen, axis=1) if seen.size else np.zeros(len(R), dtype=int)


@MostProbable.mistake("choose")
def best_not_set_back(plan, R):
    """The best value so far is not set back for each point: later points must beat earlier ones.

    best = -1 belongs inside the loop over the points, before that over the components.
    Read again: 7.4.3, "r_nk" for k = 1 ... K: compare those of one n with each other.
    See it: the rows 0.9, 0.1 and 0.2, 0.8 have the labels 0 and 1; 0.8 does not beat 0.9.
    """
    highest = np.maximum.accumulate(np.append(0, R.max(axis=1)[:-1]))
    return np.where(R.max(axis=1) > highest, R.argmax(axis=1), 0)


@MostProbable.mistake("choose")
def points_without_a_half_dropped(plan, R):
    """Points of which no component has more than a half are left out: the answer is too short.

    The highest responsibility need not pass a half, it must only be the highest.
    Read again: the Returns line of the exercise: (N,), one label for every point.
    See it: the rows 0.9, 0.1, 0 and 0.4, 0.35, 0.25 have the labels 0 and 0; np.where finds one.
    """
    return np.where(R > 0.5)[1]


@MostProbable.mistake(
    "choose",
    variants=(
        lambda R: np.round(R, 1),
        lambda R: np.floor(10 * R),
        lambda R: np.round(R, 2),
    ),
)
def rounded_before_compared(plan, R, coarse):
    """The responsibilities are rounded or cut off before they are compared: near ones become ties.

    Of equal ones the first wins, which need not be the largest.
    Read again: 7.4.3, "r_nk" for k = 1 ... K: compare them as they are.
    See it: 0.32, 0.34, 0.34 and 0.3, 0.3, 0.3: the first row has its largest at 1 or 2, not at 0.
    """
    return np.argmax(coarse(R), axis=1)


MostProbable.mistake("hand_back")(squeezed)


@MostProbable.mistake("choose")
def more_than_a_half(plan, R):
    """A component is chosen only where it has more than a half; all other points get label 0.

    The highest responsibility need not pass a half, it must only be the highest.
    Read again: 7.4.3, "r_nk" for k = 1 ... K: compare them with each other.
    See it: the row 0.2, 0.45, 0.35 has the label 1, though no entry is above 0.5.
    """
    return np.argmax(R > 0.5, axis=1)


@MostProbable.mistake("choose")
def average_label(plan, R):
    """The label numbers are averaged with the responsibilities and rounded.

    Labels are names, not amounts: half 0 and half 2 does not make 1.
    Read again: 7.4.3, "p(z_k = 1 | x_n)": the label with the highest posterior probability.
    See it: the row 0.6, 0, 0.4 has the label 0; the average 0.8 rounds to 1.
    """
    return np.round(R @ np.arange(R.shape[1])).astype(int)


@MostProbable.mistake("choose")
def same_label_for_all(plan, R):
    """All points get one label, the component that is the most probable on the whole.

    Read again: 7.4.4, "Each data point x_n has its own latent variable z_n".
    See it: the rows 0.9, 0.1 and 0.2, 0.8 have the labels 0 and 1.
    """
    return np.full(len(R), R.sum(axis=0).argmax())


@MostProbable.mistake("choose")
def second_most_probable(plan, R):
    """The second highest responsibility is chosen.

    argsort sorts upwards: the last column, [:, -1], is the most probable one.
    Read again: 7.4.3, "p(z_k = 1 | x_n)": the label with the highest posterior probability.
    See it: np.argsort([0.2, 0.7, 0.1]) is 2, 0, 1: the largest stands last.
    """
    return np.argsort(R, axis=1, kind="stable")[:, -min(2, R.shape[1])]


@MostProbable.mistake("choose")
def whole_order_returned(plan, R):
    """The answer ranks all components for each point; only the best of them is asked for.

    Read again: the Returns line of the exercise: (N,), one integer a point.
    See it: the row 0.2, 0.7, 0.1 gives 1, not 2, 0, 1.
    """
    return np.argsort(R, axis=1)


@MostProbable.mistake("choose")
def weighted_by_popularity(plan, R):
    """The responsibilities are weighed once more before the largest is looked for.

    The prior is inside r_nk already; weighing again favours the common components.
    Read again: 7.4.3: pi_k stands in the numerator of r_nk.
    See it: the row 0.6, 0.4 has the label 0, even if component 1 is the more common one.
    """
    return np.argmax(R * R.sum(axis=0), axis=1)


@MostProbable.mistake("hand_back")
def labels_as_a_column(plan, z):
    """The labels are a column (N, 1), where (N,) is asked for: one integer a point.

    A column compared with N labels makes an (N, N) table without any error.
    Read again: the Returns line of the exercise; leave keepdims out at the last step.
    See it: np.ones((3, 1)) == np.ones(3) has shape (3, 3), not (3,).
    """
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


@Entropy.mistake("sign")
def forgot_the_minus(plan):
    """The minus sign is missing: the answer is negative, an entropy never is.

    Logarithms of probabilities are negative, and the minus turns their average round.
    Read again: H_n = - sum_k r_nk log r_nk, with the minus in front.
    See it: the row 0.5, 0.5 has the entropy +0.69.
    """
    return 1


@Entropy.mistake("logarithm", variants=(2, 10))
def entropy_in_bits(plan, R, base):
    """The logarithm is to base 2 or 10: that is an entropy in bits or digits, not in nats.

    Read again: "Logarithms are natural" at the head of the assignment.
    See it: the row 0.5, 0.5 has 0.69 nats, which are 1 bit.
    """
    return np.log(R) / np.log(base)


@Entropy.mistake("logarithm", variants=(1e-6, 1e-8, 1e-5, 1e-4, 1e-3, 1e-2))
def tiny_number_in_the_logarithm(plan, R, tiny):
    """A tiny number is added inside the logarithm, against log 0: the answer is slightly wrong.

    For a sure row it even becomes negative. xlogy(r, r) gives 0 log 0 = 0 without any trick.
    Read again: H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.
    See it: the row 1, 0 has the entropy 0; with 1e-10 added it is -1e-10.
    """
    return np.log(R + tiny)


@Entropy.mistake("product")
def zero_times_log_zero(plan, R, logs):
    """0 log 0 comes out as nan: 0 times -inf is not a number for the computer.

    The limit of r log r at 0 is 0. xlogy(r, r) knows that, and np.where can say it.
    Read again: H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.
    See it: the row 1, 0 has the entropy 0, but 0 * np.log(0) is nan.
    """
    return R * logs


@Entropy.mistake("product")
def logarithms_not_weighted(plan, R, logs):
    """The logarithms are added up without the factor r_nk before them.

    An entropy is the average of -log r, each weighed with its own probability.
    Read again: H_n = - sum_k r_nk log r_nk: r stands twice.
    See it: the row 0.9, 0.1 has 0.33; without the factor it would be 2.41.
    """
    return logs


@Entropy.mistake("over_k")
def entropy_over_points(plan, terms):
    """The sum runs over the points, axis 0, instead of the components, axis 1.

    The answer has one number a component, but it must have one a point.
    Read again: H_n = - sum_k r_nk log r_nk: k is summed, n stays.
    See it: 5 points and 3 components give 5 numbers.
    """
    return np.sum(terms, axis=0)


@Entropy.mistake("answer")
def columns_as_distributions(plan, R):
    """Each column is taken for a distribution over the points: scipy's entropy without axis=1.

    Its axis is 0 unless told otherwise, and it divides by the column's sum without a word.
    Read again: H_n = - sum_k r_nk log r_nk: k is summed, n stays.
    See it: 5 points and 3 components give 5 numbers; entropy(R, axis=1) does.
    """
    share = np.asarray(R, dtype=float) / np.sum(R, axis=0)
    return -np.sum(Entropy.product(plan, share, np.log(share)), axis=0)


@Entropy.mistake("over_k")
def nothing_for_a_row_with_nan(plan, terms):
    """A row with a single 0 gets the entropy 0: its nan was replaced after the sum, not before.

    Only the term 0 log 0 is 0; the other terms of the row still count.
    Read again: H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.
    See it: the row 0, 0.3, 0.7 has the entropy 0.61.
    """
    return np.where((terms == 0).any(axis=1), 0, np.sum(terms, axis=1))


@Entropy.mistake("over_k")
def sum_not_set_back(plan, terms):
    """The sum is not set back to 0 for each point: it holds the entropies of those before.

    total = 0 belongs inside the loop over the points, before that over the components.
    Read again: H_n = - sum_k r_nk log r_nk: one sum for each n.
    See it: two rows 0.5, 0.5 have 0.69 each, not 0.69 and 1.39.
    """
    return np.cumsum(np.sum(terms, axis=1))


@Entropy.mistake("over_k")
def divergence_from_equal_shares(plan, terms):
    """The answer is log K - H: the divergence from equal shares, which is 0 where H is largest.

    scipy.stats.entropy gives that when it gets a second distribution.
    Read again: H_n = - sum_k r_nk log r_nk, and nothing around it.
    See it: the row 0.5, 0.5 has the entropy 0.69, and the divergence 0.
    """
    return -np.log(terms.shape[1]) - np.sum(terms, axis=1)


@Entropy.mistake("product", variants=(1e-3, 1e-2, 1e-4, 1e-1))
def small_responsibilities_left_out(plan, R, logs, least):
    """Small responsibilities are left out, as if they were 0.

    r log r falls slowly: at 0.001 it is still 0.007. Only for 0 itself the term is 0.
    Read again: H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.
    See it: the row 0.999, 0.001 has the entropy 0.0079, not 0.0010.
    """
    return np.where(least < R, R * np.where(least < R, logs, 0), 0)


@Entropy.mistake("product", variants=(1e-3, 1e-2, 1e-4, 1e-6))
def small_responsibilities_raised(plan, R, logs, floor):
    """Small responsibilities are raised to a floor, against log 0: the answer is slightly wrong.

    Even a sure row then is unsure. xlogy(r, r) gives 0 log 0 = 0 without any trick.
    Read again: H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0.
    See it: the row 1, 0 has the entropy 0; with a floor of 0.001 it is 0.007.
    """
    raised = np.maximum(R, floor)
    return raised * np.log(raised)


@Entropy.mistake("product", variants=(0, -1))
def entropy_of_a_yes_or_no(plan, R, logs, k):
    """Only one component is asked, as a yes or no: r log r + (1 - r) log(1 - r), right for K = 2.

    Read again: H_n = - sum_k r_nk log r_nk: all K of them.
    See it: the row 1/3, 1/3, 1/3 has log 3 = 1.10; one against the rest has 0.64.
    """
    pair = np.stack([R[:, k], 1 - R[:, k]], axis=1)
    return Entropy.product(plan, pair, np.log(pair))


@Entropy.mistake("over_k")
def one_entropy_for_all(plan, terms):
    """One number is returned for the whole data set: np.sum without an axis.

    Read again: H_n = - sum_k r_nk log r_nk: one H for each point n; write axis=1.
    See it: 5 points give 5 numbers.
    """
    return np.sum(terms)


@Entropy.mistake("over_k")
def not_summed_over_components(plan, terms):
    """The sum over the components is missing: the answer is a table (N, K).

    Read again: H_n = - sum_k r_nk log r_nk: one number for each point.
    See it: the row 0.5, 0.5 has the one entropy 0.69, not 0.35 twice.
    """
    return terms


@Entropy.mistake("over_k")
def mean_over_k(plan, terms):
    """The mean over the components is taken, not the sum: the answer is K times too small.

    The weights of this average are the r_nk, which sum to 1 already.
    Read again: H_n = - sum_k r_nk log r_nk.
    See it: the row 0.5, 0.5 has the entropy 0.69, not 0.35.
    """
    return np.mean(terms, axis=1)


@Entropy.mistake("over_k")
def divided_by_log_k(plan, terms):
    """The entropy is divided by log K, so that it runs from 0 to 1; plain nats are asked for.

    Read again: the Returns line of the exercise: from 0 to log K.
    See it: the row 1/3, 1/3, 1/3 has the entropy log 3 = 1.10.
    """
    return np.sum(terms, axis=1) / np.log(terms.shape[1])


@Entropy.mistake("hand_back")
def perplexity(plan, H):
    """exp is taken of the entropy: that is a number of components, not nats.

    Read again: H_n = - sum_k r_nk log r_nk, and nothing around it.
    See it: a sure row has the entropy 0, and exp(0) = 1.
    """
    return np.exp(H)


@Entropy.mistake("product")
def gini_for_entropy(plan, R, logs):
    """The answer is 1 - sum_k r^2, another measure of being unsure, without a logarithm.

    Read again: H_n = - sum_k r_nk log r_nk.
    See it: the row 0.5, 0.5 has the entropy 0.69; 1 - 0.25 - 0.25 is 0.5.
    """
    return R**2 - R


@Entropy.mistake("product", variants=(False, True))
def log_of_the_largest(plan, R, logs, weighted):
    """Only the largest responsibility of a row enters: -log max r, or -max r log max r.

    Read again: H_n = - sum_k r_nk log r_nk: all K of them.
    See it: the rows 0.6, 0.4, 0 and 0.6, 0.2, 0.2 have entropies 0.67 and 0.95.
    """
    top = R.max(axis=1, keepdims=True) == R
    return np.where(top, R * logs if weighted else logs, 0)


@Entropy.mistake("product")
def both_sides_of_each(plan, R, logs):
    """r log r + (1 - r) log(1 - r) is summed: each component as a yes or no of its own.

    The label is one choice among K, so each component enters once.
    Read again: H_n = - sum_k r_nk log r_nk.
    See it: the row 0.5, 0.5 has the entropy 0.69, not 1.39.
    """
    other = np.where(R < 1, (1 - R) * np.log(np.where(R < 1, 1 - R, 1)), 0)
    return Entropy.product(plan, R, logs) + other
