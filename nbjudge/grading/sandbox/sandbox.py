"""Where students' processes run: in the sandbox, or, on code that has been read, without one."""

import contextlib
import functools
import itertools
import os
import sys
import tempfile

from nbjudge.grading.run.limits import Limits
from nbjudge.grading.sandbox import bubblewrap
from nbjudge.grading.sandbox.forkserver import ForkServer
from nbjudge.grading.sandbox.process import StudentProcess, launched, was_killed


class _Box:
    """A context that is closed at its end."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End what is kept between two students."""


class Sandbox(_Box):
    """Starts students' processes in namespaces of their own, each a fork of one warmed up.

    hidden: folders, packages: names of import packages that must not be found; limits: Limits.
    It keeps its forkservers for the next notebook, until it is closed. NoSandbox if there is none.
    """

    # All limits hold within: the processes of a sandbox are counted on their own.
    limited = ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_NOFILE")

    def __init__(self, hidden=(), packages=(), limits=None):
        program = bubblewrap.find_bwrap()
        self.limits = limits or Limits()
        self.is_real_root = bubblewrap.is_real_root(program)
        self.command = bubblewrap.command(program, hidden, packages, self.limits.scratch)
        # Whether this system lets a process in a sandbox be forked into another one.
        self.can_fork = True
        self.idle = []
        # Each student's process of a real root runs as a user that nobody else is, below the 65536
        # that a container may know.
        self._users = itertools.cycle(range(20_000 + os.getpid() * 16 % 40_000, 62_000))

    def close(self):
        """End the forkservers."""
        while self.idle:
            self.idle.pop().close()

    @contextlib.contextmanager
    def process(self):
        """Yield a new StudentProcess, and end it with all that it started; or Lost."""
        user = next(self._users) if self.is_real_root else None
        server = self._server()
        if server is None:
            with self._anew() as (process, stream):
                ended = functools.partial(was_killed, process)
                yield StudentProcess(process, stream, ended, bubblewrap.HOME, user)
            return
        try:
            with server.fork() as stream:
                ended = server.was_killed
                yield StudentProcess(server.process, stream, ended, bubblewrap.HOME, user)
        finally:
            self.idle.append(server)

    def _anew(self):
        """Without a fork: everything is imported once more."""
        options = [*bubblewrap.fixed_proc(), "--"]
        return launched([*self.command, *options, *_program("worker"), "sandboxed"], {})

    def _server(self):
        """A forkserver that is idle, or a new one; None where this system can have none."""
        while self.idle:
            server = self.idle.pop()
            if server.is_alive():
                return server
            server.close()
        if not self.can_fork:
            return None
        own_users = "same-users" if self.is_real_root else "own-users"
        arguments = [str(self.limits.scratch), own_users]
        server = ForkServer([*self.command, "--", *_program("forkserver"), *arguments], self.limits)
        if server.can_fork:
            return server
        server.close()
        # One that said nothing was killed: the next may live.
        self.can_fork = server.can_fork is None
        return None


class Unsandboxed(_Box):
    """Starts students' processes as plain ones: for code that has been read, and for the demo."""

    # The others would count this user's own processes, or are not known everywhere.
    limited = ("RLIMIT_FSIZE",)

    @contextlib.contextmanager
    def process(self):
        """Yield a new StudentProcess in a folder of its own, and end it."""
        with tempfile.TemporaryDirectory(prefix="student-") as folder:
            environment = dict(bubblewrap.variables(folder, [bubblewrap.INSIDE.parent]))
            with launched([*_program("worker"), "plain"], environment) as (process, stream):
                ended = functools.partial(was_killed, process)
                yield StudentProcess(process, stream, ended, folder)


def _program(name):
    """The command of a module of the package that runs inside."""
    return [sys.executable, "-m", f"{bubblewrap.INSIDE.name}.{name}"]
