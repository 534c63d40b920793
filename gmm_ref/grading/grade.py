"""Grading a class: every submission through autograde and feedback, and the table of marks."""

from rich.progress import Progress
from rich.table import Table


def grade_class(course, assignments, console):
    """Grade every submission of ``assignments``; return the (assignment, student) that failed.

    One that fails stops no other: its log is printed, and the class goes on.
    """
    for assignment in assignments:
        course.register(assignment)
    work = [(a, student) for a in assignments for student in course.students(a)]
    failed = []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("grading", total=len(work))
        for assignment, student in work:
            progress.update(task, description=f"{student}, {assignment}")
            outcome = course.autograde(assignment, student)
            if outcome.success:
                outcome = course.feedback(assignment, student)
            if not outcome.success:
                failed.append((assignment, student))
                progress.console.print(f"{student}, {assignment}: no marks", outcome.log, sep="\n")
            progress.advance(task)
    return failed


def marks_table(marks, notes=None):
    """The marks as a table: a row for each submission; notes: student -> a word on them."""
    table = Table(title="Marks given by the checks")
    table.add_column("student")
    if notes:
        table.add_column("what was handed in")
    table.add_column("assignment")
    table.add_column("marks", justify="right")
    table.add_column("of", justify="right")
    table.add_column("remarks")
    for mark in marks:
        row = [mark.student, mark.assignment, f"{mark.auto_score:g}", f"{mark.max_auto_score:g}"]
        if notes:
            row.insert(1, notes[mark.student])
        table.add_row(*row, _remarks(mark))
    return table


def _remarks(mark):
    remarks = []
    if mark.late_seconds > 0:
        remarks.append(f"{mark.late_seconds / 86400:.1f} days late")
    if mark.needs_manual:
        remarks.append("to mark by hand")
    return ", ".join(remarks)
