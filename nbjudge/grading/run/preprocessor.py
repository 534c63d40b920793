"""What takes the place of nbgrader's Execute: student cells in the sandbox, test cells judged here.

The student's text is whatever the notebook holds. The test cells' text is taken from the gradebook,
never from the notebook; a test cell that the gradebook does not know is not run.
"""

import fnmatch
import importlib
from dataclasses import replace
from pathlib import Path, PurePath

from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Instance, Unicode, default

from nbjudge.grading.digests import package_digest
from nbjudge.grading.errors import CourseError
from nbjudge.grading.notebook.record import RECORD
from nbjudge.grading.notebook.submission import submission_files
from nbjudge.grading.run.execution import CodeCell, Work, run
from nbjudge.grading.run.judging import plain_error
from nbjudge.grading.run.limits import Limits, settings
from nbjudge.grading.run.seeds import class_secret, secret_path, student_seed
from nbjudge.grading.run.store import Store


class SandboxExecute(settings(Limits), NbGraderPreprocessor):
    """Runs a notebook so that its marks can be trusted."""

    checks = Unicode(
        help="The import path of the package that holds the checks. A student's code does not "
        "find it, and a change of it has the class graded again."
    ).tag(config=True)
    allow_unsandboxed = Bool(
        False, help="Run student code without a sandbox where none can be had."
    ).tag(config=True)
    coursedir = Instance(CourseDirectory)

    @default("coursedir")
    def _coursedir_default(self):
        """That of nbgrader's converter, two parents up."""
        return self.parent.parent.coursedir

    def preprocess(self, nb, resources):
        """Give every code cell its outputs, and the notebook its record."""
        record = nb.metadata.setdefault(RECORD, {})
        files, record["left_out"] = self.files(resources["nbgrader"])
        if record.get("unreadable"):
            self._mark_unreadable(nb, record["unreadable"])
            return nb, resources
        work = self.work(nb, resources["nbgrader"], files)
        # A course's own command has run it already; nbgrader alone has not.
        done = Store(self.coursedir.root).get(work.key) or run(work)
        if not done.sandboxed:
            self.log.warning("There is no sandbox here: student code runs as this user.")
        cells = zip(_code_cells(nb), done.outputs, strict=True)
        for number, (cell, outputs) in enumerate(cells, start=1):
            cell.execution_count, cell.outputs = number, outputs
        record["attempts"] = done.notes
        record["seconds"] = done.seconds
        return nb, resources

    def work(self, nb, place, files):
        """The Work of a notebook that was put right.

        place: nbgrader's names of student, assignment, notebook and gradebook; files: name -> bytes
        of what lies beside it.
        """
        import_checks(self.required_checks())
        source = _SourceCells(place)
        cells = tuple(source.plain(cell) for cell in _code_cells(nb))
        return Work(
            cells=cells,
            given=tuple(source.given),
            files=files,
            seed=self._seed(place, cells, files),
            limits=self.limits(),
            hidden=(str(Path(self.coursedir.root).resolve()),),
            checks=self.checks,
            digest=package_digest(self.checks),
            allow_unsandboxed=self.allow_unsandboxed,
        )

    def files(self, place):
        """(name -> bytes of what a notebook's code finds beside it, Notes on what it does not).

        They are the student's files, and over them those of the assignment but for what a student
        may change, by a setting.
        """
        coursedir, assignment, limits = self.coursedir, place["assignment"], self.limits()
        source = coursedir.format_path(coursedir.source_directory, ".", assignment)
        given, _ = submission_files(source, limits)
        for name in Autograde(config=self.config).exclude_overwriting.get(assignment, []):
            given.pop(name, None)
        room = replace(
            limits,
            files_size=limits.files_size - sum(map(len, given.values())),
            files_number=limits.files_number - len(given),
        )
        folder = coursedir.format_path(coursedir.submitted_directory, place["student"], assignment)
        own, left_out = submission_files(folder, room, in_place=given)
        files = {**own, **given}
        taken = [name for name in files if not _is_ignored(name, coursedir.ignore)]
        return {name: files[name] for name in taken}, left_out

    def required_checks(self):
        """The setting ``checks``; CourseError without one: a sandbox would hide no reference."""
        if not self.checks:
            raise CourseError(
                "nbgrader_config.py does not say which package holds the checks. Write there "
                'c.SandboxExecute.checks = "…", its import path.'
            )
        return self.checks

    def _seed(self, place, cells, files):
        secret = class_secret(secret_path(place["db_url"], self.coursedir.root))
        handed_in = [cell.source for cell in cells if not cell.is_test]
        handed_in += [part for name in sorted(files) for part in (name, files[name])]
        return student_seed(secret, place["assignment"], place["student"], handed_in)

    def _mark_unreadable(self, nb, reason):
        for cell in _code_cells(nb):
            cell.outputs = [plain_error("Unreadable", reason)] if _is_test(cell) else []


def import_checks(checks):
    """Import the package that holds the checks, or raise CourseError.

    Else each test cell would fail at its import, and the whole class be given 0.
    """
    try:
        importlib.import_module(checks)
    except Exception as error:
        raise CourseError(
            f"{checks}, which nbgrader_config.py names as the checks, cannot be imported, so that "
            f"nothing was graded. {type(error).__name__}: {error}. Install it beside nbgrader."
        ) from error


class _SourceCells:
    """The instructor's cells of a notebook, as the gradebook has them."""

    def __init__(self, place):
        with Gradebook(place["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(place["notebook"], place["assignment"])
            graded = {cell.name for cell in notebook.grade_cells}
            solutions = {cell.name for cell in notebook.solution_cells}
            cells = [c for c in notebook.source_cells if c.cell_type == "code"]
            self.tests = {c.name: c.source for c in cells if c.name in graded - solutions}
            # The texts of the locked cells that are no tests.
            self.given = [c.source for c in cells if c.locked and c.name not in graded]

    def plain(self, cell):
        """A notebook's cell as a CodeCell, with the text of its test."""
        if _is_test(cell):
            name = cell.metadata["nbgrader"]["grade_id"]
            return CodeCell(cell.source, True, self.tests.get(name))
        return CodeCell(cell.source, False)


def _is_ignored(name, patterns):
    parts = PurePath(name).parts
    return any(fnmatch.fnmatch(part, pattern) for part in parts for pattern in patterns)


def _code_cells(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def _is_test(cell):
    return utils.is_grade(cell) and not utils.is_solution(cell)
