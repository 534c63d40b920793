"""What a student's code tries that no exercise asks for, noted as facts for the teacher.

The notes come from inside the student's process: one that is there happened, one that is not there
proves nothing. They never change a mark.
"""

import builtins
import os
import sys
import threading

import numpy as np

# Functions that an answer has no reason to replace.
_WATCHED = [
    (builtins, name) for name in ("open", "print", "len", "isinstance", "abs", "__import__", "eval")
] + [
    (np, name)
    for name in ("allclose", "isclose", "array_equal", "asarray", "array", "abs", "sum", "all")
]
# Where libraries look on their own account.
_SYSTEM = ("/usr/", "/lib", "/etc/", "/dev/", "/sys/", "/tmp/", "/proc/self/", "/proc/cpuinfo")
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind")
_PROCESSES = ("subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn")
_TRACING = ("sys.settrace", "sys.setprofile", "sys.addaudithook", "ctypes.dlopen")


class Audit:
    """Reports through ``note(kind, detail)``, each fact once and ``LIMIT`` of them at most."""

    LIMIT = 50

    def __init__(self, note):
        self.note = note
        self.seen = set()
        self.busy = threading.local()
        self.pid = os.getpid()
        self.hooks = None

    def begin(self, shell, folder, packages):
        """Look on from here; ``packages`` are those that are not there to be imported."""
        self.folder = os.path.realpath(folder)
        self.allowed = (self.folder, sys.prefix, sys.base_prefix, *filter(None, sys.path), *_SYSTEM)
        self.packages = packages
        self.hooks = _hooks(shell)
        sys.meta_path.insert(0, self)
        sys.addaudithook(self._hear)

    def find_spec(self, name, path=None, target=None):
        """No module is found here: an import of the hidden packages is noted, and then fails."""
        package = name.split(".")[0]
        if package in self.packages:
            self.report("import", package)

    def look_for_changes(self, shell):
        """Note the hooks and functions that are not what they were at the beginning."""
        if self.hooks is None:
            return
        for name, value in _hooks(shell).items():
            if value != self.hooks[name]:
                self.report("hook", f"{name} was changed")

    def report(self, kind, detail):
        """Note a fact that was not noted before."""
        if os.getpid() != self.pid or len(self.seen) >= self.LIMIT or (kind, detail) in self.seen:
            return
        self.seen.add((kind, detail))
        self.note(kind, detail)

    def _hear(self, event, args):
        if getattr(self.busy, "now", False):
            return
        self.busy.now = True
        try:
            self._judge(event, args)
        except Exception:
            # An audit that fails must not fail the student's line.
            return
        finally:
            self.busy.now = False

    def _judge(self, event, args):
        if event in ("open", "os.listdir", "os.scandir"):
            self._file(args[0])
        elif event in _NETWORK:
            self.report("network", f"{event} {args[1:]!r}")
        elif event in _PROCESSES:
            self.report("process", f"{event} {args!r}")
        elif event in _TRACING and _from_student():
            self.report("hook", event)

    def _file(self, path):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        path = os.path.abspath(os.fsdecode(path))
        if not path.startswith(self.allowed) and _from_student():
            self.report("file", path)


def _from_student():
    """Whether a cell of the notebook is among the callers, and no import between it and here."""
    frame = sys._getframe()
    while frame:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return False
        if name.startswith(("<ipython-input", "<string>")):
            return True
        frame = frame.f_back
    return False


def _hooks(shell):
    """The identities of what an answer has no reason to touch."""
    found = {
        f"{module.__name__}.{name}": id(getattr(module, name, None)) for module, name in _WATCHED
    }
    found["get_ipython"] = id(builtins.__dict__.get("get_ipython"))
    found["AST transformers"] = len(shell.ast_transformers)
    found["input transformers"] = len(shell.input_transformers_cleanup) + len(
        shell.input_transformers_post
    )
    found["pre_run_cell hooks"] = len(shell.events.callbacks["pre_run_cell"])
    found["post_run_cell hooks"] = len(shell.events.callbacks["post_run_cell"])
    found["display hook"] = id(type(shell.displayhook))
    return found
