"""Tasks done by other processes: of this machine, or of a Dask cluster. Each gives a Future."""

import contextlib
import itertools
import multiprocessing
import os
import queue
import subprocess
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from nbjudge.grading.errors import PoolGone
from nbjudge.grading.run.limits import TRIES
from nbjudge.grading.sandbox.bubblewrap import ONE_THREAD

# How long a cluster may take to have its first worker.
WORKERS_SECONDS = 60


def as_completed(submitted, at_once, on_wait, pause):
    """Yield each (label, future) of an iterator when the future is done.

    The iterator submits the tasks as it goes: it is kept ``at_once`` ahead of the loop, no more.
    on_wait: called when for ``pause`` seconds none was done.
    """
    submitted, waiting = iter(submitted), {}
    while True:
        for label, future in itertools.islice(submitted, at_once - len(waiting)):
            waiting[future] = label
        if not waiting:
            return
        done, _ = wait(waiting, timeout=pause, return_when=FIRST_COMPLETED)
        if done:
            oldest = next(future for future in waiting if future in done)
            yield waiting.pop(oldest), oldest
        else:
            on_wait()


class LocalPool:
    """A context with ``jobs`` processes of this machine, each with one task at a time."""

    def __init__(self, jobs):
        self.width = jobs
        self._workers = [Worker() for _ in range(jobs)]
        self._idle = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        # They wait for the processes, and do nothing themselves.
        self._threads = ThreadPoolExecutor(jobs)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.close(at_once=kind is not None)

    def submit(self, function, *args):
        """The Future of ``function(*args)``; PoolGone if every process dies at it."""
        return self._threads.submit(self._run, function, args)

    def close(self, at_once):
        """End the processes, by force if they are not to finish what they do."""
        self._threads.shutdown(wait=not at_once, cancel_futures=at_once)
        for worker in self._workers:
            worker.close()

    def _run(self, function, args):
        worker = self._idle.get()
        try:
            for _ in range(TRIES):
                with contextlib.suppress(Died):
                    return worker.run(function, args)
        finally:
            self._idle.put(worker)
        raise PoolGone(f"It was begun {TRIES} times, and each time its process was killed.")


class Died(Exception):
    """A process ended while it had a task; code: its exit code, None if we ended it."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Worker:
    """A process that does one task after another, started when there is one and it is not there.

    Not of `concurrent.futures`: there a process that is killed while it sends an answer leaves the
    reader waiting for the rest for ever, since the reader's process has that pipe's other end, too.
    Nor of `multiprocessing`: there it imports what the command imports, which takes seconds.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.closed = False
        self.process = None

    def run(self, function, args, seconds=None):
        """``function(*args)``, or Died: also of taking more than so many seconds."""
        process = self._start()
        try:
            self.connection.send((function, args))
            if not self.connection.poll(seconds):
                self._end()
                raise Died(None)
            result, error = self.connection.recv()
        except (EOFError, OSError):
            # It has closed its end, and is gone in a moment.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
            self._end()
            raise Died(process.returncode) from None
        if error is not None:
            raise error
        return result

    def close(self):
        """Have no process from now on."""
        with self.lock:
            self.closed = True
        self._end()

    def _start(self):
        with self.lock:
            if self.closed:
                raise PoolGone("The processes were stopped.")
            if self.process is None:
                self.connection, theirs = multiprocessing.Pipe()
                with theirs:
                    self.process = _started(theirs.fileno())
            return self.process

    def _end(self):
        with self.lock:
            if self.process is not None:
                self.process.kill()
                self.process.wait()
                self.process = None


def _started(number):
    """A new process that serves the connection of this number; it imports what this one would."""
    path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    return subprocess.Popen(
        [sys.executable, "-m", "nbjudge.grading.run.pool_process", str(number)],
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        env=os.environ | ONE_THREAD | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        # Ctrl-C is for the command.
        start_new_session=True,
    )


class DaskPool:
    """A context with the workers of the Dask cluster at ``address``; what a dead one had is redone.

    Raises PoolGone if there is no cluster, or no worker in it.
    """

    def __init__(self, address):
        try:
            from distributed import Client
        except ImportError:
            raise PoolGone("A cluster needs Dask: pip install distributed.") from None
        try:
            self._client = Client(address)
        except (OSError, ValueError) as error:
            raise PoolGone(f"There is no Dask cluster at {address}: {error}") from None
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            self._client.close()
            raise PoolGone(f"The Dask cluster at {address} has no worker.") from None
        self.width = sum(self._client.nthreads().values())
        self._executor = self._client.get_executor(pure=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Leave the cluster; it drops what nobody waits for."""
        self._client.close()

    def submit(self, function, *args):
        """The Future of ``function(*args)``."""
        return self._executor.submit(function, *args)
