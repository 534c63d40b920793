"""A student's process as its judge holds it: how it is started, and what it uses."""

import contextlib
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StudentProcess:
    """A process that waits for a student's code.

    ancestor: a Popen of which it, and no other student's, descends; stream: our end of its socket;
    folder: where the student's files go, as the process sees it; user: the id that it takes, or
    None for that of its parent.
    """

    ancestor: subprocess.Popen
    stream: socket.socket
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
