"""The time of a notebook is its own, whoever else keeps the machine busy."""

import pytest

from nbjudge.grading.run import clock
from nbjudge.grading.run.clock import NotebookClock
from nbjudge.grading.sandbox.process import Usage


@pytest.fixture
def look(monkeypatch):
    """A clock after one look: seconds that passed, ran and waited -> what it counts."""

    def look(passed, ran, waited):
        now, used = [50.0], [Usage(ran=7.0, waited=3.0)]
        monkeypatch.setattr(clock.time, "monotonic", lambda: now[0])
        monkeypatch.setattr(clock, "usage", lambda pid: used[0])
        counted = NotebookClock()
        counted.watch(1)
        now[0] += passed
        used[0] = Usage(ran=7.0 + ran, waited=3.0 + waited)
        counted.look()
        return counted.own, counted.waited

    return look


@pytest.mark.parametrize(
    ("passed", "ran", "waited", "own"),
    [
        (10, 10, 0, 10),  # it computes
        (10, 0, 0, 10),  # it sleeps
        (10, 2, 8, 2),  # it computes, and others have the processor most of the time
        (10, 20, 0, 20),  # two processes of its own
        (10, 19, 300, 19),  # thirty processes of its own, which wait for each other
        (10, 1, 4, 6),  # it computes, waits, and sleeps
        (10, -7, -3, 10),  # a process has ended, and what it used is gone
    ],
)
def test_what_is_the_notebooks_own(look, passed, ran, waited, own):
    assert look(passed, ran, waited) == (own, max(10 - own, 0))


def test_without_a_process_it_stands():
    stopped = NotebookClock()
    assert stopped.look() is None
    stopped.watch(1)
    stopped.stop()
    assert stopped.look() is None and (stopped.own, stopped.waited) == (0, 0)
