"""An exercise: one function of the student, judged one aspect at a time."""

import functools
import inspect
import time

from gmm_ref.checks.problems import case_of, hard_problems, parameters_of, value_problems
from nbjudge.checking.calls import attempt, call_fault, quiet
from nbjudge.checking.compare import agrees, form_fault, value_fault
from nbjudge.checking.failure import CheckFailed, failure
from nbjudge.checking.naming import name_mistakes
from nbjudge.checking.properties import remarks
from nbjudge.checking.results import publish
from nbjudge.checking.seed import generator


def aspect(method):
    """Make a method an aspect: what it finds leaves as data, and its CheckFailed as text."""

    @functools.wraps(method)
    def judge(self, function, *own):
        start, failed = time.perf_counter(), None
        try:
            method(self, function, *own)
        except CheckFailed as error:
            failed = error
        data = {
            "exercise": self.name,
            "aspect": method.__name__,
            "passed": failed is None,
            "mistakes": list(failed.mistakes) if failed else [],
            "milliseconds": round(1000 * (time.perf_counter() - start), 1),
        }
        publish(data, "" if failed else f"{self.name}, {method.__name__}: right.")
        if failed:
            raise failed from None

    return judge


class Exercise:
    """What all exercises share: the reference, its place in the text, its aspects.

    name: that of the student's function and of ``reference``; section: "7.4.3"; formula: the line
    of the text to read again, in plain text; plan: the catalogue of its mistakes.
    An aspect is a method that takes the student's function, returns None, and raises CheckFailed.
    """

    aspects = ("form", "value", "hard")
    kind = "number"

    def __init__(self, reference, formula, plan):
        self.reference = reference
        self.name = reference.__name__
        self.parameters = parameters_of(reference)
        self.section = inspect.getmodule(reference).__doc__.split(":")[0]
        self.formula = formula
        self.plan = plan

    def rng(self, aspect):
        """The generator of this aspect's inputs, under the seed in force."""
        return generator(self.name, aspect)

    def call(self, aspect, function, case):
        """The student's Outcome for a case, with a result in it, or CheckFailed."""
        if not callable(function):
            words = f"{self.name} is not callable, but of type {type(function).__name__}."
            raise failure(self, aspect, words, mistakes=["no_function"])
        outcome = attempt(function, case)
        fault = call_fault(self, outcome, case)
        if fault is None:
            return outcome
        kind, sentences = fault
        # Where no answer comes, asking on would only cost time.
        if kind in ("not_written", "no_answer"):
            raise failure(self, aspect, sentences, mistakes=[kind])
        raise self.fail(aspect, function, case, outcome, *sentences, kind=kind)

    def fail(self, aspect, function, case, outcome, *sentences, kind=None):
        """The CheckFailed of a case: what is wrong, and the mistake that the answer agrees with.

        kind: the id to record where no mistake of the catalogue is recognised.
        """
        found = _without_errors(self.recognise, aspect, function, case, outcome)
        if found:
            names, messages = [m.name for m in found], [m.message for m in found]
        else:
            names, messages = [kind] if kind else [], []
            sentences = [*sentences, *_without_errors(self.remarks, function, case, outcome)]
        return failure(self, aspect, sentences, case.arguments, case.note, names, messages)

    def recognise(self, aspect, function, case, outcome):
        """The mistakes that the outcome agrees with: none, one or two."""
        others = [a for a in self.aspects if a != aspect]
        evidence = [other for a in (aspect, *others) for other in self.cases(a)]
        return name_mistakes(self.plan, function, case, outcome, evidence, self.kind)

    def cases(self, aspect):
        """The calls that an aspect makes."""
        raise NotImplementedError

    def remarks(self, function, case, outcome):
        """What can be said of an answer that agrees with no known mistake: sentences."""
        return []


def _without_errors(look, *arguments):
    """What a look at the answer finds, as a list; nothing where a wild answer upsets it.

    The message that the answer is wrong must come, whatever the answer is.
    """
    try:
        with quiet():
            return list(look(*arguments))
    except Exception:
        return []


class Formula(Exercise):
    """A function whose right answer is one array or number, the same whatever the method.

    kind: of the entries, a key of `compare.KINDS`; index: the answer's axes by name, ("n", "k");
    property_fault(answer): what is wrong with its range or its sums, or None;
    hard: rng -> [(note, problem, tolerances)], where the usual ones do not fit;
    follow(case arguments, *own): the right answer for a student whose ``own`` earlier functions,
    given to the aspect after the function itself, are taken as they are, right or wrong.
    """

    def __init__(
        self,
        reference,
        formula,
        plan,
        kind="number",
        index=(),
        property_fault=lambda answer: None,
        hard=hard_problems,
        follow=None,
    ):
        super().__init__(reference, formula, plan)
        self.kind = kind
        self.index = index
        self.property_fault = property_fault
        self.hard_problems = hard
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
        """The numbers on inputs at the edge: far points, weight 0, K = 1, N = 1, an offset."""
        self._compare("hard", function, own)

    def cases(self, aspect):
        """The calls that an aspect makes."""
        rng = self.rng(aspect)
        if aspect == "hard":
            problems = self.hard_problems(rng)
        else:
            problems = [(note, problem, {}) for note, problem in value_problems(rng)]
        return [
            case_of(self.parameters, problem, note, **tolerances)
            for note, problem, tolerances in problems
        ]

    def remarks(self, function, case, outcome):
        """What its properties say of an answer that agrees with no known mistake."""
        return remarks(self, function, case, outcome)

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
