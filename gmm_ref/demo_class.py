"""The demonstration class: a dozen students, released, submitted, graded and reported."""

import json
import shutil
import tempfile
from dataclasses import dataclass

import nbformat
from nbgrader.utils import is_grade, is_solution

from gmm_ref.demo_answers import ANSWERS
from nbjudge.grading.collect.record import RECORD
from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.errors import CourseError, NoSandbox
from nbjudge.grading.export import export
from nbjudge.grading.files import empty_folder
from nbjudge.grading.grade import grade_class
from nbjudge.grading.marks import marks_table
from nbjudge.grading.results import class_results
from nbjudge.grading.sandbox.bubblewrap import find_bwrap

DUE = "2026-03-02 12:00:00 UTC"
IN_TIME = "2026-03-01T18:30:00+00:00"
LATE = "2026-03-04T09:00:00+00:00"
# The class shows this assignment; the best and the idlest student have handed in all five.
SHOWN = "7.4.3_posterior"


@dataclass(frozen=True)
class DemoStudent:
    """One demonstration student.

    note: what was handed in, for the table; answers: function -> source, where it differs from
    the solution's; None for a function left as it was released.
    """

    name: str
    note: str
    answers: dict
    all_assignments: bool = False
    submitted: str = IN_TIME
    without_tests: bool = False


EVERYTHING_RIGHT = {}

STUDENTS = [
    DemoStudent("ada", "everything right", EVERYTHING_RIGHT, all_assignments=True),
    DemoStudent("bert", "right, in another style", ANSWERS["another style"]),
    DemoStudent("cleo", "half done", ANSWERS["half done"]),
    DemoStudent("dora", "untouched", None, all_assignments=True),
    DemoStudent("emil", "forgot the weights", ANSWERS["forgot the weights"]),
    DemoStudent("fay", "normalised over the points", ANSWERS["normalised over the points"]),
    DemoStudent("gus", "densities that underflow", ANSWERS["underflow"]),
    DemoStudent("hana", "hard labels, log of 0", ANSWERS["hard labels"]),
    DemoStudent("ivo", "a syntax error", ANSWERS["syntax error"]),
    DemoStudent("jana", "an endless loop", ANSWERS["endless loop"]),
    DemoStudent("karl", "right, but late", EVERYTHING_RIGHT, submitted=LATE),
    DemoStudent("lena", "right, test cells deleted", EVERYTHING_RIGHT, without_tests=True),
]


def run(source, folder, console):
    """Make the class of ``source``, a Course, in ``folder``; grade it; print marks and places.

    ``folder`` None means a new one among the temporary files. Raises CourseError if the folder
    holds files already or lies inside the source course.
    """
    course = make_class(source, folder, allow_unsandboxed=not _has_sandbox(console))
    console.print(f"The class lives in {course.root}", soft_wrap=True)
    failed = grade_class(course, course.assignments, console)
    exported, _ = export(course)
    notes = {student.name: student.note for student in STUDENTS}
    console.print(marks_table(class_results(course), notes))
    console.print(f"Feedback pages: {course.root}/feedback, for instance", soft_wrap=True)
    for page in course.feedback_pages(SHOWN, "emil"):
        console.print(f"  {page}", soft_wrap=True)
    console.print(f"Marks for export: {exported}", soft_wrap=True)
    if failed:
        raise CourseError(f"No marks for: {failed}")


def make_class(source, folder, allow_unsandboxed=False):
    """A course folder with the assignments of ``source`` released, and the class's submissions."""
    if folder is None:
        folder = tempfile.mkdtemp(prefix="gmm-demo-")
    folder = empty_folder(folder, source.root)
    shutil.copy(source.root / CONFIG, folder)
    solutions = source.directory.source_directory
    shutil.copytree(source.root / solutions, folder / solutions)
    course = Course(folder, allow_unsandboxed)
    for assignment in course.assignments:
        course.release(assignment)
        course.set_due(assignment, DUE)
    for student in STUDENTS:
        for assignment in course.assignments if student.all_assignments else [SHOWN]:
            submit(course, student, assignment)
    _note_times(course)
    return course


def _has_sandbox(console):
    try:
        find_bwrap()
    except NoSandbox as refusal:
        console.print(
            f"There is no sandbox here ({refusal.reason}). The demonstration goes on without one: "
            f"its students are made up. A real class would be refused."
        )
        return False
    return True


def submit(course, student, assignment):
    """Hand in the released notebook with the student's answers in its solution cells."""
    released = course.root / course.directory.release_directory / assignment
    submitted = course.root / course.directory.submitted_directory / student.name / assignment
    shutil.copytree(released, submitted)
    for path in submitted.glob("*.ipynb"):
        if student.answers is not None:
            solution = course.root / course.directory.source_directory / assignment / path.name
            _fill(path, solution, student)


def _note_times(course):
    """Note when each of them handed in, as the command does that collects."""
    nothing_else = {"platform_id": "", "files": {}, "attachments": {}, "late": False, "digest": ""}
    noted = {
        student.name: {
            "platform": "file",
            "name": student.name,
            "time": student.submitted,
            **nothing_else,
        }
        for student in STUDENTS
    }
    text = json.dumps(dict.fromkeys(course.assignments, noted))
    (course.root / RECORD).write_text(text)


def _fill(path, solution, student):
    """Write the student's answers over the stubs of the notebook at ``path``."""
    notebook = nbformat.read(path, as_version=4)
    sources = {cell.id: cell.source for cell in nbformat.read(solution, as_version=4).cells}
    for cell in notebook.cells:
        if is_solution(cell):
            right = _without_markers(sources[cell.id])
            answer = student.answers.get(cell.metadata.nbgrader.grade_id, right)
            cell.source = cell.source if answer is None else answer
    if student.without_tests:
        notebook.cells = [c for c in notebook.cells if is_solution(c) or not is_grade(c)]
    nbformat.write(notebook, path)


def _without_markers(source):
    lines = source.splitlines()
    return "\n".join(line for line in lines if line.strip() not in _MARKERS)


_MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
