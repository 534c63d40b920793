"""Who got what: a mark is a number only where there is one, and what is missing has its name."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from nbjudge.grading.notebook.record import record_of
from nbjudge.grading.roster import Roster


class State(Enum):
    """What became of one assignment of one student. Only MARKED is final, and may well be 0."""

    NOT_HANDED_IN = "not handed in"
    NOT_GRADED = "not graded"
    UNREADABLE = "unreadable"
    TO_MARK = "to mark by hand"
    MARKED = "marked"


@dataclass(frozen=True)
class Result:
    """One assignment of one student.

    raw, penalty, score: marks, what being late costs of them, and what is left; None unless MARKED
    or TO_MARK. due: with an extension. Times are in UTC.
    """

    assignment: str
    student: str
    state: State
    max_score: float
    raw: float | None = None
    penalty: float | None = None
    due: datetime | None = None
    handed_in: datetime | None = None

    @property
    def seconds_late(self):
        if self.due is None or self.handed_in is None:
            return 0
        return max(0, (self.handed_in - self.due).total_seconds())

    @property
    def score(self):
        return None if self.raw is None else max(0.0, self.raw - self.penalty)

    @property
    def mark(self):
        """The score if it is final, else None."""
        return self.score if self.state is State.MARKED else None


def results(course, assignment):
    """Student -> Result of an assignment, of all who are in the course.

    They are those of the roster, of submitted/ and of the gradebook, whatever they handed in.
    """
    folder = course.root / course.directory.submitted_directory
    submitted = {(path.parent.name, path.name) for path in folder.glob("*/*")}
    there = {student for student, name in submitted if name == assignment}
    with course.gradebook() as gradebook:
        kept = {one.name: one for one in gradebook.assignments}.get(assignment)
        known = {one.student_id: one for one in kept.submissions} if kept else {}
        max_score = kept.max_score if kept else 0.0
        listed = [*gradebook.students, *Roster(course.root).students]
        students = {*(student for student, _ in submitted), *known, *(one.id for one in listed)}
        return {
            student: _result(course, assignment, student, known.get(student), there, max_score)
            for student in sorted(students)
        }


def class_results(course):
    """The Results of all assignments that somebody has handed in."""
    found = [results(course, assignment) for assignment in course.assignments]
    handed_in = [of for of in found if {one.state for one in of.values()} - {State.NOT_HANDED_IN}]
    return [result for of in handed_in for result in of.values()]


def _result(course, assignment, student, submission, there, max_score):
    folder = course.root / course.directory.autograded_directory / student / assignment
    notebooks = sorted(folder.glob("*.ipynb"))
    if submission is None or not notebooks:
        state = State.NOT_GRADED if student in there else State.NOT_HANDED_IN
        return Result(assignment, student, state, max_score)
    due = submission.duedate if submission.assignment.duedate else None
    times = {"due": due, "handed_in": submission.timestamp}
    if not submission.score and all("unreadable" in record_of(path) for path in notebooks):
        return Result(assignment, student, State.UNREADABLE, max_score, **times)
    state = State.TO_MARK if submission.needs_manual_grade else State.MARKED
    penalty = submission.late_submission_penalty or 0.0
    return Result(assignment, student, state, max_score, submission.score, penalty, **times)
