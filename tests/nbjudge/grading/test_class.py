"""A class graded many at once, stopped and started again: the gradebook is always the same."""

import os
import shutil
import signal
import subprocess
import time

import pytest
from classroom import ASSIGNMENT
from rich.console import Console
from whole_class import (
    FEW,
    QUIET,
    STUDENTS,
    command,
    command_line,
    descendants,
    finish,
    is_running,
    kill,
    outputs,
    rows,
    wait_until_graded,
    written,
)

from nbjudge.grading import course as course_module
from nbjudge.grading import journal
from nbjudge.grading.course import Course
from nbjudge.grading.errors import CourseError, Stopped
from nbjudge.grading.grade import grade_class
from nbjudge.grading.run import preprocessor
from nbjudge.grading.run.execution import run_all
from nbjudge.grading.run.pool import LocalPool
from nbjudge.grading.run.store import Store

TWO = ("--jobs", "2")


@pytest.fixture
def submitted(monkeypatch):
    """The keys of what is given to the pool."""
    keys, submit = [], LocalPool.submit

    def counted(pool, function, works):
        keys.extend(works)
        return submit(pool, function, works)

    monkeypatch.setattr(LocalPool, "submit", counted)
    return keys


def test_many_at_once_give_what_one_at_a_time_gives_and_each_is_run_once(
    undisturbed, ungraded, submitted, monkeypatch
):
    """What is left of a run that was stopped before it was recorded is taken from there."""
    store = Store(ungraded.root)
    ungraded.register(ASSIGNMENT)
    before = run_all(ungraded.works(ASSIGNMENT, STUDENTS[3]))
    with store.locked():
        for key, done in before.items():
            store.put(key, done)
    # nbgrader finds in the store what it asks for, and runs nothing.
    monkeypatch.delattr(preprocessor, "run")
    assert grade_class(ungraded, [ASSIGNMENT], QUIET, jobs=3) == []
    assert len(submitted) == len(set(submitted)) == 5 and not before.keys() & set(submitted)
    assert [path.name for path in store.folder.iterdir()] == ["lock"]
    assert rows(ungraded) == rows(undisturbed)
    for student in STUDENTS:
        path = f"autograded/{student}/{ASSIGNMENT}/posterior.ipynb"
        assert outputs(ungraded.root / path) == outputs(undisturbed.root / path)


def test_stopped_and_started_again_it_does_what_is_left(undisturbed, ungraded):
    """Twice: by Ctrl-C, and by a kill."""
    stop(ungraded, signal.SIGINT, 1)
    done = stop(ungraded, signal.SIGKILL, 2)
    before = written(ungraded)
    output = finish(ungraded)
    assert f"{len(done)} of 6 are graded and unchanged" in output
    assert {s: written(ungraded)[s] for s in done} == {s: before[s] for s in done}
    assert rows(ungraded) == rows(undisturbed)


def stop(course, kind, count):
    """Grade until so many are graded, then send the command a signal; the graded students."""
    process = command(course, *TWO)
    wait_until_graded(course, count, process)
    family = descendants(process.pid)
    process.send_signal(kind)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0, output
    if kind == signal.SIGINT:
        assert "Stopped." in output and "the same command goes on" in output
        assert "Traceback" not in output
    assert_ended(family)
    with course.gradebook() as gradebook:
        recorded = {student for _, student in journal.graded(gradebook)}
    assert count <= len(recorded) < 6
    return recorded


def assert_ended(family):
    """Soon after the command none of its processes is left."""
    for _ in range(100):
        if not any(map(is_running, family)):
            return
        time.sleep(0.1)
    raise AssertionError("a process outlives the command")


@pytest.mark.parametrize("told", [True, False])
def test_ctrl_c_stops_also_where_nbgrader_catches_it(ungraded, monkeypatch, told):
    def register(assignment):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if told:
                raise CourseError("could not be released") from None

    monkeypatch.setattr(ungraded, "register", register)
    with pytest.raises(Stopped, match="the same command goes on"):
        grade_class(ungraded, [ASSIGNMENT], QUIET)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_killed_worker_costs_nothing(undisturbed, ungraded):
    """Workers of the command's, and the walls in which the student's processes are forked."""
    process = command(ungraded, *TWO)
    wait_until_graded(ungraded, 1, process)
    family = descendants(process.pid)
    walls, workers = ([pid for pid in family if kind in command_line(pid)]
                      for kind in ("bwrap", "pool_process"))  # fmt: skip
    assert len(walls) >= 2 and len(workers) >= 2
    for killed in [*walls, workers[0]]:
        kill(killed)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert rows(ungraded) == rows(undisturbed)
    assert_ended(family)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted by root alone")
