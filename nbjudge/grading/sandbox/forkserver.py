"""This end of a forkserver: a process in the sandbox that is forked for one student at a time."""

import contextlib
import socket

from nbjudge.grading.errors import Lost
from nbjudge.grading.sandbox.process import launched


class ForkServer:
    """A forkserver, warmed up. Arguments: its command, and the Limits of the time it may take.

    can_fork: whether it can be forked for a student: True, False where this system does not let it,
    or None if it was killed before it could tell.

    Nothing that a student does can end it. If it is gone, what its fork did not answer says
    nothing of the student: `fork` raises Lost.
    """

    def __init__(self, command, limits):
        self._seconds = limits.order_seconds
        self._stack = contextlib.ExitStack()
        self.process, self._control = self._stack.enter_context(launched(command, {}))
        try:
            said = self._answer(limits.warm_up_seconds)
        except OSError:
            said = b""
        self.can_fork = {b"+": True, b"-": False}.get(said)

    @contextlib.contextmanager
    def fork(self):
        """Yield our end of the socket of a new fork, and end it with all that it started."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._order(b"+", [theirs.fileno()])
            try:
                yield ours
            finally:
                self._order(b"-")

    def was_killed(self):
        """Whether the fork, whose connection has ended, was killed from outside."""
        return self._order(b"?") == b"!"

    def is_alive(self):
        """Whether it can be forked once more."""
        return self.process.poll() is None

    def close(self):
        """End it, and what it forked."""
        self._stack.close()

    def _order(self, order, descriptors=()):
        try:
            self._control.settimeout(self._seconds)
            socket.send_fds(self._control, [order], descriptors)
            answer = self._answer(self._seconds)
        except OSError:
            answer = b""
        if not answer:
            self.close()
            raise Lost("the process that is forked for each notebook was killed")
        return answer

    def _answer(self, seconds):
        self._control.settimeout(seconds)
        return self._control.recv(1)
