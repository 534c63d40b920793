"""A channel ends in time and within bounds, whatever the other side does."""

import socket
import struct
import threading
import time

import numpy as np
import pytest

from nbjudge.grading.sandbox.inside.channel import Channel, Closed, OutOfTime


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def test_a_frame_longer_than_the_bound_ends_the_connection(ends):
    channel, theirs = ends
    theirs.sendall(struct.pack("!II", 2**31, 0))
    with pytest.raises(Closed, match="GB"):
        channel.receive(time.monotonic() + 5)


def test_silence_and_a_deaf_reader_end_in_time(ends):
    channel, _ = ends
    with pytest.raises(OutOfTime):
        channel.receive(time.monotonic() + 0.05)
    with pytest.raises(OutOfTime):
        channel.send(np.zeros(10**6), time.monotonic() + 0.2)


def test_a_drip_of_bytes_does_not_put_off_the_end(ends):
    channel, theirs = ends
    stop = threading.Event()

    def drip():
        theirs.sendall(struct.pack("!II", 10**6, 0))
        while not stop.wait(0.02):
            theirs.sendall(b" ")

    thread = threading.Thread(target=drip)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(OutOfTime):
        channel.receive(begun + 0.3)
    stop.set()
    thread.join()
    assert time.monotonic() - begun < 2


def test_an_end_is_told_from_silence(ends):
    channel, theirs = ends
    theirs.close()
    with pytest.raises(Closed):
        channel.receive(time.monotonic() + 5)
