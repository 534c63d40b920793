"""Mistakes in the labels of 7.4.3 that are drawn from the posterior."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes import full_dataset, posterior, samples
from gmm_ref.checks.mistakes.samples import OWN_LABEL, PARTS, Draws, LabelAnswer
from nbjudge.checking import operators
from nbjudge.checking.operators import On
from nbjudge.checking.plan import as_floats

POSTERIOR = '7.4.3, "p(z_k = 1 | x_n) = r_nk": z_n = k with the probability r_nk, by chance.'
OWN_ROW = '7.4.3, "r_nk": the row n of R belongs to point n, and to no other.'


class SamplePosteriorLabels(Draws, LabelAnswer):
    """The exercise `sample_posterior_labels`."""

    def answer(self, R, rng):
        """(N,) of integers."""
        (R,) = as_floats(R)
        z = self.draw(self.probabilities(R), self.source(rng))
        return self.form(self.order(z), R.shape[1])

    def probabilities(self, R):
        """(N, K): what the labels are drawn with, up to a factor."""
        return R

    def draw(self, R, rng):
        """A label of its own for each row."""
        borders = np.cumsum(R, axis=1)
        return (rng.random((len(R), 1)) * borders[:, -1:] >= borders[:, :-1]).sum(axis=1)

    def order(self, z):
        """The order of the labels."""
        return z


operators.SQUARED.at(SamplePosteriorLabels, "draw", "responsibilities", read=POSTERIOR)
operators.FIRST_FOR_ALL.at(SamplePosteriorLabels, "draw", "row of R", read=OWN_ROW, on=On.ARGUMENT)
operators.LAST_MISSING.at(
    SamplePosteriorLabels,
    "probabilities",
    "component",
    read=POSTERIOR,
    axis=1,
    on=On.ARGUMENT,
    what="The last component is never drawn.",
    why="range(K - 1), integers(0, K - 1) and a missing last border all leave it out.",
    see="rng.integers(0, 2) is 0 or 1, never 2.",
)
operators.SORTED_OUTPUT.at(SamplePosteriorLabels, "order", read=OWN_LABEL)
operators.SQUEEZED.at(SamplePosteriorLabels, "hand_back", read=PARTS)
operators.KEPT_THE_AXIS.at(SamplePosteriorLabels, "hand_back", read=PARTS)
operators.ONE_DRAW_ONLY.at(
    SamplePosteriorLabels,
    "hand_back",
    read=PARTS,
    what="A single label is returned, not one for each row of R.",
)
operators.OFF_BY_ONE.at(
    SamplePosteriorLabels,
    "probabilities",
    "label",
    read=POSTERIOR,
    why="The label is the number of borders that lie at or below u, and begins at 0.",
)


def _one_label(R, rng):
    return np.full(len(R), rng.choice(R.shape[1], p=R[0] / R[0].sum()))


def _one_uniform(R, rng):
    return (rng.random() >= np.cumsum(R, axis=1)[:, :-1]).sum(axis=1)


_draw = partial(SamplePosteriorLabels.mistake, "draw", read=POSTERIOR)
_probabilities = partial(SamplePosteriorLabels.mistake, "probabilities", read=POSTERIOR)

SamplePosteriorLabels.suffers(
    "draw",
    samples.labels_not_drawn.again(
        lambda plan, R, rng: R.argmax(axis=1),
        what="Nothing is left to chance: all rows that are alike get one label, as by argmax.",
        why="argmax is the best guess at z. A draw has each label as often as it is probable.",
        read=POSTERIOR,
        see="the row 0.6, 0.4: of 1000 draws some 400 have the label 1; argmax gives 0 each time.",
    ),
)
SamplePosteriorLabels.suffers(
    "draw",
    samples.one_label_for_all_points.again(
        lambda plan, R, rng, drawn: drawn(R, rng),
        (_one_label, _one_uniform),
        what="One draw serves all points: one label, or one uniform number.",
        why="Their labels then hang together. Each point needs chance of its own.",
        see="rng.random() is one number, rng.random(5) are five.",
    ),
)


@_probabilities(
    what="All labels are drawn with one set of probabilities: the mean of R over the points.",
    why="That is pi of the M-step, and knows nothing of x_n.",
    see="the rows 1, 0 and 0, 1: the labels are 0 and 1 for certain, not a coin each.",
)
def mean_over_the_points(plan, R):
    return np.ones_like(R) * R.mean(axis=0)


@_probabilities(
    what="All components are drawn alike: R is not used.",
    see="the row 0.9, 0.1 has the label 0 nine times of ten, not five.",
)
def responsibilities_ignored(plan, R):
    return np.ones_like(R)


@_probabilities(
    what="1 - r stands where r should: improbable labels become common.",
    see="the row 0.7, 0.2, 0.1 has the complements 0.3, 0.8, 0.9.",
)
def complement_of_the_responsibilities(plan, R):
    return 1 - R + 1e-300


@_probabilities(
    what="The components are in reverse order: k is drawn as often as K-1-k should be.",
    why="Perhaps the borders above u are counted; the label is the number of those below.",
    see="the row 0.7, 0.2, 0.1 and u = 0.95: the borders 0.7 and 0.9 lie below, the label is 2.",
)
def components_reversed(plan, R):
    return R[:, ::-1]


@_probabilities(
    what="The responsibilities are taken for scores: exp and a division make others of them.",
    why="They are probabilities already, and sum to 1.",
    see="the softmax of 0.7, 0.2, 0.1 is 0.46, 0.28, 0.25.",
)
def softmax_of_the_responsibilities(plan, R):
    return np.exp(R)


@_probabilities(
    what="The cumulative sums of a row are used as probabilities.",
    why="They are the borders that one uniform number is compared with: u falls into interval k.",
    see="the row 0.7, 0.2, 0.1 has the borders 0.7, 0.9, 1.0; u = 0.8 gives label 1.",
)
def cumulative_sum_as_probabilities(plan, R):
    return np.cumsum(R, axis=1)


@_draw(
    what="Each entry is asked by a coin of its own, and the first that says yes is taken.",
    why="The label is one choice among K: that it is k says already that it is no other.",
    see="the row 0.5, 0.5: coins say no twice in a quarter of all cases, and then there is none.",
)
def a_coin_for_each_component(plan, R, rng):
    return np.argmax(rng.random(R.shape) < R, axis=1)


SamplePosteriorLabels.suffers(
    "draw",
    posterior.two_components_only.again(
        lambda plan, R, rng, first_is_it: np.where(first_is_it(R, rng.random(len(R))), 0, 1),
        (lambda R, u: u < R[:, 0], lambda R, u: u >= R[:, min(1, R.shape[1] - 1)]),
        what="Only the labels 0 and 1 are drawn: that is a rule for K = 2.",
        why="One number parts two labels; for K labels there are K-1 borders.",
        read=POSTERIOR,
        see="the row 0.1, 0.2, 0.7 has the label 2 seven times of ten.",
    ),
)
SamplePosteriorLabels.suffers(
    "form",
    full_dataset.first_rows_only.again(
        lambda plan, z, n_components: z[:n_components],
        (),
        what="K labels come back, not N: the loop runs over the components.",
        why="Each point has a label of its own; R has a row for each point.",
        read=PARTS,
        see="R of shape (5, 3) makes 5 labels, not 3.",
    ),
)


@_draw(
    what="Noise is added to R, or multiplied in, and the largest is taken: no draw with r_nk.",
    why="Only Gumbel noise on log r_nk does that. One uniform number among the borders is simpler.",
    see="the row 0.9, 0.1 with uniform noise times r: label 1 comes in 6 % of the draws, not 10 %.",
    variants=(
        lambda R, rng: R * rng.random(R.shape),
        lambda R, rng: R + rng.random(R.shape),
        lambda R, rng: R + rng.standard_normal(R.shape),
    ),
)
def largest_after_noise(plan, R, rng, noisy):
    return np.argmax(noisy(R, rng), axis=1)
