"""One notebook, run and judged: plain data in, plain data out, in whatever process it is done.

The process needs this package and the sandbox, and neither the gradebook nor the course folder.
"""

import threading
import time
from dataclasses import dataclass

from nbjudge.grading.digests import package_digest
from nbjudge.grading.errors import Ended, Lost, NoSandbox, OtherVersion, Unfinished
from nbjudge.grading.run.judging import Judge, plain_error
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.outputs import rebuilt
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox.sandbox import Sandbox, Unsandboxed


@dataclass(frozen=True)
class Cell:
    """A code cell. ``test`` is the gradebook's text of a test cell, None where it knows of none."""

    source: str
    is_test: bool
    test: str | None = None


@dataclass(frozen=True)
class Work:
    """All that running a notebook takes.

    given: the instructor's other cells; files: name -> bytes of the student's folder; seed: of the
    checks' inputs; hidden: the folder that must not be seen; scratch: bytes that may be written;
    package: the digest of the package that judges it.
    """

    cells: tuple
    given: tuple
    files: dict
    seed: int
    limits: Limits
    hidden: str
    scratch: int
    allow_unsandboxed: bool
    package: str


@dataclass(frozen=True)
class Done:
    """What came of it: each cell's outputs, what the code tried, and seconds by what took them."""

    outputs: list
    notes: list
    seconds: dict
    walls: bool


# What is hidden beside the course folder.
PACKAGES = ("nbjudge", "gmm_ref")
# How often a notebook is begun anew when what runs it is killed.
TRIES = 3

# A check redirects what its process prints, so a process runs one notebook at a time.
_one_at_a_time = threading.Lock()


def run(work):
    """The Done of a Work.

    Raises NoSandbox; OtherVersion where the package is another; Unfinished.
    """
    if work.package != package_digest("gmm_ref.checks"):
        raise OtherVersion(
            "A worker has another version of gmm_ref than the command that gave it this notebook. "
            "Install the same one on both, and start the worker again."
        )
    with _one_at_a_time:
        for _ in range(TRIES):
            try:
                return _run(work)
            except Lost as lost:
                reason = str(lost)
    raise Unfinished(f"This notebook was begun {TRIES} times, and each time {reason}.")


def _run(work):
    begun = time.monotonic()
    box, walls = _box(work)
    spent = {"cells": 0.0, "checks": 0.0}
    with Student(box, work.files, work.limits, PACKAGES) as student:
        judge = Judge(student, work.seed, work.given)
        outputs = []
        for number, cell in enumerate(work.cells, start=1):
            at = time.monotonic() - student.starting
            outputs.append(_outputs(cell, number, student, judge))
            part = "checks" if cell.is_test else "cells"
            spent[part] += time.monotonic() - student.starting - at
    seconds = {"fork": student.starting, **spent, "notebook": time.monotonic() - begun}
    seconds = {part: round(value, 4) for part, value in seconds.items()}
    return Done(outputs, [list(note) for note in student.notes], seconds, walls)


def _outputs(cell, number, student, judge):
    if cell.is_test:
        if cell.test is None:
            return [plain_error("UnknownTest", "This test is not in the gradebook.")]
        return judge.outputs(cell.test)
    try:
        return [rebuilt(output) for output in student.run(cell.source, number)]
    except Ended as end:
        return [plain_error("Stopped", str(end))]


def _box(work):
    """A place to run student code, and whether it is a sandbox."""
    hidden = (work.hidden,)
    try:
        if (hidden, work.limits) not in _boxes:
            _boxes[hidden, work.limits] = Sandbox(hidden, PACKAGES, work.limits)
        return _boxes[hidden, work.limits], True
    except NoSandbox:
        if not work.allow_unsandboxed:
            raise
        return Unsandboxed(), False


# The sandboxes of this process, kept for the next notebook.
_boxes = {}
