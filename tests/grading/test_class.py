"""A class graded many at once, stopped and started again: the gradebook is always the same."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
from classroom import ASSIGNMENT, HONEST_WRONG, RIGHT, ROOT, Classroom
from rich.console import Console
from sqlalchemy import create_engine, text

from gmm_ref.grading import course as course_module
from gmm_ref.grading import journal
from gmm_ref.grading.course import Course, CourseError
from gmm_ref.grading.grade import grade_class
from gmm_ref.grading.walls import NoSandbox, find_bwrap

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These grade a class in the sandbox. {error}", allow_module_level=True)

QUIET = Console(quiet=True)
STUDENTS = [f"student-{number}" for number in range(8)]
# Long enough to be stopped in the middle.
SLOW = "import time\ntime.sleep(0.4)"


def make_class(root):
    """A course with eight submissions of four kinds, none graded."""
    classroom = Classroom(root)
    for number, student in enumerate(STUDENTS):
        answers = [RIGHT, HONEST_WRONG, {}, RIGHT | {"posterior_entropy": "def ("}][number % 4]
        classroom.hand_in(student, classroom.notebook(answers, early=SLOW))
        (classroom.folder(student) / "timestamp.txt").write_text(f"2026-03-0{number + 1} 12:00 UTC")
    return Course(root)


def rows(course):
    """All that the gradebook holds of the submissions, without its own random names for them."""
    engine = create_engine(course.directory.db_url)
    with engine.connect() as connection:
        found = [
            connection.execute(text(query)).fetchall()
            for query in (
                "select s.id, a.name, sa.timestamp from submitted_assignment sa"
                " join student s on s.id = sa.student_id join assignment a on a.id = assignment_id"
                " order by 1, 2",
                "select sa.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit,"
                " g.needs_manual_grade from grade g join base_cell c on c.id = g.cell_id"
                " join submitted_notebook sn on sn.id = g.notebook_id"
                " join submitted_assignment sa on sa.id = sn.assignment_id order by 1, 2",
                "select sa.student_id, c.name, k.auto_comment, k.manual_comment from comment k"
                " join base_cell c on c.id = k.cell_id"
                " join submitted_notebook sn on sn.id = k.notebook_id"
                " join submitted_assignment sa on sa.id = sn.assignment_id order by 1, 2",
            )
        ]
    engine.dispose()
    return found


def written(course):
    """When each submission's page was written."""
    return {
        student: page.stat().st_mtime_ns
        for student in STUDENTS
        for page in course.feedback_pages(ASSIGNMENT, student)
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The rows of a class that was graded one after the other, without a stop."""
    course = make_class(tmp_path_factory.mktemp("class") / "undisturbed")
    assert grade_class(course, [ASSIGNMENT], QUIET, jobs=1) == []
    assert len(rows(course)[0]) == 8 and len(rows(course)[1]) == 72
    return course


@pytest.fixture
def ungraded(undisturbed, tmp_path):
    """The same class, with the same secret, before grading."""
    folder = tmp_path / "class"
    kept = shutil.ignore_patterns("autograded", "feedback", "gradebook.db", ".grading.lock")
    shutil.copytree(undisturbed.root, folder, ignore=kept)
    (folder / ".registered.json").unlink()
    return Course(folder)


def command(course, *options):
    """The command at work, in a group of processes of its own."""
    program = Path(sysconfig.get_path("scripts")) / "gmm-course"
    return subprocess.Popen(
        [sys.executable, program, "grade", "--course", course.root, "--jobs", "2", *options],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until_graded(course, count, process):
    """Wait until so many submissions stand in the journal."""
    for _ in range(1200):
        assert process.poll() is None, process.stdout.read()
        # Read only: nbgrader's own opening of the gradebook would get in the command's way.
        with contextlib.suppress(sqlite3.OperationalError):
            base = sqlite3.connect(f"file:{course.root / 'gradebook.db'}?mode=ro", uri=True)
            with contextlib.closing(base):
                if base.execute("select count(*) from gmm_companion_graded").fetchone()[0] >= count:
                    return
        time.sleep(0.05)
    raise AssertionError("nothing is graded")


def finish(course):
    """Run the command once more, to its end; what it printed."""
    process = command(course)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return output


def descendants(pid):
    """The pids of a process's children, and theirs; each was started by one of its threads."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for file in threads for child in file.read_text().split()]
    return children + [d for child in children for d in descendants(child)]


def is_running(pid):
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_many_at_once_give_what_one_at_a_time_gives(undisturbed, ungraded):
    assert grade_class(ungraded, [ASSIGNMENT], QUIET, jobs=3) == []
    assert rows(ungraded) == rows(undisturbed)
    for student in STUDENTS:
        path = f"autograded/{student}/{ASSIGNMENT}/posterior.ipynb"
        assert outputs(ungraded.root / path) == outputs(undisturbed.root / path)


def outputs(path):
    """The outputs of a notebook, without the times that its checks took."""
    cells = json.loads(path.read_text())["cells"]
    plain = json.dumps([cell.get("outputs") for cell in cells])
    found = json.loads(plain, object_hook=lambda o: {k: o[k] for k in o if k != "milliseconds"})
    assert any(found)
    return found


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_stopped_and_started_again_it_does_what_is_left(undisturbed, ungraded, kind):
    process = command(ungraded)
    wait_until_graded(ungraded, 3, process)
    family = descendants(process.pid)
    process.send_signal(kind)
    output, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    if kind == signal.SIGINT:
        assert "Stopped." in output and "the same command goes on" in output
        assert "Traceback" not in output
    for _ in range(100):
        if not any(map(is_running, family)):
            break
        time.sleep(0.1)
    assert not any(map(is_running, family)), "a process outlives the command"

    with ungraded.gradebook() as gradebook:
        recorded = {student for _, student in journal.graded(gradebook)}
    assert 3 <= len(recorded) < 8
    before = written(ungraded)
    output = finish(ungraded)
    assert f"{len(recorded)} of 8 are graded and unchanged" in output
    assert {s: written(ungraded)[s] for s in recorded} == {s: before[s] for s in recorded}
    assert rows(ungraded) == rows(undisturbed)


@pytest.mark.parametrize("kind", ["spawn_main", "bwrap"])
def test_a_killed_worker_costs_nothing(undisturbed, ungraded, kind):
    """Workers of the command's, and the walls in which the student's processes are forked."""
    process = command(ungraded)
    wait_until_graded(ungraded, 2, process)
    workers = [pid for pid in descendants(process.pid) if kind in cmdline(pid)]
    assert len(workers) >= 2
    for worker in workers if kind == "bwrap" else workers[:1]:
        os.kill(worker, signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert rows(ungraded) == rows(undisturbed)


def cmdline(pid):
    return Path(f"/proc/{pid}/cmdline").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted by root alone")
def test_a_full_disk_loses_nothing(undisturbed, ungraded, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    # The class as it was handed in takes 0.7 MB, and graded 2 MB.
    mount = ["mount", "-t", "tmpfs", "-o", "size=1300k", "tmpfs", small]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine does not let a disk be mounted")
    try:
        shutil.copytree(ungraded.root, small / "class")
        course = Course(small / "class")
        process = command(course)
        output, _ = process.communicate(timeout=120)
        assert process.returncode != 0
        assert "is full" in output
        subprocess.run(["mount", "-o", "remount,size=100m", small], check=True)
        finish(course)
        assert rows(course) == rows(undisturbed)
    finally:
        subprocess.run(["umount", small], check=True)


def test_what_has_not_changed_is_left_alone(undisturbed):
    before = written(undisturbed)
    assert grade_class(undisturbed, [ASSIGNMENT], QUIET) == []
    assert written(undisturbed) == before


def test_force_grades_all_again(ungraded):
    grade_class(ungraded, [ASSIGNMENT], QUIET)
    before = written(ungraded)
    grade_class(ungraded, [ASSIGNMENT], QUIET, force=True)
    assert all(written(ungraded)[student] > before[student] for student in STUDENTS)


def test_what_has_changed_is_graded_again_and_nothing_else(ungraded, monkeypatch):
    grade_class(ungraded, [ASSIGNMENT], QUIET)

    def regraded():
        before = written(ungraded)
        grade_class(ungraded, [ASSIGNMENT], QUIET)
        return [s for s in STUDENTS if written(ungraded)[s] != before[s]]

    folder = ungraded.root / "submitted" / STUDENTS[2] / ASSIGNMENT
    shutil.copy(folder.parents[1] / STUDENTS[0] / ASSIGNMENT / "posterior.ipynb", folder)
    assert regraded() == [STUDENTS[2]]
    assert {m.student: m.auto_score for m in ungraded.marks()}[STUDENTS[2]] == 18

    [page] = ungraded.feedback_pages(ASSIGNMENT, STUDENTS[5])
    page.unlink()
    assert grade_class(ungraded, [ASSIGNMENT], QUIET) == [] and page.exists()

    source = ungraded.root / "solutions" / ASSIGNMENT / "posterior.ipynb"
    source.write_text(source.read_text().replace("In nats.", "In nats, for each point."))
    assert regraded() == STUDENTS
    assert regraded() == []


def test_a_changed_check_regrades_the_class(ungraded, monkeypatch):
    grade_class(ungraded, [ASSIGNMENT], QUIET)
    assert len(ungraded.graded()) == 8
    monkeypatch.setattr(course_module, "package_digest", lambda: "another")
    assert ungraded.graded() == set()


def test_two_commands_at_once_are_one_too_many(ungraded):
    process = command(ungraded)
    wait_until_graded(ungraded, 1, process)
    with pytest.raises(CourseError, match="another command"):
        grade_class(ungraded, [ASSIGNMENT], QUIET)
    assert process.wait(timeout=120) == 0


def test_a_gradebook_that_was_thrown_away_is_made_anew(undisturbed, ungraded):
    grade_class(ungraded, [ASSIGNMENT], QUIET)
    (ungraded.root / "gradebook.db").unlink()
    assert grade_class(Course(ungraded.root), [ASSIGNMENT], QUIET) == []
    assert rows(ungraded) == rows(undisturbed)


def test_a_submission_that_cannot_be_graded_stops_no_other(ungraded, capsys):
    path = ungraded.root / "submitted" / STUDENTS[1] / ASSIGNMENT / "posterior.ipynb"
    path.rename(path.with_name("other-name.ipynb"))
    assert grade_class(ungraded, [ASSIGNMENT], Console()) == [(ASSIGNMENT, STUDENTS[1])]
    assert len(ungraded.graded()) == 7
    shown = capsys.readouterr().out
    assert f"{STUDENTS[1]}, {ASSIGNMENT}: no marks" in shown
    assert STUDENTS[0] not in shown.split("no marks")[1].split("graded,")[0]
