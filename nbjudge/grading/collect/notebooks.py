"""Which notebook a file is: by the cells that nbgrader knows, and where it has none by its name."""

import json
from dataclasses import dataclass
from pathlib import Path

from nbjudge.grading.collect.senders import as_named


@dataclass(frozen=True)
class Which:
    """A notebook of the assignment and the attempt at it; or where else its cells are from."""

    notebook: str | None = None
    attempt: int = 0
    elsewhere: str = ""


class Notebooks:
    """The notebooks of all assignments of a course, whose solutions are in ``source``."""

    def __init__(self, source, assignments, assignment):
        self.assignment = assignment
        self.cells = {
            (name, path.name): _cells(_load(path.read_bytes()))
            for name in assignments
            for path in sorted(Path(source, name).glob("*.ipynb"))
        }
        self.names = [notebook for name, notebook in self.cells if name == assignment]

    def which(self, name, content):
        """The Which of a file of this name with these bytes."""
        named = as_named(name, self.assignment, self.names)
        loaded = _load(content)
        assignment, notebook = self._by_cells(_cells(loaded), named.notebook)
        if assignment == self.assignment:
            return Which(notebook, named.attempt)
        if assignment:
            return Which(elsewhere=f"{notebook} of {assignment}")
        if loaded is None and len(self.names) == 1:
            return Which(self.names[0], named.attempt)
        return Which(named.notebook, named.attempt)

    def _by_cells(self, cells, named):
        """(assignment, notebook) that most of its cells are of; where two are equal, the named."""
        shared = {which: len(cells & own) for which, own in self.cells.items()}
        best = max(shared.values())
        if not best:
            return None, None
        ties = [which for which, number in shared.items() if number == best]
        here = (self.assignment, named)
        return here if here in ties else next((w for w in ties if w[0] == here[0]), ties[0])


def _load(content):
    """What the JSON of a notebook says, or None if it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _cells(notebook):
    """The ids of the cells of a notebook that nbgrader knows; none, whatever else it is."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    found = set()
    for cell in cells if isinstance(cells, list) else ():
        try:
            found.add(str(cell["metadata"]["nbgrader"]["grade_id"]))
        except (TypeError, KeyError):
            continue
    return found
