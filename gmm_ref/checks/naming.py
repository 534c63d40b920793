"""Which known mistakes an answer agrees with: each is run on the same input, then every two."""

import numpy as np

from gmm_ref.checks.calls import attempt
from gmm_ref.checks.mistakes.plan import implementation, pairs, singles
from gmm_ref.checks.remote import kind_of

# How far apart two answers may be whose makers rounded to float32.
_SINGLE = 1e-4


def name_mistakes(plan, function, case, outcome, evidence, kind="number"):
    """The mistakes that ``outcome`` of ``function`` on ``case`` agrees with: none, one or two.

    evidence: the other cases, which tell apart mistakes that agree with the answer here.
    kind: "integer" where integers and floats are different answers.
    """
    right = attempt(implementation(plan), case)

    def agreeing(candidates):
        for mistakes, wrong in candidates:
            other = attempt(wrong, case)
            if same(other, outcome, case, kind) and not same(other, right, case, kind):
                yield mistakes, wrong

    outcomes = []

    def agreements(entry):
        if not outcomes:
            outcomes.extend((case, attempt(function, case)) for case in evidence)
        return sum(same(attempt(entry[1], case), own, case, kind) for case, own in outcomes)

    found = list(agreeing(singles(plan)))
    if not found:
        return max(agreeing(pairs(plan)), key=agreements, default=((), None))[0]
    single = max(found, key=agreements)
    most = agreements(single)
    if most == len(outcomes):
        return single[0]
    # Here one mistake explains the answer, elsewhere not: there may be a second one.
    (mistake,) = single[0]
    both = list(agreeing(pairs(plan, mistake)))
    more = max(both, key=agreements, default=single)
    if agreements(more) <= most:
        return single[0]
    return (mistake, *(other for other in more[0] if other != mistake))


def same(one, other, case, kind="number"):
    """Whether two outcomes are one answer: in its numbers, its form, its error, its side effects.

    What is returned after an argument was changed does not matter: that alone is the mistake.
    """
    if one.error is not None or other.error is not None:
        return _words(one.error) == _words(other.error)
    if one.changed or other.changed:
        return one.changed == other.changed
    return _alike(one.result, other.result, case, kind)


def _words(error):
    return None if error is None else (kind_of(error), str(error))


def _alike(one, other, case, kind):
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        parts = len(one) == len(other)
        if parts and any(isinstance(part, (tuple, list, np.ndarray)) for part in one):
            return all(_alike(a, b, case, kind) for a, b in zip(one, other, strict=True))
    try:
        a, b = np.asarray(one), np.asarray(other)
    except ValueError:
        return False
    if a.shape != b.shape or _sort(a, kind) != _sort(b, kind):
        return False
    if a.dtype.kind not in "fiub":
        return False
    rtol = _SINGLE if _sort(a, kind) == "single" else case.rtol
    return np.allclose(a.astype(float), b.astype(float), rtol=rtol, atol=case.atol, equal_nan=True)


def _sort(array, kind):
    """What kind of numbers, as far as it matters for the exercise."""
    if array.dtype.kind == "f":
        return "single" if array.dtype.itemsize < 8 else "float"
    if array.dtype.kind in "iu":
        return "integer" if kind == "integer" else "float"
    return array.dtype.kind
