"""Grading a class: notebooks are run many at once, and recorded in turn by nbgrader, here."""

import contextlib
import os
import shutil
import signal
import threading
import traceback
from concurrent.futures import Future

from nbjudge.grading import nbgrader_patches
from nbjudge.grading.errors import CourseError, GradingError, Stopped
from nbjudge.grading.notebook.submission import readable
from nbjudge.grading.progress import PAUSE, GradingProgress, bound
from nbjudge.grading.run.execution import run_all
from nbjudge.grading.run.pool import DaskPool, LocalPool, as_completed
from nbjudge.grading.run.preprocessor import import_checks
from nbjudge.grading.run.store import Store

# Submissions beyond the pool's width that are read ahead, so that no process waits for the next.
AHEAD = 2
# Bytes of a disk below which a submission that failed may have failed for want of room.
ROOM = 16 * 2**20
GO_ON = "What is graded stays graded: the same command goes on from here."


def grade_class(course, assignments, console, jobs=None, scheduler=None, force=False, student=None):
    """Grade every submission of ``assignments``; return the (assignment, student) that failed.

    jobs: processes at once, by default the cores; scheduler: the address of a Dask scheduler to
    use instead; force: grade again what is graded and has not changed; student: the only one.

    One that fails stops no other: its log is printed, and the class goes on. Raises Stopped; and
    CourseError where the checks cannot be imported.
    """
    import_checks(course.checks)
    store = Store(course.root)
    with (
        store.locked(),
        nbgrader_patches.one_engine(),
        _keeping_interrupts() as raise_if_interrupted,
    ):
        for assignment in assignments:
            course.register(assignment)
            raise_if_interrupted()
        left, outdated = _left(course, assignments, console, force, student)
        if not left:
            return []
        if force:
            store.clear()
        pool = DaskPool(scheduler) if scheduler else LocalPool(min(jobs or cores(), len(left)))
        failed = []
        if notebooks := len(left) - len(outdated):
            console.print(bound(notebooks, pool.width, course.notebook_seconds), soft_wrap=True)
        with GradingProgress(console, len(left)) as progress:
            try:
                with pool:
                    for which, why_not, seconds in _graded(
                        course, store, pool, left, outdated, progress.show
                    ):
                        raise_if_interrupted()
                        progress.done(", ".join(map(readable, reversed(which))), seconds)
                        if why_not:
                            failed.append(which)
                            _report(console, which, why_not)
                            _stop_if_full(course.root, progress)
            except KeyboardInterrupt:
                raise Stopped(f"Stopped. {progress.summary()}. {GO_ON}") from None
        store.clear()
        console.print(progress.summary(), soft_wrap=True)
    return failed


def cores():
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _left(course, assignments, console, force, only):
    """The submissions to be graded, and those of them that need no more than a new page."""
    work = [(a, student) for a in assignments for student in course.students(a)]
    work = [one for one in work if only in (None, one[1])]
    known, outdated = (set(), set()) if force else course.graded()
    outdated &= set(work)
    left = [one for one in work if one not in known or one in outdated]
    if len(left) < len(work):
        console.print(f"{len(work) - len(left)} of {len(work)} are graded and unchanged.")
    if outdated:
        console.print(f"{len(outdated)} were marked by hand: their pages are written anew.")
    return left, outdated


def _graded(course, store, pool, left, outdated, on_wait):
    """Yield (submission, None or why it got no marks, seconds of its code), as they are done."""
    started = (_started(course, store, pool, one, one in outdated) for one in left)
    for (which, keys), future in as_completed(started, pool.width + AHEAD, on_wait, PAUSE):
        seconds, why_not = 0.0, None
        try:
            for key, done in future.result().items():
                seconds += done.seconds["cells"] + done.seconds["checks"]
                store.put(key, done)
            (course.renew_pages if which in outdated else course.grade)(*which)
            store.remove(keys)
        except GradingError as error:
            why_not = str(error)
        except Exception:
            why_not = traceback.format_exc()
        yield which, why_not, seconds


def _started(course, store, pool, which, is_run):
    """((submission, keys of its Works), Future of key -> Done of those that the store lacks)."""
    keys, future = [], Future()
    try:
        works = {} if is_run else course.works(*which)
        keys = list(works)
        missing = {key: work for key, work in works.items() if key not in store}
    except CourseError:
        raise
    except Exception as error:
        future.set_exception(error)
    else:
        if missing:
            future = pool.submit(run_all, missing)
        else:
            future.set_result({})
    return (which, keys), future


def _report(console, which, why_not):
    assignment, student = which
    text = f"{readable(student)}, {assignment}: no marks\n{why_not}"
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _stop_if_full(folder, progress):
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        full = f"The disk of {folder} is full, or nearly so ({free / 1e6:.1f} MB left)."
        raise Stopped(f"Stopped. {full} {progress.summary()}. {GO_ON}")


@contextlib.contextmanager
def _keeping_interrupts():
    """A function that raises KeyboardInterrupt if Ctrl-C was pressed and the exception got lost.

    nbgrader takes one for the failure of an assignment, Python drops one that hits a finaliser.
    """
    pressed = threading.Event()

    def press(*_):
        pressed.set()
        raise KeyboardInterrupt

    def raise_if_interrupted():
        if pressed.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield raise_if_interrupted
    except (KeyboardInterrupt, CourseError):
        if pressed.is_set():
            raise Stopped(f"Stopped. {GO_ON}") from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
