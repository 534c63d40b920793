"""A function of the student's in the check's own process: it has so long for a call, and no longer.

At grading a student's function runs in a process of its own, which keeps its own time.
"""

import _thread
import functools
import threading
import time
import types

from nbjudge.checking.remote import NoAnswer

CALL_SECONDS = 10.0


def no_end(name, seconds):
    """What a student reads of a function that ran out of time."""
    return f"{name} gave no answer within {seconds:g} s: does a loop in it never end?"


def limited(function, seconds=None):
    """The function, with NoAnswer in place of a call that takes longer than ``CALL_SECONDS``.

    One that gave no answer is not asked again. What is no plain function comes back as it is, and
    so does any where nothing can interrupt it: outside of the main thread, or without threads.
    """
    if not isinstance(function, types.FunctionType) or not _can_interrupt():
        return function
    seconds, silent = seconds or CALL_SECONDS, []

    @functools.wraps(function)
    def asked(*arguments, **keywords):
        if silent:
            raise NoAnswer(silent[0])
        try:
            return _within(seconds, function, arguments, keywords)
        except _OutOfTime:
            silent.append(no_end(function.__name__, seconds))
            raise NoAnswer(silent[0]) from None

    return asked


class _OutOfTime(BaseException):
    """The time of a call is up."""


def _within(seconds, function, arguments, keywords):
    """The result of a call. Where time is up it is interrupted, as by Ctrl-C, until it ends."""
    ended, turn, rung = threading.Event(), threading.Lock(), []

    def watch():
        pause = seconds
        while not ended.wait(pause):
            with turn:
                if not ended.is_set():
                    rung.append(pause)
                    _thread.interrupt_main()
            pause = 0.5  # in case it was caught

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
        try:
            return function(*arguments, **keywords)
        finally:
            with turn:
                ended.set()
            if rung:
                time.sleep(0.01)  # the interrupt arrives within this try
    except KeyboardInterrupt:
        if rung:
            raise _OutOfTime from None
        raise


@functools.cache
def _threads_start():
    try:
        threading.Thread(target=lambda: None).start()
    except RuntimeError:  # in a browser
        return False
    return True


def _can_interrupt():
    return threading.current_thread() is threading.main_thread() and _threads_start()
