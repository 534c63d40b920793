"""The judge's end of a student's process: asks, waits a bounded time, and starts it anew."""

import contextlib
import secrets
import time
from dataclasses import dataclass, field

import numpy as np

from nbjudge.checking.remote import NoAnswer, RemoteError
from nbjudge.checking.time_limit import no_end
from nbjudge.grading.errors import Ended, Lost
from nbjudge.grading.run.clock import NotebookClock
from nbjudge.grading.run.lender import Lender, TooOften
from nbjudge.grading.run.limits import GRACE, SLOW, STRAY_FRAMES, Limits
from nbjudge.grading.sandbox.inside import codec
from nbjudge.grading.sandbox.inside.channel import Channel, Closed, OutOfTime
from nbjudge.grading.sandbox.inside.codec import Refused


class _Exhausted(Exception):
    """The processes of a student take more memory than they may."""


@dataclass
class Student:
    """The process that holds a student's definitions, started when first needed.

    box: a Sandbox or Unsandboxed; files: name -> bytes of the student's folder; packages: names of
    import packages whose import is noted. After an end the cells that did no harm are run again, so
    that what they defined can still be judged.

    What is the student's own doing ends in Ended, with what was used of the limits: time is the
    notebook's own (`clock`). What comes from the machine ends in Lost: a process killed from
    outside (`sandbox.inside.ending`), one that does not come up, no processor for too long.
    """

    box: object
    files: dict
    limits: Limits
    packages: tuple = ()
    notes: list = field(default_factory=list)

    def __post_init__(self):
        self.clock = NotebookClock()
        self.stack = contextlib.ExitStack()
        # Stands for this student, and for no other.
        self.token = object()
        # The StudentProcess that runs, and the channel to it.
        self.process = self.channel = None
        self.starts = 0
        # Seconds spent on starts.
        self.starting = 0.0
        self.cells = []
        # Names of functions that ran out of time; "" for a cell that had to be ended with all else.
        self.slow = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def run(self, source, number, room=None):
        """The outputs of a cell, which is remembered for a later start; or Ended.

        room: characters that it may show, by default those of the limits.

        After a function ran out of time, cells have less of it: one that calls it never ends.
        """
        seconds = self.limits.cell_seconds / (SLOW if self.slow else 1)
        room = self.limits.output_size if room is None else room
        answer = self._ask(seconds, do="run", source=source, number=number, room=room)
        outputs = answer.get("outputs")
        # A cell that ran out of time is not run again: it would only cost the others theirs.
        if answer.get("slow"):
            raise Ended(f"This cell took longer than {seconds:g} s and was stopped.")
        self.cells.append((source, number))
        return outputs if isinstance(outputs, list) else []

    def look(self, name):
        """What stands behind a name of the notebook: {"kind": "function"} or the like."""
        return self._ask(self.limits.call_seconds, do="look", name=name)

    def call(self, name, args, kwargs, lent=None):
        """The result of the student's function; RemoteError, NotImplementedError or NoAnswer.

        One that ran out of time has less of it from then on: it may be a loop without end.
        lent: name -> function, which are called here in place of the student's own.
        """
        seconds = self.limits.call_seconds / (SLOW if name in self.slow else 1)
        try:
            answer = self._ask(
                seconds,
                Lender(lent or {}, args),
                do="call",
                name=name,
                args=list(args),
                untouched=list(args),
                kwargs=kwargs,
                lent=list(lent or {}),
            )
        except Ended as end:
            raise NoAnswer(f"{name} gave no answer. {end}") from None
        if answer.get("slow"):
            self.slow.add(name)
            raise NoAnswer(no_end(name, seconds))
        if "refused" in answer:
            raise NoAnswer(f"{name} returned {_text(answer['refused'])}.")
        if "error" in answer:
            raise _raised(answer["error"])
        _write_back(args, answer.get("changed", []))
        return answer.get("result")

    def begin_anew(self):
        """End the process: the next has not been asked anything. It is not counted as a start."""
        if self.channel is not None:
            self.starts -= 1
        self.stop()

    def stop(self):
        """End the process, with all that it started."""
        self.process = self.channel = None
        self.clock.stop()
        self.stack.close()

    def _ask(self, seconds, lender=None, **request):
        """The answer to a request, whatever it is, as a dict; or Ended."""
        self._ensure()
        seconds = min(seconds, self._left())
        try:
            return self._exchange(seconds, lender=lender, seconds=seconds, **request)
        except OutOfTime:
            self.slow.add(request.get("name", ""))
            words = f"It took longer than {seconds:g} s and could not be stopped gently."
            self._end("no reply in time", words)
        except Closed as error:
            self._raise_if_killed()
            words = "Its process ended: by os._exit, for want of memory, or by a crash."
            self._end("the process ended", words, str(error))
        except Refused as refused:
            self._end("a reply was refused", f"It sent {refused}.")
        except TooOften as often:
            self._end("a lent function was called without end", str(often))
        except _Exhausted:
            limit = f"{self.limits.total_memory / 1e9:.1f} GB"
            self._end("memory", f"Its processes took more than {limit} of memory together.")

    def _exchange(self, time_left, until=None, lender=None, **request):
        """The answer to a request within ``time_left`` of the notebook's own seconds.

        until: a time of time.monotonic; lender: who answers for what was lent, a Lender.
        """
        number = secrets.randbits(60)
        if request["do"] == "look":
            request.pop("seconds")
        self.end = self.clock.own + time_left + GRACE
        self.channel.send({"id": number, **request}, until)
        for _ in range(STRAY_FRAMES):
            answer = self.channel.receive(until)
            if type(answer) is not dict:
                raise Refused("something that is no reply")
            if "note" in answer:
                self._take_note(answer["note"])
            elif "borrow" in answer and lender:
                self.channel.send(lender.answer(answer), until)
            elif answer.get("id") == number:
                return answer
            else:
                raise Refused("a reply to a question that was not asked")
        raise Refused("messages without end")

    def _ensure(self):
        while self.channel is None or self._left() <= 0:
            if self._left() <= 0:
                self.stop()
                raise Ended(f"The notebook used up its {self.limits.notebook_seconds:g} s.")
            if self.starts > self.limits.restarts:
                raise Ended(f"The notebook's process ended {self.starts} times: no further start.")
            begun = time.monotonic()
            self._start()
            self.starting += time.monotonic() - begun
            self._run_again()

    def _start(self):
        self.starts += 1
        try:
            self.process = process = self.stack.enter_context(self.box.process())
        except OSError as error:
            raise Lost(f"a student's process could not be started: {error!r}") from None

        room = self.limits.answer_size + codec.MAX_HEADER
        self.channel = Channel(process.stream, room, on_wait=self._look)
        try:
            self._exchange(
                self.limits.start_seconds,
                time.monotonic() + self.limits.start_seconds,
                do="start",
                files=self.files,
                limits=self._resources(),
                answer_size=self.limits.answer_size,
                folder=process.folder,
                user=process.user,
                packages=list(self.packages),
            )
        except (OutOfTime, Closed, Refused) as error:
            self.stop()
            raise Lost(f"a student's process did not come up: {error!r}") from None
        self.clock.watch(process.ancestor.pid)

    def _look(self):
        """While an answer is waited for: how much time and memory the process has used."""
        used = self.clock.look()
        if self.clock.own > self.end:
            raise OutOfTime
        if self.clock.waited > self.limits.waiting_seconds:
            raise Lost(f"it waited {self.clock.waited:.0f} s for a processor that others had")
        if used and used.memory > self.limits.total_memory:
            raise _Exhausted

    def _raise_if_killed(self):
        if self.process.was_killed():
            raise Lost("the student's process was killed from outside")

    def _resources(self):
        """The limits that the system keeps, by their names in Python's module ``resource``."""
        limits = {
            "RLIMIT_AS": self.limits.memory,
            "RLIMIT_NPROC": self.limits.processes,
            "RLIMIT_FSIZE": self.limits.file_size,
            "RLIMIT_NOFILE": self.limits.open_files,
        }
        return {name: limits[name] for name in self.box.limited}

    def _run_again(self):
        """Run the remembered cells in a new process; one that ends it is forgotten."""
        for source, number in list(self.cells):
            seconds = min(self.limits.cell_seconds, self._left())
            try:
                self._exchange(
                    seconds, do="run", source=source, number=number, seconds=seconds, room=0
                )
            except (OutOfTime, Closed, Refused, _Exhausted) as error:
                if isinstance(error, Closed):
                    self._raise_if_killed()
                self.cells.remove((source, number))
                self.stop()
                return

    def _left(self):
        return self.limits.notebook_seconds - self.clock.own

    def _take_note(self, note):
        if len(self.notes) < self.limits.notes and isinstance(note, list) and len(note) == 2:
            note = tuple(map(_text, note))
            if note not in self.notes:
                self.notes.append(note)

    def _end(self, fact, words, detail=""):
        self.stop()
        self._take_note(["ended", f"{fact}: {detail}" if detail else fact])
        raise Ended(words)


