"""What has been released and graded already: three tables beside nbgrader's own, in its database.

That a submission is graded is written when its marks and pages are there, and not before. So
grading can be stopped at any point, and goes on with what is left.
"""

import collections
import hashlib
import json

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, or_, select, true

_TABLES = MetaData()
_RELEASED = Table(
    "nbjudge_released",
    _TABLES,
    Column("assignment", String(128), primary_key=True),
    # Of its source.
    Column("digest", String(64), nullable=False),
)
_GRADED = Table(
    "nbjudge_graded",
    _TABLES,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    # Of all that the marks depend on; and of what was marked by hand when the pages were written.
    Column("digest", String(64), nullable=False),
    Column("by_hand", String(64), nullable=False),
)
_ANSWERS = Table(
    "nbjudge_answers",
    _TABLES,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    # Of each answer's text, by the names of their cells, as JSON.
    Column("digests", Text, nullable=False),
)


def released(gradebook, assignment):
    """The digest of an assignment's source when it was released; None if the gradebook has none."""
    _make(gradebook)
    line = _RELEASED.c
    query = (
        select(line.digest)
        .join(Assignment, Assignment.name == line.assignment)
        .where(line.assignment == assignment)
    )
    return gradebook.db.execute(query).scalar()


def graded(gradebook):
    """(assignment, student) -> the two digests, of submissions that the gradebook still has."""
    _make(gradebook)
    line = _GRADED.c
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


def write_released(gradebook, assignment, digest):
    """Note that an assignment is released, from a source of this digest."""
    _write(gradebook, _RELEASED, {"assignment": assignment}, {"digest": digest})


def write_graded(gradebook, assignment, student, digest, by_hand):
    """Note that a submission is graded and its pages written, whole or not at all."""
    which = {"assignment": assignment, "student": student}
    _write(gradebook, _GRADED, which, {"digest": digest, "by_hand": by_hand})


def answers(gradebook, which):
    """Cell -> digest of the answer in it when a notebook was last graded; empty if it never was.

    which: the names of its assignment, student and notebook, as a dict.
    """
    _make(gradebook)
    found = gradebook.db.execute(select(_ANSWERS.c.digests).filter_by(**which)).scalar()
    return json.loads(found) if found else {}


def write_answers(gradebook, which, digests):
    """Note the digests of the answers of a notebook, with what else was done in the session."""
    _write(gradebook, _ANSWERS, which, {"digests": json.dumps(digests)})


def _write(gradebook, table, key, digests):
    _make(gradebook)
    gradebook.db.execute(delete(table).filter_by(**key))
    gradebook.db.execute(insert(table).values(**key, **digests))
    gradebook.db.commit()


def _make(gradebook):
    _TABLES.create_all(gradebook.engine)
