"""What is made of a student's texts: by a process that can be ended, in so much time and memory."""

import math
import signal

from nbjudge.grading.run.pool import TRIES, Died, Worker

# The system's clock runs on while others have the processor: so many times the seconds of it.
PATIENCE = 20


class TooMuch(Exception):
    """It would take more time or memory than it may."""


def limited(limits, function, *args):
    """``function(*args)``; TooMuch where that takes more than the PageLimits allow.

    Its process is kept for the next time. If somebody else kills it, it is begun anew.
    """
    for _ in range(TRIES):
        try:
            return WORKER.run(_limited, (limits, function, args), limits.page_seconds * PATIENCE)
        except MemoryError:
            raise TooMuch from None
        except Died as died:
            if died.code != -signal.SIGKILL:
                break
    raise TooMuch


WORKER = Worker()


def _limited(limits, function, args):
    """``function(*args)`` in a process that the system ends when it has had so much time."""
    import resource  # not on Windows, where a course can be released and exported

    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime + limits.page_seconds)
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, limits.page_memory)):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
    return function(*args)
