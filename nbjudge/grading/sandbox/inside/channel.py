"""A connection that carries the codec's frames, each within its time and its size."""

import contextlib
import time

from . import codec

# The longest wait without a call of ``on_wait``.
_WAIT_SECONDS = 0.25


class Closed(ConnectionError):
    """The other side is gone, or speaks something else."""


class OutOfTime(Exception):
    """No frame came, or could be sent, within the time given."""


class _Pause(Exception):
    """Nothing came for a while, and there is time left."""


class Channel:
    """One end of a stream socket that carries frames. Only a judge may send a Generator.

    max_body: of the frames that are received, max_sent: of those that are sent; on_wait: called
    before each wait for the other side, whatever comes from there meanwhile.
    """

    def __init__(self, stream, max_body=codec.MAX_BODY, from_judge=False, on_wait=None):
        self.stream = stream
        self.max_body = max_body
        self.max_sent = codec.MAX_BODY
        self.from_judge = from_judge
        self.on_wait = on_wait

    def send(self, message, deadline=None):
        """Send a message before ``deadline``, a time of time.monotonic."""
        frame = memoryview(codec.pack(message, self.max_sent))
        while frame:
            with contextlib.suppress(_Pause), self._errors(deadline):
                self._await(deadline)
                frame = frame[self.stream.send(frame[: 2**20]) :]

    def receive(self, deadline=None):
        """The next message; Closed if the frame itself makes no sense, Refused if its value."""
        n_header, n_body = codec.LENGTHS.unpack(self._take(codec.LENGTHS.size, deadline))
        if n_header > codec.MAX_HEADER or n_body > self.max_body:
            raise Closed(f"a frame of {codec.in_words(n_header + n_body)}")
        header = self._take(n_header, deadline)
        return codec.unpack(header, self._take(n_body, deadline), self.from_judge)

    def _take(self, count, deadline):
        taken = bytearray()
        while len(taken) < count:
            with contextlib.suppress(_Pause), self._errors(deadline):
                self._await(deadline)
                piece = self.stream.recv(min(count - len(taken), 2**20))
                if not piece:
                    raise Closed("the connection ended")
                taken += piece
        return bytes(taken)

    def _await(self, deadline):
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise OutOfTime
        if self.on_wait:
            self.on_wait()
            left = min(left or _WAIT_SECONDS, _WAIT_SECONDS)
        self.stream.settimeout(left)

    @contextlib.contextmanager
    def _errors(self, deadline):
        try:
            yield
        except TimeoutError:
            pause = self.on_wait and (deadline is None or time.monotonic() < deadline)
            raise (_Pause if pause else OutOfTime) from None
        except OSError as error:
            raise Closed(str(error)) from None
