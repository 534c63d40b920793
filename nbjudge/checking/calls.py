"""Calling a function on copies of its arguments, quietly: what came back, as data or as words."""

import contextlib
import copy
import functools
import re
import sys
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nbjudge.checking.failure import describe, shorten
from nbjudge.checking.remote import NoAnswer, RemoteError, kind_of

# Files whose lines are not the student's: this package, and all that is installed.
_OURS = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class Outcome:
    """What a call left: its result or its error, and what became of its arguments.

    arguments, passed: name -> value, as they were before and as they are now.
    """

    result: object = None
    error: BaseException | None = None
    arguments: dict = field(default_factory=dict)
    passed: dict = field(default_factory=dict)

    @functools.cached_property
    def changed(self):
        """The names of the arguments that the call changed."""
        return tuple(
            name
            for name, value in self.arguments.items()
            if not isinstance(value, np.random.Generator) and not _same(value, self.passed[name])
        )


def attempt(function, case):
    """The Outcome of ``function`` on copies of the case's arguments."""
    with quiet():
        outcome = attempt_aloud(function, case)
    outcome.changed  # noqa: B018 - seen now, before the function can reach its arguments again
    return outcome


def attempt_aloud(function, case):
    """As `attempt`, for many calls of our own functions under one `quiet`."""
    passed = {name: _copy(value) for name, value in case.arguments.items()}
    result = error = None
    try:
        result = function(*passed.values())
    except (Exception, SystemExit) as raised:
        error = raised
    return Outcome(result, error, case.arguments, passed)


def _copy(value):
    # For an array deepcopy does the same, more slowly.
    return value.copy(order="K") if isinstance(value, np.ndarray) else copy.deepcopy(value)


def call_fault(exercise, outcome, case):
    """Why an outcome is no answer at all: (id, sentences), or None if it is one."""
    if isinstance(outcome.error, NotImplementedError):
        return "not_written", [_not_written(outcome.error, exercise)]
    if isinstance(outcome.error, NoAnswer):
        return "no_answer", [str(outcome.error)]
    if outcome.error is not None:
        return f"raised_{kind_of(outcome.error)}", _words(outcome.error, exercise, case)
    if outcome.changed:
        name = outcome.changed[0]
        return "changed_its_input", [
            f"{exercise.name} changed its argument {name} in place: the caller still needs "
            f"it. Work on a new array, for instance {name} = {name} - ... instead of "
            f"{name} -= ..."
        ]
    if outcome.result is None:
        return "returned_none", [
            f"{exercise.name} returned None: is the line with return missing, or does it stand "
            f"inside an if or a loop that was not reached, behind a comparison that never holds?"
        ]
    return None


