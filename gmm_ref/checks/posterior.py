"""The exercises of 7.4.3: what a point tells about its label, and how surely."""

import numpy as np

from gmm_ref import posterior
from gmm_ref.checks.mistakes.posterior import Entropy, MostProbable, Responsibilities
from gmm_ref.checks.problems import ONE_COMPONENT, ONE_POINT, ZERO_LOG_ZERO, cases_with
from gmm_ref.checks.subject import MIXTURES
from nbjudge.checking.case import Case
from nbjudge.checking.formula import Formula

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

EXERCISES = [responsibilities, most_probable_component, posterior_entropy]
