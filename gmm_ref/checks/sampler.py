"""Exercises whose answer is a sample: the right distribution, by whatever method."""

import numpy as np

from gmm_ref.checks.compare import form_fault
from gmm_ref.checks.exercise import Exercise
from gmm_ref.checks.problems import Case, case_of


class Sampler(Exercise):
    """A function that draws.

    kinds: for each part of the answer "number" or "integer";
    problems(rng, aspect) -> [(note, problem)], with the sizes that the aspect's tests need;
    distribution_fault(answer, case arguments): what is wrong with the draws, or None.
    """

    def __init__(self, reference, formula, kinds, problems, distribution_fault):
        super().__init__(reference, formula)
        self.kinds = kinds
        self.problems = problems
        self.distribution_fault = distribution_fault

    def form(self, function):
        """Type and shape of the answer, and the rng as its only source of chance."""
        for case in self._cases("form"):
            first = self._draw("form", function, case)
            again = self._draw("form", function, case)
            if not _equal(first, again):
                raise self.fail(
                    "form",
                    case,
                    "The same rng, in the same state, gave two different answers: draw with "
                    "rng alone, not with np.random or a generator of your own.",
                )
            other = self._draw("form", function, _reseeded(case))
            if _equal(first, other):
                raise self.fail(
                    "form",
                    case,
                    "Two different rng gave the same answer: draw with the rng that is passed, "
                    "not with a fixed seed.",
                )

    def value(self, function):
        """The distribution of the draws, at a false alarm of one in a million."""
        self._judge("value", function)

    def hard(self, function):
        """The distribution at the edge: weight 0, one component, one draw, integers, an offset."""
        self._judge("hard", function)

    def _judge(self, aspect, function):
        for case in self._cases(aspect):
            answer = self._draw(aspect, function, case)
            fault = self.distribution_fault(answer, case.arguments)
            if fault:
                raise self.fail(aspect, case, fault)

    def _cases(self, aspect):
        rng = self.rng(aspect)
        return [case_of(self.parameters, p, note) for note, p in self.problems(rng, aspect)]

    def _draw(self, aspect, function, case):
        """The answer, after a look at its form."""
        answer = self.call(aspect, function, case)
        expected = self.reference(**_reseeded(case).arguments)
        parts = _parts(expected)
        pair = isinstance(answer, (tuple, list)) and len(answer) == len(parts)
        if len(parts) > 1 and not pair:
            raise self.fail(aspect, case, f"It must return {len(parts)} arrays: X, z.")
        for got, wanted, kind in zip(_parts(answer, parts), parts, self.kinds, strict=True):
            fault = form_fault(got, wanted, kind)
            if fault:
                raise self.fail(aspect, case, fault)
        return tuple(map(np.asarray, answer)) if len(parts) > 1 else np.asarray(answer)


def _parts(answer, like=(None, None)):
    return answer if isinstance(answer, (tuple, list)) and len(like) > 1 else (answer,)


def _reseeded(case):
    rng = np.random.default_rng(case.arguments["rng"].bit_generator.seed_seq.spawn(1)[0])
    return Case(case.arguments | {"rng": rng}, case.note)


def _equal(first, second):
    return all(map(np.array_equal, _parts(first), _parts(second)))
