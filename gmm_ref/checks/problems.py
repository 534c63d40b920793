"""The inputs of the checks: lopsided, drawn from a generator, in the names of the formulas.

N, K and D all differ, weights are unequal, covariances full: with N = K or K = D a transposed
answer would pass, with equal weights a forgotten pi would, with round covariances a forgotten term.
A problem holds everything that a formula may ask for; an exercise takes of it what its own does.
"""

import numpy as np

from gmm_ref.generative_model import sample_mixture
from nbjudge.checking.case import Case

# What to look at where an answer is wrong for one input at the edge, and for no other.
STAY_IN_LOGARITHMS = (
    "Out there a density is 0 as a float, and its logarithm -inf: stay in logarithms, and add no "
    "small number to keep off the 0, nor cut small values off."
)
LOG_OF_0 = (
    "Its logarithm is -inf, and that is right; a term 0 log 0 counts as 0. Add no small number to "
    "the weights, and cut nothing off."
)
SMALL_WEIGHT = (
    "A weight counts as it is, however small: add nothing to it before the logarithm, and do not "
    "clip it."
)
WHOLE_NUMBERS = (
    "An array made with np.zeros_like or np.empty_like of whole numbers cuts what is written into "
    "it to whole numbers: make it with np.zeros(shape)."
)
ONE_COMPONENT = "An axis of length 1 must stay: squeeze() and z[0] take it away."
ONE_POINT = "An axis of length 1 must stay: squeeze() and X[0] take it away."
AS_MANY_POINTS = (
    "There an array of shape (N,) goes along either axis without an error: write [:, None] for one "
    "number a point, [None, :] for one a component."
)
ABOVE_1 = "A density is no probability: it may be above 1, and its logarithm above 0."
ADD_LOGARITHMS = "The product of so many probabilities is 0 as a float: add logarithms."
LARGE_SQUARES = (
    "The difference of two large squares has lost all its digits: take the mean off first, then "
    "multiply."
)
ZERO_LOG_ZERO = "A term 0 log 0 counts as 0, not as NaN: scipy.special.xlogy knows that."


def draw_problem(rng, n_samples, n_features, n_components):
    """Everything a formula may ask for: X, weights, means, covariances, z, Z, R, n_components."""
    weights = draw_weights(rng, n_components)
    means = rng.normal(scale=2.5, size=(n_components, n_features))
    covariances = np.stack([draw_covariance(rng, n_features) for _ in range(n_components)])
    X, z = sample_mixture(weights, means, covariances, n_samples, rng)
    return complete(rng, X, weights, means, covariances, z)


def complete(rng, X, weights, means, covariances, z):
    """The problem with these parts: Z is z one-hot, R is drawn, not the posterior."""
    n_components = len(weights)
    return {
        "X": X,
        "weights": weights,
        "means": means,
        "covariances": covariances,
        "z": z,
        "Z": np.eye(n_components)[z],
        "R": rng.dirichlet(np.full(n_components, 0.7), size=len(X)),
        "n_components": n_components,
        "n_samples": len(X),
        "mean": means[0],
        "covariance": covariances[0],
        "rng": np.random.default_rng(rng.integers(2**63)),
    }


def draw_weights(rng, n_components):
    """Weights that differ by a fifth of their mean at least, in no order of size, none 1/K.

    The largest is moved up a little: else the middle one of three would be 1/3.
    """
    ranks = rng.permutation(n_components)
    while n_components > 2 and np.all(np.diff(ranks) > 0) | np.all(np.diff(ranks) < 0):
        ranks = rng.permutation(n_components)
    weights = ranks + rng.uniform(0.6, 0.8) + 0.3 * (ranks == n_components - 1)
    return weights / weights.sum()


def draw_covariance(rng, n_features):
    """A full covariance of condition number mostly below 100, with no correlation near 0."""
    smallest = 0
    while smallest < 0.2:
        root = rng.normal(size=(n_features, n_features + 3))
        covariance = root @ root.T / (n_features + 3) + 0.2
        sizes = np.sqrt(np.diag(covariance))
        smallest = np.abs(covariance / np.outer(sizes, sizes)).min()
    spread = rng.uniform(0.5, 2, size=n_features)
    return covariance * np.outer(spread, spread)


def value_cases(rng):
    """Problems whose answer the plainest formula gets right: a printable one first.

    K is D + 1, and D + 2: a rule for D components is not one for all but the last.
    """
    return [
        Case(draw_problem(rng, 5, 2, 3)),
        Case(draw_problem(rng, 23, 3, 5)),
        Case(draw_problem(rng, 11, 1, 3), "points of one feature"),
    ]