def test_a_full_disk_loses_nothing(undisturbed, ungraded, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    # The class as it was handed in takes 0.5 MB, and graded 1.5 MB.
    mount = ["mount", "-t", "tmpfs", "-o", "size=1000k", "tmpfs", small]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine does not let a disk be mounted")
    try:
        shutil.copytree(ungraded.root, small / "class")
        course = Course(small / "class")
        process = command(course, *TWO)
        output, _ = process.communicate(timeout=120)
        assert process.returncode != 0
        assert "is full" in output
        subprocess.run(["mount", "-o", "remount,size=100m", small], check=True)
        finish(course)
        assert rows(course) == rows(undisturbed)
    finally:
        subprocess.run(["umount", small], check=True)


def test_what_has_not_changed_is_left_alone(graded):
    before = written(graded)
    assert grade_class(graded, [ASSIGNMENT], QUIET) == []
    assert written(graded) == before


def test_force_grades_all_again(few):
    before = written(few)
    grade_class(few, [ASSIGNMENT], QUIET, jobs=1, force=True)
    assert [s for s in STUDENTS if written(few)[s] != before[s]] == FEW


def test_what_has_changed_is_graded_again_and_nothing_else(few):
    def regraded():
        before = written(few)
        grade_class(few, [ASSIGNMENT], QUIET, jobs=1)
        return [s for s in STUDENTS if written(few)[s] != before[s]]

    folder = few.root / "submitted" / FEW[2] / ASSIGNMENT
    shutil.copy(folder.parents[1] / FEW[0] / ASSIGNMENT / "posterior.ipynb", folder)
    assert regraded() == [FEW[2]]
    assert {m.student: m.auto_score for m in few.marks()}[FEW[2]] == 18

    [page] = few.feedback_pages(ASSIGNMENT, FEW[1])
    page.unlink()
    assert grade_class(few, [ASSIGNMENT], QUIET, jobs=1) == [] and page.exists()

    source = few.root / "solutions" / ASSIGNMENT / "posterior.ipynb"
    source.write_text(source.read_text().replace("In nats.", "In nats, for each point."))
    assert regraded() == FEW
    assert regraded() == []


def test_what_was_marked_by_hand_comes_to_the_page_and_nothing_is_run_again(graded):
    with graded.gradebook() as gradebook:
        cell = gradebook.find_grade(
            "test_responsibilities_hard", "posterior", ASSIGNMENT, STUDENTS[1]
        )
        cell.manual_score = 1.25
        comment = gradebook.find_comment("responsibilities", "posterior", ASSIGNMENT, STUDENTS[3])
        comment.manual_comment = "Well drawn."
        gradebook.db.commit()
    before = written(graded)
    [notebook] = (graded.root / "autograded" / STUDENTS[1]).rglob("*.ipynb")
    run = notebook.stat().st_mtime_ns
    assert grade_class(graded, [ASSIGNMENT], QUIET) == []
    renewed = [s for s in STUDENTS if written(graded)[s] != before[s]]
    assert renewed == [STUDENTS[1], STUDENTS[3]]
    assert "Score: 1.25 / 3" in page(graded, STUDENTS[1])
    assert "Well drawn." in page(graded, STUDENTS[3])
    assert notebook.stat().st_mtime_ns == run
    assert graded.graded()[1] == set()


def page(course, student):
    """The text of a student's page, its blanks made one."""
    [path] = course.feedback_pages(ASSIGNMENT, student)
    return " ".join(path.read_text().split())


def test_a_changed_check_regrades_the_class(graded, monkeypatch):
    assert len(graded.graded()[0]) == 6
    monkeypatch.setattr(course_module, "package_digest", lambda checks: "another")
    assert graded.graded() == (set(), set())


def test_two_commands_at_once_are_one_too_many(ungraded):
    with Store(ungraded.root).locked():
        process = command(ungraded, *TWO)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and "is being graded by another command" in output
    assert not (ungraded.root / "autograded").exists()


def test_a_gradebook_that_was_thrown_away_is_made_anew(few):
    before = rows(few)
    (few.root / "gradebook.db").unlink()
    assert grade_class(Course(few.root), [ASSIGNMENT], QUIET, jobs=1) == []
    assert rows(few) == [[row for row in part if row[0] in FEW] for part in before]
    assert len(rows(few)[0]) == len(FEW)


def test_a_submission_that_cannot_be_graded_stops_no_other(few, capsys):
    path = few.root / "submitted" / FEW[1] / ASSIGNMENT / "posterior.ipynb"
    path.write_text(f"{path.read_text()}\n")
    # Where its graded notebook would be written, something else is in the way.
    shutil.rmtree(few.root / "autograded" / FEW[1])
    (few.root / "autograded" / FEW[1]).touch()
    failed = grade_class(few, [ASSIGNMENT], Console(), jobs=1, force=True)
    assert failed == [(ASSIGNMENT, FEW[1])]
    assert {student for _, student in few.graded()[0]} & set(FEW) == {FEW[0], FEW[2]}
    shown = capsys.readouterr().out
    assert f"{FEW[1]}, {ASSIGNMENT}: no marks" in shown
    assert FEW[0] not in shown.split("no marks")[1].split("graded,")[0]
