"""A course with two assignments in which nobody has handed in."""

import shutil

import nbformat
import pytest
from classroom import ROOT, source_notebook
from deliveries import ASSIGNMENT, NOTEBOOK, OTHER, other_notebook

from nbjudge.grading.course import Course


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "course"
    for assignment in (ASSIGNMENT, OTHER):
        (root / "solutions" / assignment).mkdir(parents=True)
    nbformat.write(source_notebook({}), root / "solutions" / ASSIGNMENT / NOTEBOOK)
    (root / "solutions" / OTHER / "likelihood.ipynb").write_bytes(other_notebook())
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Course(root)


@pytest.fixture
def roster(course):
    """Write the roster: lines of id, first name, last name, and other columns by name."""

    def write(*lines, columns="id,first_name,last_name"):
        (course.root / "roster.csv").write_text("\n".join([columns, *lines, ""]), encoding="utf-8")

    return write
