"""The limits of a student's notebook: each is written here, once, with what it bounds.

Seconds, bytes, characters, and numbers of things. Each field is a setting of the course. What may
cross at once between a student's process and its judge belongs to the form of the messages, and
stands there (`sandbox.inside.codec`).
"""

from dataclasses import dataclass, field, fields

from traitlets import Float, Integer
from traitlets.config import Configurable

# How often a notebook, or any task of a pool, is begun whose process is killed.
TRIES = 3
# What part of its time a function has left that ran out of it, and what may call it.
SLOW = 5
# Seconds that the judge waits longer than the student's own clock.
GRACE = 2
# Messages that may come before an answer.
STRAY_FRAMES = 1000


def _limit(default, help):
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Limits:
    """What a notebook may use while it runs and is judged."""

    cell_seconds: float = _limit(
        30.0, "Time for one cell: its own, without what others took from it."
    )
    call_seconds: float = _limit(10.0, "Time for one call of a student's function by a check.")
    notebook_seconds: float = _limit(180.0, "Time for a whole notebook, checks included.")
    waiting_seconds: float = _limit(
        600.0, "Time that a notebook may wait for a processor while others have it."
    )
    start_seconds: float = _limit(30.0, "Time for a notebook's process to come up.")
    warm_up_seconds: float = _limit(
        120.0, "Time to import the libraries, once, before the first notebook."
    )
    order_seconds: float = _limit(30.0, "Time to fork a notebook's process, or to end it.")
    restarts: int = _limit(12, "How often a notebook's process is started again after its end.")
    memory: int = _limit(2 * 2**30, "Bytes of memory of a student's process.")
    total_memory: int = _limit(
        3 * 2**29, "Bytes of memory of all processes of a notebook together."
    )
    processes: int = _limit(32, "Processes and threads that a notebook may have at once.")
    open_files: int = _limit(64, "Files and sockets that a process may have open.")
    file_size: int = _limit(64 * 2**20, "Bytes that one file of a student's may grow to.")
    scratch: int = _limit(
        128 * 2**20, "Bytes that a notebook may write to its folder, /tmp and /dev/shm, each."
    )
    files_size: int = _limit(
        48 * 2**20, "Bytes of the files beside a notebook that its code is given."
    )
    files_number: int = _limit(500, "How many of these files its code is given.")
    answer_size: int = _limit(64 * 2**20, "Bytes that an answer of a student's function may have.")
    output_size: int = _limit(2**20, "Characters that one cell may show; the rest is left out.")
    outputs_size: int = _limit(2**24, "Characters that all cells of a notebook may show together.")
    judging_seconds: float = _limit(
        20.0, "Processor time for judging a test cell, without that of the student's function."
    )
    judging_memory: int = _limit(
        2**30, "Bytes of memory for judging a test cell, beyond what the process has."
    )
    notes: int = _limit(100, "How many facts about a notebook are noted for the teacher.")


@dataclass(frozen=True)
class ReadingLimits:
    """What of a submitted notebook is read."""

    max_file: int = _limit(2**30, "Bytes above which a notebook is not read.")
    max_source: int = _limit(2**22, "Characters that its cells may have.")
    max_cells: int = _limit(1000, "Cells that a notebook may have; the assignment's come first.")
    strip_memory: int = _limit(
        6 * 2**30, "Bytes of memory to read a large notebook without its outputs."
    )
    strip_seconds: float = _limit(120.0, "Time to read a large notebook without its outputs.")


@dataclass(frozen=True)
class PageLimits:
    """What it may take to make a notebook's texts inert, and as much again to make its page."""

    page_seconds: float = _limit(
        20.0, "Processor time, past which texts are shown as they are, or left out of the page."
    )
    page_memory: int = _limit(2 * 2**30, "Bytes of memory.")


def traits(limits):
    """The fields of a class of limits as traits of the configuration, by their names."""
    kinds = {int: Integer, float: Float}
    return {
        limit.name: kinds[limit.type](limit.default, help=limit.metadata["help"]).tag(config=True)
        for limit in fields(limits)
    }


def settings(limits):
    """A base for what is configured: a trait for each limit, and ``limits()``, which gives them."""

    def configured(self):
        """The limits, as they are configured."""
        return limits(**{limit.name: getattr(self, limit.name) for limit in fields(limits)})

    members = {**traits(limits), "limits": configured}
    return type(f"{limits.__name__}Settings", (Configurable,), members)
