"""What a student has been told of a function already: the same need not be said in full again.

And how often a mistake came back in a new version of the function: then more of the way is shown.
Kept in the memory of the process alone, at the desk until the kernel is started anew.
"""

import inspect
import types
from collections import Counter
from dataclasses import dataclass, field

# What is shown at grading, the same to all: the example by numbers, too.
AT_GRADING = 2


@dataclass
class _Said:
    """Of one version of a function: aspect -> the names of the mistakes that it was told."""

    version: object
    names: dict = field(default_factory=dict)


# By the name of the exercise: the version that was judged last.
_said = {}
# By (name of the exercise, names of mistakes): how many versions had them.
_tries = Counter()


@dataclass(frozen=True)
class Telling:
    """How to tell of mistakes: ``above``, the aspect in which the same has been said, or None;
    tries: in how many versions of the function they have been seen."""

    above: str | None = None
    tries: int = AT_GRADING


def telling(exercise, aspect, function, mistakes):
    """The Telling of these mistakes; it is remembered that they are told."""
    version = _version(function)
    if version is None:
        return Telling()
    said = _said.get(exercise.name)
    if said is None or said.version != version:
        said = _said[exercise.name] = _Said(version)
    names = tuple(mistake.name for mistake in mistakes)
    if names not in said.names.values():
        _tries[exercise.name, names] += 1
    said.names[aspect] = names
    earlier = exercise.aspects[: exercise.aspects.index(aspect)]
    above = next((a for a in earlier if said.names.get(a) == names), None)
    at_grading = not isinstance(function, types.FunctionType)
    return Telling(above, AT_GRADING if at_grading else _tries[exercise.name, names])


def _version(function):
    """What is the same for as long as a function is; None where nobody is told twice."""
    if isinstance(function, types.FunctionType):
        return inspect.unwrap(function).__code__
    return getattr(function, "version", None)
