"""Student processes behind walls, each a fork of one that has the libraries already."""

import contextlib
import itertools
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from nbjudge.grading.sandbox import bubblewrap
from nbjudge.grading.sandbox.bubblewrap import HOME, INSIDE, PROGRAMS


class Lost(BaseException):
    """A student's process could not be started, or was killed from outside its walls.

    No Exception: no check may take it for an error of the student's function.
    """


# How long the libraries may take to be imported, and a fork to be made or ended.
WARM_UP_SECONDS, ORDER_SECONDS = 120, 30


class Sandbox:
    """Starts student processes behind walls. Arguments: those of `bubblewrap.walled`."""

    # All limits hold within: the processes of a sandbox are counted on their own.
    limited = ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_NOFILE")

    def __init__(self, hidden=(), scratch=256 * 2**20):
        program = bubblewrap.find_bwrap()
        self.is_real_root = bubblewrap.is_real_root(program)
        hidden = [Path(path).resolve() for path in hidden]
        self.command = bubblewrap.walled(program, hidden, scratch)
        self.scratch = scratch

    @contextlib.contextmanager
    def process(self):
        """Yield (Popen, socket, folder, user id or None) of a new student process.

        The Popen is an ancestor of that process and of no other's.
        """
        user = next(_users) if self.is_real_root else None
        with contextlib.ExitStack() as stack:
            nursery = self._nursery()
            started = nursery.child() if nursery else self._started()
            process, stream = stack.enter_context(started)
            yield process, stream, HOME, user

    def _started(self):
        """Without forks: everything is imported anew."""
        return _launched([*self.command, sys.executable, f"{PROGRAMS}/worker.py"], {})

    def _nursery(self):
        """One that is idle, or None where this system has no walls within walls."""
        key = tuple(self.command)
        idle = _idle.setdefault(key, [])
        while idle:
            nursery = idle.pop()
            if nursery.is_alive():
                return nursery
        if key in _cannot_fork:
            return None
        own_users = "own-users" if not self.is_real_root else "same-users"
        program = [sys.executable, f"{PROGRAMS}/forkserver.py", str(self.scratch), own_users]
        nursery = Nursery([*self.command, *program], idle)
        if nursery.word == b"+":
            return nursery
        nursery.close()
        # One that said nothing was killed: the next may live.
        if nursery.word == b"-":
            _cannot_fork.add(key)
        return None


# Command -> the nurseries that wait for the next notebook; the commands that cannot make any.
_idle, _cannot_fork = {}, set()


class Nursery:
    """A process behind walls, forked for one student at a time, then put back in ``idle``.

    Nothing that a student does can end it. If it is gone, what its fork did not answer says
    nothing of the student: `child` raises Lost.
    """

    def __init__(self, command, idle):
        self.idle = idle
        self.stack = contextlib.ExitStack()
        self.process, self.control = self.stack.enter_context(_launched(command, {}))
        self.word = self._answer(WARM_UP_SECONDS)

    @contextlib.contextmanager
    def child(self):
        """Yield (Popen, socket) of a new fork, and end it with all that it started."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._order(b"+", [theirs.fileno()])
            try:
                yield self.process, ours
            finally:
                self._order(b"-")
                self.idle.append(self)

    def is_alive(self):
        """Whether it can be forked once more."""
        return self.process.poll() is None

    def close(self):
        """End it, and what it forked."""
        self.stack.close()

    def _order(self, order, descriptors=()):
        try:
            self.control.settimeout(ORDER_SECONDS)
            socket.send_fds(self.control, [order], descriptors)
            done = self._answer(ORDER_SECONDS) == order
        except OSError:
            done = False
        if not done:
            self.close()
            raise Lost("the process that is forked for each notebook was killed")

    def _answer(self, seconds):
        self.control.settimeout(seconds)
        return self.control.recv(1)


class NoWalls:
    """Starts student processes as plain ones: for code that has been read, and for the demo."""

    # The others would count this user's own processes, or are not known everywhere.
    limited = ("RLIMIT_FSIZE", "RLIMIT_CPU")

    @contextlib.contextmanager
    def process(self):
        """Yield (Popen, socket, folder, None) of a new student process in a folder of its own."""
        with tempfile.TemporaryDirectory(prefix="student-") as folder:
            command = [sys.executable, str(INSIDE / "worker.py")]
            with _launched(command, dict(bubblewrap.variables(folder))) as (process, stream):
                yield process, stream, folder, None


def memory_used(pid):
    """Bytes of memory of a process and all its descendants, what they share counted once."""
    total, pids = 0, [pid]
    while pids:
        pid = pids.pop()
        # A process may end while it is looked at; where there is no /proc, nothing is counted.
        with contextlib.suppress(OSError, ValueError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


# Each student process of a real root runs as a user that nobody else is, below the 65536 that a
# container may know.
_users = itertools.cycle(range(20_000 + os.getpid() * 16 % 40_000, 62_000))


@contextlib.contextmanager
def _launched(command, environment):
    """Yield (Popen, our end of a socket); the other end's number is the command's last argument."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [*command, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            theirs.close()
            yield process, ours
        finally:
            process.kill()
            process.wait()
