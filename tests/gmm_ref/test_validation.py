"""The door that every public function passes: what it refuses, in what words, and what it takes.

A refusal names the argument, says what was found, and what would help. Each bad value is tried on
each function that has the argument, so a function that forgets the door is found here.
"""

import inspect
import re

import numpy as np
import pytest
from inputs import FUNCTIONS, arguments_of, draw_problem

from gmm_ref import (
    Parameters,
    log_gaussian,
    log_joint,
    m_step,
)

pytestmark = pytest.mark.filterwarnings("error")


def changed(array, index, value):
    array = np.array(array, dtype=float)
    array[index] = value
    return array


NO_NUMBERS = "must be an array of numbers"
RAGGED = "parts of unequal length … give every row the same length"

# For each argument the bad values, made from a good one, and what the message says, in order.
BAD_VALUES = {
    "X": {
        "one dimension": (lambda X: X[:, 0], "X must have shape (N, D) … (40,) … X.reshape(-1, 1)"),
        "three dimensions": (lambda X: X[None], "X must have shape (N, D) … (1, 40, 2)"),
        "no features": (lambda X: X[:, :0], "X must have shape (N, D) … (40, 0)"),
        "NaN": (lambda X: changed(X, (4, 1), np.nan), "must be finite … X[4, 1] = nan … remove"),
        "infinite": (lambda X: changed(X, (2, 0), -np.inf), "must be finite … X[2, 0] = -inf"),
        "text": (lambda X: [["a", "b"]], f"X {NO_NUMBERS} … list … <U1"),
        "complex": (lambda X: X + 1j, f"X {NO_NUMBERS} … complex128"),
        "ragged": (lambda X: [[1, 2], [3]], f"X must be an array … {RAGGED}"),
        "None": (lambda X: None, f"X {NO_NUMBERS} … NoneType"),
    },
    "weights": {
        "too small a sum": (lambda w: 0.9 * w, "must sum to 1 … 0.9 … use weights / weights.sum()"),
        "too large a sum": (lambda w: w * (1 + 1e-5), "weights must sum to 1 … 1.00001"),
        "negative": (lambda w: np.array([1.25, -0.5, 0.25]), "not be negative … weights[1] = -0.5"),
        "two dimensions": (lambda w: w[None], "weights must have shape (K,) … (1, 3)"),
        "a number": (lambda w: 1.0, "weights must have shape (K,) … ()"),
        "none": (lambda w: [], "weights must have shape (K,) … (0,)"),
        "NaN": (lambda w: changed(w, 2, np.nan), "must be finite … weights[2] = nan"),
        "text": (lambda w: ["a", "b", "c"], f"weights {NO_NUMBERS} … <U1"),
        "ragged": (lambda w: [0.5, [0.2, 0.3]], f"weights must be an array … {RAGGED}"),
    },
    "means": {
        "one dimension": (lambda m: m[:, 0], "means must have shape (K, D) … (3,)"),
        "no features": (lambda m: m[:, :0], "means must have shape (K, D) … (3, 0)"),
        "no components": (lambda m: m[:0], "means must have shape (K, D) … (0, 2)"),
        "NaN": (lambda m: changed(m, (1, 1), np.nan), "must be finite … means[1, 1] = nan"),
        "text": (lambda m: [["a", "b"]] * 3, f"means {NO_NUMBERS} … <U1"),
    },
    "covariances": {
        "only one": (
            lambda C: C[0],
            "covariances must have shape (K, D, D) = (3, 2, 2) … means of shape (3, 2) … (2, 2)",
        ),
        "one too few": (lambda C: C[:2], "covariances must have shape … (3, 2, 2) … (2, 2, 2)"),
        "diagonals": (lambda C: C[:, 0], "covariances must have shape … but has shape (3, 2)"),
        "not symmetric": (
            lambda C: changed(C, (1, 0, 1), 0.25),
            "covariances[1] must be symmetric … [0, 1] and [1, 0] are 0.25 and … covariance.T) / 2",
        ),
        "a little asymmetric": (
            lambda C: changed(C, (2, 0, 1), C[2, 0, 1] + 1e-4),
            "covariances[2] must be symmetric",
        ),
        "indefinite": (
            lambda C: changed(C, 2, [[1, 2], [2, 1]]),
            "covariances[2] must be positive definite … smallest eigenvalue is -1; … the identity",
        ),
        "negative": (lambda C: -C, "covariances[0] must be positive definite"),
        "zero": (lambda C: changed(C, 1, 0), "covariances[1] must be positive … eigenvalue is 0"),
        "singular but for rounding": (
            lambda C: changed(C, 1, [[1, 1 / 3], [1 / 3, 1 / 9 + 1e-16]]),
            "covariances[1] must be positive definite",
        ),
        "NaN": (lambda C: changed(C, (1, 0, 0), np.nan), "finite … covariances[1, 0, 0] = nan"),
        "text": (lambda C: [[["a", "b"]] * 2] * 3, f"covariances {NO_NUMBERS} … <U1"),
    },
    "mean": {
        "a number": (lambda m: 1.0, "mean must have shape (D,) … ()"),
        "two dimensions": (lambda m: m[None], "mean must have shape (D,) … (1, 2)"),
        "none": (lambda m: [], "mean must have shape (D,) … (0,)"),
        "NaN": (lambda m: changed(m, 1, np.nan), "must be finite … mean[1] = nan"),
    },
    "covariance": {
        "a number": (lambda C: 2.0, "covariance must have shape (D, D) = (2, 2) … ()"),
        "diagonal": (lambda C: np.diag(C), "covariance must have shape … mean of shape … (2,)"),
        "not symmetric": (lambda C: changed(C, (0, 1), 9), "covariance must be symmetric … 9"),
        "indefinite": (lambda C: [[1, 2], [2, 1]], "covariance must be positive … is -1;"),
        "infinite": (lambda C: changed(C, (0, 0), np.inf), "finite … covariance[0, 0] = inf"),
    },
    "R": {
        "one dimension": (lambda R: R[:, 0], "R must have shape (N, K) … (40,)"),
        "no components": (lambda R: R[:, :0], "R must have shape (N, K) … (40, 0)"),
        "negative": (
            lambda R: changed(R, 3, [0.7, -0.2, 0.5]),
            "R must not be negative … R[3, 1] = -0.2",
        ),
        "a row that misses 1": (
            lambda R: changed(R, 5, 0.3),
            "each row of R must sum to 1 … row 5 sums to 0.9; … R / R.sum(axis=1, keepdims=True)",
        ),
        "rows that just miss 1": (lambda R: R * (1 + 1e-5), "row of R must sum to 1 … 1.00001"),
        "normalised over points": (lambda R: R / R.sum(axis=0), "each row of R must sum to 1"),
        "NaN": (lambda R: changed(R, (6, 2), np.nan), "must be finite … R[6, 2] = nan"),
    },
    "Z": {
        "labels": (
            lambda Z: Z.argmax(axis=1),
            "Z must be one-hot … (40,) … use one_hot(z",
        ),
        "two labels": (
            lambda Z: changed(Z, 4, [1, 1, 0]),
            "Z must hold one 1 … row 4 is [1. 1.",
        ),
        "no label": (lambda Z: changed(Z, 4, 0), "each row of Z must hold one 1 … row 4"),
        "a label of 2": (lambda Z: 2 * Z, "each row of Z must hold one 1 … row 0"),
        "a sum of 1": (lambda Z: changed(Z, 3, [1, 0.5, -0.5]), "Z must hold one 1 … row 3"),
        "a column too many": (
            lambda Z: np.eye(4)[Z.argmax(axis=1)],
            "Z has shape (40, 4), 4 columns … 3 components",
        ),
        "NaN": (lambda Z: changed(Z, (1, 1), np.nan), "must be finite … Z[1, 1] = nan"),
    },
    "z": {
        "two dimensions": (lambda z: z[:, None], "z must have shape (N,) … (40, 1)"),
        "a number": (lambda z: 1, "z must have shape (N,) … ()"),
        "floats": (lambda z: z.astype(float), "z must hold integers … float64; use z.astype(int)"),
        "counted from 1": (lambda z: np.arange(1, 4), "z must hold labels from 0 to 2 … 1 to 3"),
        "negative": (lambda z: [0, -1], "z must hold labels from 0 to 2 … -1 to 0"),
        "ragged": (lambda z: [0, [1, 2]], f"z must be an array … {RAGGED}"),
    },
    "n_components": {
        "none": (lambda n: 0, "n_components must be at least 1, but is 0"),
        "a float": (lambda n: 3.0, "n_components must be a whole number, but is 3.0"),
    },
    "n_samples": {
        "negative": (lambda n: -1, "n_samples must be at least 0, but is -1"),
        "text": (lambda n: "5", "n_samples must be a whole number, but is '5'"),
    },
    "n_restarts": {
        "none": (lambda n: 0, "n_restarts must be at least 1, but is 0"),
        "a float": (lambda n: 2.5, "n_restarts must be a whole number, but is 2.5"),
    },
    "max_iter": {
        "negative": (lambda n: -1, "max_iter must be at least 0, but is -1"),
        "a float": (lambda n: 1e3, "max_iter must be a whole number, but is 1000.0"),
    },
    "tol": {
        "negative": (lambda tol: -1e-9, "tol must be a number of at least 0, but is -1e-09"),
        "NaN": (lambda tol: float("nan"), "tol must be a number of at least 0, but is nan"),
        "text": (lambda tol: "small", "tol must be a number of at least 0, but is 'small'"),
    },
    "theta": {
        "two parts": (
            lambda theta: theta[:2],
            "theta must be (weights, means, … tuple",
        ),
        "None": (lambda theta: None, "theta must be (weights, means, covariances) … NoneType"),
    },
    "rng": {
        "a seed": (lambda rng: 7, "rng must be a numpy.random.Generator … int … default_rng(seed)"),
        "the global one": (lambda rng: np.random, "rng must be a numpy.random.Generator … module"),
        "the old kind": (lambda rng: np.random.RandomState(7), "rng must be … RandomState"),
    },
}

