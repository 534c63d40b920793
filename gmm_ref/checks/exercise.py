"""An exercise: one function of the student, judged one aspect at a time."""

import inspect

from gmm_ref.checks.calls import call
from gmm_ref.checks.compare import agrees, form_fault, value_fault
from gmm_ref.checks.failure import failure
from gmm_ref.checks.problems import case_of, hard_problems, parameters_of, value_problems
from gmm_ref.checks.seed import generator


class Exercise:
    """What all exercises share: the reference, its place in the text, its aspects.

    name: that of the student's function and of ``reference``; section: "7.4.3"; formula: the line
    of the text to read again, in plain text. An aspect is a method that takes the student's
    function, returns None, and raises CheckFailed.
    """

    aspects = ("form", "value", "hard")

    def __init__(self, reference, formula):
        self.reference = reference
        self.name = reference.__name__
        self.parameters = parameters_of(reference)
        self.section = inspect.getmodule(reference).__doc__.split(":")[0]
        self.formula = formula

    def rng(self, aspect):
        """The generator of this aspect's inputs, under the seed in force."""
        return generator(self.name, aspect)

    def call(self, aspect, function, case):
        """The student's result for a case, or CheckFailed."""
        return call(self, aspect, function, case)

    def fail(self, aspect, case, *sentences):
        """The CheckFailed of a case."""
        return failure(self, aspect, sentences, case.arguments, case.note)


class Formula(Exercise):
    """A function whose right answer is one array or number, the same whatever the method.

    kind: "number" or "integer" entries; index: the names of the answer's axes, ("n", "k");
    property_fault(answer): what is wrong with its range or its sums, or None;
    hard: rng -> [(note, problem, tolerances)], where the usual ones do not fit;
    follow(case arguments, *own): the right answer for a student whose ``own`` earlier functions,
    given to the aspect after the function itself, are taken as they are, right or wrong.
    """

    def __init__(
        self,
        reference,
        formula,
        kind="number",
        index=(),
        property_fault=lambda answer: None,
        hard=hard_problems,
        follow=None,
    ):
        super().__init__(reference, formula)
        self.kind = kind
        self.index = index
        self.property_fault = property_fault
        self.hard_problems = hard
        self.follow = follow

    def form(self, function):
        """Type, shape, range and sums of the answer, whatever its values."""
        for case in self._value_cases("form"):
            answer = self.call("form", function, case)
            expected = self.reference(**case.arguments)
            fault = form_fault(answer, expected, self.kind) or self.property_fault(answer)
            if fault:
                raise self.fail("form", case, fault)

    def value(self, function, *own):
        """The numbers, on inputs that the plainest formula gets right."""
        for case in self._value_cases("value"):
            self._compare("value", function, case, own)

    def hard(self, function, *own):
        """The numbers on inputs at the edge: far points, weight 0, K = 1, N = 1, an offset."""
        for note, problem, tolerances in self.hard_problems(self.rng("hard")):
            self._compare(
                "hard", function, case_of(self.parameters, problem, note, **tolerances), own
            )

    def _value_cases(self, aspect):
        return [
            case_of(self.parameters, problem, note)
            for note, problem in value_problems(self.rng(aspect))
        ]

    def _compare(self, aspect, function, case, own):
        answer = self.call(aspect, function, case)
        expected = self.reference(**case.arguments)
        fault = form_fault(answer, expected, self.kind) or value_fault(
            answer, expected, case, self.index
        )
        if fault and not self._follows(answer, case, own):
            raise self.fail(aspect, case, fault)

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
