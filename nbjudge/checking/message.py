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

    def with_remark(self, sentence):
        """The same with one more paragraph."""
        return CheckFailed(f"{self}\n\n{_wrap(sentence)}", self.mistakes)

    def _render_traceback_(self):
        # What IPython, and with it Lab, Validate and the feedback page, show in place of a
        # traceback.
        return str(self).splitlines()


class CheckInterrupted(KeyboardInterrupt):
    """A check that was stopped by Ctrl-C, or by the button that does the same: one line."""

    def _render_traceback_(self):
        return [str(self)]


def check_failed(exercise, aspect, sentences, case=None, mistakes=(), told=None, id=None):
    """A CheckFailed that says which mistake it is, what was called, on what, and where to read.

    ``sentences``: what is wrong, a paragraph each; ``case``: what was called; ``mistakes``: what
    was recognised, and the Telling of it; ``id``: what to record where nothing was.
    """
    parts = [f"{exercise.name}, {aspect}: not right yet."]
    said_above = bool(mistakes) and told.above is not None
    if said_above:
        parts.append(_wrap(f"The same as above, in {told.above}: {_names(mistakes)}."))
    elif mistakes:
        blocks = [_block(mistake.message, told.tries) for mistake in mistakes]
        parts += [_heading(mistakes), *blocks]
    if said_above and case is not None and case.note:
        parts.append(_wrap(f"What is new: it was called with {case.note}."))
    elif case is not None and not said_above:
        called = f"Called with {case.note}:" if case.note else "Called with:"
        shown = [_show(name, value) for name, value in case.arguments.items()]
        parts.append("\n".join([_wrap(called), *shown]))
    parts += [_wrap(sentence) for sentence in sentences]
    if not mistakes:
        parts.append(_wrap(f"Read again: {exercise.section}, {exercise.formula}"))
    recorded = [mistake.name for mistake in mistakes] or [id] * (id is not None)
    return CheckFailed("\n\n".join(parts), recorded)


def _heading(mistakes):
    known = "two known mistakes, made together" if len(mistakes) > 1 else "a known mistake"
    return _wrap(f"It agrees with {known}: {_names(mistakes)}.")


def _names(mistakes):
    return ", and ".join(mistake.name.replace("_", " ") for mistake in mistakes)


def _block(message, tries):
    """What is said of a mistake: where it comes back, the example by numbers, then the line."""
    what_and_why = f"{message.what} {message.why}".rstrip()
    lines = [what_and_why, f"Read again: {message.read}"]
    if tries > 1:
        lines.append(f"See it: {message.see}")
    if tries > 2 and message.line:
        lines.append(f"Nearly the line: {message.line}")
    return _wrap("\n".join(lines))


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