# Values that are good in themselves, but not beside another argument.
MISFITS = {
    "a feature too many": (
        ("X", "means"),
        lambda X: np.hstack([X, X[:, :1]]),
        "X has shape (40, 3), 3 features a point … describe 2 … rows are points",
    ),
    "a feature too many for one Gaussian": (
        ("X", "mean"),
        lambda X: np.hstack([X, X[:, :1]]),
        "X has shape (40, 3), 3 features a point … describe 2",
    ),
    "a weight too many": (
        ("weights", "means"),
        lambda w: np.append(w, 0),
        "has shape … components",
    ),
    "a weight too many for Z": (
        ("weights", "Z"),
        lambda w: np.append(w, 0),
        "has shape … components",  # of weights or of Z: which of them is wrong nobody can know
    ),
    "a mean too many": (("means", "covariances"), lambda m: m[[0, 1, 2, 0]], "4"),
    "a row too few in R": (
        ("R", "X"),
        lambda R: R[:-1],
        "R has 39 rows, but X has 40 points; give one row a point",
    ),
    "a column too many in R": (
        ("R", "means"),
        lambda R: np.insert(R, 3, 0, axis=1),
        "R must have shape (N, K) = (40, 3), but has shape (40, 4)",
    ),
    "a row too few in Z": (
        ("Z", "X"),
        lambda Z: Z[:-1],
        "Z has 39 rows, but X has 40 points; give one row a point",
    ),
    "fewer points than components": (
        ("X", "n_restarts"),
        lambda X: X[:2],
        "X has 2 points, but n_components = 3 needs as many; use fewer components",
    ),
    "points on a line": (
        ("X", "n_restarts"),
        lambda X: X[:, [0, 0]],
        "the covariance of X must be positive definite … eigenvalue",
    ),
}


