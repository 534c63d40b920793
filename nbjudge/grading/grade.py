"""Grading a class: what is left of it, many submissions at once, one writer to the gradebook."""

import contextlib
import fcntl
import functools
import os
import shutil
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed

from nbformat.warnings import MissingIDFieldWarning
from nbgrader import api
from sqlalchemy.exc import SAWarning

from nbjudge.grading.course import CourseError
from nbjudge.grading.progress import Watcher
from nbjudge.grading.run.pool import DaskPool, LocalPool


class Stopped(Exception):
    """Grading was stopped from outside; the text says how far it came and how to go on."""


def grade_class(course, assignments, console, jobs=None, scheduler=None, force=False):
    """Grade every submission of ``assignments``; return the (assignment, student) that failed.

    jobs: processes at once, by default the cores; scheduler: the address of a Dask scheduler to
    use instead; force: grade again what is graded and has not changed.

    One that fails stops no other: its log is printed, and the class goes on.
    """
    with _alone(course), _quiet(), one_engine(), _ctrl_c() as look_for_ctrl_c:
        for assignment in assignments:
            course.register(assignment)
            look_for_ctrl_c()
        work = [(a, student) for a in assignments for student in course.students(a)]
        known, outdated = (set(), set()) if force else course.graded()
        left = [one for one in work if one not in known or one in outdated]
        if len(left) < len(work):
            console.print(f"{len(work) - len(left)} of {len(work)} are graded and unchanged.")
        if outdated:
            console.print(f"{len(outdated)} were marked by hand: their pages are written anew.")
        if not left:
            return []
        pool = DaskPool(scheduler) if scheduler else LocalPool(min(jobs or cores(), len(left)))
        with Watcher(console, len(left)) as watcher:
            failed = _grade(course, left, outdated, pool, watcher, console, look_for_ctrl_c)
        console.print(watcher.summary(), soft_wrap=True)
    return failed


def cores():
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _grade(course, left, outdated, pool, watcher, console, look_for_ctrl_c):
    hands, failed = _Hands(course, outdated, pool), []
    # Two more threads than processes, so that none of these waits for the next notebook.
    with pool, ThreadPoolExecutor(pool.width + 2) as threads:
        futures = {threads.submit(hands.grade, *one): one for one in left}
        try:
            for future in as_completed(futures):
                assignment, student = futures[future]
                outcome, seconds = future.result()
                watcher.done(f"{student}, {assignment}", seconds)
                if not outcome.success:
                    failed.append((assignment, student))
                    text = f"{student}, {assignment}: no marks\n{outcome.log}"
                    console.print(text, markup=False, highlight=False, soft_wrap=True)
                    _look_for_room(course.root)
                look_for_ctrl_c()
        except BaseException as error:
            threads.shutdown(wait=False, cancel_futures=True)
            pool.close(at_once=True)
            if isinstance(error, (KeyboardInterrupt, _DiskFull)):
                reason = f" {error}" if str(error) else ""
                raise Stopped(f"Stopped.{reason} {watcher.summary()}. {GO_ON}") from None
            raise
    return failed


GO_ON = "What is graded stays graded: the same command goes on from here."


# Bytes of a disk below which a submission that failed may have failed for want of room.
ROOM = 16 * 2**20


class _DiskFull(Exception):
    """There is no room for marks and pages."""


def _look_for_room(folder):
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise _DiskFull(f"The disk of {folder} is full, or nearly so ({free / 1e6:.1f} MB left).")


class _Hands:
    """What the threads do: each with nbgrader's objects of its own, and one at a time."""

    def __init__(self, course, outdated, pool):
        self.course, self.outdated, self.pool = course, outdated, pool
        self.local = threading.local()

    def grade(self, assignment, student):
        """The Outcome of one submission, and its seconds, waiting for its turn apart."""
        with self.pool.turn:
            begun = time.monotonic()
            if not hasattr(self.local, "course"):
                self.local.course = self.course.another()
            course = self.local.course
            marked = (assignment, student) in self.outdated
            outcome = (course.renew_pages if marked else course.grade)(assignment, student)
        return outcome, time.monotonic() - begun


@contextlib.contextmanager
def _alone(course):
    """Two commands at once would take each other's half-written folders for whole ones."""
    with open(course.root / ".grading.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError(
                f"{course.root} is being graded by another command. Wait for it, or stop it."
            ) from None
        yield


@contextlib.contextmanager
def _ctrl_c():
    """A function that raises KeyboardInterrupt if Ctrl-C was pressed and the exception got lost.

    nbgrader takes one for the failure of an assignment, Python drops one that hits a finaliser.
    """
    pressed = threading.Event()

    def press(*_):
        pressed.set()
        raise KeyboardInterrupt

    def look():
        if pressed.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield look
    except (KeyboardInterrupt, CourseError):
        if pressed.is_set():
            raise Stopped(f"Stopped. {GO_ON}") from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _quiet():
    """Without nbgrader's own warnings: of its queries, and of the cells that it puts back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        warnings.simplefilter("ignore", MissingIDFieldWarning)
        yield


@contextlib.contextmanager
def one_engine():
    """One database engine for all the times, a dozen a submission, that nbgrader opens one.

    What an engine has learnt of nbgrader's queries is most of what they cost. And that the tables
    are there need not be asked of it again.
    """
    make, tables = api.create_engine, api.Base.metadata
    api.create_engine = functools.cache(make)
    tables.create_all = functools.cache(tables.create_all)
    try:
        yield
    finally:
        api.create_engine = make
        del tables.create_all
