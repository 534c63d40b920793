"""A student's earlier functions, on which a later one builds: a mistake in them counts once.

Where the later function is wrong and an earlier one is wrong by its own exercise, the later one is
judged again with right ones lent to it, under the names by which it calls them. An earlier one
that is not there, or does not look at what it is given, excuses nothing: it is no mistake yet.
"""

import contextlib
import functools
import inspect
from unittest.mock import patch

import numpy as np

from nbjudge.checking.calls import attempt, quiet
from nbjudge.checking.diagnosis.computed import same
from nbjudge.checking.message import CheckFailed

NOT_EXCUSED = (
    "What is not there, or does not look at what it is given, excuses nothing here: mend {names} "
    "first."
)
WRONG_ALL_THE_SAME = (
    "A mistake made in {names} does not count here once more. What is said above is what this "
    "function does with right ones in the place of yours: mend {names} first, then this one."
)


def judge_apart(judge, function, exercises, own):
    """Have ``judge`` look at a function, and where it fails, once more apart from the earlier ones.

    exercises, own: of the earlier functions and they themselves, in the same order; of these, the
    last may be missing.
    Raises the CheckFailed of the last look.
    """
    try:
        return judge(function)
    except CheckFailed as error:
        failed = error
    exercises = exercises[: len(own)]
    pairs = list(zip(exercises, own, strict=True))
    with quiet():
        wrong = [pair for pair in pairs if _is_wrong(*pair)]
        excused = all(_answers_to_its_input(*pair, exercises) for pair in wrong)
    if not wrong:
        raise failed
    names = " and ".join(exercise.name for exercise in exercises)
    if not excused:
        raise failed.with_remark(NOT_EXCUSED.format(names=names))
    with lent(function, _right_ones(exercises)) as apart:
        try:
            return judge(apart)
        except CheckFailed as error:
            raise error.with_remark(WRONG_ALL_THE_SAME.format(names=names)) from None


def _right_ones(exercises):
    return {exercise.name: plain(exercise.lent) for exercise in exercises}


@contextlib.contextmanager
def lent(function, given):
    """The function, as it is while these stand in the place of its student's: name -> function."""
    if not given:
        yield function
        return
    if hasattr(function, "lend"):  # it has a process of its own
        with function.lend(given) as apart:
            yield apart
        return
    with patch.dict(getattr(inspect.unwrap(function), "__globals__", {}), given):
        yield function


def plain(reference):
    """A reference as a student writes it: with tuples where it has NamedTuples."""

    @functools.wraps(reference)
    def function(*arguments, **keywords):
        return _plain(reference(*arguments, **keywords))

    return function


def _plain(result):
    return tuple(map(_plain, result)) if isinstance(result, tuple) else result


def _is_wrong(exercise, function):
    return any(
        not exercise.accepts(attempt(function, case), case)
        for aspect in exercise.aspects
        for case in exercise.cases(aspect)
    )


def _answers_to_its_input(exercise, function, exercises):
    """Whether two inputs of the same shapes have two answers, neither of them without a number.

    Of these exercises, those that it builds on itself are looked at on their own.
    """
    one = exercise.cases("value")[0]
    other = exercise.cases("value", exercise.rng("another"))[0]
    earlier = [known for known in exercise.builds_on if known in exercises]
    with lent(function, _right_ones(earlier)) as apart:
        answers = attempt(apart, one), attempt(apart, other)
    return not same(*answers, one, exercise.kind) and not any(map(_says_nothing, answers))


def _says_nothing(outcome):
    parts = outcome.result if isinstance(outcome.result, (tuple, list)) else (outcome.result,)
    try:
        return all(np.isnan(np.asarray(part, dtype=float)).all() for part in parts)
    except (TypeError, ValueError):
        return False
