"""What the exercises of the section have in common, for what is said of a wrong answer."""

import numpy as np

from gmm_ref.checks.problems import draw_problem, value_cases
from nbjudge.checking.case import Case
from nbjudge.checking.exercise import SimpleCase, Subject

AXES = {
    "X": ("point", "feature"),
    "R": ("point", "component"),
    "Z": ("point", "component"),
    "means": ("component", "feature"),
}

ERROR_ADVICE = (
    (
        r"shapes? .*(align|broadcast|mismatch)|broadcast together|matmul|mismatch in its core",
        "Two shapes do not go together. Write the shape of each factor beside it, with the "
        "names N, K and D: sizes that must meet need the same name. A sum along an axis loses "
        "that axis; keepdims=True keeps it with length 1.",
    ),
    (
        r"index .* out of bounds|too many indices",
        "An index runs past its axis: which of N, K and D does it count, and which axis of the "
        "array has that length?",
    ),
    (
        r"indices must be|used as indices|arrays used as ind",
        "An array of floats stands where an index is needed. Z and R hold a number for each "
        "component, not a label: multiply with them; argmax(axis=1) makes a label of a row.",
    ),
    (
        r"must be 1.dimensional|must be 2.dimensional|must be square|dimension",
        "A function got an array with more axes, or fewer, than it takes: one mean (D,) and one "
        "covariance (D, D), for instance, and not one for each component or point.",
    ),
    (
        r"^LinAlgError|positive definite|symmetric positive|[Ss]ingular matrix",
        "A matrix that should be symmetric positive definite is not. Is it the covariance of "
        "one component, of shape (D, D), and has nothing been taken from it or divided?",
    ),
)


def simple_cases(rng):
    """Each without one of the difficulties of the usual problem."""
    usual = value_cases(rng)[0]
    n_components, n_features = usual.arguments["means"].shape
    equal = np.full(n_components, 1 / n_components)
    round_ = np.stack([np.eye(n_features)] * n_components)
    sure = np.eye(n_components)[np.arange(len(usual.arguments["X"])) % n_components]
    return [
        SimpleCase("for one component (K = 1)", Case(draw_problem(rng, 4, 2, 1))),
        SimpleCase("for one point (N = 1)", Case(draw_problem(rng, 1, 2, 3))),
        SimpleCase("for one feature (D = 1)", Case(draw_problem(rng, 4, 1, 3)), "X"),
        SimpleCase(
            "with equal weights, so look at the weights", usual.but(weights=equal), "weights"
        ),
        SimpleCase(
            "where every covariance is the identity, so look at the covariances",
            usual.but(covariances=round_),
            "covariances",
        ),
        SimpleCase(
            "where all responsibilities are 0 or 1, so look at what R does", usual.but(R=sure), "R"
        ),
    ]


MIXTURES = Subject(AXES, simple_cases, ERROR_ADVICE)
