"""A call that gave no answer: the exception, or what else came, in words for the student."""

import re
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

from nbjudge.checking.message import describe, shorten
from nbjudge.checking.remote import NoAnswer, RemoteError, kind_of

# The files of libraries, numpy's own language included; and this package.
LIBRARY = re.compile(r"site-packages|\.pyx$|lib/python3")
_NBJUDGE = str(Path(__file__).parents[1])


@dataclass(frozen=True)
class NoResult:
    """Why a call is no answer at all: an id, and sentences for the student."""

    id: str
    sentences: tuple

    @property
    def is_silent(self):
        """Whether nothing came, so that asking on would only cost time."""
        return self.id in ("not_written", "no_answer")


def why_no_result(exercise, outcome, case):
    """The NoResult of an outcome that is no answer, or None if it is one."""
    error, name = outcome.error, exercise.name
    if isinstance(error, NotImplementedError):
        return NoResult("not_written", (_not_written(error, exercise),))
    if isinstance(error, NoAnswer):
        return NoResult("no_answer", (str(error),))
    if error is not None:
        return NoResult(f"raised_{kind_of(error)}", tuple(_words(error, exercise, case)))
    if outcome.changed:
        changed = outcome.changed[0]
        sentence = (
            f"{name} changed its argument {changed} in place: the caller still needs it. Work on a "
            f"new array, for instance {changed} = {changed} - ... instead of {changed} -= ..."
        )
        return NoResult("changed_its_input", (sentence,))
    if outcome.result is None:
        sentence = (
            f"{name} returned None: is the line with return missing, or does it stand inside an if "
            f"or a loop that was not reached, behind a comparison that never holds?"
        )
        return NoResult("returned_none", (sentence,))
    return None


# What the commonest errors mean: a pattern in "Kind: text", and what to do about it.
_ADVICE = (
    (
        r"shapes? .*(align|broadcast|mismatch)|broadcast together|matmul|mismatch in its core",
        "Two shapes do not go together. Write the shape of each factor beside it. A sum along an "
        "axis loses that axis; keepdims=True keeps it with length 1.",
    ),
    (
        r"index .* out of bounds|too many indices",
        "An index runs past its axis: what does it count, and which axis of the array has that "
        "length?",
    ),
    (
        r"indices must be|used as indices|arrays used as ind",
        "An array of floats stands where an index is needed: an index is a whole number.",
    ),
    (
        r"missing .* required positional|positional arguments? but",
        "A function is called with other arguments than it takes. Compare the call with the first "
        "line of that function: how many there are, and in which order.",
    ),
    (
        r"must be 1.dimensional|must be 2.dimensional|must be square|dimension",
        "A function got an array with more axes, or fewer, than it takes: print its shape.",
    ),
    (
        r"^LinAlgError|positive definite|symmetric positive|[Ss]ingular matrix",
        "A matrix that should be symmetric positive definite, or have an inverse, is or has not.",
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
)


def _words(error, exercise, case):
    kind, text = kind_of(error), shorten(str(error), 200)
    line = _own_line(error, exercise)
    shapes = ", ".join(f"{name} {describe(value)}" for name, value in case.arguments.items())
    if not line:
        return [
            f"The call itself failed with {kind}: {text}. "
            f"The arguments must be ({', '.join(exercise.parameters)}), in this order."
        ]
    known = (*exercise.subject.error_advice, *_ADVICE)
    advice = [words for pattern, words in known if re.search(pattern, f"{kind}: {text}")]
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
    within = [frame.name for frame in _own_frames(error, exercise)[1:]]
    name = getattr(error, "function", within[-1] if within else "")
    if not name.isidentifier():
        return f"{exercise.name} is not written yet: put your lines in its cell."
    return f"{exercise.name} calls {name}, which is not written yet: put your lines in its cell."


def _own_line(error, exercise):
    """The student's own lines that led to an exception, or ""."""
    if isinstance(error, RemoteError):
        return error.line
    return lines_of(_own_frames(error, exercise))


def lines_of(frames):
    """The line of the function that was called and, where it is another, that which failed."""
    ends = [frames[0], frames[-1]] if len(frames) > 1 else frames
    # A generator within a line is a frame of its own, with the same line.
    return "\n".join(dict.fromkeys(frame.line or f"line {frame.lineno}" for frame in ends))


def _own_frames(error, exercise):
    """The frames of an exception that are the student's, the innermost last."""
    ours = (_NBJUDGE, _package_of(exercise.reference))
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(ours) and not LIBRARY.search(frame.filename)
    ]


def _package_of(function):
    """The folder of the package that a function comes from; its file, if it is in none."""
    top = sys.modules[function.__module__.split(".")[0]]
    return str(Path(top.__file__).parent) if hasattr(top, "__path__") else top.__file__