def good_problem():
    """Enough points that no component collapses."""
    return draw_problem(1, N=40)


def names_of(function):
    """The names of its arguments, and of the parts of theta."""
    names = set(inspect.signature(function).parameters)
    return names | set(Parameters._fields) if "theta" in names else names


def arguments_with(function, name, make_bad):
    """Good arguments but for one, given under its own name or as a part of theta."""
    arguments = arguments_of(function, good_problem())
    if name in arguments:
        return {**arguments, name: make_bad(arguments[name])}
    part = make_bad(getattr(arguments["theta"], name))
    return {**arguments, "theta": arguments["theta"]._replace(**{name: part})}


def refusals():
    """Every bad value and misfit, on every function that it concerns."""
    for title, function in FUNCTIONS.items():
        names = names_of(function)
        for name in sorted(names):
            for case, (make_bad, says) in BAD_VALUES[name].items():
                yield pytest.param(function, name, make_bad, says, id=f"{title}-{name}-{case}")
        for case, (pair, make_bad, says) in MISFITS.items():
            if names.issuperset(pair):
                yield pytest.param(function, pair[0], make_bad, says, id=f"{title}-{case}")


@pytest.mark.parametrize(("function", "name", "make_bad", "says"), list(refusals()))
def test_bad_value_is_refused_in_words(function, name, make_bad, says):
    with pytest.raises(ValueError) as caught:
        function(**arguments_with(function, name, make_bad))
    caught.match(".*".join(re.escape(words) for words in says.split(" … ")))


