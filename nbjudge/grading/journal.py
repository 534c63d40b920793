"""What has been graded already: a table beside nbgrader's own, in the same database.

A line is written when the marks and the pages of a submission are there, and not before. So
grading can be stopped at any point, and goes on with what is left.
"""

import collections
import hashlib

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, or_, select, true

_TABLE = Table(
    "gmm_companion_graded",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    # Of all that the marks depend on; and of what was marked by hand when the pages were written.
    Column("digest", String(64), nullable=False),
    Column("by_hand", String(64), nullable=False),
    Column("seconds", Float, nullable=False),
)


def graded(gradebook):
    """(assignment, student) -> the two digests, of submissions that the gradebook still has."""
    _make(gradebook)
    line = _TABLE.c
    query = (
        select(line.assignment, line.student, line.digest, line.by_hand)
        .join(Assignment, Assignment.name == line.assignment)
        .join(
            SubmittedAssignment,
            (SubmittedAssignment.assignment_id == Assignment.id)
            & (SubmittedAssignment.student_id == line.student),
        )
    )
    return {(name, student): digests for name, student, *digests in gradebook.db.execute(query)}


def by_hand(gradebook, student=None):
    """(assignment, student) -> a digest of the marks and comments given by hand; "" without any.

    student: the only one to look at.
    """
    who = SubmittedAssignment.student_id
    given = collections.defaultdict(hashlib.sha256)
    for kind, parts in (
        (Grade, (Grade.manual_score, Grade.extra_credit)),
        (Comment, (Comment.manual_comment,)),
    ):
        query = (
            select(Assignment.name, who, BaseCell.name, *parts)
            .select_from(kind)
            .join(BaseCell, BaseCell.id == kind.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .where(or_(*(part.is_not(None) for part in parts)))
            .where(true() if student is None else who == student)
            .order_by(BaseCell.name)
        )
        for name, its_student, *rest in gradebook.db.execute(query):
            given[name, its_student].update(repr(rest).encode())
    digests = {which: found.hexdigest() for which, found in given.items()}
    return collections.defaultdict(str, digests)


def write(gradebook, assignment, student, digest, by_hand, seconds):
    """Note that a submission is graded and its pages written, whole or not at all."""
    _make(gradebook)
    which = (_TABLE.c.assignment == assignment) & (_TABLE.c.student == student)
    gradebook.db.execute(delete(_TABLE).where(which))
    gradebook.db.execute(
        insert(_TABLE).values(
            assignment=assignment,
            student=student,
            digest=digest,
            by_hand=by_hand,
            seconds=seconds,
        )
    )
    gradebook.db.commit()


def _make(gradebook):
    _TABLE.create(gradebook.engine, checkfirst=True)
