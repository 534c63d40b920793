"""A process of a LocalPool: it does one task after another, and ends when the other end is gone."""

import os
import pickle
import queue
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.pool import ExceptionWithTraceback

from nbjudge.grading import nbgrader_patches


def serve(connection):
    """Answer each (function, arguments) with (what it returns, None) or (None, its exception)."""
    nbgrader_patches.leave_out_rfc3987()
    tasks = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    while True:
        task = tasks.get()
        try:
            function, args = pickle.loads(task)
            answer = function(*args), None
        except Exception as error:
            answer = None, ExceptionWithTraceback(error, error.__traceback__)
        connection.send(answer)


def _receive(connection, tasks):
    """Take tasks in; without another end, end at once, whatever this process is at."""
    try:
        while True:
            tasks.put(connection.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
