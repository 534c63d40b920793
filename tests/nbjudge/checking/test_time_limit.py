"""A function without an end is stopped at the desk as well, and Ctrl-C in a check is one line."""

import _thread
import threading

import pytest

from gmm_ref.checks import CheckFailed, check
from nbjudge.checking import time_limit
from nbjudge.checking.message import CheckInterrupted
from nbjudge.checking.time_limit import limited


def test_a_loop_without_end_is_told_and_not_asked_again(monkeypatch):
    monkeypatch.setattr(time_limit, "CALL_SECONDS", 0.2)
    calls = []

    def most_probable_component(R):
        calls.append(R)
        while True:
            pass

    with pytest.raises(CheckFailed, match=r"within 0\.2 s: does a loop in it never end") as caught:
        check.most_probable_component.value(most_probable_component)
    assert caught.value.mistakes == ("no_answer",)
    assert len(calls) == 1


def test_one_that_catches_everything_is_interrupted_again():
    turns = []

    def stubborn():
        while len(turns) < 2:
            try:
                while True:
                    pass
            except BaseException:
                turns.append(1)
        return 5

    asked = limited(stubborn, 0.1)
    assert asked() == 5
    assert len(turns) == 2


def test_what_is_quick_and_what_fails_is_as_without_a_limit():
    assert limited(divmod, 1)(7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        limited(lambda x: 1 / x, 1)(0)


def test_an_interrupt_of_the_student_s_is_one_line():
    def responsibilities(X, weights, means, covariances):
        _thread.interrupt_main()
        threading.Event().wait(5)

    with pytest.raises(CheckInterrupted) as caught:
        check.responsibilities.value(responsibilities)
    assert caught.value._render_traceback_() == ["responsibilities, value: interrupted."]
