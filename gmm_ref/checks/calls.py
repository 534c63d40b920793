"""Calling a student's function: on copies, quietly, and with every exception turned into words."""

import contextlib
import copy
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np

from gmm_ref.checks.failure import failure, shorten

# Files whose lines are not the student's: this package, and all that is installed.
_OURS = str(Path(__file__).parents[1])


def call(exercise, aspect, function, case):
    """The result of ``function`` on copies of the case's arguments.

    Raises CheckFailed if it is not callable, raises anything, returns None, or changes an argument.
    """
    passed = copy.deepcopy(case.arguments)

    def fail(*sentences):
        return failure(exercise, aspect, sentences, case.arguments, case.note)

    if not callable(function):
        raise fail(f"{exercise.name} is no function, but {type(function).__name__}.")
    try:
        with _quiet():
            result = function(*passed.values())
    except NotImplementedError:
        raise failure(
            exercise, aspect, f"{exercise.name} is not written yet: put your lines in its cell."
        ) from None
    except (Exception, SystemExit) as error:
        raise fail(*_words(error, exercise)) from None
    for name, value in case.arguments.items():
        if not isinstance(value, np.random.Generator) and not _same(value, passed[name]):
            raise fail(
                f"{exercise.name} changed its argument {name} in place: the caller still needs "
                f"it. Work on a new array, for instance {name} = {name} - ... instead of "
                f"{name} -= ..."
            )
    if result is None:
        raise fail(f"{exercise.name} returned None: is the line with return missing?")
    return result


@contextlib.contextmanager
def _quiet():
    """Warnings and stderr must not reach the test cell: nbgrader gives 0 for any stderr."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stderr(sys.stdout),
    ):
        warnings.simplefilter("ignore")
        yield


def _words(error, exercise):
    kind, text = type(error).__name__, shorten(str(error), 200)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_students(frame)]
    if not own:
        return [
            f"The call itself failed with {kind}: {text}. "
            f"The arguments must be ({', '.join(exercise.parameters)}), in this order."
        ]
    line = own[-1].line or f"line {own[-1].lineno}"
    return [f"It stopped with {kind}: {text}", f"in your line\n    {shorten(line, 80)}"]


def _is_students(frame):
    return not frame.filename.startswith(_OURS) and "site-packages" not in frame.filename


def _same(before, after):
    if isinstance(before, tuple):
        return len(before) == len(after) and all(map(_same, before, after))
    return np.array_equal(before, after)
