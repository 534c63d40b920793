"""A date that is set or moved after grading changes penalty, export and page, and runs nothing."""

import csv
from datetime import UTC, datetime

import pytest
from classroom import ASSIGNMENT
from click.testing import CliRunner

from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.dates import apply_dates, set_due
from nbjudge.grading.errors import CourseError
from nbjudge.grading.export import export
from nbjudge.grading.main import main

PENALTY = """
c.AssignLatePenalties.plugin_class = "nbjudge.grading.late_penalty.PercentADay"
c.PercentADay.percent = 10
"""


@pytest.fixture
def course(few):
    """Three graded students, handed in at noon of 1, 2 and 3 March 2026: 18 marks, some, and 0."""
    config = few.root / CONFIG
    config.write_text(config.read_text() + PENALTY)
    (few.root / "roster.csv").write_text("id\nstudent-0\nstudent-1\nstudent-2\n")
    return Course(few.root)


def scores(course):
    with open(export(course)[0], newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == ASSIGNMENT]
    return {row["student_id"]: (row["late_submission_penalty"], row["score"]) for row in rows}


def late(course):
    return {mark.student: round(mark.late_seconds / 86400, 2) for mark in course.marks()}


def test_a_date_for_all_and_one_for_a_student(course):
    before = {path: path.stat().st_mtime_ns for path in course.root.glob("autograded/**/*.ipynb")}
    due = datetime(2026, 2, 27, 18, 0, tzinfo=UTC)
    set_due(course, ASSIGNMENT, due)
    assert (ASSIGNMENT, "student-0") in apply_dates(course, [ASSIGNMENT])
    # A day and 18 hours late: two days begun, a fifth of 18.
    assert scores(course)["student-0"] == ("3.6", "14.4")
    assert late(course)["student-0"] == 1.75
    set_due(course, ASSIGNMENT, datetime(2026, 3, 1, 11, 0, tzinfo=UTC), "student-0")
    assert apply_dates(course, [ASSIGNMENT]) == [(ASSIGNMENT, "student-0")]
    assert [float(x) for x in scores(course)["student-0"]] == [pytest.approx(1.8), 16.2]
    assert late(course)["student-0"] == 0.04
    set_due(course, ASSIGNMENT, datetime(2026, 3, 9, tzinfo=UTC), "student-0")
    apply_dates(course, [ASSIGNMENT])
    assert scores(course)["student-0"] == ("0.0", "18.0")
    assert late(course)["student-0"] == 0
    assert apply_dates(course, [ASSIGNMENT]) == []
    after = {path: path.stat().st_mtime_ns for path in course.root.glob("autograded/**/*.ipynb")}
    assert after == before


def test_a_date_that_is_none_is_named(course):
    path = course.root / "roster.csv"
    path.write_text(f"id,due {ASSIGNMENT}\nstudent-0,soon\n")
    with pytest.raises(CourseError, match="student-0: 'soon' in the column due"):
        apply_dates(course, [ASSIGNMENT])
    with pytest.raises(CourseError, match="nobody is not in"):
        set_due(course, ASSIGNMENT, datetime.now(UTC), "nobody")


def test_the_command(course):
    arguments = ["due", ASSIGNMENT, "2026-02-27T18:00", "--course", str(course.root)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert f"{ASSIGNMENT} is due 2026-02-27 18:00" in result.output
    assert "Other penalties now: student-0, student-1" in result.output
