"""The exercises of 7.4.3: what a point tells about its label, and how surely."""

import numpy as np

from gmm_ref import posterior
from gmm_ref.checks.generative_model import drawn_labels_fault
from gmm_ref.checks.mistakes.posterior import Entropy, MostProbable, Responsibilities
from gmm_ref.checks.mistakes.posterior_labels import SamplePosteriorLabels
from gmm_ref.checks.problems import (
    ONE_COMPONENT,
    ONE_POINT,
    ZERO_LOG_ZERO,
    cases_with,
    draw_weights,
)
from gmm_ref.checks.subject import MIXTURES
from nbjudge.checking.case import Case
from nbjudge.checking.diagnosis.signature import labels_signature
from nbjudge.checking.distribution import totals_fault
from nbjudge.checking.formula import Formula
from nbjudge.checking.sampler import Sampler

SECTION = "7.4.3"


def _not_probabilities(R, arguments):
    R = np.asarray(R)
    # exp(log joint - log density) of a sure label may be 1 + 4e-16, and is right.
    if not np.all((R >= 0) & (R <= 1 + 1e-12)):
        return "A responsibility is a probability, from 0 to 1, but some entries lie outside."
    sums = R.sum(axis=1)
    n = int(np.abs(sums - 1).argmax())
    if abs(sums[n] - 1) > 1e-8:
        return (
            f"For each point the responsibilities sum to 1 over the components, "
            f"but row {n} sums to {sums[n]:.6g}."
        )
    return None


def _not_a_component(z, arguments):
    last = np.shape(arguments["R"])[1] - 1
    odd = [k for k in z if not 0 <= k <= last]
    if odd:
        return f"Components are counted from 0, here to {last}, but the answer holds {odd[0]}."
    return None


def _negative(H, arguments):
    if np.min(H) < -1e-12:
        return f"An entropy is never negative, but the answer holds {np.min(H):.6g}."
    return None


def hard_responsibilities(rng):
    """R at its edges: rows that are sure, entries that are tiny, one component, one point."""
    sure = np.eye(4)[rng.integers(0, 4, size=6)]
    tiny = rng.dirichlet([0.01, 0.02, 3.0], size=7)
    tiny[0] = [1e-300, 1e-17, 1]
    tiny[1] = [0, 0.3, 0.7]
    # Nearly all the others belong to the last component: whoever weighs by that sees it here.
    tiny[2] = [0.45, 0.15, 0.4]
    # Rounded to two digits, all three are equal.
    tiny[3] = [0.3321, 0.3335, 0.3344]
    # Small ones that count all the same.
    tiny[4] = [0.0004, 0.004, 0.9956]
    return [
        Case({"R": sure}, "rows that are sure: entries of exactly 0 and 1", ZERO_LOG_ZERO),
        Case({"R": tiny}, "entries that are tiny, and one that is 0"),
        Case({"R": np.ones((3, 1))}, "one component", ONE_COMPONENT),
        Case({"R": rng.dirichlet(np.ones(4), size=1)}, "one point", ONE_POINT),
    ]


# So many draws of each of two rows.
N_OF_EACH = 2000


def posterior_cases(rng, aspect):
    """R for labels to be drawn from: of two kinds of rows, so that each kind has a distribution."""
    if aspect == "form":
        return [_two_kinds(rng, draw_rows(rng, 3), 20), _two_kinds(rng, draw_rows(rng, 4), 15)]
    if aspect == "value":
        return [_two_kinds(rng, draw_rows(rng, 3), N_OF_EACH)]
    sure, impossible = np.array([[0, 1, 0, 0], [0, 0, 0, 1.0]]), draw_rows(rng, 4)
    impossible[:, [0, 2]] = [[0, impossible[0, 2]], [impossible[1, 0], 0]]
    impossible /= impossible.sum(axis=1, keepdims=True)
    return [
        _two_kinds(rng, sure, 20, "rows that are sure: entries of exactly 0 and 1"),
        _two_kinds(rng, impossible, N_OF_EACH, "rows with an entry of exactly 0"),
        _two_kinds(rng, np.ones((2, 1)), 20, "one component", ONE_COMPONENT),
        Case(_with_rng(rng, draw_rows(rng, 3)[:1]), "one point", ONE_POINT),
    ]


def draw_rows(rng, n_components):
    """Two rows that differ, the second of them with its largest where the first has not."""
    first = draw_weights(rng, n_components)
    second = np.roll(draw_weights(rng, n_components), 1)
    while second.argmax() == first.argmax() or np.abs(second - first).min() < 0.02:
        second = np.roll(draw_weights(rng, n_components), 1)
    return np.stack([first, second])


def _two_kinds(rng, rows, n_of_each, *notes):
    """Each row so often, every two neighbours in an order of their own."""
    kinds = rng.permuted(np.tile([0, 1], (n_of_each, 1)), axis=1).ravel()
    return Case(_with_rng(rng, rows[kinds]), *notes)


def _with_rng(rng, R):
    return {"R": R, "rng": np.random.default_rng(rng.integers(2**63))}


def _by_kind(z, R):
    """(row, the labels drawn from it) for each different row of R."""
    rows, kinds = np.unique(R, axis=0, return_inverse=True)
    kinds = kinds.reshape(-1)
    return [(row, z[kinds == kind]) for kind, row in enumerate(rows)]


def _rows_fault(z, arguments):
    for row, labels in _by_kind(z, arguments["R"]):
        fault = drawn_labels_fault(labels, row, "responsibility", N_OF_EACH)
        if fault:
            shown = ", ".join(f"{r:.3f}" for r in row)
            return f"The points whose row of R is {shown}: {fault}"
    return None


def _signature_of_rows(z, arguments):
    for row, labels in _by_kind(z, arguments["R"]):
        yield from labels_signature(labels, row)


def _samples_of_rows_fault(samples, arguments):
    R = arguments["R"]
    for row in np.unique(R, axis=0):
        fault = totals_fault([z[(R[: len(z)] == row).all(axis=1)] for z in samples], row)
        if fault:
            return fault
    return None


responsibilities = Formula(
    posterior.responsibilities,
    SECTION,
    "r_nk = pi_k N(x_n | mu_k, Sigma_k) / sum_j pi_j N(x_n | mu_j, Sigma_j)",
    Responsibilities,
    cases_with(),
    MIXTURES,
    index=("n", "k"),
    property_fault=_not_probabilities,
)

most_probable_component = Formula(
    posterior.most_probable_component,
    SECTION,
    "the component k with the highest r_nk",
    MostProbable,
    cases_with(hard_responsibilities),
    MIXTURES,
    kind="integer",
    index=("n",),
    property_fault=_not_a_component,
)

posterior_entropy = Formula(
    posterior.posterior_entropy,
    SECTION,
    "H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0",
    Entropy,
    cases_with(hard_responsibilities),
    MIXTURES,
    index=("n",),
    property_fault=_negative,
)

sample_posterior_labels = Sampler(
    posterior.sample_posterior_labels,
    SECTION,
    "p(z_k = 1 | x_n) = r_nk: z_n ~ Categorical(r_n1, ..., r_nK)",
    SamplePosteriorLabels,
    posterior_cases,
    MIXTURES,
    parts={"z": "integer"},
    distribution_fault=_rows_fault,
    signature=_signature_of_rows,
    samples_fault=_samples_of_rows_fault,
    rows="R",
)

EXERCISES = [
    responsibilities,
    most_probable_component,
    posterior_entropy,
    sample_posterior_labels,
]
