"""A course folder: its assignments, its submissions, its gradebook. All through nbgrader."""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from nbjudge.grading import journal, nbgrader_patches
from nbjudge.grading.digests import file_digest, package_digest, tree_digest
from nbjudge.grading.errors import CourseError, NbgraderError
from nbjudge.grading.run import ahead
from nbjudge.grading.run.preprocessor import SandboxExecute

CONFIG = "nbgrader_config.py"
# What nbgrader takes for a pattern in the name of a folder.
PATTERN = set("[]*?")


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
    Raises CourseError if the folder holds no nbgrader_config.py, or that names no checks.
    """

    def __init__(self, root, allow_unsandboxed=False):
        self.root = Path(root).resolve()
        if not (self.root / CONFIG).is_file():
            raise CourseError(
                f"{self.root} is no course folder: there is no {CONFIG} in it. "
                f"Stand in the course folder, or name it with --course."
            )
        nbgrader_patches.find_scripts()
        self.config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
        self.config.CourseDirectory.root = str(self.root)
        self.config.SandboxExecute.allow_unsandboxed = allow_unsandboxed
        execute = SandboxExecute(config=self.config)
        self.checks = execute.required_checks()
        # What one notebook may take.
        self.notebook_seconds = execute.limits().notebook_seconds
        self.directory = CourseDirectory(config=self.config)
        self.api = NbGraderAPI(self.directory, config=self.config)
        self.api.log = logging.getLogger(__name__)
        self.api.log.setLevel(logging.INFO)

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

    def notebooks(self, assignment):
        """The names of an assignment's notebooks."""
        source = self.root / self.directory.source_directory / assignment
        return sorted(path.name for path in source.glob("*.ipynb"))

    def release(self, assignment):
        """Generate the students' version from the solutions, and register it in the gradebook."""
        digest = self._source_digest(assignment)
        try:
            _require_success(self.api.generate_assignment(assignment, force=True, create=True))
        except NbgraderError as error:
            raise CourseError(
                f"{assignment} could not be released. nbgrader says:\n{error}"
            ) from None
        with self.gradebook() as gradebook:
            journal.write_released(gradebook, assignment, digest)

    def register(self, assignment):
        """Release an assignment that the gradebook does not know, or that has changed since."""
        with self.gradebook() as gradebook:
            known = journal.released(gradebook, assignment)
        if known != self._source_digest(assignment):
            self.release(assignment)

    def works(self, assignment, student):
        """Key -> Work of each notebook of a submission, which `grade` will find in the store."""
        return ahead.works(self.config, self.directory, assignment, student)

    def grade(self, assignment, student):
        """Run one submission, record its marks, write its feedback page; or NbgraderError.

        What the marks depend on is taken down before, so that a change meanwhile is seen later.
        """
        folder = self.root / self.directory.submitted_directory / student / assignment
        names = self.notebooks(assignment)
        if not any(os.path.lexists(folder / name) for name in names):
            raise NbgraderError(f"There is no {' and no '.join(names)} in {folder}.")
        digest = self.digest(assignment, student)
        with nbgrader_patches.quiet():
            _require_success(self.api.autograde(assignment, student, force=True, create=True))
        self._write_pages(assignment, student, digest)

    def renew_pages(self, assignment, student):
        """Write the feedback page of a graded submission once more; or NbgraderError."""
        self._write_pages(assignment, student, self.digest(assignment, student))

    def _write_pages(self, assignment, student, digest):
        with self.gradebook() as gradebook:
            by_hand = journal.by_hand(gradebook, student)[assignment, student]
        _require_success(self.api.generate_feedback(assignment, student, force=True))
        with self.gradebook() as gradebook:
            journal.write_graded(gradebook, assignment, student, digest, by_hand)

    def graded(self):
        """Two sets of (assignment, student): graded and unchanged; marked by hand since then."""
        with self.gradebook() as gradebook:
            written, by_hand = journal.graded(gradebook), journal.by_hand(gradebook)
        known = {
            which: hand
            for which, (digest, hand) in written.items()
            if self._is_current(which, digest)
        }
        return set(known), {which for which, hand in known.items() if hand != by_hand[which]}

    def _is_current(self, which, digest):
        """Whether a submission has its pages, and all that its marks depend on has this digest."""
        try:
            return bool(self.feedback_pages(*which)) and digest == self.digest(*which)
        except OSError:  # which is told when it is graded
            return False

    def digest(self, assignment, student):
        """A hash of all that the marks of a submission depend on."""
        submitted = self.root / self.directory.submitted_directory / student / assignment
        parts = [
            tree_digest(submitted),
            self._source_digest(assignment),
            package_digest(self.checks),
            file_digest(self.root / CONFIG).hex(),
        ]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    def feedback_pages(self, assignment, student):
        """The feedback pages that there are for one submission."""
        folder = self.root / self.directory.feedback_directory / student / assignment
        return sorted(folder.glob("*.html"))

    def marks(self):
        """Every graded submission in the gradebook as a Mark, by student and assignment."""
        marks = []
        with self.gradebook() as gradebook:
            for assignment in gradebook.assignments:
                late = {one.id: one.total_seconds_late for one in assignment.submissions}
                marks += [
                    Mark(
                        row["student"],
                        assignment.name,
                        row["code_score"],
                        row["max_code_score"],
                        late[row["id"]],
                        bool(row["needs_manual_grade"]),
                    )
                    for row in gradebook.submission_dicts(assignment.name)
                ]
        return sorted(marks, key=lambda mark: (mark.student, mark.assignment))

    def set_due(self, assignment, due):
        """Set when an assignment is due, an ISO time in UTC."""
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=due)

    def gradebook(self):
        """The gradebook, to be used in a with statement."""
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def _source_digest(self, assignment):
        """A hash of all files of an assignment's source."""
        return tree_digest(self.root / self.directory.source_directory / assignment)


def _require_success(result):
    """Raise NbgraderError unless nbgrader's result is a success."""
    if not result["success"]:
        raise NbgraderError(result.get("log", "") + result.get("error", ""))
