"""The message of a check that failed: plain text of 90 columns, and no traceback."""

import textwrap

import numpy as np

WIDTH = 90
# An array of up to this many numbers is printed whole, a larger one by its shape.
PRINTABLE = 24


class CheckFailed(AssertionError):
    """An answer is not right yet. ``str()`` is the message to the student.

    mistakes: the ids of what was recognised, first the surest; () if nothing was.
    """

    def __init__(self, message, mistakes=()):
        super().__init__(message)
        self.mistakes = tuple(mistakes)

    def _render_traceback_(self):
        # What IPython, and with it Lab, Validate and the feedback page, show in place of a
        # traceback.
        return str(self).splitlines()


def failure(exercise, aspect, sentences, arguments=None, note="", mistakes=(), messages=()):
    """A CheckFailed that says which mistake it is, what was called, on what, and where to read.

    ``sentences``: what is wrong, a string or several, a paragraph each.
    ``arguments``: name -> value, as they were passed; ``note``: what is special in them.
    ``mistakes``: the ids of what was recognised; ``messages``: what the student reads of each.
    """
    if isinstance(sentences, str):
        sentences = [sentences]
    parts = [f"{exercise.name}, {aspect}: not right yet."]
    parts += _of_mistakes(mistakes, messages)
    if arguments is not None:
        called = f"Called with {note}:" if note else "Called with:"
        parts.append("\n".join([_wrap(called), *map(_show, arguments, arguments.values())]))
    parts += [_wrap(sentence) for sentence in sentences]
    if not any("Read again:" in message for message in messages):
        parts.append(_wrap(f"Read again: {exercise.section}, {exercise.formula}"))
    return CheckFailed("\n\n".join(parts), mistakes)


def _of_mistakes(names, messages):
    """A heading with the names, and a block of each message, its last two parts on their own."""
    if not messages:
        return []
    known = "two known mistakes, made together" if len(messages) > 1 else "a known mistake"
    heading = f"It agrees with {known}: {', and '.join(name.replace('_', ' ') for name in names)}."
    blocks = []
    for message in messages:
        text = " ".join(message.split())
        for lead in ("Read again:", "See it:"):
            text = text.replace(f" {lead}", f"\n{lead}")
        blocks.append(_wrap(text))
    return [_wrap(heading), *blocks]


def describe(value):
    """What a returned value is, in a few words."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, np.random.Generator):
        return "a Generator"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{type(value).__name__} {shorten(repr(value))}"


def shorten(text, width=60):
    """``text`` on one line, cut to ``width`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 3] + "..."


def _show(name, value):
    if isinstance(value, np.random.Generator):
        text = "a numpy Generator"
    elif isinstance(value, np.ndarray) and value.size > PRINTABLE:
        text = f"array of shape {value.shape}, dtype {value.dtype}"
    elif isinstance(value, tuple):
        text = "(" + ", ".join(f"array of shape {np.shape(part)}" for part in value) + ")"
    else:
        text = np.array2string(np.asarray(value), precision=4, separator=", ", max_line_width=70)
    lead = f"  {name} = "
    lines = text.replace("\n", "\n" + " " * len(lead)).split("\n")
    return lead + "\n".join(line.rstrip() for line in lines)


def _wrap(text):
    """``text`` folded line by line; what is indented stays indented."""
    return "\n".join(_fold(line) for line in text.split("\n"))


def _fold(line):
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
