"""A class before grading and after, for the tests of whole classes."""

import shutil

import pytest
from classroom import ASSIGNMENT
from whole_class import FEW, QUIET, STUDENTS, make_class, rows

from nbjudge.grading.course import Course
from nbjudge.grading.errors import NoSandbox
from nbjudge.grading.grade import grade_class
from nbjudge.grading.sandbox.bubblewrap import find_bwrap


@pytest.fixture(scope="session")
def undisturbed(once):
    """A class that was graded one after the other, without a stop. It is read, never changed."""
    try:
        find_bwrap()
    except NoSandbox as error:
        pytest.skip(f"This grades a class in the sandbox. {error}")

    def make(folder):
        course = make_class(folder)
        assert grade_class(course, [ASSIGNMENT], QUIET, jobs=1) == []
        assert [len(part) for part in rows(course)[:2]] == [6, 54]

    return Course(once("undisturbed", make))


@pytest.fixture
def graded(undisturbed, tmp_path):
    """A copy of the graded class."""
    return Course(shutil.copytree(undisturbed.root, tmp_path / "graded"))


@pytest.fixture
def few(graded):
    """It with the submissions of three of its students."""
    for student in set(STUDENTS) - set(FEW):
        shutil.rmtree(graded.root / "submitted" / student)
    return graded


@pytest.fixture
def ungraded(undisturbed, tmp_path):
    """The same class, with the same secret, before grading."""
    folder = tmp_path / "ungraded"
    kept = shutil.ignore_patterns("autograded", "feedback", "gradebook.db", ".grading")
    shutil.copytree(undisturbed.root, folder, ignore=kept)
    return Course(folder)
