"""Exercises whose right answer is one array or number, the same whatever the method."""

from nbjudge.checking.compare import agrees, form_fault, value_fault
from nbjudge.checking.diagnosis.hints import hints
from nbjudge.checking.exercise import Exercise, aspect


class Formula(Exercise):
    """A function whose right answer is one array or number, the same whatever the method.

    kind: of the entries, a key of `compare.KINDS`; index: the answer's axes by name, ("n", "k");
    property_fault(answer): what is wrong with its range or its sums, or None;
    follow(arguments, *own): the right answer for a student whose ``own`` earlier functions, given
    to the aspect after the function itself, are taken as they are, right or wrong.
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
        property_fault=lambda answer: None,
        follow=None,
    ):
        super().__init__(reference, section, formula, plan, cases, subject)
        self.kind = kind
        self.index = index
        self.property_fault = property_fault
        self.follow = follow

    @aspect
    def form(self, function):
        """Type, shape, range and sums of the answer, whatever its values."""
        for case in self.cases("form"):
            outcome = self.call("form", function, case)
            answer, expected = outcome.result, self.reference(**case.arguments)
            fault = form_fault(answer, expected, self.kind) or self.property_fault(answer)
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

    def _compare(self, aspect, function, own):
        for case in self.cases(aspect):
            outcome = self.call(aspect, function, case)
            answer, expected = outcome.result, self.reference(**case.arguments)
            fault = form_fault(answer, expected, self.kind) or value_fault(
                answer, expected, case, self.index
            )
            if fault and not self._follows(answer, case, own):
                raise self.fail(aspect, function, case, outcome, fault)

    def _follows(self, answer, case, own):
        """Whether the answer is right given the student's own earlier functions.

        A mistake made there has cost its mark already. Whatever those functions do wrong, an
        exception included, can only fail to excuse the answer.
        """
        if not (self.follow and own):
            return False
        try:
            return agrees(answer, self.follow(case.arguments, *own), case, self.kind)
        except Exception:
            return False
