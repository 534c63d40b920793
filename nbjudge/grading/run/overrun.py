"""Bounds on our own code while it judges an answer, which may be made to be hard to judge."""

import contextlib
import ctypes
import threading
import time
from pathlib import Path

# How often it is looked how long it has taken.
_PAUSE = 0.1


class Overrun(BaseException):
    """Our own code has computed too long. No Exception: no check may take it for a fault."""


@contextlib.contextmanager
def bounded(seconds, memory):
    """Have Overrun raised in the code within after so much of this process's processor time.

    What it waits for is not counted. memory: bytes that it may take beyond what the process has;
    more is a MemoryError.
    """
    thread, done = ctypes.c_ulong(threading.get_ident()), threading.Event()
    end = time.process_time() + seconds

    def watch():
        while not done.wait(_PAUSE):
            if time.process_time() > end:
                # A signal would do in a main thread alone, and a cluster's worker has another.
                raise_in(thread, ctypes.py_object(Overrun))
                return

    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    watcher = threading.Thread(target=watch, daemon=True)
    with _memory_bounded(memory):
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            raise_in(thread, None)


@contextlib.contextmanager
def _memory_bounded(memory):
    try:
        import resource  # not on Windows, where a course can be released and exported

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + memory
    limits = [limit for limit in (most, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
