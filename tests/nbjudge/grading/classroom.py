"""A small course for the tests of grading: one assignment, written here, and who hands in what."""

import copy
import json
import shutil
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from nbjudge.grading import nbgrader_patches
from nbjudge.grading.collect.record import RECORD

ROOT = Path(__file__).parents[3]
ASSIGNMENT, NOTEBOOK = "7.4.3_posterior", "posterior"
FUNCTIONS = ("responsibilities", "most_probable_component", "posterior_entropy")
ASPECTS = ("form", "value", "hard")

SETUP = "import numpy as np"
GIVEN = '''\
def log_gaussian(X, mean, covariance):
    """log N(x_n | mean, covariance) for each point: (N,)."""
    mean, covariance = np.atleast_1d(mean), np.atleast_2d(covariance)
    difference = X - mean
    squares = np.einsum("nd,nd->n", difference, np.linalg.solve(covariance, difference.T).T)
    return -0.5 * (squares + np.linalg.slogdet(2 * np.pi * covariance)[1])
'''
RIGHT = {
    "responsibilities": '''\
def responsibilities(X, weights, means, covariances):
    """r_nk."""
    ### BEGIN SOLUTION
    with np.errstate(divide="ignore"):
        logs = np.log(weights)
    logs = logs + np.stack([log_gaussian(X, m, c) for m, c in zip(means, covariances)], axis=1)
    R = np.exp(logs - logs.max(axis=1, keepdims=True))
    return R / R.sum(axis=1, keepdims=True)
    ### END SOLUTION
''',
    "most_probable_component": '''\
def most_probable_component(R):
    """The label."""
    ### BEGIN SOLUTION
    return np.argmax(R, axis=1)
    ### END SOLUTION
''',
    "posterior_entropy": '''\
def posterior_entropy(R):
    """In nats."""
    ### BEGIN SOLUTION
    return -np.sum(np.where(R > 0, R * np.log(np.where(R > 0, R, 1)), 0), axis=1)
    ### END SOLUTION
''',
}
# Forgets the weights; right; another measure. What nobody may earn more than by an attack.
HONEST_WRONG = {
    "responsibilities": """\
def responsibilities(X, weights, means, covariances):
    logs = np.stack([log_gaussian(X, m, c) for m, c in zip(means, covariances)], axis=1)
    R = np.exp(logs - logs.max(axis=1, keepdims=True))
    return R / R.sum(axis=1, keepdims=True)
""",
    "most_probable_component": """\
def most_probable_component(R):
    return np.argmax(R, axis=1)
""",
    "posterior_entropy": """\
def posterior_entropy(R):
    return 1 - np.max(R, axis=1)
""",
}


def note_times(root, times):
    """Note when students handed in the assignment: student -> time."""
    noted = {ASSIGNMENT: {student: {"time": time} for student, time in times.items()}}
    (root / RECORD).write_text(json.dumps(noted))


def _nbgrader(name, **data):
    base = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    return {"nbgrader": {**base, "grade_id": name, **data}}


def source_notebook(tests):
    """The instructor's notebook: setup, given, three answers, nine tests."""
    cells = [
        new_code_cell(SETUP, id="setup", metadata=_nbgrader("setup")),
        new_code_cell(GIVEN, id="given", metadata=_nbgrader("given")),
    ]
    for name, source in RIGHT.items():
        metadata = _nbgrader(name, solution=True, locked=False)
        cells.append(new_code_cell(source, id=name.replace("_", "-"), metadata=metadata))
    for name in FUNCTIONS:
        for points, aspect in enumerate(ASPECTS, start=1):
            text = f"from gmm_ref.checks import check\n\ncheck.{name}.{aspect}({name})"
            text = tests.get(f"test_{name}_{aspect}", text)
            metadata = _nbgrader(f"test_{name}_{aspect}", grade=True, points=points)
            cells.append(new_code_cell(text, id=f"t-{name[:20]}-{aspect}", metadata=metadata))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@dataclass
