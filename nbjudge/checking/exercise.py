"""An exercise: one function of the student, judged one aspect at a time."""

import functools
import time
from dataclasses import dataclass, field
from types import SimpleNamespace

from nbjudge.checking import results
from nbjudge.checking.calls import attempt, quiet
from nbjudge.checking.case import Case, parameters_of
from nbjudge.checking.diagnosis.computed import diagnose
from nbjudge.checking.exceptions import why_no_result
from nbjudge.checking.message import CheckFailed, CheckInterrupted, check_failed
from nbjudge.checking.seed import generator
from nbjudge.checking.time_limit import limited
from nbjudge.checking.told import telling


def aspect(method):
    """Make a method an aspect: what it finds leaves as data, and its CheckFailed as text."""

    @functools.wraps(method)
    def judge(self, function, *own):
        start, failed = time.perf_counter(), None
        try:
            method(self, *map(limited, (function, *own)))
        except CheckFailed as error:
            failed = error
        except KeyboardInterrupt:
            raise CheckInterrupted(f"{self.name}, {method.__name__}: interrupted.") from None
        results.publish(
            results.CheckResult(
                exercise=self.name,
                aspect=method.__name__,
                passed=failed is None,
                mistakes=list(failed.mistakes) if failed else [],
                milliseconds=round(1000 * (time.perf_counter() - start), 1),
            )
        )
        if failed:
            raise failed from None

    return judge


@dataclass(frozen=True)
class SimpleCase:
    """A case without one of the usual difficulties.

    words: "It is right {words}", which calls for a look at that difficulty; about: the name of the
    argument that is simple in it, if it is one: to functions without it the case says nothing.
    """

    words: str
    case: Case
    about: str | None = None


@dataclass(frozen=True)
class Subject:
    """What the exercises of a course have in common, for what is said of a wrong answer.

    axes: the name of an argument -> what each of its axes counts, ("point", "feature");
    simple_cases: rng -> a list of SimpleCases;
    error_advice: [(pattern of "Kind: text", advice)] for exceptions, before the general ones.
    """

    axes: dict = field(default_factory=dict)
    simple_cases: object = lambda rng: []
    error_advice: tuple = ()


class Exercise:
    """What all exercises share: the reference, its place in the text, its aspects.

    name: that of the student's function and of ``reference``; section: "7.4.3"; formula: the line
    of the text to read again, in plain text; plan: the catalogue of its mistakes; cases(rng,
    aspect): the Cases that an aspect calls it with, of whose arguments it takes its own.
    An aspect is a method that takes the student's function, returns None, and raises CheckFailed.
    builds_on: the exercises of earlier functions, which an aspect is given after the function
    itself: a mistake in them costs no second mark.
    """

    aspects = ("form", "value", "hard")
    kind = "number"
    builds_on = ()

    def __init__(self, reference, section, formula, plan, cases, subject=None):
        self.reference = reference
        self.name = reference.__name__
        self.parameters = parameters_of(reference)
        self.section = section
        self.formula = formula
        self.plan = plan
        self.subject = subject or Subject()
        self._cases = cases

    @property
    def lent(self):
        """What is called in the place of a student's wrong one, where a later function is judged.

        It must end soon, whatever a student's code calls it with.
        """
        return self.reference

    def rng(self, aspect):
        """The generator of this aspect's inputs, under the seed in force."""
        return generator(self.name, aspect)

    def cases(self, aspect, rng=None):
        """The calls that an aspect makes: a list of Cases, drawn from its own generator."""
        drawn = self._cases(rng or self.rng(aspect), aspect)
        return [case.only(self.parameters) for case in drawn]

    def accepts(self, outcome, case):
        """Whether an outcome is a right answer to a case."""
        raise NotImplementedError

    def call(self, aspect, function, case):
        """The student's Outcome for a case, with a result in it, or CheckFailed."""
        if not callable(function):
            words = f"{self.name} is not callable, but of type {type(function).__name__}."
            raise check_failed(self, aspect, [words], id="no_function")
        outcome = attempt(function, case)
        fault = why_no_result(self, outcome, case)
        if fault is None:
            return outcome
        if fault.is_silent:
            raise check_failed(self, aspect, fault.sentences, id=fault.id)
        raise self.fail(aspect, function, case, outcome, *fault.sentences, id=fault.id)

    def fail(self, aspect, function, case, outcome, *sentences, id=None):
        """The CheckFailed of a case: what is wrong, and the mistake that the answer agrees with.

        id: what to record where no mistake of the catalogue is recognised.
        """
        mistakes = _without_errors(self.diagnose, aspect, function, case, outcome)
        if not mistakes:
            sentences = [*sentences, *_without_errors(self.hints, function, case, outcome)]
            return check_failed(self, aspect, sentences, case, id=id)
        told = telling(self, aspect, function, mistakes)
        return check_failed(self, aspect, sentences, case, mistakes, told)

    def diagnose(self, aspect, function, case, outcome):
        """The mistakes that the outcome agrees with: none, one or two."""
        others = [a for a in self.aspects if a != aspect]
        evidence = [other for a in (aspect, *others) for other in self.cases(a)]
        return diagnose(self.plan, function, case, outcome, evidence, self.kind)

    def hints(self, function, case, outcome):
        """What can be said of an answer that agrees with no known mistake: sentences."""
        return []


def checks_of(*exercises):
    """A course's ``check``: each exercise by the name of its function.

    Raises ValueError where two have one name.
    """
    check = SimpleNamespace(**{exercise.name: exercise for exercise in exercises})
    if len(vars(check)) < len(exercises):
        names = ", ".join(exercise.name for exercise in exercises)
        raise ValueError(f"Each exercise needs a name of its own, but these are: {names}.")
    return check


def _without_errors(look, *arguments):
    """What a look at the answer finds, as a list; nothing where a wild answer upsets it.

    The message that the answer is wrong must come, whatever the answer is.
    """
    try:
        with quiet():
            return list(look(*arguments))
    except Exception:
        return []