def hard_cases(rng):
    """What a student's function owes beyond plain values."""
    return [
        _far(rng, "points a thousand standard deviations away"),
        Case(_zero_weight(rng), "a component of weight 0", LOG_OF_0),
        Case(draw_problem(rng, 4, 2, 1), "one component", ONE_COMPONENT),
        Case(draw_problem(rng, 1, 2, 3), "one point", ONE_POINT),
        _far(rng, "one point a thousand standard deviations away", 1),
        # A double near 1e8 is known to 1.5e-8. A density's logarithm changes by that times a slope.
        Case(_offset(rng), "data and means near 1e8", LARGE_SQUARES, rtol=1e-13, atol=1e-5),
        Case(_integers(rng), "integers as input", WHOLE_NUMBERS),
        Case(draw_problem(rng, 3, 2, 3), "as many points as components", AS_MANY_POINTS),
        Case(_narrow(rng), "components so narrow that densities are above 1", ABOVE_1),
        Case(_tiny_weight(rng), "a component of weight 1e-15", SMALL_WEIGHT),
    ]


def many_points(rng):
    """`hard_cases`, and so many points that the product of their probabilities is 0 as a float.

    The labels are drawn without regard to the points, and the components lie so close together,
    none much narrower than the others, that no density and no responsibility is 0 by itself.
    Two of the points are equal, as in many a real data set.
    """
    problem = draw_problem(rng, 1, 2, 5)
    weights, means, covariances = (problem[p] for p in ("weights", "means", "covariances"))
    covariances = covariances / 2 + covariances.mean(axis=0) / 2
    X, _ = sample_mixture(weights, 0.2 * means, covariances, 600, rng)
    X[1] = X[0]
    many = complete(rng, X, weights, 0.2 * means, covariances, rng.integers(5, size=600))
    return [*hard_cases(rng), Case(many, "600 points", ADD_LOGARITHMS)]


def cases_with(hard=hard_cases):
    """The cases of a formula's aspects: the usual ones, and those at the edge by ``hard``."""

    def cases(rng, aspect):
        return hard(rng) if aspect == "hard" else value_cases(rng)

    return cases


def _far(rng, note, n_samples=6):
    problem = draw_problem(rng, n_samples, 2, 3)
    directions = rng.normal(size=problem["X"].shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    sizes = np.sqrt(np.trace(problem["covariances"], axis1=1, axis2=2).max())
    problem["X"] = problem["X"] + 1000 * sizes * directions
    # Log densities near -1e6 carry an error of 1e-10 themselves, and so do their differences.
    return Case(problem, note, STAY_IN_LOGARITHMS, atol=1e-6)


def _zero_weight(rng):
    """The last component but one has weight 0, no label and no responsibility.

    A point stands on its mean: whoever lets it count sees it there.
    """
    problem = draw_problem(rng, 7, 2, 4)
    dead = 2
    problem["X"][3] = problem["means"][dead]
    weights = problem["weights"].copy()
    weights[dead] = 0
    problem["weights"] = weights / weights.sum()
    problem["z"] = np.where(problem["z"] == dead, 0, problem["z"])
    problem["Z"] = np.eye(4)[problem["z"]]
    R = problem["R"].copy()
    R[:, dead] = 0
    problem["R"] = R / R.sum(axis=1, keepdims=True)
    return problem


def _narrow(rng):
    problem = draw_problem(rng, 6, 2, 3)
    for name in ("X", "means", "mean"):
        problem[name] = 1e-3 * problem[name]
    for name in ("covariances", "covariance"):
        problem[name] = 1e-6 * problem[name]
    return problem


def _tiny_weight(rng):
    """Points on the way to the component, some of them its own all the same; one has its label."""
    problem = draw_problem(rng, 7, 2, 3)
    weights = problem["weights"].copy()
    weights[1] = 1e-15
    means = problem["means"] + [[0, 0], [12, 0], [0, 0]]
    X = problem["X"].copy()
    X[:5] = means[1] + np.linspace(0.1, 0.7, 5)[:, None] * (means[0] - means[1])
    z = np.concatenate([[1], problem["z"][1:]])
    return complete(rng, X, weights / weights.sum(), means, problem["covariances"], z)


def _offset(rng):
    problem = draw_problem(rng, 9, 2, 3)
    problem["X"] = problem["X"] + 1e8
    problem["means"] = problem["means"] + 1e8
    problem["mean"] = problem["means"][0]
    return problem


def _integers(rng):
    X = rng.integers(-6, 7, size=(8, 2))
    means = np.array([[-3, 2], [1, -1], [4, 3]])
    covariances = np.array([[[4, 1], [1, 3]], [[2, -1], [-1, 5]], [[6, 2], [2, 3]]])
    z = rng.integers(0, 3, size=8)
    problem = complete(rng, X, draw_weights(rng, 3), means, covariances, z)
    return problem | {"Z": problem["Z"].astype(int)}
