"""What can be said of a wrong answer that agrees with no known mistake."""

import numpy as np

from gmm_ref.checks.problems import case_of, draw_problem, value_problems
from nbjudge.checking.calls import attempt
from nbjudge.checking.compare import agrees
from nbjudge.checking.naming import same


def remarks(exercise, function, case, outcome):
    """Sentences on where the function is right and on how the answer differs from the right one."""
    if outcome.error is not None or outcome.changed:
        return _of_inputs(exercise, function, case)
    again = (attempt(function, case) for _ in range(3))
    if not all(same(other, outcome, case, exercise.kind) for other in again):
        return [
            "Called again with the same arguments, it gave another answer: nothing is left to "
            "chance here, and nothing may be kept from one call to the next."
        ]
    expected = exercise.reference(**case.arguments)
    if exercise.kind != "number":
        return [*_of_shape(outcome.result, expected, case), *_of_inputs(exercise, function, case)]
    return [
        *(_of_parts(outcome.result, expected, case) if isinstance(expected, tuple) else ()),
        *_of_shape(outcome.result, expected, case),
        *_of_numbers(outcome.result, expected, case),
        *_of_inputs(exercise, function, case),
    ]


def _numbers(answer, shape):
    """The answer as floats of this shape, or None."""
    try:
        array = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.shape == shape else None


def _of_parts(answer, expected, case):
    """Which parts of a tuple are right, and how the others differ."""
    if not isinstance(answer, (tuple, list)) or len(answer) != len(expected):
        return
    right = []
    for name, got, wanted in zip(expected._fields, answer, expected, strict=True):
        if agrees(got, wanted, case):
            right.append(name)
            continue
        sentences = _of_numbers(got, wanted, case, ("component", "feature"))
        yield from (f"{name}: {sentence}" for sentence in sentences)
        got = _numbers(got, wanted.shape)
        ratio = None if got is None else _one_number(got / wanted, axis=tuple(range(1, got.ndim)))
        if ratio is not None and np.ptp(ratio) > 1e-6:
            factors = ", ".join(f"{r:.4g}" for r in ratio)
            yield f"{name}: each component is off by a factor of its own: {factors}."
    if right:
        yield f"Right already: {' and '.join(right)}."


def _of_shape(answer, expected, case):
    if isinstance(expected, tuple):
        return
    got, wanted = _numbers_for(answer, case), _numbers_for(expected, case)
    if got and wanted and set(got) != set(wanted):
        yield f"It holds {_in_words(got)}; asked for is {_in_words(wanted)}."
    shape = _shape(answer)
    if shape and tuple(size for size in shape if size != 1) == np.shape(expected) != shape:
        yield "It has an axis of length 1 too many: index it with 0."
    turned = _numbers(answer, np.shape(expected)[::-1])
    if turned is not None and np.shape(answer) != np.shape(expected):
        more = (
            "with it, the numbers are right"
            if agrees(turned.T, expected, case)
            else ("but then the numbers are not right either")
        )
        yield f"Its axes are transposed: .T would give the right shape, {more}."


# What the axes of the arguments count.
_AXES = {
    "X": ("point", "feature"),
    "R": ("point", "component"),
    "Z": ("point", "component"),
    "means": ("component", "feature"),
}


def _numbers_for(answer, case):
    """What an answer's axes count, ("all",) for a single number; None where sizes are alike."""
    known = {}
    for name in _AXES.keys() & case.arguments.keys():
        known |= dict(zip(_AXES[name], np.shape(case.arguments[name]), strict=True))
    of_size = {size: axis for axis, size in known.items()}
    shape = _shape(answer)
    if shape is None or len(of_size) < len(known) or not set(shape) <= set(of_size):
        return None
    return tuple(of_size[size] for size in shape) or ("all",)


def _shape(answer):
    """The shape of an answer; None where its rows are of unequal length."""
    try:
        return np.shape(answer)
    except ValueError:
        return None


def _in_words(axes):
    if axes == ("all",):
        return "one number for all"
    return f"one number for each {' and '.join(axes)}"


def _of_numbers(answer, expected, case, axes=("point", "component")):
    if isinstance(expected, tuple):
        return
    expected = np.asarray(expected, dtype=float)
    answer = _numbers(answer, expected.shape)
    if answer is None:
        return
    if not np.isfinite(answer[np.isfinite(expected)]).all():
        yield (
            "It holds NaN or infinity where the right answer is a finite number: a division by 0, "
            "a logarithm of 0, or an exp that is too small or too large for a float."
        )
        return
    finite = np.isfinite(expected) & np.isfinite(answer)
    yield from _of_sums(answer, expected)
    if not finite.any() or expected.size == 1:
        return
    difference = np.where(finite, answer - np.where(finite, expected, 0), np.nan)
    ratio = np.where(finite & (expected != 0), answer, np.nan) / np.where(
        finite & (expected != 0), expected, 1
    )
    for words, table in (("by a constant", difference), ("by a constant factor", ratio)):
        yield from _of_constants(words, table, axes)
    yield from _of_functions(answer, expected, case)


