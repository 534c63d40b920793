"""Wrong answers from right ones: an answer cut into steps, and a mistake as one step done wrongly.

A `Plan` computes the answer of one exercise function by small methods, its steps. A mistake is a
function that takes the place of one step, so that two mistakes in two steps make a pair for free.
"""

import functools
import itertools
import types
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Message:
    """What a student reads of a mistake.

    what the answer looks like it does, and ``why`` that is wrong; ``read``, the line of the text
    to read again. Where it comes back: ``see``, how to see it with numbers; and once more:
    ``line``, what nearly is the line to write, if there is one.
    """

    what: str
    why: str
    read: str
    see: str
    line: str = ""


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its name, the function that does it, and what the student reads.

    ``function(plan, *what the step is given)``, once more with each of ``variants`` as a last
    argument: one mistake can come with several constants.
    """

    name: str
    function: object
    message: Message
    variants: tuple = ()

    @functools.cached_property
    def ways(self):
        """The functions that may stand for a step, one a variant."""
        if not self.variants:
            return (self.function,)
        return tuple(_with_last(self.function, variant) for variant in self.variants)

    def again(self, function=None, variants=(), **words):
        """The mistake in another place: by another function, in other words of its message."""
        here = replace(self, message=replace(self.message, **words))
        return replace(here, function=function, variants=tuple(variants)) if function else here


def _with_last(function, last):
    return lambda *given: function(*given, last)


def mistake(what, why="", *, read, see, line="", variants=()):
    """A decorator: the function is a `Mistake`, named like it, with this `Message`."""

    def make(function):
        message = Message(what, why, read, see, line)
        return Mistake(function.__name__, function, message, tuple(variants))

    return make


@dataclass(frozen=True)
class Change:
    """A step of a plan, and what is done in its place: a mistake, in one of its ways."""

    step: str
    mistake: Mistake
    way: object


class Plan:
    """A right answer in steps. The subclasses' ``answer`` takes what the exercise's function takes.

    entries: the (step, mistake) of this plan; a subclass has those of the plans it builds on, too.
    """

    entries = ()

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        cls.entries = []

    @classmethod
    def mistake(cls, step, what, why="", *, read, see, line="", variants=()):
        """A decorator: the function is a mistake, in the place of a step of this plan."""
        make = mistake(what, why, read=read, see=see, line=line, variants=variants)
        return lambda function: cls.suffers(step, make(function))

    @classmethod
    def suffers(cls, step, mistake):
        """Enter a mistake, made for this plan or for another, in the place of a step."""
        getattr(cls, step)
        cls.entries.append((step, mistake))
        return mistake

    @classmethod
    def catalogue(cls):
        """The (step, mistake) of this plan, its own before those it inherits.

        One mistake may be made in several steps; of two of one name in one step the first stands.
        """
        found = {}
        for plan in cls.__mro__:
            for step, mistake in getattr(plan, "entries", ()):
                found.setdefault((step, mistake.name), (step, mistake))
        return list(found.values())

    @classmethod
    def with_ways(cls, ways):
        """The plan with another function in the place of some steps: (step, function)."""
        plan = cls()
        for step, way in ways:
            setattr(plan, step, types.MethodType(way, plan))
        return plan

    def ways_of(self, steps):
        """What stands in the place of these steps where it is not their own function."""
        return tuple((step, way.__func__) for step, way in vars(self).items() if step in steps)

    def take(self, *arguments):
        """The first step: the arguments as they are."""
        return arguments

    def hand_back(self, result):
        """The last step: the answer as it is."""
        return result


@dataclass(frozen=True)
class Candidate:
    """What a wrong answer may come from: a plan with one change, or with two; the right one: none.

    Called like the exercise's function.
    """

    plan: type
    changes: tuple = ()

    @property
    def mistakes(self):
        """Its mistakes, one a change."""
        return tuple(change.mistake for change in self.changes)

    @functools.cached_property
    def function(self):
        """The exercise's function, as this candidate does it."""
        changed = self.plan.with_ways((change.step, change.way) for change in self.changes)

        def function(*arguments):
            return changed.hand_back(changed.answer(*changed.take(*arguments)))

        return function

    def __call__(self, *arguments):
        return self.function(*arguments)

    def can_join(self, other):
        """Whether both can be made together: two mistakes, in different steps."""
        return not any(
            one.step == two.step or one.mistake.name == two.mistake.name
            for one in self.changes
            for two in other.changes
        )

    def joined(self, other):
        """Both together."""
        return Candidate(self.plan, self.changes + other.changes)


@functools.cache
def singles(plan):
    """A Candidate for every mistake of a plan, in each of its ways."""
    return tuple(
        Candidate(plan, (Change(step, mistake, way),))
        for step, mistake in plan.catalogue()
        for way in mistake.ways
    )


@functools.cache
def by_name(plan):
    """The name of a mistake -> its Candidate, in the first of its ways."""
    return {c.mistakes[0].name: c for c in reversed(singles(plan))}


def pairs(candidates):
    """Every two of these that can be made together, as one Candidate."""
    for one, other in itertools.combinations(candidates, 2):
        if one.can_join(other):
            yield one.joined(other)


def as_floats(*arrays):
    """The arrays in float64."""
    return tuple(np.asarray(array, dtype=float) for array in arrays)


def remembered(function, size=512):
    """A function of arrays that keeps its last answers: many wrong ones come by the same values.

    An answer that is an array cannot be written to.
    """

    @functools.lru_cache(maxsize=size)
    def of_buffers(*buffers):
        answer = function(*(np.frombuffer(buffer).reshape(shape) for buffer, shape in buffers))
        if isinstance(answer, np.ndarray):
            answer.flags.writeable = False
        return answer

    return lambda *arrays: of_buffers(*((a.tobytes(), a.shape) for a in as_floats(*arrays)))
