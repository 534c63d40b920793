"""Mistakes recognised in answers that are drawn: in form, in use of the rng, in distribution.

Each candidate draws a few times. It agrees with a sampler where the shapes are the same, what stays
the same from one rng to the next is the same, and the signatures of the draws are alike.
"""

import functools

import numpy as np

from nbjudge.checking.calls import attempt_aloud, quiet
from nbjudge.checking.case import reseeded
from nbjudge.checking.diagnosis.signature import begins_like, distance, shows
from nbjudge.checking.plan import Candidate, pairs, singles
from nbjudge.checking.remote import kind_of

# How many other generators must give the same answer before it is taken for fixed.
_OTHERS = 12
# The mistakes are run so often for their signature; and with so many draws while pairs are tried.
_RUNS, _GLANCE = 4, 1000
# Fewer draws than these show their form and nothing else.
_FEW = 10
# A first look tells apart what differs by so many times the tolerance: of one run, of two.
_AT_ONE, _AT_TWO = 2, 3


@quiet()
def diagnose_draws(sampler, function, case):
    """The mistakes whose draws the function's are like: none, one or two."""
    right = Candidate(sampler.plan)
    few, many = sampler.cases("form")[0], sampler.cases("value")[0]
    own, usual = (_Draws(sampler, f, few, many) for f in (function, right))
    candidates = singles(sampler.plan)
    if own.gap(usual) is not None:
        # Right where nothing is special: so is the mistake, and the case that failed can tell it.
        candidates = [c for c in candidates if own.gap(_Draws(sampler, c, few, many)) is not None]
        if sampler.n_draws(case) < _FEW:
            few = case
        elif sampler.n_draws(case) >= _GLANCE:
            many = case
        own, usual = (_Draws(sampler, f, few, many) for f in (function, right))
        if few is case and own.shape == usual.shape:
            return ()
    alone = [_Draws(sampler, candidate, few, many) for candidate in candidates]
    found = _nearest(own, usual, alone)
    if found or own.first.error is not None:  # of two mistakes the first to stop is seen alone
        return found
    glance = sampler.of_size(many, _GLANCE)
    both = (_Draws(sampler, p, few, many) for p in pairs(_showing(own, usual, alone, glance)))
    seen = own.signature(glance)
    return _nearest(own, usual, (p for p in both if p.resembles(seen, [glance], _AT_ONE)))


def _showing(own, usual, alone, glance):
    """The candidates of which one may be one of two: those that change something, and show."""
    seen, expected = own.signature(glance), usual.signature(glance)
    signatures = [(draws.function, draws.signature(glance)) for draws in alone]
    return [c for c, s in signatures if s != expected and not shows(s, seen, expected)]


def _nearest(own, usual, others):
    """The mistakes whose draws are the most like, of those that are alike; or ().

    One whose draws are here those of the right sampler, to the last bit, explains nothing.
    """
    found, no_gap = {}, own.gap(usual)
    for draws in others:
        gap, mistakes = own.gap(draws), draws.function.mistakes
        if gap not in (None, no_gap) and gap < found.get(mistakes, np.inf):
            found[mistakes] = gap
    return min(found, key=found.get, default=())


class _Draws:
    """What is seen of a sampling function, each part when it is first asked for.

    few, many: the cases by which its form and its distribution are seen.
    """

    def __init__(self, sampler, function, few, many):
        self.sampler, self.function, self.few, self.many = sampler, function, few, many

    @functools.cached_property
    def first(self):
        """The Outcome of a few draws."""
        return attempt_aloud(self.function, self.few)

    @functools.cached_property
    def shape(self):
        """What the answer is made of: shapes and dtypes; the words of an error."""
        if self.first.error is not None:
            return kind_of(self.first.error), str(self.first.error)
        try:
            parts = [np.asarray(part) for part in parts_of(self.first.result)]
        except ValueError:
            return "ragged"
        kinds = [(a.shape, a.dtype.kind, a.dtype.itemsize < 8) for a in parts]
        return (isinstance(self.first.result, tuple), *kinds, self.first.changed)

    @functools.cached_property
    def manner(self):
        """(the same for the same rng; for each part of the answer, the same for every rng)."""
        if self.first.error is not None:
            return None
        others = [attempt_aloud(self.function, reseeded(self.few, i)) for i in range(_OTHERS)]
        if any(other.error is not None for other in others):
            return "sometimes fails"
        rows = [parts_of(outcome.result) for outcome in (self.first, *others)]
        return (
            equal(self.first.result, attempt_aloud(self.function, self.few).result),
            *(all(np.array_equal(part[0], p) for p in part) for part in zip(*rows, strict=False)),
        )

    def signature(self, case):
        """The signature of its draws for a case; [] where they have not the form."""
        try:
            return list(self._statistics(case))
        except (TypeError, ValueError, IndexError):
            return []

    def resembles(self, seen, cases, tolerance):
        """Whether the draws for these cases may have the signature ``seen``: looked at no further
        than to the first statistic that tells them apart."""
        try:
            return begins_like(seen, map(self._statistics, cases), tolerance)
        except (TypeError, ValueError, IndexError):
            return not seen

    def _statistics(self, case):
        outcome = attempt_aloud(self.function, case)
        return self.sampler.signature(arrays(outcome.result), case.arguments)

    @functools.cached_property
    def cases(self):
        """Those of the runs that its signature is compared with."""
        return [reseeded(self.many, i) for i in range(_RUNS)]

    @functools.cached_property
    def runs(self):
        """The signatures of these."""
        return [self.signature(case) for case in self.cases]

    @functools.cached_property
    def own_signature(self):
        """That of many draws."""
        return self.signature(self.many)

    def gap(self, other):
        """How far its draws are from another function's; None if they are not alike."""
        if self.shape != other.shape or self.manner != other.manner:
            return None
        # Two runs show most differences.
        if not other.resembles(self.own_signature, other.cases[:2], _AT_TWO):
            return None
        return distance(self.own_signature, other.runs)


def parts_of(answer):
    """The arrays of an answer, one or several."""
    return answer if isinstance(answer, (tuple, list)) else (answer,)


def arrays(answer):
    """The answer with its parts as arrays."""
    return tuple(map(np.asarray, answer)) if isinstance(answer, tuple) else np.asarray(answer)


def equal(first, second):
    """Whether two answers are the same to the last bit."""
    first, second = parts_of(first), parts_of(second)
    return len(first) == len(second) and all(map(np.array_equal, first, second))
