"""A course folder: its assignments, its submissions, its gradebook. All through nbgrader."""

import hashlib
import json
import os
import sysconfig
import warnings
from dataclasses import dataclass
from pathlib import Path

from nbformat.warnings import MissingIDFieldWarning
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy.exc import SAWarning
from traitlets.config import PyFileConfigLoader

CONFIG = "nbgrader_config.py"


class CourseError(Exception):
    """Something about the course folder that its teacher can put right; the text says what."""


@dataclass(frozen=True)
class Outcome:
    """What nbgrader made of one request: whether it went through, and what it logged."""

    success: bool
    log: str


@dataclass(frozen=True)
class Mark:
    """One submission in the gradebook; ``needs_manual`` tells of questions still to be marked."""

    student: str
    assignment: str
    auto_score: float
    max_auto_score: float
    late_seconds: float
    needs_manual: bool


class Course:
    """The course in the folder ``root``.

    allow_unsandboxed: run student code as this user where no sandbox can be had.
    Raises CourseError if the folder holds no nbgrader_config.py.
    """

    def __init__(self, root, allow_unsandboxed=False):
        self.root = Path(root).resolve()
        if not (self.root / CONFIG).is_file():
            raise CourseError(
                f"{self.root} is no course folder: there is no {CONFIG} in it. "
                f"Stand in the course folder, or name it with --course."
            )
        _find_scripts()
        config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        config.SandboxExecute.allow_unsandboxed = allow_unsandboxed
        self.directory = CourseDirectory(config=config)
        self.api = NbGraderAPI(self.directory, config=config)
        self.registered = self.root / ".registered.json"

    @property
    def assignments(self):
        """The ids of the assignments in solutions/, in the order of the text."""
        source = self.root / self.directory.source_directory
        return sorted(path.name for path in source.iterdir() if any(path.glob("*.ipynb")))

    def check_assignment(self, assignment):
        """Raise CourseError if there is no such assignment."""
        if assignment not in self.assignments:
            raise CourseError(
                f"There is no assignment {assignment} in {self.directory.source_directory}/. "
                f"There are: {', '.join(self.assignments)}."
            )

    def students(self, assignment):
        """Who has submitted an assignment: the folders submitted/STUDENT/ASSIGNMENT."""
        submitted = self.root / self.directory.submitted_directory
        return sorted(
            path.parent.name for path in submitted.glob(f"*/{assignment}") if path.is_dir()
        )

    def release(self, assignment):
        """Generate the students' version from the solutions, and register it in the gradebook."""
        outcome = _outcome(self.api.generate_assignment(assignment, force=True, create=True))
        if not outcome.success:
            raise CourseError(f"{assignment} could not be released. nbgrader says:\n{outcome.log}")
        digests = self._digests() | {assignment: self._digest(assignment)}
        self.registered.write_text(json.dumps(digests, indent=1) + "\n")

    def register(self, assignment):
        """Release an assignment that the gradebook does not know, or that has changed since."""
        known = self._digests().get(assignment) == self._digest(assignment)
        with self.gradebook() as gradebook:
            try:
                gradebook.find_assignment(assignment)
            except MissingEntry:
                known = False
        if not known:
            self.release(assignment)

    def autograde(self, assignment, student):
        """Run one submission and record its marks. Returns an Outcome."""
        with warnings.catch_warnings():
            # nbgrader's own: its queries, and the test cells that it puts back without an id.
            warnings.simplefilter("ignore", SAWarning)
            warnings.simplefilter("ignore", MissingIDFieldWarning)
            return _outcome(self.api.autograde(assignment, student, force=True, create=True))

    def feedback(self, assignment, student):
        """Write the feedback page of one graded submission. Returns an Outcome."""
        return _outcome(self.api.generate_feedback(assignment, student, force=True))

    def feedback_pages(self, assignment, student):
        """The feedback pages that there are for one submission."""
        folder = self.root / self.directory.feedback_directory / student / assignment
        return sorted(folder.glob("*.html"))

    def marks(self):
        """Every submission in the gradebook as a Mark, by student and assignment."""
        with self.gradebook() as gradebook:
            marks = [
                Mark(
                    submission.student.id,
                    assignment.name,
                    sum(notebook.code_score for notebook in submission.notebooks),
                    sum(notebook.max_code_score for notebook in submission.notebooks),
                    submission.total_seconds_late,
                    submission.needs_manual_grade,
                )
                for assignment in gradebook.assignments
                for submission in assignment.submissions
            ]
        return sorted(marks, key=lambda mark: (mark.student, mark.assignment))

    def set_due(self, assignment, due):
        """Set when an assignment is due, an ISO time in UTC."""
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=due)

    def export(self):
        """Write grades.csv, a line for each student and assignment. Returns its path."""
        path = self.root / "grades.csv"
        with self.gradebook() as gradebook:
            CsvExportPlugin(to=str(path)).export(gradebook)
        return path

    def gradebook(self):
        """The gradebook, to be used in a with statement."""
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def _digests(self):
        return json.loads(self.registered.read_text()) if self.registered.exists() else {}

    def _digest(self, assignment):
        """A hash of all files of an assignment's source."""
        digest = hashlib.sha256()
        folder = self.root / self.directory.source_directory / assignment
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


def _outcome(result):
    return Outcome(result["success"], result.get("log", "") + result.get("error", ""))


def _find_scripts():
    """Put this environment's scripts on the PATH: nbgrader calls one of them, alembic, by name."""
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + path
