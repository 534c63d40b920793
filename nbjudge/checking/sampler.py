"""Exercises whose answer is a sample: the right distribution, by whatever method."""

import numpy as np

from nbjudge.checking.case import reseeded
from nbjudge.checking.compare import form_fault
from nbjudge.checking.diagnosis.drawn import arrays, diagnose_draws, equal, parts_of
from nbjudge.checking.exercise import Exercise, aspect

# So many samples of so many draws: their totals must scatter, too. And some small ones.
N_SAMPLES, N_EACH = 40, 100
SMALL = (1, 2, 3, 5, 8, 13, 21, 34)


class Sampler(Exercise):
    """A function that draws.

    Its arguments have ``rng`` among them, and ``n_samples``; or ``rows``, the name of an argument
    for each row of which it draws once.
    parts: the name of each part of the answer -> "number" or "integer";
    distribution_fault(answer, case arguments): what is wrong with the draws, or None;
    signature(answer, case arguments): statistics that tell mistakes apart, an iterable;
    samples_fault(answers, case arguments): what is wrong with many samples together, or None.
    """

    def __init__(
        self,
        reference,
        section,
        formula,
        plan,
        cases,
        subject=None,
        *,
        parts,
        distribution_fault,
        signature,
        samples_fault=None,
        rows=None,
    ):
        super().__init__(reference, section, formula, plan, cases, subject)
        self.parts = parts
        self.distribution_fault = distribution_fault
        self.signature = signature
        self.samples_fault = samples_fault
        self.rows = rows

    @aspect
    def form(self, function):
        """Type and shape of the answer, and the rng as its only source of chance."""
        for case in self.cases("form"):
            first = self._draw("form", function, case)
            again = self._draw("form", function, case)
            if not equal(first.result, again.result):
                raise self.fail(
                    "form",
                    function,
                    case,
                    first,
                    "The same rng, in the same state, gave two different answers: draw with "
                    "rng alone, and with no other source of chance.",
                )
            other = self._draw("form", function, reseeded(case))
            if equal(first.result, other.result):
                raise self.fail(
                    "form",
                    function,
                    case,
                    first,
                    "Two different rng gave the same answer: chance must come from the rng that is "
                    "passed.",
                )

    @aspect
    def value(self, function):
        """The distribution of the draws, at a false alarm of one in a million."""
        self._judge("value", function)
        if self.samples_fault:
            self._judge_samples(function)

    @aspect
    def hard(self, function):
        """The distribution at the edge."""
        self._judge("hard", function)

    def n_draws(self, case):
        """How many draws a case asks for."""
        return len(case.arguments[self.rows]) if self.rows else case.arguments["n_samples"]

    def of_size(self, case, n_draws, note=None):
        """The case with so many draws, of the same rows again and again."""
        if not self.rows:
            return case.but(note, n_samples=n_draws)
        rows = case.arguments[self.rows]
        return case.but(note, **{self.rows: rows[np.arange(n_draws) % len(rows)]})

    def diagnose(self, aspect, function, case, outcome):
        """The mistakes whose draws the function's are like: in form, in order, in distribution."""
        return diagnose_draws(self, function, case)

    def _judge(self, aspect, function):
        for case in self.cases(aspect):
            outcome = self._draw(aspect, function, case)
            fault = self.distribution_fault(arrays(outcome.result), case.arguments)
            if fault:
                raise self.fail(aspect, function, case, outcome, fault)

    def _judge_samples(self, function):
        """Many samples, each with another rng, some of a few draws: one by one and together."""
        usual, answers = self.cases("value")[0], []
        for key, n_samples in enumerate([*(N_EACH,) * N_SAMPLES, *SMALL]):
            case = reseeded(self.of_size(usual, n_samples), key)
            outcome = self._draw("value", function, case)
            answers.append(arrays(outcome.result))
            fault = self.distribution_fault(answers[-1], case.arguments)
            if fault:
                raise self.fail("value", function, case, outcome, fault)
        fault = self.samples_fault(answers, usual.arguments)
        if fault:
            case = self.of_size(usual, N_EACH, f"{N_SAMPLES} times, each time anew")
            raise self.fail("value", function, case, outcome, fault)

    def _draw(self, aspect, function, case):
        """The Outcome, after a look at its form."""
        outcome = self.call(aspect, function, case)
        fault = self._form_fault(outcome.result, case)
        if fault:
            raise self.fail(aspect, function, case, outcome, fault)
        return outcome

    def _form_fault(self, answer, case):
        expected = parts_of(self.reference(**reseeded(case).arguments))
        pair = isinstance(answer, (tuple, list)) and len(answer) == len(expected)
        if len(expected) > 1 and not pair:
            return f"It must return {len(expected)} arrays: {', '.join(self.parts)}."
        answers = answer if len(expected) > 1 else (answer,)
        for got, wanted, kind in zip(answers, expected, self.parts.values(), strict=True):
            fault = form_fault(got, wanted, kind)
            if fault:
                return fault
        return None