def test_asymmetry_is_shown_where_it_is():
    """The entries named are the wrong ones, not those of the largest rounding error."""
    covariance = np.diag([1e12, 1e12, 1.0, 1.0])
    covariance[0, 1], covariance[1, 0] = 5e11, 5e11 + 10
    covariance[2, 3] = 0.5
    with pytest.raises(ValueError, match=r"\[2, 3\] and \[3, 2\] are 0.5 and 0;"):
        log_gaussian(np.zeros((1, 4)), np.zeros(4), covariance)


def test_rounding_of_float32_is_no_mistake(lopsided):
    """Sums that miss 1 by 1e-7 and a covariance that misses symmetry by as much."""
    X, (weights, means, covariances), _, R = lopsided
    skew = np.array([[0, 1e-7], [0, 0]])
    assert np.isfinite(log_joint(X, weights * (1 + 2e-7), means, covariances + skew)).all()
    assert np.isfinite(m_step(X, R * (1 - 2e-7)).covariances).all()


# What the door takes

every_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def converted(arguments, convert):
    """The arguments with every array converted, those inside theta as well."""

    def change(value):
        if isinstance(value, tuple):
            return tuple(change(part) for part in value)
        return convert(value) if isinstance(value, np.ndarray) else value

    return {name: change(value) for name, value in arguments.items()}


def assert_taken_for_the_same(function, problem, convert, back):
    """f(converted) = f(converted and back in float64), to the last bit."""
    strange = converted(arguments_of(function, problem), convert)
    plain = converted(converted(arguments_of(function, problem), convert), back)
    np.testing.assert_equal(function(**strange), function(**plain))


def integer_problem():
    """X from 0 to 255, and means in it: differences and squares leave the range of uint8."""
    problem = good_problem()
    theta = problem.theta._replace(
        means=np.array([[200.0, 30.0], [90.0, 250.0], [10.0, 20.0]]),
        covariances=np.array([[[90.0, 7], [7, 80]], [[200, 50], [50, 100]], [[70, 5], [5, 250]]]),
    )
    X = np.clip(np.round(20 * problem.X + 128), 0, 255)
    return problem._replace(X=X, theta=theta, R=problem.Z)


def to_integers(kind):
    return lambda array: array.astype(kind) if np.all(array == np.round(array)) else array


def labels_stay(array):
    return array if array.dtype == int else array.astype(float)


@every_function
def test_float32_is_calculated_in_float64(function):
    def single(array):
        return array if array.dtype == int else array.astype(np.float32)

    assert_taken_for_the_same(function, good_problem(), single, labels_stay)


@every_function
@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64])
def test_integers_do_not_wrap_around(function, kind):
    def plain(array):
        is_labels = array.ndim == 1 and "z" in inspect.signature(function).parameters
        return array.astype(int if is_labels else float)

    assert_taken_for_the_same(function, integer_problem(), to_integers(kind), plain)


@every_function
def test_lists_are_as_good_as_arrays(function):
    assert_taken_for_the_same(function, good_problem(), np.ndarray.tolist, np.asarray)


@every_function
def test_no_input_is_changed(function):
    """Nor handed out again: who writes to a result writes to no argument."""
    arguments, untouched = (arguments_of(function, good_problem()) for _ in range(2))
    results = function(**arguments)
    for result in results if isinstance(results, tuple) else (results,):
        for part in result if isinstance(result, Parameters) else (result,):
            if isinstance(part, np.ndarray):
                part += 1
    untouched["rng"] = arguments.get("rng")  # of all arguments the one that has to move on
    for name, value in arguments.items():
        np.testing.assert_equal(value, untouched[name], err_msg=name)
