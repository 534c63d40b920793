"""What is seen while a class is graded: in a terminal a bar, elsewhere a line now and then."""

import io

import pytest
from rich.console import Console

from nbjudge.grading import progress
from nbjudge.grading.progress import GradingProgress


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands, and is set by hand."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def watched(clock, steps, **kind):
    """What is shown of ten submissions, of which ``steps`` are done: (seconds, name) each."""
    shown = io.StringIO()
    with GradingProgress(Console(file=shown, width=100, **kind), 10) as watcher:
        for seconds, name in steps:
            clock[0] += seconds
            watcher.done(name, seconds)
        watcher.bar.refresh()
        return watcher.summary(), shown.getvalue()


STEPS = [(4, "ada, 7.4.1"), (8, "bert, 7.4.1"), (4, "cleo, 7.4.1"), (4, "dora, 7.4.1")]


def test_elsewhere_there_is_a_line_when_some_time_has_gone(clock):
    _, shown = watched(clock, STEPS)
    first, *others = shown.splitlines()
    assert first == "2 of 10 graded, 0.2 a second, slowest bert, 7.4.1: 8.0 s, 48 s left"
    assert others == []


def test_long_waits_are_told_in_minutes(clock):
    _, shown = watched(clock, [(60, "ada, 7.4.1")])
    assert shown.endswith("9 min left\n")


def test_a_terminal_has_a_bar_with_all_of_it(clock):
    _, shown = watched(clock, STEPS, force_terminal=True)
    for part in ("grading", "4/10", "0.2 a second", "slowest bert, 7.4.1: 8.0 s"):
        assert part in shown


def test_the_summary_tells_of_the_whole(clock):
    summary, _ = watched(clock, STEPS)
    assert summary == "4 of 10 graded, 0.2 a second, slowest bert, 7.4.1: 8.0 s"
    assert watched(clock, [])[0] == "0 of 10 graded, 0.0 a second, none yet"


def test_while_the_first_ones_hang_a_line_says_so(clock):
    shown = io.StringIO()
    with GradingProgress(Console(file=shown, width=100), 10) as watcher:
        for seconds in (progress.PAUSE, 1, progress.PAUSE):
            clock[0] += seconds
            watcher.show()
    line = "0 of 10 graded, 0.0 a second, none yet, the first are running\n"
    assert shown.getvalue() == 2 * line


def test_the_bound_of_a_class_counts_whole_rounds():
    assert progress.bound(31, 2, 180.0).startswith("31 notebooks, 2 at a time: 48 min at the most")
    assert "60 s at the most" in progress.bound(1, 8, 60.0)
