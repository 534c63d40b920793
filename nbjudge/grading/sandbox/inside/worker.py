"""The student's process: an IPython shell that is told, over a socket, what to run and to call.

It is a program, started by `nbjudge.grading.sandbox`. The student's code shares its process and can
change anything here, so the judge believes nothing of it beyond "this is the student's answer".
"""

import ast
import contextlib
import functools
import os
import random
import re
import resource
import signal
import socket
import sys
import threading
import traceback
import warnings
from pathlib import Path
from unittest.mock import patch

import numpy as np

from . import codec, rights
from .audit import Audit
from .channel import Channel, Closed
from .ending import KILLED
from .kernel import call
from .schedule import own_seconds
from .shell import Stream, make_shell

# Linux's number, from its header prctl.h.
SET_DUMPABLE = 4

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class TooSlow(BaseException):
    """Raised in the student's code when its time is up; no ``except Exception`` stops it."""


class Worker:
    """Answers one request after another, until the connection ends.

    give_up: called when the process has no more use for any right.
    """

    def __init__(self, stream, give_up):
        self.channel = Channel(stream, from_judge=True)
        self.sending = threading.Lock()
        self.shell = make_shell()
        self.audit = Audit(self.note)
        self.give_up = give_up

    def serve(self):
        """Read, do, answer. The name of a request is that of the method ``do_...``."""
        while True:
            request = self.channel.receive()
            answer = getattr(self, f"do_{request.pop('do')}")(**request)
            self.audit.look_for_changes(self.shell)
            self.send(answer)

    def send(self, message):
        with self.sending:
            self.channel.send(message)

    def note(self, kind, detail):
        """Tell the judge at once of something it may want to know; this process may die next."""
        with contextlib.suppress(codec.Refused, Closed):
            self.send({"note": [kind, detail[:200]]})

    def do_start(self, id, files, limits, answer_size, folder, user, packages):
        """Lay out the student's folder, give up every right, and set the limits for good."""
        self.channel.max_sent = answer_size
        os.chdir(folder)
        for name, content in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, name), (value, value))
        if user is not None:
            for path in [Path("."), *Path(".").rglob("*")]:
                os.chown(path, user, user)
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        self.give_up()
        sys.path[0] = ""
        self.audit.begin(self.shell, folder, packages)
        return {"id": id}

    def do_run(self, id, source, number, seconds, room):
        """Run a cell, the one of this number; the answer holds its outputs."""
        self.shell.execution_count = number
        outputs = self.shell.outputs
        outputs.begin(room)
        with self._captured(), _time_limit(seconds):
            result = self.shell.run_cell(source, store_history=False)
        if result.error_in_exec:
            with self._captured(), _quiet():
                self._define_what_follows(source, result.error_in_exec)
        for item in outputs.items:
            if "parts" in item:
                item["text"] = "".join(item.pop("parts"))
        slow = isinstance(result.error_in_exec, TooSlow)
        return {"id": id, "outputs": list(outputs.items), "slow": slow}

    def _define_what_follows(self, source, error):
        """Do the imports and definitions from the line on at which a cell failed.

        At the student's desk it need not have failed: there was a window, or a network.
        """
        places = [
            (frame.f_code.co_filename, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals is self.shell.user_ns and frame.f_code.co_name == "<module>"
        ]
        if not places:
            return
        name, failed = places[0]
        for statement in ast.parse(self.shell.transform_cell(source)).body:
            if statement.end_lineno >= failed and isinstance(statement, _DEFINING):
                with contextlib.suppress(Exception, TooSlow), _time_limit(1):
                    code = compile(ast.Module([statement], []), name, "exec")
                    exec(code, self.shell.user_ns)

    def do_look(self, id, name):
        """What stands behind a name: a function, data, something else, or nothing."""
        if name not in self.shell.user_ns:
            return {"id": id, "kind": "missing"}
        value = self.shell.user_ns[name]
        if callable(value):
            return {"id": id, "kind": "function"}
        answer = {"id": id, "kind": "data", "value": value}
        if self._refusal(answer):
            return {"id": id, "kind": "other"}
        return answer

    def do_call(self, id, name, args, kwargs, untouched, lent, seconds):
        """Call a function of the student; ``untouched`` is a second copy of its arguments.

        lent: the names of functions that the judge answers in place of the student's own.
        """
        self.shell.outputs.begin(0)
        lent = {other: functools.partial(self._borrowed, other) for other in lent}
        try:
            with (
                patch.dict(self.shell.user_ns, lent),
                self._captured(),
                _quiet(),
                _time_limit(seconds),
            ):
                result = self.shell.user_ns[name](*args, **kwargs)
        except TooSlow:
            return {"id": id, "slow": True}
        except BaseException as error:
            return {"id": id, "error": _error_data(error)}
        answer = {"id": id, "result": result}
        # An argument that was changed in place goes back as it now is.
        changed = [i for i in range(len(args)) if not self._is_same(args[i], untouched[i])]
        if changed:
            answer["changed"] = [[i, args[i]] for i in changed]
        refused = self._refusal(answer)
        return {"id": id, "refused": refused} if refused else answer

    def _borrowed(self, name, *args, **kwargs):
        """What the judge's function of this name returns; a clock that rings waits for it."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        try:
            self.send({"borrow": name, "args": list(args), "kwargs": kwargs})
            answer = self.channel.receive()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["result"]

    def _is_same(self, now, before):
        """Whether two arguments are equal bit for bit; a Generator is there to be used up."""
        if isinstance(before, np.random.Generator):
            return True
        room = self.channel.max_sent
        return codec.pack(now, room) == codec.pack(before, room)

    def _refusal(self, answer):
        """Why an answer cannot be sent, or None."""
        try:
            codec.pack(answer, self.channel.max_sent)
        except codec.Refused as refused:
            return str(refused)
        except BaseException as error:
            return f"something that fails with {type(error).__name__} when it is looked at"
        return None

    @contextlib.contextmanager
    def _captured(self):
        out, err = Stream("stdout", self.shell.outputs), Stream("stderr", self.shell.outputs)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield


@contextlib.contextmanager
def _time_limit(seconds):
    """Raise TooSlow in the code within, and again each second in case it is caught.

    What others take from it is not counted.
    """
    begun = own_seconds()

    def ring(*_):
        left = seconds - (own_seconds() - begun)
        if left <= 0:
            raise TooSlow(f"more than {seconds:g} s")
        signal.setitimer(signal.ITIMER_REAL, left, 1)

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)


@contextlib.contextmanager
def _quiet():
    """As the check does it at the student's desk: no warning, no floating-point error."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _error_data(error):
    """An exception as data: its kind, its text, and where in the student's code it arose."""
    here = str(Path(__file__).parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(here)
        and not re.search(r"site-packages|\.pyx$|lib/python3", frame.filename)
    ]
    ends = [frames[0], frames[-1]] if len(frames) > 1 else frames
    line = "\n".join(frame.line or f"line {frame.lineno}" for frame in ends)
    kind = "NotImplementedError" if isinstance(error, NotImplementedError) else type(error).__name__
    try:
        text = str(error)
    except BaseException:
        text = ""
    # Of the function that was called, or of one that it calls itself.
    where = frames[-1].name if len(frames) > 1 else ""
    return {"kind": kind[:80], "text": text[:2000], "line": line[:500], "function": where[:80]}


def main(descriptor, give_up):
    """Serve the socket of this number; ``give_up`` as of a Worker."""
    worker = Worker(socket.socket(fileno=descriptor), give_up)
    with contextlib.suppress(Closed):
        worker.serve()


def serve_alone(descriptor):
    """As the first process of its namespaces, have another serve the socket of this number.

    The first one runs no code of a student, and tells by its own end how the other one ended: with
    KILLED if that was killed, which it cannot do itself. A student cannot write to its memory.
    """
    call("prctl", SET_DUMPABLE, 0, 0, 0, 0)
    student = os.fork()
    if student == 0:
        call("prctl", SET_DUMPABLE, 1, 0, 0, 0)
        random.seed()
        np.random.seed()
        main(descriptor, rights.give_up)
        # Threads that the student left behind do not keep the process.
        os._exit(0)
    os.close(descriptor)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    rights.give_up()
    while True:
        # Those whose parents are gone are buried here, too.
        ended, status = os.wait()
        if ended == student:
            os._exit(KILLED if status == signal.SIGKILL else 0)


if __name__ == "__main__":
    if sys.argv[1] == "sandboxed":
        serve_alone(int(sys.argv[2]))
    else:
        main(int(sys.argv[2]), give_up=lambda: None)
    os._exit(0)
