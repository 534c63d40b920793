"""Comparing an answer with the reference: the form first, then the numbers."""

import numpy as np

from nbjudge.checking.message import describe

# What the entries of an answer may be: kinds of dtype, and how the student reads it.
KINDS = {
    "number": ("fiu", "numbers of float64"),
    "integer": ("iu", "integers"),
    # True and False count as the 1 and 0 that they are in every sum.
    "indicator": ("fiub", "zeros and ones"),
}


def form_fault(answer, expected, kind="number"):
    """What is wrong with the type or the shape of an answer, or None.

    Where ``expected`` is a NamedTuple, the answer must be a tuple of its parts.
    """
    if isinstance(expected, tuple):
        return _first_fault(answer, expected, lambda got, wanted: form_fault(got, wanted, kind))
    try:
        array = np.asarray(answer)
    except ValueError:
        return f"It must return {_wanted(expected)}, but returned rows of unequal length."
    kinds, words = KINDS[kind]
    if array.shape != np.shape(expected):
        return f"It must return {_wanted(expected)}, but returned {describe(answer)}."
    if array.dtype.kind not in kinds:
        return f"It must return {words}, but returned {describe(answer)}."
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        return f"It must return {words}, but returned {describe(answer)}: digits are lost."
    return None


def value_fault(answer, expected, case, index=()):
    """What is wrong with the numbers of an answer of the right form, or None.

    index: the names of the answer's axes.
    """
    if isinstance(expected, tuple):
        return _first_fault(answer, expected, lambda got, wanted: value_fault(got, wanted, case))
    answer, expected = np.asarray(answer, dtype=float), np.asarray(expected, dtype=float)
    close = np.isclose(answer, expected, rtol=case.rtol, atol=case.atol, equal_nan=True)
    if close.all():
        return None
    if expected.size == 1:
        return _single_fault(float(answer.ravel()[0]), float(expected.ravel()[0]))
    first = tuple(int(i) for i in np.argwhere(~close)[0])
    where = ", ".join(f"{name} = {i}" for name, i in zip(index, first, strict=False))
    where = where or f"[{', '.join(map(str, first))}]"
    wrong = np.sum(~close)
    share = f"{wrong} of its {close.size} entries {'is' if wrong == 1 else 'are'} wrong"
    return (
        f"{share}. The first, at {where}: it returned {answer[first]:.10g}, "
        f"but the formula gives {expected[first]:.10g}."
    )


def _single_fault(answer, expected):
    """How far off one number is, in words that do not give the right one away."""
    if not (np.isfinite(answer) and np.isfinite(expected)):
        kind = "a finite number" if np.isfinite(expected) else "minus infinity"
        return f"It returned {answer:.6g}, but the formula gives {kind}."
    side = "high" if answer > expected else "low"
    return f"It returned {answer:.6g}: too {side} by about {abs(answer - expected):.1g}."


def agrees(answer, expected, case, kind="number"):
    """Whether an answer has the form and the numbers of ``expected``."""
    return form_fault(answer, expected, kind) is None and (
        value_fault(answer, expected, case) is None
    )


def _first_fault(answer, expected, fault_of):
    names = expected._fields
    if not isinstance(answer, (tuple, list)) or len(answer) != len(names):
        return f"It must return the tuple ({', '.join(names)}), but returned {describe(answer)}."
    for name, got, wanted in zip(names, answer, expected, strict=True):
        fault = fault_of(got, wanted)
        if fault:
            return f"{name}: {fault}"
    return None


def _wanted(expected):
    shape = np.shape(expected)
    return f"an array of shape {shape}" if shape else "one number"
