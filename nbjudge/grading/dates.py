"""Due dates, for all and for one: what is late, and what that costs, without running anything."""

from datetime import UTC

from dateutil import parser
from nbgrader.preprocessors import AssignLatePenalties

from nbjudge.grading.collect.record import Record
from nbjudge.grading.errors import CourseError
from nbjudge.grading.roster import DUE, Roster


def set_due(course, assignment, time, student=None):
    """Set when an assignment is due: for all in the gradebook, for a student in the roster.

    time: with a time zone. Raises CourseError if the student is not in the roster.
    """
    if student is None:
        course.register(assignment)
        course.set_due(assignment, time)
    else:
        text = f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        Roster(course.root).set_due(student, assignment, text)


def apply_dates(course, assignments):
    """Bring times, extensions and penalties in the gradebook up to date, and the pages with them.

    Returns the (assignment, student) whose penalty has changed. Raises CourseError for a date in
    the roster that is none.
    """
    own = {student.id: student.due for student in Roster(course.root).students}
    record, changed = Record(course.root), []
    with course.gradebook() as gradebook:
        for assignment in gradebook.assignments:
            if assignment.name not in assignments:
                continue
            for submission in assignment.submissions:
                hand_in = record.of(assignment.name).get(submission.student_id)
                text = own.get(submission.student_id, {}).get(assignment.name)
                if _apply(course, assignment, submission, hand_in, text):
                    changed.append((assignment.name, submission.student_id))
        known = course.graded()[0] if changed else set()
        gradebook.db.commit()
    for which in known.intersection(changed):
        course.renew_pages(*which)
    return changed


def _apply(course, assignment, submission, hand_in, text):
    """Whether the penalty of a submission is another one now."""
    if hand_in and hand_in.handed_in:
        submission.timestamp = hand_in.handed_in.replace(tzinfo=None)
    submission.extension = _extension(assignment, submission.student_id, text)
    before = [notebook.late_submission_penalty for notebook in submission.notebooks]
    penalties = AssignLatePenalties(config=course.config)
    penalties.init_plugin()
    for notebook in submission.notebooks:
        notebook.late_submission_penalty = _penalty(penalties, submission, notebook)
    return before != [notebook.late_submission_penalty for notebook in submission.notebooks]


def _penalty(penalties, submission, notebook):
    """What nbgrader takes off a notebook for the time that it is late; None for nothing."""
    if submission.total_seconds_late <= 0:
        return None
    penalty = penalties.plugin_inst.late_submission_penalty(
        submission.student_id, notebook.score, submission.total_seconds_late
    )
    return penalty and min(max(0, penalty), notebook.score)


def _extension(assignment, student, text):
    """How much later a student's own due date is, or None."""
    if not text:
        return None
    try:
        due = parser.parse(text)
    except (parser.ParserError, OverflowError):
        raise CourseError(
            f"roster.csv, {student}: {text!r} in the column {DUE}{assignment.name} is no date. "
            f"Write it as 2026-03-09 12:00."
        ) from None
    if assignment.duedate is None:
        raise CourseError(
            f"{student} has a due date of their own for {assignment.name}, which has none for all. "
            f"Set that first: due {assignment.name} TIME."
        )
    return due.astimezone(UTC).replace(tzinfo=None) - assignment.duedate
