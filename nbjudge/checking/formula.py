"""Exercises whose right answer is one array or number, the same whatever the method."""

from nbjudge.checking.compare import agrees, form_fault, value_fault
from nbjudge.checking.diagnosis.hints import hints
from nbjudge.checking.earlier import followed
from nbjudge.checking.exercise import Exercise, aspect


class Formula(Exercise):
    """A function whose right answer is one array or number, the same whatever the method.

    kind: of the entries, a key of `compare.KINDS`; index: the answer's axes by name, ("n", "k");
    property_fault(answer, case arguments): what is wrong with its range or its sums, or None;
    builds_on: the exercises of earlier functions, which an aspect is given after the function
    itself; follow(arguments, *own): the answer for a student whose ``own`` these are, right or
    wrong.
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
        follow=None,
    ):
        super().__init__(reference, section, formula, plan, cases, subject)
        self.kind = kind
        self.index = index
        self.property_fault = property_fault
        self.builds_on = builds_on
        self.follow = follow

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
        self._compare("value", function, own)

    @aspect
    def hard(self, function, *own):
        """The numbers on inputs at the edge."""
        self._compare("hard", function, own)

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

    def _compare(self, aspect, function, own):
        cases, theirs = self.cases(aspect), None
        for i, case in enumerate(cases):
            outcome = self.call(aspect, function, case)
            answer, expected = outcome.result, self.reference(**case.arguments)
            fault = form_fault(answer, expected, self.kind) or value_fault(
                answer, expected, case, self.index
            )
            if not fault:
                continue
            theirs = theirs or followed(self.builds_on, own, self._expect, cases)
            if theirs.answers[i] is None or not agrees(answer, theirs.answers[i], case, self.kind):
                raise self.fail(aspect, function, case, outcome, fault, *theirs.remark)

    def _expect(self, case, *own):
        return self.follow(case.arguments, *own)
