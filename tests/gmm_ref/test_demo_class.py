"""The demonstration class from end to end, on the real nbgrader and its gradebook."""

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.utils import is_grade, is_solution

from gmm_ref import demo_class
from gmm_ref.demo import main
from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.errors import CourseError

ROOT = Path(__file__).parents[2]
SOURCE = Course(ROOT)
# The checks of 7.4.3 that each student of the demonstration class loses, by how their names begin.
LOST = {
    "ada": [],
    "bert": [],
    "cleo": ["test_most_probable_component", "test_posterior_entropy"],
    "dora": ["test"],
    "emil": ["test_responsibilities_value", "test_responsibilities_hard"],
    "fay": ["test_responsibilities"],  # the form too: the rows do not sum to 1
    "gus": ["test_responsibilities_hard", "test_posterior_entropy_hard"],
    "hana": [
        "test_responsibilities_value",
        "test_responsibilities_hard",
        "test_posterior_entropy_hard",
    ],
    "ivo": ["test_most_probable_component"],
    "jana": ["test_most_probable_component"],
    "karl": [],
    "lena": [],
}


def points():
    """Each check of the shown assignment -> its points."""
    [path] = (ROOT / "solutions" / demo_class.SHOWN).glob("*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if is_grade(cell) and not is_solution(cell)]
    return {cell.grade_id: cell.points for cell in graded}


@pytest.fixture(scope="session")
def demonstration(once):
    """The demonstration class, as the command makes it: its course and what was printed."""

    def make(folder):
        # The course, but that an endless loop is not waited for as long.
        source = folder / "source"
        shutil.copytree(ROOT / "solutions", source / "solutions")
        config = (ROOT / CONFIG).read_text()
        impatient = "c.SandboxExecute.update(cell_seconds=8.0, call_seconds=2.0)\n"
        (source / CONFIG).write_text(config + impatient)
        arguments = ["demo", str(folder / "class"), "--course", str(source)]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        (folder / "printed").write_text(result.output)

    folder = once("demonstration", make)
    return Course(folder / "class"), (folder / "printed").read_text()


def test_each_student_gets_the_marks_of_what_was_handed_in(demonstration):
    course, _ = demonstration
    marks = {m.student: m.auto_score for m in course.marks() if m.assignment == demo_class.SHOWN}
    assert marks == {
        student: sum(mark for name, mark in points().items() if not name.startswith(tuple(lost)))
        for student, lost in LOST.items()
    }


def test_the_solutions_get_full_marks_and_the_untouched_releases_none(demonstration):
    course, _ = demonstration
    for student, share in (("ada", 1), ("dora", 0)):
        marks = [mark for mark in course.marks() if mark.student == student]
        assert [mark.assignment for mark in marks] == SOURCE.assignments
        assert [mark.auto_score for mark in marks] == [share * m.max_auto_score for m in marks]


def test_a_late_submission_is_known_as_late(demonstration):
    course, _ = demonstration
    late = {mark.student: mark.late_seconds for mark in course.marks() if mark.late_seconds > 0}
    assert late == {"karl": pytest.approx(1.875 * 86400)}


def test_every_submission_has_a_feedback_page_that_says_what_is_wrong(demonstration):
    course, _ = demonstration
    for mark in course.marks():
        assert len(course.feedback_pages(mark.assignment, mark.student)) == 1
    [page] = course.feedback_pages(demo_class.SHOWN, "emil")
    assert "responsibilities, value: not right yet." in page.read_text()


def test_the_export_holds_the_marks(demonstration):
    course, _ = demonstration
    with (course.root / "grades.csv").open() as file:
        rows = {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}
    for mark in course.marks():
        assert float(rows[mark.student, mark.assignment]["score"]) == mark.auto_score


def test_the_table_shows_every_student(demonstration):
    _, output = demonstration
    for student in demo_class.STUDENTS:
        assert student.name in output


def test_the_demonstration_leaves_the_checkout_and_full_folders_alone(tmp_path):
    with pytest.raises(CourseError, match="outside"):
        demo_class.make_class(SOURCE, ROOT / "class")
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(CourseError, match="empty or new"):
        demo_class.make_class(SOURCE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
