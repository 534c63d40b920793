"""A line of feedback for a mark: what it is out of, and where marks were lost, by the mistake."""

from collections import defaultdict

import nbformat
from nbgrader.utils import is_grade

from nbjudge.checking.results import MIME
from nbjudge.grading.results import State


def line(course, result):
    """One line for a student: the marks, and each exercise that is not right with its mistake."""
    parts = [f"{_number(result.score)} of {_number(result.max_score)} marks"]
    if result.penalty:
        parts[0] += f" ({_number(result.raw)}, less {_number(result.penalty)} for being late)"
    if result.state is State.TO_MARK:
        parts.append("not final: a question is still to be marked by hand")
    folder = course.root / course.directory.autograded_directory
    for path in sorted((folder / result.student / result.assignment).glob("*.ipynb")):
        for exercise, mistakes in _not_right(nbformat.read(path, as_version=4)).items():
            named = ", ".join(mistake.replace("_", " ") for mistake in mistakes)
            parts.append(f"{exercise}: {named or 'not right yet'}")
    return "; ".join(parts)


def _not_right(notebook):
    """Exercise -> the mistakes that were recognised in it, of those that did not pass."""
    found = defaultdict(dict)
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if is_grade(cell) else ():
            check = output.get("data", {}).get(MIME)
            if check and not check["passed"]:
                found[check["exercise"]] |= dict.fromkeys(check["mistakes"])
    return found


def _number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")