@contextlib.contextmanager
def quiet():
    """Warnings and stderr must not reach the test cell: nbgrader gives 0 for any stderr."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stderr(sys.stdout),
    ):
        warnings.simplefilter("ignore")
        yield


# The files of libraries, numpy's own language included.
LIBRARY = re.compile(r"site-packages|\.pyx$|lib/python3")

# What the commonest errors mean: a pattern in "Kind: text", and what to do about it.
_ADVICE = [
    (
        r"shapes? .*(align|broadcast|mismatch)|broadcast together|matmul|mismatch in its core",
        "Two shapes do not go together. Write the shape of each factor beside it, with the "
        "names N, K and D: sizes that must meet need the same name. A sum along an axis loses "
        "that axis; keepdims=True keeps it with length 1.",
    ),
    (
        r"index .* out of bounds|too many indices",
        "An index runs past its axis: which of N, K and D does it count, and which axis of the "
        "array has that length?",
    ),
    (
        r"indices must be|used as indices|arrays used as ind",
        "An array of floats stands where an index is needed. Z and R hold a number for each "
        "component, not a label: multiply with them; argmax(axis=1) makes a label of a row.",
    ),
    (
        r"missing .* required positional|positional arguments? but",
        "A function is called with other arguments than it takes. Compare the call with the first "
        "line of that function: how many there are, and in which order.",
    ),
    (
        r"must be 1.dimensional|must be 2.dimensional|must be square|dimension",
        "A function got an array with more axes, or fewer, than it takes: one mean (D,) and one "
        "covariance (D, D), for instance, and not one for each component or point.",
    ),
    (
        r"^LinAlgError|positive definite|symmetric positive|[Ss]ingular matrix",
        "A matrix that should be symmetric positive definite is not. Is it the covariance of "
        "one component, of shape (D, D), and has nothing been taken from it or divided?",
    ),
    (
        r"^(NameError|UnboundLocalError)",
        "Python does not know this name here: is it spelt as in the stub, is the cell that "
        "defines it run, and is it set before this line?",
    ),
    (
        r"unpack|not iterable|not subscriptable",
        "A value has not the parts that this line takes from it: print its type and its shape.",
    ),
    (
        r"unsupported operand|can't multiply|must be str|only integer|cannot be interpreted",
        "An operation met a type that it cannot work on: a list where an array is needed "
        "(np.asarray), a float where an index is needed, or a tuple that was not unpacked.",
    ),
    (
        r"^RecursionError",
        "The function calls itself without end: is another function meant?",
    ),
    (
        r"^(AttributeError)",
        "This object has no such part: is it an array where you think so, and is the name right?",
    ),
    (
        r"ambiguous",
        "An array stands where one True or False is needed: compare one number, or use .all().",
    ),
    (
        r"inhomogeneous|unequal|must match exactly|same shape",
        "Arrays of different shapes are put together: print the shape of each.",
    ),
    (
        r"^(SystemExit|KeyboardInterrupt)",
        "The function ended the program instead of returning an answer: use return.",
    ),
    (
        r"probabilities|pvals",
        "Probabilities are not negative and sum to 1: which array did you pass as p?",
    ),
]


def _words(error, exercise, case):
    kind, text = kind_of(error), shorten(str(error), 200)
    line = _own_line(error)
    shapes = ", ".join(f"{name} {describe(value)}" for name, value in case.arguments.items())
    if not line:
        return [
            f"The call itself failed with {kind}: {text}. "
            f"The arguments must be ({', '.join(exercise.parameters)}), in this order."
        ]
    advice = [words for pattern, words in _ADVICE if re.search(pattern, f"{kind}: {text}")]
    return [
        f"It stopped with {kind}: {text}",
        in_your_lines(line),
        *advice[:1],
        f"What was passed: {shapes}.",
    ]


def in_your_lines(lines):
    """What a student reads of the lines that led to an exception."""
    lines = lines.split("\n")
    lead = "in your line" if len(lines) == 1 else "in your lines, the first of which leads to"
    return "\n    ".join([lead, *(shorten(line, 80) for line in lines)])


def _not_written(error, exercise):
    """Which function is not written: this one, or an earlier one that it calls."""
    within = [frame.name for frame in _own_frames(error)[1:]]
    name = getattr(error, "function", within[-1] if within else "")
    if not name.isidentifier():
        return f"{exercise.name} is not written yet: put your lines in its cell."
    return f"{exercise.name} calls {name}, which is not written yet: put your lines in its cell."


def _own_line(error):
    """The student's own lines that led to an exception, or ""."""
    if isinstance(error, RemoteError):
        return error.line
    return lines_of(_own_frames(error))


def lines_of(frames):
    """The line of the function that was called and, where it is another, that which failed."""
    ends = [frames[0], frames[-1]] if len(frames) > 1 else frames
    # A generator within a line is a frame of its own, with the same line.
    return "\n".join(dict.fromkeys(frame.line or f"line {frame.lineno}" for frame in ends))


def _own_frames(error):
    """The frames of an exception that are the student's, the innermost last."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_OURS) and not LIBRARY.search(frame.filename)
    ]


def _same(before, after):
    if isinstance(before, tuple):
        return len(before) == len(after) and all(map(_same, before, after))
    return np.array_equal(before, after)
