"""Time as the kernel's scheduler counts it: a process's own, and what others took from it."""

import time
from pathlib import Path


def scheduled(thread):
    """(seconds that a thread had a processor, seconds that it was ready and had none).

    thread: its folder in /proc. Nothing where the kernel does not say.
    """
    try:
        ran, waited, _ = (Path(thread) / "schedstat").read_text().split()
    except (OSError, ValueError):
        return 0.0, 0.0
    return int(ran) / 1e9, int(waited) / 1e9


def own_seconds():
    """A clock that stands while this process's first thread waits for a processor."""
    return time.monotonic() - scheduled("/proc/self")[1]
