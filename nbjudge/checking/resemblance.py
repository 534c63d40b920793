"""Which known mistakes a sampler resembles: in form, in its use of the rng, in its distribution."""

import functools

import numpy as np

from gmm_ref.checks.problems import Case
from nbjudge.checking.calls import attempt_aloud, quiet
from nbjudge.checking.plan import implementation, pairs, singles, ways
from nbjudge.checking.remote import kind_of
from nbjudge.checking.signature import begins_like, distance, shows

# How many other generators must give the same answer before it is taken for fixed.
_OTHERS = 12
# The mistakes are run so often for their signature; and with so many draws while pairs are tried.
_RUNS, _GLANCE = 4, 1000
# Fewer draws than these show their form and nothing else.
_FEW = 10
# A first look tells apart what differs by so many times the tolerance: of one run, of two.
_AT_ONE, _AT_TWO = 2, 3


@quiet()
def recognise_draws(sampler, function, case):
    """The mistakes whose draws the function's are like: none, one or two."""
    few, many = sampler.cases("form")[0], sampler.cases("value")[0]
    own = _Look(sampler, function, few, many)
    right = _Look(sampler, implementation(sampler.plan), few, many)
    if own.gap(right) is not None:
        # Right where nothing is special: only the case that failed can tell.
        if case.arguments["n_samples"] < _FEW:
            few = case
        elif case.arguments["n_samples"] >= _GLANCE:
            many = case
        own = _Look(sampler, function, few, many)
        right = _Look(sampler, right.function, few, many)
        if few is case and own.shape == right.shape:
            return ()
    looks = [
        (entry[0], way, _Look(sampler, entry[1], few, own.many))
        for entry, way in zip(singles(sampler.plan), ways(sampler.plan), strict=True)
    ]
    found = _nearest(own, right, ((mistakes, look) for mistakes, _, look in looks))
    if found:
        return found
    if own.first.error is not None:
        return ()  # of two mistakes the first to stop is seen alone
    glance = _with_draws(own.many, _GLANCE)
    seen, usual = own.signature(glance), right.signature(glance)
    # A mistake that would show, but does not, is none of the two; nor is one that changes nothing.
    at_a_glance = [(way, look.signature(glance)) for _, way, look in looks]
    chosen = [way for way, s in at_a_glance if s != usual and not shows(s, seen, usual)]
    both = (
        (mistakes, _Look(sampler, wrong, few, own.many))
        for mistakes, wrong in pairs(sampler.plan, chosen)
    )
    likely = ((m, look) for m, look in both if look.resembles(seen, [glance], _AT_ONE))
    return _nearest(own, right, likely)


def _nearest(own, right, candidates):
    """The mistakes whose draws are the most like, of those that are alike; or ().

    One whose draws are here those of the right sampler, to the last bit, explains nothing.
    """
    found, usual = {}, own.gap(right)
    for mistakes, look in candidates:
        gap = own.gap(look)
        if gap not in (None, usual) and gap < found.get(mistakes, np.inf):
            found[mistakes] = gap
    return min(found, key=found.get, default=())


class _Look:
    """What is seen of a sampler, each part when it is first asked for."""

    def __init__(self, sampler, function, few, many):
        self.sampler, self.function, self.few, self.many = sampler, function, few, many

    @functools.cached_property
    def first(self):
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
        return self.signature(self.many)

    def gap(self, other):
        """How far its draws are from another sampler's; None if they are not alike."""
        if self.shape != other.shape or self.manner != other.manner:
            return None
        # Two runs show most differences.
        if not other.resembles(self.own_signature, other.cases[:2], _AT_TWO):
            return None
        return distance(self.own_signature, other.runs)


def _with_draws(case, n_samples):
    return Case(case.arguments | {"n_samples": n_samples}, case.note)


def reseeded(case, key=0):
    """The case with another generator, a different one for each key."""
    entropy = case.arguments["rng"].bit_generator.state["state"]["state"]
    rng = np.random.default_rng([entropy % 2**63, key])
    return Case(case.arguments | {"rng": rng}, case.note)


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
