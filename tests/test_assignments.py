"""The assignments: what git holds, what students get, and that the solutions are right."""

import ast
import importlib
import re
import shutil
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import is_grade, is_solution

from gmm_ref.checks import CheckFailed, check
from nbjudge.grading.course import Course

ROOT = Path(__file__).parents[1]
ASSIGNMENTS = Course(ROOT).assignments
# What is promised: the functions to write and the questions to answer. One more breaks no promise.
PROMISED = {
    "7.4.1_generative_model": {
        "sample_labels",
        "sample_gaussian",
        "sample_mixture",
        "log_joint",
        "question_sum",
    },
    "7.4.2_likelihood": {
        "log_density",
        "log_likelihood",
        "question_log_of_sum",
        "question_positive",
    },
    "7.4.3_posterior": {
        "responsibilities",
        "most_probable_component",
        "posterior_entropy",
        "sample_posterior_labels",
        "question_boundary",
    },
    "7.4.4_full_dataset": {
        "one_hot",
        "log_prior",
        "log_conditional",
        "complete_log_likelihood",
        "log_posterior",
        "question_one_z",
    },
    "7.4.5_em": {
        "expected_complete_log_likelihood",
        "e_step",
        "lower_bound",
        "m_step",
        "fit",
        "fit_best",
        "question_mean",
        "question_climb",
    },
}
MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")
STUB = ["# YOUR CODE HERE", "raise NotImplementedError"]

each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)


def name_of(assignment):
    """7.4.3_posterior -> posterior"""
    return assignment.split("_", 1)[1]


def read(tree, assignment):
    return nbformat.read(ROOT / tree / assignment / f"{name_of(assignment)}.ipynb", as_version=4)


def exercises_of(assignment):
    """The exercises that the checks know of a section, in their order."""
    return importlib.import_module(f"gmm_ref.checks.{name_of(assignment)}").EXERCISES


def functions_of(notebook):
    """The source of each solution cell by its grade id."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and is_solution(cell)
    }


def checks_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and is_grade(cell)]


def points_of(cells):
    return [cell.metadata.nbgrader.points for cell in cells]


@pytest.mark.parametrize("assignment", PROMISED)
def test_what_is_promised_is_asked(assignment):
    asked = filter(is_solution, read("solutions", assignment).cells)
    assert PROMISED[assignment] <= {cell.metadata.nbgrader.grade_id for cell in asked}


def test_every_exercise_of_the_checks_has_its_assignment():
    found = [exercise.name for each in ASSIGNMENTS for exercise in exercises_of(each)]
    assert found == list(vars(check))


@each_assignment
def test_each_exercise_has_a_solution_cell_with_the_reference_signature(assignment):
    sources, exercises = functions_of(read("solutions", assignment)), exercises_of(assignment)
    assert list(sources) == [exercise.name for exercise in exercises]
    for exercise, source in zip(exercises, sources.values(), strict=True):
        defined = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
        assert defined.name == exercise.name
        assert [a.arg for a in defined.args.args] == exercise.parameters
        assert ast.get_docstring(defined)


@each_assignment
def test_each_exercise_has_a_numbered_card(assignment):
    text = "\n".join(cell.source for cell in read("solutions", assignment).cells)
    cards = re.findall(r"^## Exercise (\d+): `(\w+)`$", text, re.MULTILINE)
    names = [exercise.name for exercise in exercises_of(assignment)]
    assert cards == [(str(number), name) for number, name in enumerate(names, start=1)]


@each_assignment
def test_each_aspect_of_each_function_has_one_test_cell_of_a_mark_or_more(assignment):
    cells = checks_of(read("solutions", assignment))
    aspects = [(e.name, aspect) for e in exercises_of(assignment) for aspect in e.aspects]
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    assert ids == [f"test_{name}_{aspect}" for name, aspect in aspects]
    assert min(points_of(cells)) >= 1
    for cell, (name, aspect) in zip(cells, aspects, strict=True):
        assert f"check.{name}.{aspect}({name}" in cell.source


@each_assignment
def test_an_assignment_is_worth_about_twenty_marks_most_of_them_by_the_checks(assignment):
    notebook = read("solutions", assignment)
    asked = [
        (question, answer)
        for question, answer in pairwise(notebook.cells)
        if answer.cell_type == "markdown" and is_grade(answer)
    ]
    by_hand = points_of(answer for _, answer in asked)
    stated = [re.search(r"\*\((\d+) marks?, by hand\.\)\*", q.source)[1] for q, _ in asked]
    assert stated == [str(points) for points in by_hand]
    by_checks = sum(points_of(checks_of(notebook)))
    assert 16 <= by_checks + sum(by_hand) <= 24
    assert by_checks > sum(by_hand) > 0


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
    for exercise in exercises_of(assignment):
        for aspect in exercise.aspects:
            with pytest.raises(CheckFailed, match="not written yet"):
                getattr(exercise, aspect)(namespace[exercise.name])


@each_assignment
def test_names_agree_in_all_places(assignment):
    name = name_of(assignment)
    importlib.import_module(f"gmm_ref.{name}")
    importlib.import_module(f"gmm_ref.checks.{name}")
    assert (ROOT / "solutions" / assignment / f"{name}.ipynb").exists()


def test_the_data_beside_the_notebooks_are_those_of_the_package():
    data = (ROOT / "gmm_ref" / "data" / "old_faithful.csv").read_bytes()
    copies = list((ROOT / "solutions").glob("*/old_faithful.csv"))
    assert len(copies) == len(ASSIGNMENTS)
    assert all(copy.read_bytes() == data for copy in copies)