def _raised(said):
    """The exception of the student's function, from what its process said of it."""
    if type(said) is not dict:
        said = {}
    kind, text, line = (_text(said.get(part, "")) for part in ("kind", "text", "line"))
    if kind == "NotImplementedError":
        error = NotImplementedError(text)
        error.function = _text(said.get("function", ""))
        return error
    return RemoteError(kind or "an unknown error", text, line)


def _write_back(args, changed):
    """Do to our arguments what the student's function did to its copies of them."""
    for entry in changed if isinstance(changed, list) else []:
        if isinstance(entry, list) and len(entry) == 2 and entry[0] in range(len(args)):
            _overwrite(args[entry[0]], entry[1])


def _overwrite(ours, theirs):
    if isinstance(ours, np.ndarray):
        if isinstance(theirs, np.ndarray) and theirs.shape == ours.shape:
            ours[...] = theirs
    elif isinstance(ours, (tuple, list)) and isinstance(theirs, (tuple, list)):
        for part, other in zip(ours, theirs, strict=False):
            _overwrite(part, other)
        if isinstance(ours, list):
            ours[:] = ours[: len(theirs)] + list(theirs[len(ours) :])
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        ours.update(theirs)


def _text(value):
    """What came as text, cut; anything else as nothing."""
    return value[:2000] if type(value) is str else ""
