"""The student's process: an IPython shell that is told, over a socket, what to run and to call.

It is a script, started by `nbjudge.grading.sandbox`. The student's code shares its process and can
change anything here, so the judge believes nothing of it beyond "this is the student's answer".
"""

import contextlib
import io
import os
import re
import resource
import signal
import socket
import sys
import threading
import traceback
import warnings
from pathlib import Path

import codec
import numpy as np
from audit import Watch
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

# What a notebook page may show of a student's output: no markup that could run in a browser.
SHOWN = ("text/plain", "text/latex", "image/png", "image/jpeg")


class TooSlow(BaseException):
    """Raised in the student's code when its time is up; no ``except Exception`` stops it."""


class Outputs:
    """What a cell shows, in the form of a notebook's outputs, up to ``room`` characters."""

    def __init__(self):
        self.items = []
        self.room = 0

    def begin(self, room):
        self.items, self.room = [], room

    def stream(self, name, text):
        text = self._cut(text)
        last = self.items[-1] if self.items else {}
        if text and last.get("output_type") == "stream" and last["name"] == name:
            last["parts"].append(text)
        elif text:
            self.items.append({"output_type": "stream", "name": name, "parts": [text]})

    def data(self, output_type, bundle):
        shown = {kind: str(bundle[kind]) for kind in SHOWN if kind in bundle}
        size = sum(map(len, shown.values()))
        if size <= self.room:
            self.room -= size
            self.items.append({"output_type": output_type, "data": shown})

    def error(self, ename, evalue, lines):
        lines = [str(line)[-4000:] for line in lines[-50:]]
        self.items.append(
            {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": lines}
        )

    def _cut(self, text):
        if len(text) > self.room > 0:
            text = text[: self.room] + "\n... the rest of the output is left out ..."
            self.room = 0
            return text
        text = text[: self.room]
        self.room -= len(text)
        return text


class Stream(io.TextIOBase):
    """A text stream that ends in the outputs."""

    def __init__(self, name, outputs):
        self._name, self._outputs = name, outputs

    def writable(self):
        return True

    def write(self, text):
        self._outputs.stream(self._name, text)
        return len(text)


class Publisher(DisplayPublisher):
    """``display(...)`` and figures."""

    def publish(self, data, metadata=None, **_):
        self.shell.outputs.data("display_data", data)


class Result(DisplayHook):
    """The value of a cell's last line."""

    def start_displayhook(self):
        pass

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.outputs.data("execute_result", format_dict)

    def finish_displayhook(self):
        pass


class Shell(InteractiveShell):
    """IPython without a terminal, whose every output goes to ``outputs``."""

    def __init__(self, *args, **kwargs):
        self.outputs = Outputs()
        super().__init__(*args, **kwargs, displayhook_class=Result, display_pub_class=Publisher)

    def _showtraceback(self, etype, evalue, stb):
        self.outputs.error(etype.__name__, str(evalue)[:2000], stb)


def make_shell():
    """The one shell of this process, without a history, whose saving would take a thread."""
    return Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))


class Worker:
    """Answers one request after another, until the connection ends.

    give_up: called when the process has no more use for any right.
    """

    def __init__(self, stream, give_up):
        self.channel = codec.Channel(stream, from_judge=True)
        self.sending = threading.Lock()
        self.shell = make_shell()
        self.watch = Watch(self.note)
        self.give_up = give_up

    def serve(self):
        """Read, do, answer. The name of a request is that of the method ``do_...``."""
        while True:
            request = self.channel.receive()
            answer = getattr(self, f"do_{request.pop('do')}")(**request)
            self.watch.look_for_changes(self.shell)
            self.send(answer)

    def send(self, message):
        with self.sending:
            self.channel.send(message)

    def note(self, kind, detail):
        """Tell the judge at once of something it may want to know; this process may die next."""
        with contextlib.suppress(codec.Refused, codec.Closed):
            self.send({"note": [kind, detail[:200]]})

    def do_start(self, id, files, limits, answer_size, folder, user):
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
        self.watch.begin(self.shell, folder)
        return {"id": id}

    def do_run(self, id, source, number, seconds, room):
        """Run a cell, the one of this number; the answer holds its outputs."""
        self.shell.execution_count = number
        outputs = self.shell.outputs
        outputs.begin(room)
        with self._captured(), _time_limit(seconds):
            result = self.shell.run_cell(source, store_history=False)
        for item in outputs.items:
            if "parts" in item:
                item["text"] = "".join(item.pop("parts"))
        slow = isinstance(result.error_in_exec, TooSlow)
        return {"id": id, "outputs": list(outputs.items), "slow": slow}

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

    def do_call(self, id, name, args, kwargs, untouched, seconds):
        """Call a function of the student; ``untouched`` is a second copy of its arguments."""
        self.shell.outputs.begin(0)
        try:
            with self._captured(), _quiet(), _time_limit(seconds):
                result = self.shell.user_ns[name](*args, **kwargs)
        except TooSlow:
            return {"id": id, "slow": True}
        except BaseException as error:
            return {"id": id, "error": _account(error)}
        answer = {"id": id, "result": result}
        # An argument that was changed in place goes back as it now is.
        changed = [i for i in range(len(args)) if not _same(args[i], untouched[i])]
        if changed:
            answer["changed"] = [[i, args[i]] for i in changed]
        refused = self._refusal(answer)
        return {"id": id, "refused": refused} if refused else answer

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
    """Raise TooSlow in the code within, and again each second in case it is caught."""

    def ring(*_):
        raise TooSlow(f"more than {seconds:g} s")

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


def _account(error):
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


def _same(now, before):
    """Whether two arguments are equal bit for bit; a Generator is there to be used up."""
    if isinstance(before, np.random.Generator):
        return True
    return codec.pack(now) == codec.pack(before)


def main(descriptor, give_up=lambda: None):
    """Serve the socket of this number."""
    worker = Worker(socket.socket(fileno=descriptor), give_up)
    with contextlib.suppress(codec.Closed):
        worker.serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
    # Threads that the student left behind do not keep the process.
    os._exit(0)
