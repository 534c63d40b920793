"""Other processes that work for this one: on this machine, or on a Dask cluster.

nbgrader works in a folder and with a log that belong to the whole process. So the threads that
grade take turns at it, and a thread gives up its turn only while others work for it. All writing
to the gradebook is done in turn, by this process.
"""

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from gmm_ref.grading.execution import TRIES
from gmm_ref.grading.walls import ONE_THREAD

# How long a cluster may take to have its first worker.
WORKERS_SECONDS = 60
# The variable by which nbgrader says that it grades.
EXECUTION = "NBGRADER_EXECUTION"


class Gone(RuntimeError):
    """The processes were stopped, or one died at the same task again and again."""


def away(function, *args):
    """``function(*args)``, done by another process if a pool is open, and else by this one."""
    return _open[-1].run(function, *args) if _open else function(*args)


# The pool that is open, if any.
_open = []


class Pool:
    """A context in which `away` leads to other processes; ``width`` of them at once."""

    width: int

    def __init__(self):
        self.turn = threading.Lock()
        self.stopped = False

    def __enter__(self):
        _open.append(self)
        return self

    def __exit__(self, kind, *_):
        _open.remove(self)
        self.close(at_once=kind is not None)

    def run(self, function, *args):
        """``function(*args)``, waited for without the turn, which the caller holds."""
        folder, execution = os.getcwd(), os.environ.get(EXECUTION)
        self.turn.release()
        try:
            return self._run(function, *args)
        finally:
            self.turn.acquire()
            # What nbgrader has set for the process is as this thread left it.
            os.chdir(folder)
            if execution is not None:
                os.environ[EXECUTION] = execution


class LocalPool(Pool):
    """``jobs`` processes of this machine, each with one task at a time."""

    def __init__(self, jobs):
        super().__init__()
        self.width = jobs
        os.environ.update(ONE_THREAD)
        self.workers = [_Worker() for _ in range(jobs)]
        self.idle = queue.SimpleQueue()
        for worker in self.workers:
            self.idle.put(worker)

    def _run(self, function, *args):
        worker = self.idle.get()
        try:
            for _ in range(TRIES):
                if self.stopped:
                    break
                try:
                    return worker.run(function, *args)
                except BrokenProcessPool:
                    worker.renew()
            raise Gone("The process that ran this notebook was killed.")
        finally:
            # Also when the pool is closed: another thread may wait for one.
            self.idle.put(worker)

    def close(self, at_once):
        """End the processes, by force if they are not to finish what they do."""
        self.stopped = True
        for worker in self.workers:
            worker.close(at_once)


class _Worker:
    """One process. A pool of its own, so that its death is known to be that of its task."""

    def __init__(self):
        self.renew()

    def renew(self):
        # Not forked: this process has threads.
        context = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(1, context, initializer=_begin)
        self.process = None

    def run(self, function, *args):
        self.process = self.process or self.executor.submit(os.getpid).result()
        return self.executor.submit(function, *args).result()

    def close(self, at_once):
        if at_once and self.process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
        self.executor.shutdown(wait=not at_once, cancel_futures=True)


def _begin():
    """Leave Ctrl-C to the parent, and end when the parent is gone however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)


class DaskPool(Pool):
    """The workers of a Dask cluster, found at ``address``. They do again what a dead one had.

    Raises Gone if there is no cluster, or no worker in it.
    """

    def __init__(self, address):
        super().__init__()
        try:
            from distributed import Client
        except ImportError:
            raise Gone("A cluster needs Dask: pip install 'gmm-companion[cluster]'.") from None
        try:
            self.client = Client(address)
        except (OSError, ValueError) as error:
            raise Gone(f"There is no Dask cluster at {address}: {error}") from None
        try:
            self.client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            self.client.close()
            raise Gone(f"The Dask cluster at {address} has no worker.") from None
        self.width = sum(self.client.nthreads().values())

    def _run(self, function, *args):
        from distributed import CancelledError, KilledWorker

        try:
            # Two notebooks may be alike and yet not be one.
            return self.client.submit(function, *args, pure=False).result()
        except KilledWorker:
            raise Gone("Every worker that ran this notebook was killed.") from None
        except CancelledError:
            raise Gone("The cluster was left before this notebook was done.") from None

    def close(self, at_once):
        """Leave the cluster; it drops what nobody waits for."""
        self.stopped = True
        self.client.close()
