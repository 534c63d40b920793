"""What can be said of a wrong answer that agrees with no known mistake."""

import numpy as np

from nbjudge.checking.calls import attempt
from nbjudge.checking.compare import agrees
from nbjudge.checking.diagnosis.computed import same


def hints(exercise, function, case, outcome):
    """Sentences on where the function is right and on how the answer differs from the right one."""
    comparable = same(outcome, outcome, case, exercise.kind)
    if outcome.error is not None or outcome.changed or not comparable:
        return _of_inputs(exercise, function, case)
    again = (attempt(function, case) for _ in range(3))
    if not all(same(other, outcome, case, exercise.kind) for other in again):
        return [
            "Called again with the same arguments, it gave another answer: nothing is left to "
            "chance here, and nothing may be kept from one call to the next."
        ]
    expected = exercise.reference(**case.arguments)
    if exercise.kind != "number":
        return [
            *_of_shape(exercise, outcome.result, expected, case),
            *_of_inputs(exercise, function, case),
        ]
    return [
        *_of_parts(exercise, outcome.result, expected, case),
        *_of_shape(exercise, outcome.result, expected, case),
        *_of_numbers(exercise, outcome.result, expected, case),
        *_of_inputs(exercise, function, case),
    ]


def _numbers(answer, shape):
    """The answer as floats of this shape, or None."""
    try:
        array = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.shape == shape else None


def _of_parts(exercise, answer, expected, case):
    """Which parts of a tuple are right, and how the others differ."""
    if not isinstance(expected, tuple):
        return
    if not isinstance(answer, (tuple, list)) or len(answer) != len(expected):
        return
    right = []
    for name, got, wanted in zip(expected._fields, answer, expected, strict=True):
        if agrees(got, wanted, case):
            right.append(name)
            continue
        sentences = _of_numbers(exercise, got, wanted, case)
        yield from (f"{name}: {sentence}" for sentence in sentences)
        got = _numbers(got, np.shape(wanted))
        ratio = None if got is None else _one_number(got / wanted, axis=tuple(range(1, got.ndim)))
        if ratio is not None and np.ptp(ratio) > 1e-6:
            factors = ", ".join(f"{r:.4g}" for r in ratio)
            first, *_ = _counted(exercise, wanted, case) or ("row",)
            yield f"{name}: each {first} is off by a factor of its own: {factors}."
    if right:
        yield f"Right already: {' and '.join(right)}."


def _of_shape(exercise, answer, expected, case):
    if isinstance(expected, tuple):
        return
    got, wanted = (_counted(exercise, one, case) for one in (answer, expected))
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


def _counted(exercise, answer, case):
    """What an answer's axes count, ("all",) for a single number; None where sizes are alike."""
    known = {}
    for name, axes in exercise.subject.axes.items():
        if name in case.arguments:
            known |= dict(zip(axes, np.shape(case.arguments[name]), strict=True))
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


def _of_numbers(exercise, answer, expected, case):
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
    axes = _counted(exercise, expected, case) or ("row", "column")
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


def _of_inputs(exercise, function, case):
    """On which simpler inputs the function is right: what it does not need there is the mistake."""
    near = all(_right(exercise, function, other) for other in exercise.cases("value"))
    if near and case.note:
        yield f"On the usual inputs it is right; what goes wrong has to do with: {case.note}."
        yield from [case.advice] * bool(case.advice)
    if near:
        return
    for simple in exercise.subject.simple_cases(exercise.rng("remarks")):
        names = set(exercise.parameters)
        asked = names <= set(simple.case.arguments) and simple.about in (None, *names)
        if asked and _right(exercise, function, simple.case.only(exercise.parameters)):
            yield f"It is right {simple.words}."


def _right(exercise, function, case):
    return exercise.accepts(attempt(function, case), case)
