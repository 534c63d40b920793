"""One notebook, run and judged: plain data in, plain data out, in whatever process it is done.

The process needs this package, the checks and the sandbox, and neither gradebook nor course folder.
"""

import atexit
import functools
import hashlib
import json
import threading
import time
from dataclasses import asdict, dataclass

from nbjudge.grading.digests import package_digest
from nbjudge.grading.errors import Ended, Lost, NoSandbox, OtherVersion, Unfinished
from nbjudge.grading.run.judging import Judge, plain_error
from nbjudge.grading.run.limits import TRIES, Limits
from nbjudge.grading.run.outputs import shown
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox.sandbox import Sandbox, Unsandboxed


@dataclass(frozen=True)
class CodeCell:
    """A code cell. ``test`` is the gradebook's text of a test cell, None where it knows of none."""

    source: str
    is_test: bool
    test: str | None = None


@dataclass(frozen=True)
class Work:
    """All that running a notebook takes.

    given: the instructor's other cells; files: name -> bytes of the student's folder; seed: of the
    checks' inputs; hidden: folders that must not be seen; checks: the import path of the package
    that holds them; digest: of all the code that decides a mark.
    """

    cells: tuple
    given: tuple
    files: dict
    seed: int
    limits: Limits
    hidden: tuple
    checks: str
    digest: str
    allow_unsandboxed: bool

    @property
    def key(self):
        """A hash of all of it: of two works with one key the same comes."""
        files = {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}
        text = json.dumps(asdict(self) | {"files": files}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def packages(self):
        """The import packages that a student's code must not find: this one and the checks'."""
        return __name__.split(".")[0], self.checks.split(".")[0]


@dataclass(frozen=True)
class Done:
    """What came of it: each cell's outputs, what the code tried, and seconds by what took them."""

    outputs: list
    notes: list
    seconds: dict
    sandboxed: bool


class Runner:
    """Runs notebooks, one at a time, and keeps the sandbox warm for the next one."""

    def __init__(self):
        # A check redirects what its process prints.
        self._lock = threading.Lock()
        self._kept = None, None

    def run(self, work):
        """The Done of a Work; what the machine did to it is tried again.

        Raises NoSandbox; OtherVersion where the packages are others; Unfinished.
        """
        if work.digest != package_digest(work.checks):
            raise OtherVersion(
                f"A worker has another version of {' or '.join(work.packages)} than the command "
                f"that gave it this notebook. Install the same one on both, and start the worker "
                f"again."
            )
        with self._lock:
            for _ in range(TRIES):
                try:
                    return _run(work, self._box(work))
                except Lost as lost:
                    reason = str(lost)
        raise Unfinished(f"This notebook was begun {TRIES} times, and each time {reason}.")

    def close(self):
        """End what is kept."""
        _, box = self._kept
        self._kept = None, None
        if box:
            box.close()

    def _box(self, work):
        """A place to run student code: a Sandbox, or none where that is allowed."""
        arguments = work.hidden, work.packages, work.limits
        kept, box = self._kept
        if kept != arguments:
            self.close()
            try:
                box = Sandbox(*arguments)
            except NoSandbox:
                if not work.allow_unsandboxed:
                    raise
                return Unsandboxed()
            self._kept = arguments, box
        return box


@functools.cache
def process_runner():
    """The Runner of this process, which ends with it: what is warmed up takes seconds."""
    runner = Runner()
    atexit.register(runner.close)
    return runner


def run(work):
    """The Done of a Work, by this process's Runner."""
    return process_runner().run(work)


def run_all(works):
    """The Done of each of a dict of Works, by the same keys."""
    return {key: run(work) for key, work in works.items()}


def _run(work, box):
    begun = time.monotonic()
    spent, room = {"cells": 0.0, "checks": 0.0}, work.limits.outputs_size
    with Student(box, work.files, work.limits, work.packages) as student:
        judge = Judge(student, work.seed, work.given)
        outputs = []
        for number, cell in enumerate(work.cells, start=1):
            at = time.monotonic() - student.starting
            made, taken = _outputs(cell, number, student, judge, room)
            outputs.append(made)
            room = max(room - taken, 0)
            part = "checks" if cell.is_test else "cells"
            spent[part] += time.monotonic() - student.starting - at
    seconds = {"fork": student.starting, **spent, "notebook": time.monotonic() - begun}
    seconds = {part: round(value, 4) for part, value in seconds.items()}
    notes = [list(note) for note in student.notes]
    return Done(outputs, notes, seconds, isinstance(box, Sandbox))


def _outputs(cell, number, student, judge, room):
    """(the outputs of a cell, the characters that they take of the notebook's room)."""
    if cell.is_test:
        if cell.test is None:
            return [plain_error("UnknownTest", "This test is not in the gradebook.")], 0
        return judge.outputs(cell.test), 0
    room = min(room, student.limits.output_size)
    try:
        return shown(student.run(cell.source, number, room), room)
    except Ended as end:
        return [plain_error("Stopped", str(end))], 0
