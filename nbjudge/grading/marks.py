"""The table of marks."""

from rich.table import Table


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