def _of_sums(answer, expected):
    if answer.ndim != 2 or not np.allclose(expected.sum(axis=1), 1):
        return
    rows, columns = (np.allclose(answer.sum(axis=axis), 1) for axis in (1, 0))
    if columns and not rows:
        yield "Its columns sum to 1, but its rows should: the sum runs over the wrong axis."
    elif rows:
        yield "Its rows sum to 1, as they should: the normalisation is right, what goes in is not."
    else:
        yield "Its rows do not sum to 1."


def _of_constants(words, table, axes):
    whole = _one_number(table)
    if whole is not None:
        yield f"All entries are off {words}: {float(whole):.6g}."
    elif table.ndim == 2 and min(table.shape) > 1:
        for axis in (0, 1):
            if _one_number(table, axis=axis) is not None:
                yield f"Within each {axes[1 - axis]} all entries are off {words}."
                return


def _one_number(table, axis=None):
    """The constant that a table holds along an axis, or None where it holds several."""
    finite = np.isfinite(table)
    if finite.sum() < 2 or (axis is not None and (finite.sum(axis=axis) < 2).any()):
        return None
    low, high = np.nanmin(table, axis=axis), np.nanmax(table, axis=axis)
    if np.all(high - low <= 1e-7 * np.maximum(1, np.abs(high))):
        return (low + high) / 2
    return None


def _of_functions(answer, expected, case):
    near = {"rtol": max(case.rtol, 1e-9), "atol": case.atol}
    if answer.size > 2 and np.allclose(np.sort(answer.ravel()), np.sort(expected.ravel()), **near):
        yield "Its numbers are the right ones, but in another order."
    if np.allclose(answer, np.exp(np.minimum(expected, 700)), **near):
        yield "It is exp of the right answer: a logarithm is missing."
    if np.all(expected > 0) and np.allclose(answer, np.log(expected), **near):
        yield "It is the logarithm of the right answer: an exp is missing."


# What an input at the edge asks for: a part of the case's note, and what goes wrong there.
_AT_THE_EDGE = [
    (
        "standard deviations away",
        "Out there a density is 0 as a float, and its logarithm -inf: stay in logarithms, "
        "and add no small number to keep off the 0, nor cut small values off.",
    ),
    (
        "weight 0",
        "Its logarithm is -inf, and that is right; a term 0 log 0 counts as 0. Add no small "
        "number to the weights, and cut nothing off.",
    ),
    (
        "weight 1e-15",
        "A weight counts as it is, however small: add nothing to it before the logarithm, "
        "and do not clip it.",
    ),
    (
        "integers",
        "An array made with np.zeros_like or np.empty_like of whole numbers cuts what is written "
        "into it to whole numbers: make it with np.zeros(shape).",
    ),
    ("one component", "An axis of length 1 must stay: squeeze() and z[0] take it away."),
    ("one point", "An axis of length 1 must stay: squeeze() and X[0] take it away."),
    (
        "as many points as components",
        "There an array of shape (N,) goes along either axis without an error: write "
        "[:, None] for one number a point, [None, :] for one a component.",
    ),
    (
        "densities are above 1",
        "A density is no probability: it may be above 1, and its logarithm above 0.",
    ),
    ("600 points", "The product of so many probabilities is 0 as a float: add logarithms."),
    (
        "1e8",
        "The difference of two large squares has lost all its digits: take the mean off first, "
        "then multiply.",
    ),
    ("exactly 0 and 1", "A term 0 log 0 counts as 0, not as NaN: scipy.special.xlogy knows that."),
]


def _of_inputs(exercise, function, case):
    """On which simpler inputs the function is right: what it does not need there is the mistake."""
    rng = exercise.rng("remarks")
    near = all(_right(exercise, function, other) for other in exercise.cases("value"))
    if near and case.note:
        yield f"On the usual inputs it is right; what goes wrong has to do with: {case.note}."
        yield from [words for about, words in _AT_THE_EDGE if about in case.note][:1]
    if near:
        return
    for words, problem in _simple_problems(rng, exercise.parameters):
        if set(problem) >= set(exercise.parameters):
            other = case_of(exercise.parameters, problem)
            if _right(exercise, function, other):
                yield f"It is right {words}."


def _right(exercise, function, case):
    outcome = attempt(function, case)
    if outcome.error is not None or outcome.changed or outcome.result is None:
        return False
    return agrees(outcome.result, exercise.reference(**case.arguments), case, exercise.kind)


def _simple_problems(rng, parameters):
    """(words, problem): each without one of the difficulties of the usual problem."""
    usual = value_problems(rng)[0][1]
    n_components, n_features = usual["means"].shape
    if n_components > 1:
        yield "for one component (K = 1)", draw_problem(rng, 4, 2, 1)
    yield "for one point (N = 1)", draw_problem(rng, 1, 2, 3)
    if "X" in parameters:
        yield "for one feature (D = 1)", draw_problem(rng, 4, 1, 3)
    if "weights" in parameters:
        equal = np.full(n_components, 1 / n_components)
        yield "with equal weights, so look at the weights", usual | {"weights": equal}
    if "covariances" in parameters:
        round_ = np.stack([np.eye(n_features)] * n_components)
        yield (
            "where every covariance is the identity, so look at the covariances",
            usual | {"covariances": round_},
        )
    if "R" in parameters:
        R = np.eye(n_components)[np.arange(len(usual["X"])) % n_components]
        yield "where all responsibilities are 0 or 1, so look at what R does", usual | {"R": R}
