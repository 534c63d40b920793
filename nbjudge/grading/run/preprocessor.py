"""What takes the place of nbgrader's Execute: student cells in the sandbox, test cells judged here.

The student's text is whatever the notebook holds. The test cells' text is taken from the gradebook,
never from the notebook; a test cell that the gradebook does not know is not run.
"""

import os
import stat
from pathlib import Path

from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from nbjudge.grading.digests import package_digest
from nbjudge.grading.notebook.record import RECORD
from nbjudge.grading.run.execution import Cell, Work, run
from nbjudge.grading.run.judging import plain_error
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.pool import away
from nbjudge.grading.run.seeds import class_secret, secret_path, student_seed

DEFAULT = Limits()


class SandboxExecute(NbGraderPreprocessor):
    """Runs a notebook so that its marks can be trusted."""

    allow_unsandboxed = Bool(
        False, help="Run student code without a sandbox where none can be had."
    ).tag(config=True)
    cell_seconds = Float(DEFAULT.cell_seconds, help="Time for one cell.").tag(config=True)
    call_seconds = Float(
        DEFAULT.call_seconds, help="Time for one call of a student's function by a check."
    ).tag(config=True)
    notebook_seconds = Float(
        DEFAULT.notebook_seconds, help="Time for a whole notebook, checks included."
    ).tag(config=True)
    restarts = Integer(
        DEFAULT.restarts, help="How often a notebook's process is started again after its end."
    ).tag(config=True)
    memory = Integer(DEFAULT.memory, help="Bytes of memory of a student's process.").tag(
        config=True
    )
    total_memory = Integer(
        DEFAULT.total_memory, help="Bytes of memory of all processes of a notebook together."
    ).tag(config=True)
    processes = Integer(
        DEFAULT.processes, help="Processes and threads that a notebook may have at once."
    ).tag(config=True)
    file_size = Integer(
        DEFAULT.file_size, help="Bytes that one file of a student's may grow to."
    ).tag(config=True)
    scratch = Integer(
        256 * 2**20, help="Bytes that a notebook may write to its folder, and as many to /tmp."
    ).tag(config=True)
    answer_size = Integer(
        DEFAULT.answer_size, help="Bytes that an answer of a student's function may have."
    ).tag(config=True)
    output_size = Integer(
        DEFAULT.output_size, help="Characters that one cell may show; the rest is left out."
    ).tag(config=True)
    files_size = Integer(
        48 * 2**20, help="Bytes of the files beside a notebook that its code is given."
    ).tag(config=True)

    files_number = Integer(500, help="How many of these files its code is given.").tag(config=True)

    def preprocess(self, nb, resources):
        """Give every code cell its outputs, and the notebook its record."""
        record = nb.metadata.setdefault(RECORD, {})
        if record.get("unreadable"):
            self._mark_unreadable(nb, record["unreadable"])
            return nb, resources
        cells = _code_cells(nb)
        done = away(run, self._work(cells, resources))
        if not done.walls:
            self.log.warning("There is no sandbox here: student code runs as this user.")
        for number, (cell, outputs) in enumerate(zip(cells, done.outputs, strict=True), start=1):
            cell.execution_count, cell.outputs = number, outputs
        links = [["link", link] for link in record.pop("links", [])]
        record["attempts"] = [*done.notes, *links]
        record["seconds"] = done.seconds
        return nb, resources

    def limits(self):
        """The configured limits of one notebook."""
        names = filter(self.has_trait, Limits.__dataclass_fields__)
        return Limits(**{name: getattr(self, name) for name in names})

    def _work(self, cells, resources):
        place = resources["nbgrader"]
        source = _SourceCells(place)
        return Work(
            cells=tuple(_plain(cell, source) for cell in cells),
            given=tuple(source.given()),
            files=self._files(resources, place),
            seed=self._seed(place),
            limits=self.limits(),
            hidden=self._root(),
            scratch=self.scratch,
            allow_unsandboxed=self.allow_unsandboxed,
            package=package_digest("gmm_ref.checks"),
        )

    def _root(self):
        """The course folder: nbgrader's converter, two parents up, knows it."""
        converter = getattr(self.parent, "parent", None)
        coursedir = getattr(converter, "coursedir", None)
        return coursedir.root if coursedir else os.getcwd()

    def _seed(self, place):
        secret = class_secret(secret_path(place["db_url"], self._root()))
        return student_seed(secret, place["assignment"], place["student"])

    def _files(self, resources, place):
        """The plain files beside the notebook, by their names relative to it."""
        folder, found, room = Path(resources["metadata"]["path"]), {}, self.files_size
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".ipynb" or not stat.S_ISREG(path.lstat().st_mode):
                continue
            room -= path.stat().st_size
            if room < 0 or len(found) == self.files_number:
                self.log.warning("%s and what follows is too much to be given", path)
                break
            found[str(path.relative_to(folder))] = path.read_bytes()
        return found

    def _mark_unreadable(self, nb, reason):
        for cell in _code_cells(nb):
            cell.outputs = [plain_error("Unreadable", reason)] if _is_test(cell) else []


class _SourceCells:
    """The instructor's cells of a notebook, as the gradebook has them."""

    def __init__(self, place):
        with Gradebook(place["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(place["notebook"], place["assignment"])
            graded = {cell.name for cell in notebook.grade_cells}
            solutions = {cell.name for cell in notebook.solution_cells}
            cells = [c for c in notebook.source_cells if c.cell_type == "code"]
            self.tests = {c.name: c.source for c in cells if c.name in graded - solutions}
            locked = [c for c in cells if c.locked and c.name not in graded]
            self.locked = [c.source for c in locked]

    def test(self, name):
        """The text of a test cell, or None."""
        return self.tests.get(name)

    def given(self):
        """The texts of the locked cells that are no tests."""
        return self.locked


def _code_cells(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def _is_test(cell):
    return utils.is_grade(cell) and not utils.is_solution(cell)


def _plain(cell, source):
    if _is_test(cell):
        return Cell(cell.source, True, source.test(cell.metadata["nbgrader"]["grade_id"]))
    return Cell(cell.source, False)