class Graded:
    """What grading one submission came to."""

    success: bool
    log: str
    marks: dict
    seconds: float
    notebook: object = None

    @property
    def total(self):
        return sum(mark or 0 for mark in self.marks.values())

    def messages(self):
        """Test cell -> the text of its error, for those that failed."""
        return {
            cell.metadata.nbgrader.grade_id: "\n".join(output.traceback)
            for cell in self.notebook.cells
            for output in cell.get("outputs", [])
            if output.output_type == "error" and cell.metadata.get("nbgrader", {}).get("grade")
        }


@dataclass
class Classroom:
    """A course folder with the small assignment released, made if it is not there yet.

    settings: of SandboxExecute; stock: graded by nbgrader's own Execute instead; tests: the texts
    of test cells that are not the usual ones; written: with a question answered in words, `why`.
    """

    root: Path
    settings: dict = field(default_factory=dict)
    stock: bool = False
    tests: dict = field(default_factory=dict)
    written: bool = False

    def __post_init__(self):
        nbgrader_patches.find_scripts()
        self.secret_file = self.root / "secret.txt"
        if not self.secret_file.exists():
            self._lay_out()
        self.secret = self.secret_file.read_text()
        self.coursedir = CourseDirectory(config=self.config())
        released = self.root / "exercises" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        if not released.exists():
            api = NbGraderAPI(self.coursedir, config=self.config())
            result = api.generate_assignment(ASSIGNMENT)
            assert result["success"], result
        self.released = nbformat.read(released, as_version=4)

    def _lay_out(self):
        folder = self.root / "solutions" / ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = source_notebook(self.tests)
        if self.written:
            data = _nbgrader("why", grade=True, solution=True, points=2, locked=False)
            notebook.cells.append(new_markdown_cell("Why?", metadata=data))
        nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")
        (folder / "points.csv").write_text("1,2\n3,4\n")
        shutil.copy(ROOT / "nbgrader_config.py", self.root)
        self.secret_file.write_text(f"secret-{uuid.uuid4().hex}")

    def config(self):
        """nbgrader's configuration of this course."""
        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        if self.stock:
            config.Autograde = Config()
            config.Execute.timeout = 3
        config.SandboxExecute.update(self.settings)
        config.CourseDirectory.root = str(self.root)
        return config

    def notebook(self, answers, early="", late=""):
        """The released notebook with answers, and cells of the student's own before and after."""
        notebook = copy.deepcopy(self.released)
        for cell in notebook.cells:
            name = cell.metadata.nbgrader.grade_id
            if name in answers:
                cell.source = answers[name]
        if late:
            notebook.cells.insert(5, new_code_cell(late))
        if early:
            notebook.cells.insert(2, new_code_cell(early))
        return notebook

    def folder(self, student):
        return self.root / "submitted" / student / ASSIGNMENT

    def hand_in(self, student, notebook):
        """Lay a notebook, or the raw bytes of one, into a student's folder; the path of it."""
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{NOTEBOOK}.ipynb"
        if isinstance(notebook, bytes):
            path.write_bytes(notebook)
        else:
            path.write_text(nbformat.writes(notebook), encoding="utf-8")
        return path

    def grade(self, student):
        """Grade a student's submission, as `nbgrader autograde --force --student` does."""
        begun = time.monotonic()
        api = NbGraderAPI(self.coursedir, config=self.config())
        result = api.autograde(ASSIGNMENT, student, force=True, create=True)
        seconds = time.monotonic() - begun
        path = self.root / "autograded" / student / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        log = result.get("error", "") + result.get("log", "")
        notebook = nbformat.read(path, as_version=4) if path.exists() else None
        return Graded(result["success"], log, self.marks(student), seconds, notebook)

    def feedback(self, student):
        """The text of a student's feedback pages and of every file beside them."""
        api = NbGraderAPI(self.coursedir, config=self.config())
        api.generate_feedback(ASSIGNMENT, student, force=True)
        folder = self.root / "feedback" / student
        files = [path for path in folder.rglob("*") if path.is_file()]
        return "\n".join(path.read_text(errors="replace") for path in files)

    def marks(self, student):
        """Test cell -> its mark in the gradebook."""
        with Gradebook(self.coursedir.db_url) as gradebook:
            try:
                submission = gradebook.find_submission(ASSIGNMENT, student)
            except Exception:
                return {}
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            return {grade.name: grade.auto_score for grade in grades}
