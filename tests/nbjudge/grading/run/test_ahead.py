"""What is run ahead of nbgrader is what nbgrader then asks for, whatever was handed in."""

import json

import nbformat
import pytest
from classroom import ASSIGNMENT, NOTEBOOK, RIGHT, Classroom
from nbformat.v4 import new_code_cell

from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.errors import NbgraderError
from nbjudge.grading.run import preprocessor
from nbjudge.grading.run.execution import Done

KEPT = "own.py"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """A class with an assignment of two notebooks, and files beside them."""
    root = tmp_path_factory.mktemp("class")
    classroom = Classroom(root)
    folder = root / "solutions" / ASSIGNMENT
    write(folder, "data/deep.csv", "5\n")
    write(folder, KEPT, "given = 1\n")
    config = root / CONFIG
    kept = f"c.Autograde.exclude_overwriting = {{{ASSIGNMENT!r}: [{KEPT!r}]}}\n"
    config.write_text(config.read_text() + kept)
    text = (folder / f"{NOTEBOOK}.ipynb").read_text()
    (folder / "second.ipynb").write_text(text.replace("for each point", "for all points"))
    Course(root).release(ASSIGNMENT)
    return classroom


@pytest.fixture
def asked_for(monkeypatch):
    """The keys of what nbgrader asks for and does not find; nothing is run."""
    keys = []

    def run(work):
        keys.append(work.key)
        return Done([[] for _ in work.cells], [], {}, True)

    monkeypatch.setattr(preprocessor, "run", run)
    return keys


def write(folder, name, text):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)


def edit(folder, change):
    """Change the notebook in a folder as a student might."""
    path = folder / f"{NOTEBOOK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook.cells)
    path.write_text(json.dumps(notebook))


def two_notebooks(folder):
    (folder / "second.ipynb").write_bytes((folder / f"{NOTEBOOK}.ipynb").read_bytes())


HANDED_IN = {
    "as it is": lambda folder: None,
    "two notebooks": two_notebooks,
    "files of their own": lambda folder: write(folder, "mine/helper.py", "x = 1\n"),
    "a changed file of the assignment": lambda folder: write(folder, "points.csv", "9,9\n"),
    "a file that may be changed": lambda folder: write(folder, KEPT, "given = 2\n"),
    "what is not copied": lambda folder: (
        write(folder, "__pycache__/a.txt", "x"),
        write(folder, "a.pyc", "x"),
        write(folder, ".ipynb_checkpoints/a.txt", "x"),
    ),
    "a link": lambda folder: (folder / "link.txt").symlink_to(folder.parents[2] / "secret.txt"),
    "a time": lambda folder: write(folder, "timestamp.txt", "2026-03-01 12:00:00 UTC"),
    "tests deleted": lambda folder: edit(folder, lambda cells: cells.__delitem__(slice(-4, None))),
    "cells moved": lambda folder: edit(folder, lambda cells: cells.insert(1, cells.pop())),
    "cells added": lambda folder: edit(
        folder, lambda c: c.insert(2, new_code_cell("a\r\n\u2028b"))
    ),
    "a test changed": lambda folder: edit(folder, lambda c: c[-1].update(source="pass")),
}


@pytest.mark.parametrize("name", HANDED_IN)
def test_what_is_run_ahead_is_what_is_asked_for(classroom, asked_for, name):
    student = name.replace(" ", "-")
    path = classroom.hand_in(student, classroom.notebook(RIGHT))
    HANDED_IN[name](path.parent)
    course = Course(classroom.root)
    ahead = course.works(ASSIGNMENT, student)
    course.grade(ASSIGNMENT, student)
    assert list(ahead) == asked_for
    assert len(ahead) == 1 + (name == "two notebooks")


def test_what_cannot_be_read_or_is_not_known_is_not_run(classroom, asked_for):
    course = Course(classroom.root)
    path = classroom.hand_in("torn", b"{")
    assert course.works(ASSIGNMENT, "torn") == {}
    course.grade(ASSIGNMENT, "torn")
    path.rename(path.with_name("other-name.ipynb"))
    assert course.works(ASSIGNMENT, "torn") == {}
    with pytest.raises(NbgraderError, match="There is no posterior"):
        course.grade(ASSIGNMENT, "torn")
    assert asked_for == []


def test_no_student_may_look_where_it_is_kept(classroom):
    """Wherever the gradebook is."""
    classroom.hand_in("curious", classroom.notebook(RIGHT))
    [work] = Course(classroom.root).works(ASSIGNMENT, "curious").values()
    assert work.hidden == (str(classroom.root.resolve()),)
    assert preprocessor.Store(classroom.root).folder.is_relative_to(work.hidden[0])
