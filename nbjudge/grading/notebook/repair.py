"""Putting a submitted notebook right: every cell of the assignment once, in place, as it was given.

It takes the place of nbgrader's own sanitisers, to which it leaves nothing to do. A student's text
is never lost: of two copies of an answer the last changed one counts, and the others stay as plain
cells.
"""

import ast
import hashlib
from dataclasses import dataclass

from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from nbjudge.grading.notebook.record import RECORD

_MISSING_ANSWER = {"code": "# The cell of this exercise was missing.", "markdown": ""}


@dataclass(frozen=True)
class Given:
    """A cell of the assignment, as the gradebook has it."""

    name: str
    cell_type: str
    source: str
    locked: bool
    checksum: str
    solution: bool
    task: bool
    points: float | None

    @property
    def owned(self):
        """Whether the text in it is the student's."""
        return self.solution or self.task

    def metadata(self):
        """nbgrader's metadata of this cell."""
        data = {
            "grade_id": self.name,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "locked": self.locked,
            "grade": self.points is not None and not self.task,
            "solution": self.solution,
            "task": self.task,
            "schema_version": 3,
        }
        return data if self.points is None else data | {"points": self.points}


class Repair(NbGraderPreprocessor):
    """What puts a submission right before it is run."""

    def preprocess(self, nb, resources):
        """Return the notebook put right, with what was done in its record."""
        record = dict(nb.metadata.get(RECORD, {}))
        given = given_cells(resources["nbgrader"])
        nb.cells, done = repaired(nb.cells, given)
        if not record.get("unreadable"):
            record["repairs"] = [*record.get("repairs", []), *done]
        record["answers"] = _digests(nb.cells, {entry.name for entry in given if entry.owned})
        nb.metadata[RECORD] = record
        for repair in record["repairs"]:
            self.log.warning("Put right: %s", repair)
        return nb, resources


def _digests(cells, names):
    """Name -> digest of the text of each of the cells with these names."""
    texts = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    return {name: hashlib.sha256(texts[name].strip().encode()).hexdigest() for name in names}


def given_cells(place):
    """The cells of a notebook that the gradebook knows, in order."""
    with Gradebook(place["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(place["notebook"], place["assignment"])
        points = {c.name: c.max_score for c in [*notebook.grade_cells, *notebook.task_cells]}
        solutions = {cell.name for cell in notebook.solution_cells}
        tasks = {cell.name for cell in notebook.task_cells}
        return [
            Given(
                cell.name,
                cell.cell_type,
                cell.source,
                cell.locked,
                cell.checksum,
                cell.name in solutions,
                cell.name in tasks,
                points.get(cell.name),
            )
            for cell in notebook.source_cells
        ]


def repaired(cells, given):
    """(cells put right, what was done in sentences) of a notebook's cells."""
    done = []
    names = _identify(cells, given, done)
    names = _single(cells, names, given, done)
    cells = [cell for cell, name in zip(cells, names, strict=True) if name is not _DROPPED]
    names = [name for name in names if name is not _DROPPED]
    for cell in cells:
        cell.metadata.pop("nbgrader", None)
    for entry in given:
        _place(cells, names, entry, given, done)
    by_name = {entry.name: entry for entry in given}
    whole = [
        _restored(cell, by_name[name], done) if name else cell
        for cell, name in zip(cells, names, strict=True)
    ]
    return whole, done


# Stands for the name of a cell that is left out.
_DROPPED = object()


def _identify(cells, given, done):
    """For each cell the name of the given one that it is, or None: by grade id, cell id, text."""
    known = {entry.name for entry in given}
    names = []
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        names.append(name if isinstance(name, str) and name in known else None)
    for looks_like in (_has_id, _has_text, _defines):
        for entry in given:
            if entry.name in names:
                continue
            matches = [
                i for i, cell in enumerate(cells) if names[i] is None and looks_like(cell, entry)
            ]
            if matches:
                names[matches[-1]] = entry.name
                done.append(f"{entry.name}: the cell had lost its name and was found again.")
    return names


def _has_id(cell, entry):
    return cell.id.replace("-", "_") == entry.name


def _has_text(cell, entry):
    return not entry.owned and cell.source.strip() == entry.source.strip() != ""


def _defines(cell, entry):
    """Whether a cell defines the function that the given answer cell has the stub of."""
    wanted = _functions(entry.source) if entry.solution and entry.cell_type == "code" else set()
    return bool(wanted) and wanted <= _functions(cell.source)


def _functions(source):
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def _single(cells, names, given, done):
    """Names again, with each at most once: copies are plain cells, untouched ones are left out."""
    names = list(names)
    for entry in given:
        copies = [i for i, name in enumerate(names) if name == entry.name]
        if len(copies) < 2:
            continue
        done.append(f"{entry.name}: the cell was there {len(copies)} times.")
        changed = [i for i in copies if cells[i].source.strip() != entry.source.strip()]
        kept = (changed if entry.owned and changed else copies)[-1]
        for i in copies:
            if i != kept:
                names[i] = None if i in changed else _DROPPED
    return names


def _place(cells, names, entry, given, done):
    """See that a given cell is there, and behind those that the assignment has before it."""
    before = {earlier.name for earlier in given[: given.index(entry)]}
    behind = max((i for i, name in enumerate(names) if name in before), default=-1)
    if entry.name not in names:
        make = new_code_cell if entry.cell_type == "code" else new_markdown_cell
        text = _MISSING_ANSWER[entry.cell_type] if entry.owned else entry.source
        cells.insert(behind + 1, make(text))
        names.insert(behind + 1, entry.name)
        done.append(f"{entry.name}: the cell was missing and was put back.")
        return
    here = names.index(entry.name)
    if here < behind and not entry.owned:
        cells.insert(behind, cells.pop(here))
        names.insert(behind, names.pop(here))
        done.append(f"{entry.name}: the cell was moved back to its place.")


def _restored(cell, entry, done):
    """The cell with the kind, the metadata and, unless it is the student's, the text of a given."""
    source = cell.source
    if not entry.owned and source != entry.source:
        if source.strip() != entry.source.strip():
            done.append(f"{entry.name}: the cell was changed; the given text counts.")
        source = entry.source
    if cell.cell_type != entry.cell_type:
        done.append(f"{entry.name}: the cell was made {entry.cell_type} again.")
        make = new_code_cell if entry.cell_type == "code" else new_markdown_cell
        cell = make(source, id=cell.id)
    cell.source, cell.metadata = source, from_dict({"nbgrader": entry.metadata()})
    return cell
