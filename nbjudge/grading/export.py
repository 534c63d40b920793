"""The marks as CSV files: nbgrader's own columns, and a row a student."""

import csv
import io

from nbjudge.grading.files import write_whole
from nbjudge.grading.results import State, results
from nbjudge.grading.roster import Roster

# nbgrader's columns. Its own export loses who has a comma in the name, and has 0 for what is open.
COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
# What others than the teacher may have written.
_NAMES = ("last_name", "first_name", "email")
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(course):
    """Write grades.csv, nbgrader's, and grades-by-student.csv. Their paths.

    A score is empty where there is none; what is open is said in the second.
    """
    by_assignment = {name: results(course, name) for name in course.assignments}
    people = _people(course, by_assignment)
    lines = [
        _line(people[student], result)
        for of in by_assignment.values()
        for student, result in of.items()
    ]
    long, wide = course.root / "grades.csv", course.root / "grades-by-student.csv"
    _write(long, COLUMNS, lines)
    columns = ("student_id", "last_name", "first_name", "email", *by_assignment, "open")
    _write(wide, columns, [_row(people[student], by_assignment) for student in sorted(people)])
    return long, wide


def _people(course, by_assignment):
    """Student -> their columns, of the gradebook and over it of the roster."""
    students = sorted({student for of in by_assignment.values() for student in of})
    people = {student: {"student_id": student} for student in students}
    with course.gradebook() as gradebook:
        for one in [*gradebook.students, *Roster(course.root).students]:
            if one.id in people:
                names = {name: getattr(one, name) for name in _NAMES}
                people[one.id] |= {name: text for name, text in names.items() if text}
    return people


def _line(person, result):
    return person | {
        "assignment": result.assignment,
        "duedate": result.due,
        "timestamp": result.handed_in,
        "raw_score": result.raw,
        "late_submission_penalty": result.penalty,
        "score": result.score,
        "max_score": result.max_score,
    }


def _row(person, by_assignment):
    found = {name: of[person["student_id"]] for name, of in by_assignment.items()}
    still = [f"{n}: {one.state.value}" for n, one in found.items() if one.state is not State.MARKED]
    return person | {name: one.mark for name, one in found.items()} | {"open": "; ".join(still)}


def _write(path, columns, lines):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(line | {name: _inert(line.get(name)) for name in _NAMES} for line in lines)
    write_whole(path, text.getvalue().encode("utf-8", "replace"))


def _inert(value):
    """A value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
