"""The table of marks, and what of them is not final yet."""

from rich.table import Table

from nbjudge.grading.notebook.submission import readable
from nbjudge.grading.results import State

DAY = 86400
# How many of a kind are named.
NAMED = 10


def marks_table(found, notes=None):
    """Results as a table: a row for each; notes: student -> a word on them."""
    table = Table(title="Marks")
    table.add_column("student")
    if notes:
        table.add_column("what was handed in")
    table.add_column("assignment")
    table.add_column("marks", justify="right")
    table.add_column("of", justify="right")
    table.add_column("remarks")
    for result in sorted(found, key=lambda one: (one.student, one.assignment)):
        score = "" if result.score is None else f"{result.score:g}"
        row = [readable(result.student), result.assignment, score, f"{result.max_score:g}"]
        if notes:
            row.insert(1, notes.get(result.student, ""))
        table.add_row(*row, _remarks(result))
    return table


def _remarks(result):
    remarks = [] if result.state is State.MARKED else [result.state.value]
    if result.seconds_late > 0:
        remarks.append(f"{result.seconds_late / DAY:.1f} days late")
    if result.penalty:
        remarks.append(f"less {result.penalty:g} for it")
    return ", ".join(remarks)


def what_is_open(course, found, failed, misplaced):
    """A sentence for each kind of what has no final mark, who handed in nothing apart.

    found: Results; failed: (assignment, student) that could not be graded; misplaced: Strays.
    """
    failed = {(student, assignment) for assignment, student in failed}
    failed |= {
        (one.student, one.assignment)
        for one in found
        if one.state is State.NOT_GRADED and one.student in course.students(one.assignment)
    }
    others = [one.path for one in misplaced if not failed.intersection(one.of)]
    kinds = {
        "got no marks": [*("/".join(which) for which in sorted(failed)), *others],
        "cannot be read and count 0": _named(found, State.UNREADABLE),
        "to be marked by hand": _named(found, State.TO_MARK),
    }
    return [f"{len(names)} {kind}: {_few(names)}" for kind, names in kinds.items() if names]


def _named(found, state):
    return [f"{one.student}/{one.assignment}" for one in found if one.state is state]


def _few(names):
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(map(readable, names[:NAMED]))}{more}"
