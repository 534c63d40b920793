"""The five assignments: what git holds, what students get, and that the solutions are right."""

import ast
import importlib
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import is_grade, is_solution

from gmm_ref.checks import CheckFailed, check
from nbjudge.grading.course import Course

ROOT = Path(__file__).parents[1]
FUNCTIONS = {
    "7.4.1_generative_model": ["sample_labels", "sample_gaussian", "sample_mixture", "log_joint"],
    "7.4.2_likelihood": ["log_density", "log_likelihood"],
    "7.4.3_posterior": ["responsibilities", "most_probable_component", "posterior_entropy"],
    "7.4.4_full_dataset": [
        "one_hot",
        "log_prior",
        "log_conditional",
        "complete_log_likelihood",
        "log_posterior",
    ],
    "7.4.5_em": ["expected_complete_log_likelihood", "e_step", "m_step", "fit", "fit_best"],
}
# How many questions are marked by hand.
QUESTIONS = dict(zip(FUNCTIONS, (1, 2, 1, 1, 2), strict=True))
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
STUB = ["# YOUR CODE HERE", "raise NotImplementedError"]

each_assignment = pytest.mark.parametrize("assignment", FUNCTIONS)


def read(tree, assignment):
    name = assignment.split("_", 1)[1]
    return nbformat.read(ROOT / tree / assignment / f"{name}.ipynb", as_version=4)


def functions_of(notebook):
    """The source of each solution cell by its grade id."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and is_solution(cell)
    }


def checks_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and is_grade(cell)]


@each_assignment
def test_the_functions_are_those_of_the_design_with_the_reference_signatures(assignment):
    sources = functions_of(read("solutions", assignment))
    assert list(sources) == FUNCTIONS[assignment]
    for name, source in sources.items():
        defined = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
        assert defined.name == name
        assert [a.arg for a in defined.args.args] == getattr(check, name).parameters
        assert ast.get_docstring(defined)


@each_assignment
def test_each_aspect_of_each_function_has_one_test_cell_of_a_mark_or_more(assignment):
    cells = checks_of(read("solutions", assignment))
    marks = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points for cell in cells}
    assert list(marks) == [
        f"test_{name}_{aspect}"
        for name in FUNCTIONS[assignment]
        for aspect in getattr(check, name).aspects
    ]
    assert min(marks.values()) >= 1
    for cell in cells:
        name, aspect = cell.metadata.nbgrader.grade_id.removeprefix("test_").rsplit("_", 1)
        assert f"check.{name}.{aspect}({name}" in cell.source


@each_assignment
def test_an_assignment_is_worth_twenty_marks(assignment):
    notebook = read("solutions", assignment)
    by_hand = [c for c in notebook.cells if c.cell_type == "markdown" and is_grade(c)]
    assert len(by_hand) == QUESTIONS[assignment]
    cells = [*checks_of(notebook), *by_hand]
    assert sum(cell.metadata.nbgrader.points for cell in cells) == 20


@each_assignment
def test_only_test_cells_import_the_package(assignment):
    for cell in read("solutions", assignment).cells:
        if cell.cell_type == "code" and not is_grade(cell):
            assert "gmm_ref" not in cell.source


@each_assignment
def test_a_stub_is_its_solution_with_lines_taken_out(assignment):
    solutions = functions_of(read("solutions", assignment))
    stubs = functions_of(read("exercises", assignment))
    assert list(stubs) == list(solutions)
    for name, stub in stubs.items():
        lines = [line for line in stub.splitlines() if line.strip() not in STUB]
        assert len(lines) < len(stub.splitlines()), f"{name} is no stub"
        remaining = iter(solutions[name].splitlines())
        assert all(line in remaining for line in lines), f"{name} has lines of its own"
        assert not any(marker in stub for marker in MARKERS)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """exercises/ as nbgrader generates them from the solutions now."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    course = Course(folder)
    for assignment in course.assignments:
        course.release(assignment)
    return folder / "exercises"


def test_exercises_are_what_nbgrader_generates_from_the_solutions(released):
    committed = {p.relative_to(ROOT / "exercises"): p for p in files(ROOT / "exercises")}
    generated = {p.relative_to(released): p for p in files(released)}
    assert committed.keys() == generated.keys()
    for name, path in committed.items():
        same = path.read_bytes() == generated[name].read_bytes()
        assert same, f"exercises/{name} has drifted from solutions/: run `make release`"


def files(tree):
    return [p for p in tree.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts]


@each_assignment
def test_the_solution_runs_and_passes_every_check(assignment):
    notebook = read("solutions", assignment)
    folder = ROOT / "solutions" / assignment
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}, timeout=120).execute()
    for cell in checks_of(notebook):
        kinds = {output.output_type for output in cell.outputs}
        # An execute_result would be read as a partial mark, a stream on stderr as a failure.
        assert kinds <= {"display_data"}, f"{cell.metadata.nbgrader.grade_id}: {cell.outputs}"


@each_assignment
def test_the_untouched_release_fails_every_check(assignment):
    stubs = functions_of(read("exercises", assignment))
    namespace = {}
    for stub in stubs.values():
        exec(stub, namespace)
    for name in FUNCTIONS[assignment]:
        for aspect in getattr(check, name).aspects:
            with pytest.raises(CheckFailed, match="not written yet"):
                getattr(getattr(check, name), aspect)(namespace[name])


@each_assignment
def test_names_agree_in_all_places(assignment):
    name = assignment.split("_", 1)[1]
    importlib.import_module(f"gmm_ref.{name}")
    importlib.import_module(f"gmm_ref.checks.{name}")
    assert (ROOT / "solutions" / assignment / f"{name}.ipynb").exists()


def test_the_data_beside_the_notebooks_are_those_of_the_package():
    data = (ROOT / "gmm_ref" / "data" / "old_faithful.csv").read_bytes()
    copies = list((ROOT / "solutions").glob("*/old_faithful.csv"))
    assert len(copies) == len(FUNCTIONS)
    assert all(copy.read_bytes() == data for copy in copies)
