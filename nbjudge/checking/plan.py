"""Wrong answers from right ones: an answer cut into steps, and a mistake as one step done wrongly.

A `Plan` computes the answer of one exercise function by small methods, its steps. A mistake is a
function that takes the place of one step, so that two mistakes in two steps make a pair for free.
"""

import functools
import inspect
import itertools
import types
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its name, the step it takes the place of, and what the student reads.

    ``function(plan, *what the step is given)``, once more with each of ``variants`` as a last
    argument: one mistake can come with several constants.
    """

    name: str
    step: str
    function: object
    variants: tuple = ()

    @property
    def message(self):
        """What the student reads: the function's docstring."""
        return inspect.getdoc(self.function)

    @functools.cached_property
    def ways(self):
        """The functions that may stand for the step, one a variant."""
        if not self.variants:
            return (self.function,)
        return tuple(_with_last(self.function, variant) for variant in self.variants)


def _with_last(function, last):
    return lambda *given: function(*given, last)


class Plan:
    """A right answer in steps. The subclasses' ``answer`` takes what the exercise's function takes.

    own: the mistakes of this plan; a subclass inherits those of the plans it builds on, but for
    the names in ``harmless``: there they change nothing, or another mistake does the same.
    """

    own = ()
    harmless = frozenset()

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        cls.own = []

    @classmethod
    def mistake(cls, step, variants=()):
        """Enter the decorated function into the catalogue, in the place of a step."""
        getattr(cls, step)

        def enter(function):
            cls.own.append(Mistake(function.__name__, step, function, tuple(variants)))
            return function

        return enter

    @classmethod
    def catalogue(cls):
        """All mistakes of this plan, its own before those it inherits."""
        found = {}
        for plan in cls.__mro__:
            for mistake in getattr(plan, "own", ()):
                if mistake.name not in cls.harmless:
                    found.setdefault(mistake.name, mistake)
        return list(found.values())

    def take(self, *arguments):
        """The first step: the arguments as they are."""
        return arguments

    def hand_back(self, result):
        """The last step: the answer as it is."""
        return result


def implementation(plan, *steps):
    """The function of the exercise, with (step, way) in the place of the plan's own steps."""
    changed = plan()
    for step, way in steps:
        setattr(changed, step, types.MethodType(way, changed))

    def function(*arguments):
        return changed.hand_back(changed.answer(*changed.take(*arguments)))

    return function


@functools.cache
def singles(plan):
    """[((mistake,), function)] for every mistake and variant of the plan, as in `ways`."""
    return [((mistake,), implementation(plan, (mistake.step, way))) for mistake, way in ways(plan)]


def ways(plan):
    """[(mistake, way)]: every mistake once with each of its variants."""
    return [(mistake, way) for mistake in plan.catalogue() for way in mistake.ways]


def pairs(plan, chosen=None):
    """((mistake, mistake), function) for every two of the chosen ways, in different steps."""
    chosen = ways(plan) if chosen is None else chosen
    for one, other in itertools.combinations(chosen, 2):
        if one[0].step != other[0].step:
            yield pair(plan, one, other)


def pair(plan, one, other):
    """((mistake, mistake), function) of two ways."""
    steps = [(mistake.step, way) for mistake, way in (one, other)]
    return (one[0], other[0]), implementation(plan, *steps)


def as_floats(*arrays):
    """The arrays in float64."""
    return tuple(np.asarray(array, dtype=float) for array in arrays)
