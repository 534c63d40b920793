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
from multiprocessing.pool import ExceptionWithTraceback

from nbjudge.grading.run.execution import TRIES
from nbjudge.grading.sandbox.bubblewrap import ONE_THREAD

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
                with contextlib.suppress(_Died):
                    return worker.run(function, *args)
            raise Gone("The process that ran this notebook was killed.")
        finally:
            # Also when the pool is closed: another thread may wait for one.
            self.idle.put(worker)

    def close(self, at_once):
        """End the processes, by force if they are not to finish what they do."""
        for worker in self.workers:
            worker.close(at_once)


class _Died(Exception):
    """A process ended while it had a task."""


class _Worker:
    """A process that does one task after another, started when there is one and it is not there.

    Not of `concurrent.futures`: there a process that is killed while it sends an answer leaves the
    reader waiting for the rest for ever, since the reader's process has that pipe's other end, too.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.closed = False
        self.process = None

    def run(self, function, *args):
        """``function(*args)``, or _Died."""
        self._start()
        try:
            self.connection.send((function, args))
            result, error = self.connection.recv()
        except (EOFError, OSError):
            self._end()
            raise _Died from None
        if error is not None:
            raise error
        return result

    def close(self, at_once):
        """Have no process from now on; one that is at work is killed only if ``at_once``."""
        with self.lock:
            self.closed = True
        self._end(at_once)

    def _start(self):
        with self.lock:
            if self.closed:
                raise Gone("The processes were stopped.")
            if self.process is None:
                # Not forked: this process has threads.
                context = multiprocessing.get_context("spawn")
                self.connection, theirs = context.Pipe()
                self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
                self.process.start()
                theirs.close()

    def _end(self, at_once=True):
        with self.lock:
            if self.process is not None:
                if at_once:
                    self.process.kill()
                else:
                    self.connection.close()
                self.process.join()
                self.process = None


def _serve(connection):
    """Do what comes, until the other end is closed; leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError):
        while True:
            function, args = connection.recv()
            try:
                answer = function(*args), None
            except Exception as error:
                answer = None, ExceptionWithTraceback(error, error.__traceback__)
            connection.send(answer)


def _end_with_parent():
    """End when the parent is gone, however it went."""
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
        self.client.close()
