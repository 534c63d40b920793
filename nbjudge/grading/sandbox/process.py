"""A student's process as its judge holds it: how it is started, and what it uses."""

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbjudge.grading.sandbox.inside.ending import END_SECONDS, KILLED
from nbjudge.grading.sandbox.inside.schedule import scheduled


@dataclass(frozen=True)
class StudentProcess:
    """A process that waits for a student's code.

    ancestor: a Popen of which it, and no other student's, descends; stream: our end of its socket;
    was_killed: once that has ended, a function that says whether the process was killed from
    outside; folder: where the student's files go, as the process sees it; user: the id that it
    takes, or None for that of its parent.
    """

    ancestor: subprocess.Popen
    stream: socket.socket
    was_killed: Callable[[], bool]
    folder: str
    user: int | None = None


@contextlib.contextmanager
def launched(command, environment):
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


def was_killed(process):
    """Whether a Popen, whose connection has ended, was killed from outside, or what it waits for.

    One that goes on without a connection was not.
    """
    try:
        return process.wait(END_SECONDS) in (-signal.SIGKILL, KILLED)
    except subprocess.TimeoutExpired:
        return False


@dataclass(frozen=True)
class Usage:
    """What a process and all its descendants use.

    memory: bytes, what they share counted once; ran: seconds of processor time, with that of the
    children that each has waited for; waited: seconds that their threads were ready to run while
    others had the processors.
    """

    memory: int = 0
    ran: float = 0.0
    waited: float = 0.0


def usage(pid):
    """The Usage of a process; where there is no /proc, nothing."""
    memory, ran, waited, pids = 0, 0.0, 0.0, [pid]
    while pids:
        folder = Path(f"/proc/{pids.pop()}")
        # A process may end while it is looked at.
        with contextlib.suppress(OSError, ValueError):
            for task in (folder / "task").iterdir():
                pids += map(int, (task / "children").read_text().split())
                waited += scheduled(task)[1]
            numbers = (folder / "stat").read_text().rpartition(")")[2].split()
            ran += sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss:", "SwapPss:")):
                    memory += int(line.split()[1]) * 1024
    return Usage(memory, ran, waited)
