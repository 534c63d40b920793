"""Mistakes in the draws of 7.4.1: labels, points of one Gaussian, and both together."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes import density
from gmm_ref.checks.mistakes.joint import NEVER, Joint, Weights
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import Plan, as_floats

LABEL = '7.4.1, step 1, "Sample z ~ Categorical(pi)": p(z = k) = pi_k, by chance, the same k.'
OWN_LABEL = '7.4.4, "Each data point x_n has its own latent variable z_n".'
POINT = '7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k)": x = mu + L e, with Sigma = L L^T.'
ONE_COMPONENT = '7.4.1, step 2, "Sample x ~ N(mu_k, Sigma_k) given z_k = 1": all with the same k.'
INDEPENDENT = "7.4.4: the points are independent of each other, and of their place n."
COUNTED = '"Components are counted from 0 in code" at the head of the assignment.'
PARTS = "the Returns line of the exercise: what, in which order, and each of which shape."
RNG = "the Rules line of the exercise: rng is the only source of chance."


class Draws(Plan):
    """An answer of n_samples draws, by chance from an rng."""

    def source(self, rng):
        """Where chance comes from."""
        return rng


operators.GLOBAL_GENERATOR.at(Draws, "source", read=RNG)
operators.FIXED_SEED.at(Draws, "source", read=RNG)


class LabelAnswer(Plan):
    """An answer of labels: one integer a point, from 0 to K-1."""

    def form(self, z, n_components):
        """The labels as they are returned."""
        return z


operators.COUNTED_FROM_ONE.at(LabelAnswer, "form", "labels", read=COUNTED)
operators.FLOATS_FOR_INTEGERS.at(LabelAnswer, "form", "labels", read=PARTS)


@LabelAnswer.mistake(
    "form",
    what="The labels come one-hot, a row of zeros and a one, where one integer is asked for.",
    read=PARTS,
    see="the row 0, 1, 0 is the label 1; rng.multinomial(1, weights) draws such a row.",
)
def one_hot_for_labels(plan, z, n_components):
    return np.eye(n_components, dtype=int)[z]


class Labels(Draws, LabelAnswer, Weights):
    """z_n ~ Categorical(pi), shared by `sample_labels` and `sample_mixture`."""

    def labels(self, weights, n_samples, rng):
        """(N,) of integers."""
        p = self.probabilities(*as_floats(weights))
        return self.order(self.draw(p / p.sum(), n_samples, rng))

    def draw(self, p, n_samples, rng):
        """Independent labels."""
        return rng.choice(len(p), size=n_samples, p=p)

    def order(self, z):
        """The order of the labels."""
        return z


operators.LAST_MISSING.at(
    Labels,
    "probabilities",
    "component",
    read=LABEL,
    what="The last component is never drawn.",
    why="range(K - 1), integers(0, K - 1) and a missing last border all leave it out.",
    see="rng.integers(0, 2) is 0 or 1, never 2.",
)
_draw = partial(Labels.mistake, "draw", read=LABEL)


@Labels.mistake(
    "probabilities",
    what="The cumulative sums of the weights are used as probabilities.",
    why="They are the borders that one uniform number is compared with: u falls into interval k.",
    read=LABEL,
    see="weights 0.7, 0.2, 0.1 have the borders 0.7, 0.9, 1.0; u = 0.8 gives label 1.",
)
def cumulative_sum_as_probabilities(plan, weights):
    return np.cumsum(weights)


@Labels.mistake(
    "probabilities",
    what="A component of weight 0 is drawn now and then: a small number is added to the weights.",
    read=NEVER,
    see="of 4000 labels, a probability of 0.001 makes about 4; a weight of 0 makes none.",
    variants=(1e-2, 1e-3),
)
def tiny_number_added_to_the_weights(plan, weights, small):
    return np.where(weights > 0, weights, small)


@_draw(
    what="One label is drawn and given to all points.",
    why="Each point has a label of its own: draw N of them, size=n_samples.",
    read=OWN_LABEL,
    see="weights 0.5 and 0.5: 1000 points split into about 500 and 500, not 1000 and 0.",
)
def one_label_for_all_points(plan, p, n_samples, rng):
    return np.full(n_samples, rng.choice(len(p), p=p))


def _dealt_out(p, n_samples):
    borders = np.round(np.cumsum(p) * n_samples).astype(int)
    borders[-1] = n_samples
    return np.repeat(np.arange(len(p)), np.diff(borders, prepend=0))


@_draw(
    what="Every component gets its exact share of the points, N pi_k: only the order is random.",
    why="Chance is in the counts as well: that of label k scatters by sqrt(N pi_k (1 - pi_k)).",
    see="100 throws of a coin rarely give 50 heads exactly; 45 or 56 are as good.",
)
def equal_counts(plan, p, n_samples, rng):
    return rng.permutation(_dealt_out(p, n_samples))


@_draw(
    what="Nothing is drawn: the most probable label alone comes, or blocks of N pi_k, or 0, 1, 2.",
    why="argmax, np.repeat and np.arange(n_samples) % K give the same labels every time.",
    see="weights 0.7, 0.2, 0.1: label 2 comes up in one draw of ten, and nobody knows in which.",
    variants=(
        lambda p, n_samples: np.full(n_samples, p.argmax()),
        _dealt_out,
        lambda p, n_samples: np.arange(n_samples) % len(p),
    ),
)
def labels_not_drawn(plan, p, n_samples, rng, dealt):
    return dealt(p, n_samples)


class SampleLabels(Labels):
    """The exercise `sample_labels`."""

    def answer(self, weights, n_samples, rng):
        """(N,)."""
        return self.form(self.labels(weights, n_samples, self.source(rng)), len(weights))


operators.SORTED_OUTPUT.at(SampleLabels, "order", read=INDEPENDENT)
operators.ONE_DRAW_ONLY.at(SampleLabels, "hand_back", read=PARTS)
operators.SQUEEZED.at(SampleLabels, "hand_back", read=PARTS)


@SampleLabels.mistake(
    "form",
    what="The answer says how often each component was drawn, K numbers, not which one, N labels.",
    read=PARTS,
    see="the labels 0, 2, 0 have the counts 2, 0, 1.",
)
def counts_returned(plan, z, n_components):
    return np.bincount(z, minlength=n_components)


class Gauss(Draws):
    """x ~ N(mu, Sigma) as mu + L e, shared by `sample_gaussian` and `sample_mixture`."""

    def gauss(self, mean, covariance, n_samples, rng):
        """(N, D)."""
        mean, covariance = as_floats(mean, covariance)
        e = self.order(self.noise(n_samples, len(mean), rng))
        return self.shift(self.stretch(e, self.spread(covariance)), mean)

    def noise(self, n_samples, n_features, rng):
        """Independent N(0, 1)."""
        return rng.standard_normal((n_samples, n_features))

    def order(self, e):
        """The order of the rows."""
        return e

    def spread(self, covariance):
        """The covariance that is drawn with."""
        return covariance

    def stretch(self, e, covariance):
        """L e for each row e."""
        return e @ np.linalg.cholesky(covariance).T

    def shift(self, x, mean):
        """The mean added."""
        return x + mean


operators.CUT_TO_WHOLE_NUMBERS.at(
    Gauss, "gauss", read=PARTS, when=lambda given: np.asarray(given[0]).dtype.kind in "iu"
)
for _mistake, _see in (
    (density.diagonal_only, "Sigma = [[1, 0.9], [0.9, 1]]: both features are large together."),
    (density.variance_for_standard_deviation, "variance 4: 2 e has it, 4 e has the variance 16."),
    (density.precision_for_covariance, "variance 4 gives draws around +-2, variance 1/4 +-0.5."),
):
    Gauss.suffers("spread", _mistake.again(read=POINT, see=_see))

_stretch = partial(Gauss.mistake, "stretch", read=POINT)
_noise = partial(Gauss.mistake, "noise", read=POINT)


@Gauss.mistake(
    "spread",
    what="The draws have the covariance 1: Sigma is not used.",
    read=POINT,
    see="variance 4 gives draws around +-2, not +-1.",
)
def covariance_ignored(plan, covariance):
    return np.eye(len(covariance))


def _by_eigenvectors(e, covariance):
    values, vectors = np.linalg.eigh(covariance)
    return e * np.sqrt(values) @ vectors


@_stretch(
    what="The factor of Sigma is used on the wrong side: e @ L for rows e, where e @ L.T belongs.",
    why="Rows times L have the covariance L^T L. So it is with the eigenvectors, V and V.T.",
    see="L = [[2, 0], [1, 1]] gives L L^T = [[4, 2], [2, 2]], but L^T L = [[5, 1], [1, 1]].",
    variants=(lambda e, S: e @ np.linalg.cholesky(S), _by_eigenvectors),
)
def cholesky_factor_transposed(plan, e, covariance, stretched):
    return stretched(e, covariance)


def _root_of_the_factor(e, covariance):
    values, vectors = np.linalg.eigh(np.linalg.cholesky(covariance))
    return e @ (vectors * np.sqrt(np.abs(values))).T


@_stretch(
    what="The noise meets no factor of Sigma: a root of each entry, or of L, or the inverse of L.",
    why="multivariate_normal wants Sigma itself, noise e wants the Cholesky factor L.",
    see="variance 16, L = 4: 4 e has it; 2 e has the variance 4, and e / 4 has 1/16.",
    variants=(
        lambda e, S: e @ (np.sign(S) * np.sqrt(np.abs(S))),
        _root_of_the_factor,
        lambda e, S: np.linalg.solve(np.linalg.cholesky(S), e.T).T,
    ),
)
def another_factor(plan, e, covariance, stretched):
    return stretched(e, covariance)


@Gauss.mistake(
    "shift",
    what="The mean is not added: it is forgotten, or taken off.",
    read=POINT,
    see="mean 5, variance 1: draws between 3 and 7, not around 0 or -5.",
    variants=(0, -1),
)
def mean_not_added(plan, x, mean, times):
    return x + times * mean


@_noise(
    what="The noise is not normal: uniform, or never negative.",
    why="rng.random is uniform between 0 and 1, rng.standard_normal is the bell around 0.",
    see="of 1000 normal draws 500 are below 0, and about 3 lie beyond 3 standard deviations.",
    variants=(
        np.random.Generator.random,
        lambda rng, size: rng.uniform(-np.sqrt(3), np.sqrt(3), size),
        lambda rng, size: np.abs(rng.standard_normal(size)),
    ),
)
def noise_not_normal(plan, n_samples, n_features, rng, drawn):
    return drawn(rng, (n_samples, n_features))


@_noise(
    what="The same noise is used again: for all features of a point, or for all points.",
    see="rng.standard_normal((5, 2)) has 10 numbers; of (5, 1) or 2 it has 5 or 2.",
    variants=(lambda N, D: (N, 1), lambda N, D: (1, D)),
)
def one_noise_for_all(plan, n_samples, n_features, rng, size):
    e = rng.standard_normal(size(n_samples, n_features))
    return e * np.ones((n_samples, n_features))


def _mirrored(e):
    half = e[: (len(e) + 1) // 2]
    return np.concatenate([half, -half])[: len(e)]


@_noise(
    what="The mean of the sample is made exact: it is taken off, or each e comes with its -e.",
    why="Chance is in the mean as well: that of N draws scatters by sigma / sqrt(N).",
    read=INDEPENDENT,
    see="100 draws of N(0, 1) have a mean of about +-0.1, and a single one is not 0.",
    variants=(_mirrored, lambda e: e - e.mean(axis=0) if len(e) else e),
)
def mean_made_exact(plan, n_samples, n_features, rng, balanced):
    return balanced(rng.standard_normal((n_samples, n_features)))


class SampleGaussian(Gauss):
    """The exercise `sample_gaussian`."""

    def answer(self, mean, covariance, n_samples, rng):
        """(N, D)."""
        return self.gauss(mean, covariance, n_samples, self.source(rng))


operators.TRANSPOSED.at(SampleGaussian, "hand_back", read=PARTS)
operators.RESHAPED_FOR_TRANSPOSED.at(SampleGaussian, "hand_back", read=PARTS)
operators.SQUEEZED.at(SampleGaussian, "hand_back", read=PARTS)
operators.ROUNDED_TO_FLOAT32.at(SampleGaussian, "hand_back", read=PARTS)
operators.ONE_DRAW_ONLY.at(SampleGaussian, "hand_back", read=PARTS)
operators.SORTED_OUTPUT.at(SampleGaussian, "order", read=INDEPENDENT)


class SampleMixture(Labels, Gauss):
    """The exercise `sample_mixture`."""

    def answer(self, weights, means, covariances, n_samples, rng):
        """The tuple (X, z)."""
        z = self.labels(weights, n_samples, self.source(rng))
        X = self.points(z, weights, means, covariances, self.source(rng))
        return X, self.form(z, len(weights))

    def points(self, z, weights, means, covariances, rng):
        """(N, D): each point from the component of its label."""
        X = np.empty((len(z), np.shape(means)[1]))
        for k in range(len(means)):
            j = self.component(k) % len(means)
            mean, covariance = means[j], self.pick(covariances, j)
            X[z == k] = self.gauss(mean, covariance, np.sum(z == k), rng)
        return X

    def component(self, k):
        """The component that the points of label k come from."""
        return k

    def pick(self, covariances, k):
        """The covariance of component k."""
        return covariances[k]


operators.SQUEEZED.at(SampleMixture, "points", read=PARTS)
operators.OFF_BY_ONE.at(SampleMixture, "component", "label", read=COUNTED, apply=np.add)
operators.FIRST_FOR_ALL.at(SampleMixture, "pick", "covariance", read=density.INDEX, on=On.ARGUMENT)
SampleMixture.suffers(
    "pick",
    density.covariances_averaged.again(see="variances 1 and 9, label 1: x scatters by 3, not 2.2."),
)
operators.SORTED_OUTPUT.at(SampleMixture, "hand_back", read=INDEPENDENT)
operators.PARTS_IN_ANOTHER_ORDER.at(SampleMixture, "hand_back", read=PARTS)
operators.LAST_PART_MISSING.at(SampleMixture, "hand_back", read=PARTS)
_points = partial(SampleMixture.mistake, "points", read=ONE_COMPONENT)


@SampleMixture.mistake(
    "component",
    what="All points are drawn from component 0, whatever their label.",
    read=ONE_COMPONENT,
    see="means 0 and 10, label 1: x is near 10.",
)
def component_zero_for_all(plan, k):
    return 0


@_points(
    what="X and z are drawn separately and do not belong together.",
    see="means 0 and 10, z = 0, 1: x is near 0 and near 10, in this order.",
)
def labels_and_points_apart(plan, z, weights, means, covariances, rng):
    return SampleMixture.points(plan, rng.permutation(z), weights, means, covariances, rng)


@_points(
    what="Each point is the weighted sum of a draw from every component.",
    why="That is one Gaussian again, with one peak; a mixture takes one component a point.",
    see="means -5 and 5, weights 1/2: points lie near -5 or 5, their sum would lie near 0.",
)
def weighted_sum_of_gaussians(plan, z, weights, means, covariances, rng):
    draws = [plan.gauss(m, c, len(z), rng) for m, c in zip(means, covariances, strict=True)]
    return np.einsum("k,knd->nd", weights, np.stack(draws))


@_points(
    what="All points are drawn from one Gaussian with the average mean and the average covariance.",
    see="means -5 and 5, weights 1/2: points lie near -5 or 5, not near 0.",
)
def one_gaussian_for_the_mixture(plan, z, weights, means, covariances, rng):
    return plan.gauss(weights @ means, np.tensordot(weights, covariances, 1), len(z), rng)


@_points(
    what="Each point is the mean of its component: no noise is added.",
    see="mean 0, variance 4: draws like -1.3, 0.4, 2.2, not 0, 0, 0.",
)
def means_without_noise(plan, z, weights, means, covariances, rng):
    return as_floats(means)[0][z]


@SampleMixture.mistake(
    "answer",
    what="Each label is the most probable component of its point, not the one that drew it.",
    why="Where components overlap that is another one; a label is drawn first and kept.",
    read="7.4.1: 1. z, 2. x given z. Guessing z from x is the posterior of 7.4.3.",
    see="means 0 and 1: a point at 0.9 often comes from component 0.",
)
def labels_guessed_from_the_points(plan, weights, means, covariances, n_samples, rng):
    X, _ = SampleMixture.answer(plan, weights, means, covariances, n_samples, rng)
    return X, Joint().joint(X, weights, means, covariances).argmax(axis=1)
