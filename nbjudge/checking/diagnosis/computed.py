"""Mistakes recognised in answers that are computed: each is run on the same input, then every two.

A candidate agrees with an answer where both are the same numbers, the same error, or the same
change of an argument. Of several that agree in the case that failed, the other cases tell which.
"""

import dataclasses
import functools
from math import isfinite

import numpy as np

from nbjudge.checking.calls import attempt, attempt_aloud, quiet
from nbjudge.checking.plan import Candidate, pairs, singles
from nbjudge.checking.remote import kind_of

# How far apart two answers may be whose makers rounded to float32.
_SINGLE = 1e-4
# And where the answer is as near to the right one as rounding may take it, but fails all the same.
_FINE = 1e-12


@quiet()
def diagnose(plan, function, case, outcome, evidence, kind="number"):
    """The mistakes that ``outcome`` of ``function`` on ``case`` agrees with: none, one or two.

    evidence: the other cases, which tell apart mistakes that agree with the answer here.
    kind: "integer" where integers and floats are different answers.
    """
    seen = _Evidence(plan, function, case, outcome, evidence, kind)
    alone = [attempt_aloud(candidate, case) for candidate in singles(plan)]
    agreeing = [
        candidate
        for candidate, answer in zip(singles(plan), alone, strict=True)
        if seen.same(answer, outcome) and not seen.same(answer, seen.right)
    ]
    if agreeing:
        return _one_or_two(seen, max(agreeing, key=seen.agreements))
    if outcome.error is not None:
        return ()  # of two mistakes the first to stop is seen alone
    best = seen.best(pairs(_telling(seen, alone)))
    return _in_all(best) if best and seen.explains(best[0]) else ()


def _one_or_two(seen, single):
    """The mistakes of a candidate that agrees in the case, or of it and a second one.

    Where one explains the answer here but not elsewhere, there may be a second one, which changes
    nothing here.
    """
    if seen.explains_all(single):
        return single.mistakes
    more = seen.best(single.joined(c) for c in singles(seen.plan) if single.can_join(c))
    if more and seen.explains_all(more[0]):
        return _in_all(more)
    return single.mistakes if seen.explains(single) else ()


def _in_all(candidates):
    """The mistakes that all of these have: one half of a pair, where the answer tells no other."""
    first, *others = (candidate.mistakes for candidate in candidates)
    told = tuple(m for m in first if all(m.name in {n.name for n in other} for other in others))
    return told if len(told) == len(first) else tuple(map(_with_another, told))


def _with_another(mistake):
    why = f"{mistake.message.why} There is another mistake, which this answer does not tell."
    return mistake.again(why=why.lstrip())


def _telling(seen, alone):
    """The candidates of which each gives an answer of its own: not the right one, not another's."""
    chosen, known = [], [seen.right]
    for candidate, answer in zip(singles(seen.plan), alone, strict=True):
        if not any(seen.same(answer, other) for other in known):
            chosen.append(candidate)
            known.append(answer)
    return chosen


class _Evidence:
    """The function's answer in the case that failed, and in the others when they are asked for."""

    def __init__(self, plan, function, case, outcome, others, kind):
        self.plan, self.kind = plan, kind
        self.case, self.outcome, self.others = case, outcome, others
        self.right = attempt(Candidate(plan), case)
        if self.same(self.right, outcome):
            self.case = dataclasses.replace(case, rtol=_FINE, atol=_FINE)
        self.own = functools.cache(lambda i: attempt(function, others[i]))

    def same(self, one, other):
        """Whether two outcomes of the case that failed are one answer."""
        return same(one, other, self.case, self.kind)

    @functools.cached_property
    def wrong(self):
        """(case, outcome) of the other cases in which the answer is wrong, the cheapest first."""
        answers = [(case, self.own(i)) for i, case in enumerate(self.others)]
        return sorted(
            (entry for entry in answers if self._is_wrong(*entry)), key=lambda e: _effort(e[0])
        )

    @functools.cached_property
    def usual(self):
        """(case, outcome) of the others of which nothing is special, where there is an answer."""
        answers = [(case, self.own(i)) for i, case in enumerate(self.others) if not case.note]
        return [entry for entry in answers if entry[1].error is None]

    def agreements(self, candidate):
        """In how many of the other cases a candidate agrees with the answer."""
        return sum(self._agrees(candidate, case, self.own(i)) for i, case in enumerate(self.others))

    def explains_all(self, candidate):
        """Whether it agrees in every case."""
        return self.agreements(candidate) == len(self.others)

    def explains(self, candidate):
        """Whether it agrees with most answers, with most wrong ones, and with all usual ones.

        With a single one many a mistake may: all that come to nan are alike. An answer to a case of
        which nothing is special has no other cause.
        """
        wrong = sum(self._agrees(candidate, *entry) for entry in self.wrong)
        return (
            all(self._agrees(candidate, *entry) for entry in self.usual)
            and 2 * wrong >= len(self.wrong)
            and 2 * self.agreements(candidate) >= len(self.others)
        )

    def best(self, candidates):
        """Of those that agree in the case, the ones that agree in the most others, as a list."""
        counted = [(one, self.agreements(one)) for one in self.agreeing(candidates)]
        most = max((count for _, count in counted), default=0)
        return [one for one, count in counted if count == most]

    def agreeing(self, candidates):
        """Those that agree in the case that failed and, looked at first, in the cheapest one."""
        glance = self.wrong[:1]
        here = self.case, self.outcome
        for candidate in candidates:
            if all(self._agrees(candidate, *entry) for entry in (*glance, here)) and not (
                self._agrees(candidate, self.case, self.right)
            ):
                yield candidate

    def _agrees(self, candidate, case, outcome):
        return same(attempt_aloud(candidate, case), outcome, case, self.kind)

    def _is_wrong(self, case, outcome):
        right = attempt_aloud(Candidate(self.plan), case)
        return outcome.error is None and not same(right, outcome, case, self.kind)


def _effort(case):
    """About how much there is to compute in a case: whole numbers mostly say how often."""
    parts = [p for a in case.arguments.values() for p in (a if isinstance(a, tuple) else (a,))]
    return sum(map(np.size, parts)) * (1 + sum(p for p in parts if isinstance(p, int)))


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
