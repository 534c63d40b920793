"""No submission ends the class or takes another with it; and no export loses anybody."""

import contextlib
import csv
import os
import shutil
import sqlite3
import threading
import time

import pytest
from classroom import ASSIGNMENT, NOTEBOOK, RIGHT, Classroom
from nbgrader.plugins import CsvExportPlugin
from rich.console import Console
from whole_class import STUDENTS

from nbjudge.grading.course import Course
from nbjudge.grading.errors import NbgraderError
from nbjudge.grading.export import export
from nbjudge.grading.grade import grade_class
from nbjudge.grading.notebook.submission import readable

FULL = 18
# Ids that a folder can have: those that are graded, and those that are refused by name.
USABLE = ["Müller, Anna", "O'Brien {student_id}", "-%s", "x" * 250]
UNUSABLE = [b"\xff", b"*", b"[a]", b"a\nb", b'a"-won()-"b', b"a<img src=x>", b"a\\", b" "]
UNUSABLE = list(map(os.fsdecode, UNUSABLE))


def hand_in(classroom, student):
    """A right notebook's folder."""
    return classroom.hand_in(student, classroom.notebook(RIGHT)).parent


def no_notebook(folder):
    (folder / f"{NOTEBOOK}.ipynb").unlink()


def folder_for_a_notebook(folder):
    no_notebook(folder)
    (folder / f"{NOTEBOOK}.ipynb").mkdir()


def another_notebook(folder, name):
    shutil.copy(folder / f"{NOTEBOOK}.ipynb", folder / name)


# What may lie in a folder, and the marks for it; None: it is named, and has none.
LIES = {
    "nothing": (no_notebook, None),
    "a folder for a notebook": (folder_for_a_notebook, 0),
    "a notebook of no UTF-8": (lambda f: another_notebook(f, os.fsdecode(b"\xff.ipynb")), FULL),
    "a notebook of a name over lines": (lambda f: another_notebook(f, "a\nb.ipynb"), FULL),
    "a notebook of a long name": (lambda f: another_notebook(f, "a" * 249 + ".ipynb"), FULL),
    "a file of no UTF-8": (lambda f: (f / os.fsdecode(b"\xfe.txt")).touch(), FULL),
    "a file of a long name": (lambda f: (f / ("a" * 255)).touch(), FULL),
}


@pytest.fixture(scope="module")
def strange(tmp_path_factory):
    """(the course, what it printed, who failed) of a class of all of them."""
    classroom = Classroom(tmp_path_factory.mktemp("class") / "course")
    for student in [*USABLE, *UNUSABLE]:
        hand_in(classroom, student)
    for student, (lay, _) in LIES.items():
        lay(hand_in(classroom, student))
    (classroom.root / "submitted/linked").symlink_to("nowhere")
    (classroom.root / "submitted/file").touch()
    course = Course(classroom.root)
    with open(classroom.root / "printed", "w", encoding="utf-8") as file:
        failed = grade_class(course, [ASSIGNMENT], Console(file=file, width=200), jobs=2)
    printed = (classroom.root / "printed").read_text(encoding="utf-8")
    return course, printed, {student for _, student in failed}


def test_everybody_else_gets_their_marks_and_who_does_not_is_named(strange):
    course, printed, failed = strange
    expected = dict.fromkeys(USABLE, FULL) | {s: mark for s, (_, mark) in LIES.items()}
    marks = {mark.student: mark.auto_score for mark in course.marks()}
    assert marks == {student: mark for student, mark in expected.items() if mark is not None}
    assert failed == {*UNUSABLE, *(s for s, mark in expected.items() if mark is None)}
    for student in failed:
        assert f"{readable(student)}, {ASSIGNMENT}: no marks" in printed
    for student in UNUSABLE:
        assert f"The folder submitted/{readable(student)} cannot be graded" in printed


def test_a_second_time_they_are_the_same(strange):
    course, _, failed = strange
    again = grade_class(course, [ASSIGNMENT], Console(quiet=True), jobs=1)
    assert {student for _, student in again} == failed


def test_nbgrader_refuses_such_a_name_too(strange):
    """One that is a pattern would stand for all students."""
    course, *_ = strange
    with pytest.raises(NbgraderError, match="cannot be graded under this name"):
        course.grade(ASSIGNMENT, 'a"-won()-"b')


@pytest.mark.parametrize("where", ["works", "digest", "_write_pages"])
def test_a_fault_around_one_submission_is_its_own(few, monkeypatch, where):
    """Whatever it is, in whichever step."""
    step, (bad, other, *_) = getattr(Course, where), few.students(ASSIGNMENT)
    for student in (bad, other):
        shutil.rmtree(few.root / "feedback" / student)

    def fails(course, assignment, student, *rest):
        if student == bad:
            raise OSError(5, "a broken disk")
        return step(course, assignment, student, *rest)

    monkeypatch.setattr(Course, where, fails)
    assert grade_class(few, [ASSIGNMENT], Console(quiet=True), jobs=1) == [(ASSIGNMENT, bad)]
    assert few.feedback_pages(ASSIGNMENT, other)


def test_a_locked_gradebook_is_waited_for(few):
    """Longer than SQLAlchemy would by itself."""
    locked = threading.Event()

    def lock():
        with contextlib.closing(sqlite3.connect(few.root / "gradebook.db")) as base:
            base.execute("begin exclusive")
            locked.set()
            time.sleep(7)

    thread = threading.Thread(target=lock)
    thread.start()
    locked.wait()
    shutil.rmtree(few.root / "feedback" / STUDENTS[0])
    assert grade_class(few, [ASSIGNMENT], Console(quiet=True), jobs=1) == []
    thread.join()


NAMES = ['"Ada', "a,b", "a\nb", '",\n"', "a;b\t", "", None, "=1+1", "'", "ä\u2028b"]


def test_nobody_is_missing_from_the_export(strange):
    course, *_ = strange
    with course.gradebook() as gradebook:
        for number, name in enumerate(NAMES):
            gradebook.add_student(f"named,{number}", last_name=name, first_name=name, email=name)
        students = {student.id for student in gradebook.students}
    with open(export(course)[0], newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    # Who handed in what could not be graded is there as well.
    assert {line["student_id"] for line in lines} >= students
    assert len(lines) == len({line["student_id"] for line in lines})
    named = {line["student_id"]: line for line in lines}
    for number, name in enumerate(NAMES):
        line = named[f"named,{number}"]
        # No formula in a spreadsheet; and no 0 where nothing was handed in.
        text = f"'{name}" if name and name.startswith("=") else name or ""
        assert line["last_name"] == line["first_name"] == line["email"] == text
        assert line["score"] == ""
    assert {float(named[student]["score"]) for student in USABLE} == {FULL}


def test_the_export_of_plain_names_is_nbgraders(undisturbed, tmp_path):
    with undisturbed.gradebook() as gradebook:
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(gradebook)
    ours = shutil.copytree(undisturbed.root, tmp_path / "course")
    with open(tmp_path / "theirs.csv") as theirs, open(export(Course(ours))[0], newline="") as file:
        expected = sorted(csv.DictReader(theirs), key=lambda line: line["student_id"])
        assert list(csv.DictReader(file)) == expected
