"""Mistakes in the two steps of 7.4.5: Q, and the theta that maximises it."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes import density, posterior
from gmm_ref.checks.mistakes.common import Numbers, Weighed
from gmm_ref.checks.mistakes.full_dataset import Complete, apart, prior_not_counted_once
from gmm_ref.checks.mistakes.joint import equal_weights
from gmm_ref.checks.mistakes.likelihood import averaged
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import Plan, as_floats

EXPECTATION = '7.4.5, "Q = E_(z | x)[log p(x, z | theta)]": the log inside, and nothing besides.'
BRACKET = "7.4.5, sum_n sum_k r_nk [log pi_k + log N(x_n | mu_k, Sigma_k)]: r_nk before both, once."
TWO_THETAS = '7.4.5, "Q(theta | theta^(t))": R is of theta^(t), pi of the theta that is passed.'
COUNTS = "the formula of the M-step: pi_k = N_k / N, with N_k = sum_n r_nk as it is."
MEANS = "the formula of the M-step: mu_k = sum_n r_nk x_n / N_k."
COVARIANCES = "the formula of the M-step: Sigma_k = sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T / N_k."
MAXIMUM = '"Covariances divide by N_k" and 7.4.5, "maximize this expectation".'
PARTS = "the Returns line of the exercise: (weights, means, covariances), and the shape of each."


class ExpectedCompleteLogLikelihood(Complete):
    """The exercise `expected_complete_log_likelihood`."""


posterior.HARD_FOR_SOFT.at(ExpectedCompleteLogLikelihood, "weigh", read=BRACKET, on=On.ARGUMENT)
operators.WITHOUT_LOGARITHM.at(ExpectedCompleteLogLikelihood, "joint", "joints", read=EXPECTATION)
operators.SQUARED.at(ExpectedCompleteLogLikelihood, "product", "responsibilities", read=BRACKET)
operators.AXIS_SWAPPED.at(
    ExpectedCompleteLogLikelihood,
    "weigh",
    read="7.4.3: r_nk sums to 1 over the components k, and does so already.",
    on=On.ARGUMENT,
    apply=lambda R: R / R.sum(axis=0),
    what="R is divided by its sums over the points first; it is used as it comes.",
    see="two points and one component: r = 1 for both, not 1/2.",
)
_weigh = partial(ExpectedCompleteLogLikelihood.mistake, "weigh", read=EXPECTATION)
_terms = partial(ExpectedCompleteLogLikelihood.mistake, "terms", read=BRACKET)


@_weigh(
    what="The joints are averaged first and the logarithm is taken last: log sum_k r p.",
    why="Q is the expectation of a logarithm; the logarithm of an expectation is higher.",
    see="r = 0.5, 0.5, joints 0.4 and 0.1: Q = -1.61, but log 0.25 = -1.39.",
)
def log_of_the_expected_joint(plan, R, joint):
    return np.logaddexp.reduce(np.log(R) + joint, axis=1)


@_weigh(
    what="R does not weigh the log joints: they are added up, summed out, or weighed by their own.",
    why="R belongs to the old theta^(t), and Q is a function of the new theta with R held fast.",
    read=TWO_THETAS,
    see="r = 0.6, 0.4, joints 0.3 and 0.1: 0.6 log 0.3 + 0.4 log 0.1 = -1.64.",
    variants=(
        lambda joint: np.sum(joint, axis=1),
        lambda joint: np.logaddexp.reduce(joint, axis=1),
        averaged,
    ),
)
def responsibilities_ignored(plan, R, joint, instead):
    return instead(joint)


@_weigh(
    what="The entropy of R is added, or taken off.",
    why="Q plus the entropy is the lower bound; the entropy does not depend on the new theta.",
    see="r = 0.5, 0.5, logs -1 and -2: Q = -1.5, the bound is -1.5 + 0.69.",
    variants=(-1, 1),
)
def entropy_in_q(plan, R, joint, sign):
    inner = Weighed.product(plan, R, np.log(R))
    return Weighed.weigh(plan, R, joint) + sign * inner.sum(axis=1)


@_terms(
    what="Each point is paired with the responsibilities of all points: R @ logs.T.",
    see="with N = 5, (R * logs).sum() has 5 rows of terms; R @ logs.T is a 5 by 5 table.",
    variants=(False, True),
)
def every_point_with_every_label(plan, X, R, weights, means, covariances, densities_alone):
    R, prior, inner = apart(plan, X, R, weights, means, covariances)
    every = np.broadcast_to(R.sum(axis=0), R.shape)
    return plan.weigh(R if densities_alone else every, prior) + plan.weigh(every, inner)


ExpectedCompleteLogLikelihood.suffers(
    "terms",
    prior_not_counted_once.again(
        what="log pi_k does not count once with its r_nk: it is added as it is, or met twice.",
        why="A point adds log pi_k of every component, each in the share r_nk.",
        read=BRACKET,
        see="r = 0.9, 0.1 and weights 0.5, 0.5: a point adds log 0.5 = -0.69 in all.",
    ),
)


@_terms(
    what="The weights pi_k stand where r_nk belongs, before log N or before log pi.",
    why="The average is over the posterior of z, not over its prior.",
    see="r = 0.9, 0.1, weights 0.5, 0.5, logs -1 and -3: -1.2, not -2.",
    variants=(True, False),
)
def weights_for_responsibilities(plan, X, R, weights, means, covariances, before_densities):
    R, prior, inner = apart(plan, X, R, weights, means, covariances)
    one, other = (R, np.exp(prior)) if before_densities else (np.exp(prior), R)
    return plan.weigh(one, prior) + plan.weigh(other, inner)


@_terms(
    what="The weights are computed anew from R, N_k / N; the argument weights is not used.",
    why="That is the M-step's theta. Q takes any theta, and the M-step looks for the best.",
    read=TWO_THETAS,
    see="weights 0.5, 0.5 give log 0.5 = -0.69 for each, whatever the columns of R sum to.",
)
def frequencies_for_weights(plan, X, R, weights, means, covariances):
    (R,) = as_floats(R)
    return plan.weigh(R, plan.joint(X, R.mean(axis=0), means, covariances))


class EStep(posterior.Responsibilities):
    """The exercise `e_step`: the responsibilities under the name they have in EM."""


class Maximisation(Plan):
    """The steps of an M-step; its mistakes here are looked for in a whole run as well."""

    def maximise(self, X, R):
        """The tuple (weights, means, covariances)."""
        X, R = as_floats(X, R)
        R = self.soft(R)
        counts = self.counts(R)
        means = self.means(X, R)
        parts = zip(R.T, self.divisors(counts, R), strict=True)
        covariances = [
            self.spread(self.covariance(r, X, self.centre(X, means, k), n))
            for k, (r, n) in enumerate(parts)
        ]
        return self.weights(counts, len(X)), means, self.pool(np.stack(covariances), counts)

    def soft(self, R):
        """The responsibilities that are used."""
        return R

    def counts(self, R):
        """N_k."""
        return R.sum(axis=0)

    def weights(self, counts, n_samples):
        """pi_k."""
        return counts / n_samples

    def means(self, X, R):
        """mu_k."""
        return R.T @ X / self.counts(R)[:, None]

    def centre(self, X, means, k):
        """What the points are centred on."""
        return means[k]

    def divisors(self, counts, R):
        """What the scatter of each component is divided by."""
        return counts

    def covariance(self, r, X, centre, n):
        """Sigma_k."""
        return self.scatter(X - centre, r) / n

    def scatter(self, d, r):
        """sum_n r_n d_n d_n^T."""
        return (r[:, None] * d).T @ d

    def spread(self, covariance):
        """What is kept of a covariance."""
        return covariance

    def pool(self, covariances, counts):
        """The covariances of all components."""
        return covariances


class MStep(Maximisation, Numbers):
    """The exercise `m_step`."""

    def answer(self, X, R):
        """The tuple (weights, means, covariances)."""
        return self.maximise(X, R)


MStep.suffers("take", operators.changed_its_input)
operators.PARTS_IN_ANOTHER_ORDER.at(MStep, "hand_back", read=PARTS)
operators.LAST_PART_MISSING.at(MStep, "hand_back", read=PARTS)
operators.TRANSPOSED.at(MStep, "hand_back", read=PARTS, apply=lambda a: a.T if a.ndim == 2 else a)
operators.CUT_TO_WHOLE_NUMBERS.at(
    MStep, "means", read=PARTS, when=lambda given: np.all(given[0] % 1 == 0)
)
operators.SQUARED.at(MStep, "covariance", "responsibilities", read=COVARIANCES)
posterior.RESPONSIBILITIES_IGNORED.at(Maximisation, "covariance", read=COVARIANCES)
posterior.HARD_FOR_SOFT.at(
    Maximisation,
    "soft",
    read='7.4.5, "expected value ... under the posterior": every r_nk counts.',
    what="Each point counts only for its most probable component: that is k-means, not EM.",
)
for _plan, _mistake, _see in (
    (
        Maximisation,
        density.diagonal_only,
        "d = (1, 2) gives [[1, 2], [2, 4]], not [[1, 0], [0, 4]].",
    ),
    (MStep, density.precision_for_covariance, "points 3 to both sides of the mean: 9, not 0.11."),
):
    _plan.suffers("spread", _mistake.again(read=COVARIANCES, see=_see))
MStep.suffers(
    "weights",
    equal_weights.again(
        lambda plan, counts, n_samples: np.full(len(counts), 1 / len(counts)),
        what="The weights are 1/K each: they are not updated.",
        read=COUNTS,
        see="N_k = 6, 3, 1 of N = 10 points give 0.6, 0.3, 0.1.",
    ),
)
MStep.suffers(
    "spread",
    density.variance_for_standard_deviation.again(
        lambda plan, covariance, everywhere: np.where(
            everywhere | np.eye(len(covariance), dtype=bool),
            np.sign(covariance) * np.sqrt(np.abs(covariance)),
            covariance,
        ),
        (True, False),
        what="The square root is taken of the covariances, or of their diagonal.",
        read=COVARIANCES,
        see="points 3 to both sides of the mean have the variance 9, not 3.",
    ),
)
Maximisation.suffers(
    "pool",
    density.covariances_averaged.again(
        lambda plan, covariances, counts: np.broadcast_to(
            np.average(covariances, axis=0, weights=counts), covariances.shape
        ),
        read=COVARIANCES,
        see="components with the variances 1 and 9 keep 1 and 9.",
    ),
)
_m_step = partial(MStep.mistake, read=COVARIANCES)
_any_m_step = partial(Maximisation.mistake, read=COVARIANCES)


@_m_step(
    "weights",
    what="The weights are not N_k divided by N, but N_k itself, or N_k / K.",
    why="The weights are shares of the points: they sum to 1.",
    read=COUNTS,
    see="N_k = 6, 3, 1 of N = 10 points give 0.6, 0.3, 0.1.",
    line="R.sum(axis=0) is N_k, and len(X) is N.",
    variants=(lambda K: 1, lambda K: K),
)
def weights_not_divided_by_n(plan, counts, n_samples, divisor):
    return counts / divisor(len(counts))


@_any_m_step(
    "means",
    what="The means are not divided by N_k, but by N, or not at all.",
    why="The average is over the points of the component, of which there are N_k.",
    read=MEANS,
    see="2 of 10 points are in the component, both at 5: the mean is 10 / 2 = 5, not 1, nor 10.",
    variants=(len, lambda X: 1),
)
def means_not_divided_by_n_k(plan, X, R, divisor):
    return R.T @ X / divisor(X)


@_m_step(
    "means",
    what="Every component gets the mean of all the data: the r_nk are not used.",
    read=MEANS,
    see="points 0 and 10, r_1 = 0.9 and 0.1: the mean is 1, not 5.",
)
def data_mean_for_all(plan, X, R):
    return np.ones((R.shape[1], 1)) * X.mean(axis=0)


@_m_step(
    "counts",
    what="A small number is added to every N_k: weights, means and covariances are slightly wrong.",
    read=COUNTS,
    see="with N_k = 1e-8 and 1e-10 added, the mean is 1 % too near to the origin.",
    variants=(1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12),
)
def something_added_to_n_k(plan, R, tiny):
    return R.sum(axis=0) + tiny


@_any_m_step(
    "divisors",
    what="The covariances are not divided by N_k, but by N, by N - 1, or not at all.",
    see="2 of 10 points, 3 to both sides of the mean: 18 / 2 = 9, not 1.8, 2 or 18.",
    variants=(lambda N: N, lambda N: N - 1, lambda N: 1),
)
def covariances_not_divided_by_n_k(plan, counts, R, divisor):
    return np.full(len(counts), divisor(len(R)))


@_any_m_step(
    "divisors",
    what="The covariances are corrected for bias, by N_k - 1 or by np.cov: they are too wide.",
    why="The maximum of Q divides by N_k. np.cov with aweights divides by less, unless bias=True.",
    read=MAXIMUM,
    see="np.cov([0, 2], aweights=[1, 1]) is 2, with bias=True it is 1.",
    variants=(lambda n, R: n - 1, lambda n, R: n - np.sum(R**2, axis=0) / n),
)
def unbiased_covariances(plan, counts, R, divisors):
    return divisors(counts, R)


@_any_m_step(
    "centre",
    what="The covariances are not taken about mu_k: about the mean of all, the origin, or mu_0.",
    see="points 4 and 6 of a component at 5 have the variance 1, wherever the others are.",
    variants=(lambda X, mu: X.mean(axis=0), lambda X, mu: 0.0, lambda X, mu: mu[0]),
)
def not_centred_on_its_mean(plan, X, means, k, centre):
    return centre(X, means)


@_m_step(
    "covariance",
    what="Every component gets the covariance of all the data.",
    see="components at 0 and 10, each of variance 1: all the data have the variance 26.",
)
def data_covariance_for_all(plan, r, X, centre, n):
    return np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])


@_any_m_step(
    "covariance",
    what="The covariance is the mean of x x^T minus mu mu^T: far from 0 that loses all digits.",
    why="Two numbers near 1e16 are subtracted to find one near 1. Take the mean off first.",
    see="in floats 100000001**2 - 1e16 is 200000000, the 1 at the end is lost.",
)
def one_pass_covariance(plan, r, X, centre, n):
    return (r[:, None] * X).T @ X / n - np.outer(centre, centre)


@_m_step(
    "scatter",
    what="What is summed is not the matrix d d^T of each point: signs or entries are lost.",
    why="Deviations sum to 0 before the product; np.dot of two vectors is a number, no matrix.",
    see="d = (1, -2): d d^T = [[1, -2], [-2, 4]], of which all four are kept; d^T d = 5.",
    variants=(
        lambda d, r: (r[:, None] * np.abs(d)).T @ np.abs(d),
        lambda d, r: np.outer(r @ d, r @ d),
        lambda d, r: np.full((d.shape[1], d.shape[1]), r @ np.sum(d**2, axis=1)),
        lambda d, r: np.mean(r @ d**2) * np.eye(d.shape[1]),
        lambda d, r: np.tril((r[:, None] * d).T @ d),
        lambda d, r: np.triu((r[:, None] * d).T @ d),
    ),
)
def another_product(plan, d, r, scatter):
    return scatter(d, r)


@_any_m_step(
    "spread",
    what="A small number is added to the diagonal of the covariances.",
    why="It keeps them from collapsing, but then theta is not the maximum of Q any more.",
    read=MAXIMUM,
    see="variance 1e-6 plus 1e-6 is twice as much as the data say.",
    variants=(1e-6, 1e-3, 1e-2, 1e-4, 1e-5, 0.1, 1.0),
)
def something_added_to_the_diagonal(plan, covariance, ridge):
    return covariance + ridge * np.eye(len(covariance))


@_m_step(
    "pool",
    what="Each covariance holds those of the components before it: the sum is not set back to 0.",
    why="np.zeros((D, D)) belongs inside the loop over the components.",
    see="variances 1 and 4 stay 1 and 4, and do not become 1 and 5.",
    variants=(True, False),
)
def covariances_pile_up(plan, covariances, counts, undivided):
    counts = counts[:, None, None] if undivided else 1
    return np.cumsum(covariances * counts, axis=0) / counts
