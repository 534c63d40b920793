"""What has been graded already: a table beside nbgrader's own, in the same database.

A line is written when the marks and the pages of a submission are there, and not before. So
grading can be stopped at any point, and goes on with what is left.
"""

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, select

_TABLE = Table(
    "gmm_companion_graded",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    # Of all that the marks depend on.
    Column("digest", String(64), nullable=False),
    Column("seconds", Float, nullable=False),
)


def graded(gradebook):
    """(assignment, student) -> digest, of the submissions that the gradebook still has."""
    _make(gradebook)
    line = _TABLE.c
    query = (
        select(line.assignment, line.student, line.digest)
        .join(Assignment, Assignment.name == line.assignment)
        .join(
            SubmittedAssignment,
            (SubmittedAssignment.assignment_id == Assignment.id)
            & (SubmittedAssignment.student_id == line.student),
        )
    )
    return {(name, student): digest for name, student, digest in gradebook.db.execute(query)}


def write(gradebook, assignment, student, digest, seconds):
    """Note that a submission is graded, whole or not at all."""
    _make(gradebook)
    which = (_TABLE.c.assignment == assignment) & (_TABLE.c.student == student)
    gradebook.db.execute(delete(_TABLE).where(which))
    gradebook.db.execute(
        insert(_TABLE).values(
            assignment=assignment, student=student, digest=digest, seconds=seconds
        )
    )
    gradebook.db.commit()


def _make(gradebook):
    _TABLE.create(gradebook.engine, checkfirst=True)
