"""Which known mistakes an answer agrees with: each is run on the same input, then every two."""

import functools
from math import isfinite

import numpy as np

from nbjudge.checking.calls import attempt, attempt_aloud, quiet
from nbjudge.checking.plan import implementation, pair, pairs, singles, ways
from nbjudge.checking.remote import kind_of

# How far apart two answers may be whose makers rounded to float32.
_SINGLE = 1e-4


@quiet()
def name_mistakes(plan, function, case, outcome, evidence, kind="number"):
    """The mistakes that ``outcome`` of ``function`` on ``case`` agrees with: none, one or two.

    evidence: the other cases, which tell apart mistakes that agree with the answer here.
    kind: "integer" where integers and floats are different answers.
    """
    right = attempt(implementation(plan), case)
    own = functools.cache(lambda i: attempt(function, evidence[i]))

    def agrees(candidate, case, outcome):
        return same(attempt_aloud(candidate[1], case), outcome, case, kind)

    def agreements(candidate):
        return sum(agrees(candidate, other, own(i)) for i, other in enumerate(evidence))

    def explains(candidate):
        """Whether it agrees with most wrong answers: with a single one many a mistake may."""
        wrong = [(e, own(i)) for i, e in enumerate(evidence) if _is_wrong(plan, e, own(i), kind)]
        return 2 * sum(agrees(candidate, *entry) for entry in wrong) >= len(wrong)

    def agreeing(candidates, *cases):
        for candidate in candidates:
            if all(agrees(candidate, *one) for one in cases) and not agrees(candidate, case, right):
                yield candidate

    alone = [attempt_aloud(wrong, case) for _, wrong in singles(plan)]
    found = [
        (candidate, way)
        for candidate, way, other in zip(singles(plan), ways(plan), alone, strict=True)
        if same(other, outcome, case, kind) and not same(other, right, case, kind)
    ]
    if not found and outcome.error is not None:
        return ()  # of two mistakes the first to stop is seen alone
    if not found:
        chosen = _telling(ways(plan), alone, right, case, kind)
        # The cheapest case in which the answer is wrong sorts most pairs out.
        cheap = sorted(range(len(evidence)), key=lambda i: _effort(evidence[i]))
        entries = ((evidence[i], own(i)) for i in cheap)
        glance = next((e for e in entries if _is_wrong(plan, *e, kind)), (case, outcome))
        both = agreeing(pairs(plan, chosen), glance, (case, outcome))
        best = max(both, key=agreements, default=None)
        return best[0] if best and explains(best) else ()
    single, way = max(found, key=lambda entry: agreements(entry[0]))
    if agreements(single) == len(evidence):
        return single[0]
    # Here one mistake explains the answer, elsewhere not: there may be a second one, which
    # changes nothing here.
    others = [other for other in ways(plan) if other[0].step != way[0].step]
    both = agreeing((pair(plan, way, other) for other in others), (case, outcome))
    more = max(both, key=agreements, default=single)
    if agreements(more) == len(evidence):
        return more[0]
    return single[0] if explains(single) else ()


def _is_wrong(plan, case, outcome, kind):
    right = attempt_aloud(implementation(plan), case)
    return outcome.error is None and not same(right, outcome, case, kind)


def _effort(case):
    """About how much there is to compute in a case."""
    parts = [p for a in case.arguments.values() for p in (a if isinstance(a, tuple) else (a,))]
    return (1 + 4 * case.arguments.get("max_iter", 0)) * sum(map(np.size, parts))


def _telling(ways, alone, right, case, kind):
    """The ways of which each gives an answer of its own: not the right one, not a variant's."""
    chosen = []
    for (mistake, way), outcome in zip(ways, alone, strict=True):
        known = [right, *(other for one, _, other in chosen if one is mistake)]
        if not any(same(outcome, other, case, kind) for other in known):
            chosen.append((mistake, way, outcome))
    return [(mistake, way) for mistake, way, _ in chosen]


def same(one, other, case, kind="number"):
    """Whether two outcomes are one answer: in its numbers, its form, its error, its side effects.

    What is returned after an argument was changed does not matter: that alone is the mistake.
    """
    if one.error is not None or other.error is not None:
        return _words(one.error) == _words(other.error)
    if other.changed:
        return one.changed == other.changed
    # The numbers first: they mostly differ, and are quicker to compare than all arguments.
    return _alike(one.result, other.result, case, kind) and not one.changed


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
    # Most answers differ in their first number, which is quickly seen.
    if a.size and not _near(float(a.flat[0]), float(b.flat[0]), case.atol, rtol):
        return False
    return np.allclose(a.astype(float), b.astype(float), rtol=rtol, atol=case.atol, equal_nan=True)


def _near(a, b, atol, rtol):
    """What np.isclose with equal_nan says, of two numbers."""
    return abs(a - b) <= atol + rtol * abs(b) if isfinite(b) else a == b or (a != a and b != b)


def _sort(array, kind):
    """What kind of numbers, as far as it matters for the exercise."""
    if array.dtype.kind == "f":
        return "single" if array.dtype.itemsize < 8 else "float"
    if array.dtype.kind in "iu":
        return "integer" if kind == "integer" else "float"
    return "float" if kind == "indicator" else array.dtype.kind
