"""Exercises whose right answer is one array or number, the same whatever the method."""

import functools

from nbjudge.checking.compare import agrees, form_fault, value_fault
from nbjudge.checking.diagnosis.hints import hints
from nbjudge.checking.earlier import judge_apart
from nbjudge.checking.exercise import Exercise, aspect


class Formula(Exercise):
    """A function whose right answer is one array or number, the same whatever the method.

    kind: of the entries, a key of `compare.KINDS`; index: the answer's axes by name, ("n", "k");
    property_fault(answer, case arguments): what is wrong with its range or its sums, or None;
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
        kind="number",
        index=(),
        property_fault=lambda answer, arguments: None,
        builds_on=(),
    ):
        super().__init__(reference, section, formula, plan, cases, subject)
        self.kind = kind
        self.index = index
        self.property_fault = property_fault
        self.builds_on = builds_on

    @aspect
    def form(self, function):
        """Type, shape, range and sums of the answer, whatever its values."""
        for case in self.cases("form"):
            outcome = self.call("form", function, case)
            answer, expected = outcome.result, self.reference(**case.arguments)
            fault = form_fault(answer, expected, self.kind) or self.property_fault(
                answer, case.arguments
            )
            if fault:
                raise self.fail("form", function, case, outcome, fault)

    @aspect
    def value(self, function, *own):
        """The numbers, on inputs that the plainest formula gets right."""
        self._judge("value", function, own)

    @aspect
    def hard(self, function, *own):
        """The numbers on inputs at the edge."""
        self._judge("hard", function, own)

    def hints(self, function, case, outcome):
        """What its properties say of an answer that agrees with no known mistake."""
        return hints(self, function, case, outcome)

    def accepts(self, outcome, case):
        """Whether an outcome is a right answer to a case."""
        expected = self.reference(**case.arguments)
        return (
            outcome.error is None
            and not outcome.changed
            and agrees(outcome.result, expected, case, self.kind)
        )

    def _judge(self, aspect, function, own):
        judge_apart(functools.partial(self._compare, aspect), function, self.builds_on, own)

    def _compare(self, aspect, function):
        for case in self.cases(aspect):
            outcome = self.call(aspect, function, case)
            answer, expected = outcome.result, self.reference(**case.arguments)
            fault = form_fault(answer, expected, self.kind) or value_fault(
                answer, expected, case, self.index
            )
            if fault:
                raise self.fail(aspect, function, case, outcome, fault)
