"""A course folder and its command: what is released, and what is refused with which words."""

import json
import shutil

import pytest
from classroom import ASSIGNMENT, NOTEBOOK, RIGHT, Classroom
from click.testing import CliRunner
from whole_class import QUIET

from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.errors import CourseError, NbgraderError
from nbjudge.grading.grade import grade_class
from nbjudge.grading.main import main
from nbjudge.grading.sandbox import bubblewrap

FULL = 18


@pytest.fixture
def course(tmp_path):
    """A course that nbgrader knows nothing of, with one submission."""
    classroom = Classroom(tmp_path)
    classroom.hand_in("ada", classroom.notebook(RIGHT))
    (tmp_path / "gradebook.db").unlink()
    return Course(tmp_path)


def said(course, *arguments):
    """What the command prints when it ends with exit code 1."""
    result = CliRunner().invoke(main, [*arguments, "--course", str(course.root)])
    assert result.exit_code == 1, result.output
    return result.output


def source(course):
    return course.root / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"


def change_points(course):
    """Let the first test be worth 7, in the instructor's notebook."""
    notebook = json.loads(source(course).read_text())
    test = next(cell for cell in notebook["cells"] if cell["metadata"]["nbgrader"]["grade"])
    test["metadata"]["nbgrader"]["points"] = 7
    source(course).write_text(json.dumps(notebook))
    return test["metadata"]["nbgrader"]["grade_id"]


def test_grading_registers_by_itself_and_regrading_gives_the_same(course):
    assert grade_class(course, [ASSIGNMENT], QUIET) == []
    before = course.marks()
    assert [mark.auto_score for mark in before] == [FULL]
    assert grade_class(course, [ASSIGNMENT], QUIET) == []
    assert course.marks() == before


def test_an_assignment_is_registered_when_it_changes_and_not_again(course):
    released = course.root / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    course.register(ASSIGNMENT)
    first = released.stat().st_mtime_ns
    course.register(ASSIGNMENT)
    assert released.stat().st_mtime_ns == first
    cell = change_points(course)
    course.register(ASSIGNMENT)
    with course.gradebook() as gradebook:
        assert gradebook.find_grade_cell(cell, NOTEBOOK, ASSIGNMENT).max_score == 7
    with course.gradebook() as gradebook:
        gradebook.remove_assignment(ASSIGNMENT)
    course.register(ASSIGNMENT)
    with course.gradebook() as gradebook:
        assert gradebook.find_grade_cell(cell, NOTEBOOK, ASSIGNMENT).max_score == 7


def test_what_nbgrader_cannot_do_says_what_nbgrader_says(course):
    with pytest.raises(NbgraderError, match="No assignment with ID"):
        course.grade(ASSIGNMENT, "ada")
    source(course).write_text("{")
    with pytest.raises(CourseError, match="could not be released"):
        course.release(ASSIGNMENT)


def test_a_folder_that_is_no_course_is_named(course):
    (course.root / CONFIG).unlink()
    assert f"{course.root} is no course folder: there is no {CONFIG} in it." in said(
        course, "grade"
    )


def test_a_course_that_names_no_checks_is_told_where_to(course):
    config = (course.root / CONFIG).read_text()
    (course.root / CONFIG).write_text(f'{config}\nc.SandboxExecute.checks = ""\n')
    assert "Write there c.SandboxExecute.checks = " in said(course, "grade")


def test_a_package_of_checks_that_is_not_there_is_named_once(course):
    config = (course.root / CONFIG).read_text()
    (course.root / CONFIG).write_text(f'{config}\nc.SandboxExecute.checks = "nowhere.checks"\n')
    assert said(course, "grade").count("nowhere.checks") == 1


def test_an_assignment_that_does_not_exist_is_named_with_those_that_do(course):
    output = said(course, "grade", "7.4.9_nothing")
    assert "There is no assignment 7.4.9_nothing" in output and ASSIGNMENT in output


def test_one_student_alone(course):
    submitted = course.root / "submitted"
    shutil.copytree(submitted / "ada", submitted / "ben")
    assert "nobody has handed in none of" in said(course, "grade", "--student", "nobody")
    arguments = ["grade", "--course", str(course.root), "--student", "ben"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert [mark.student for mark in course.marks()] == ["ben"]


def test_without_a_sandbox_a_class_is_refused_with_the_flag_that_grades_it(course, monkeypatch):
    monkeypatch.setattr(bubblewrap, "candidates", list)
    assert "--allow-unsandboxed" in said(course, "grade")
    assert not (course.root / "gradebook.db").exists()
    arguments = ["grade", "--course", str(course.root), "--allow-unsandboxed"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert [mark.auto_score for mark in course.marks()] == [FULL]


def test_an_empty_class_is_told_how_to_begin(course):
    shutil.rmtree(course.root / "submitted")
    arguments = ["grade", "--course", str(course.root)]
    result = CliRunner().invoke(main, arguments, prog_name="course")
    assert result.exit_code == 0
    assert "Nobody has handed in yet: course collect ASSIGNMENT FILE" in result.output


def test_a_damaged_gradebook_is_named_without_a_traceback(course):
    (course.root / "gradebook.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert "put gradebook.db back from a backup" in said(course, "export")


def test_a_folder_that_cannot_be_written_is_named(course, monkeypatch):
    def refuse(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("nbjudge.grading.export.write_whole", refuse)
    assert "grades.csv cannot be written or read: Permission denied" in said(course, "export")
