"""What the package shows, what it brings along, and which of its parts may know of which."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from inputs import FUNCTIONS

import gmm_ref

ROOT = Path(gmm_ref.__file__).parent

SIGNATURES = {
    "sample_labels": "weights n_samples rng",
    "sample_gaussian": "mean covariance n_samples rng",
    "sample_mixture": "weights means covariances n_samples rng",
    "log_gaussian": "X mean covariance",
    "log_joint": "X weights means covariances",
    "log_density": "X weights means covariances",
    "log_likelihood": "X weights means covariances",
    "responsibilities": "X weights means covariances",
    "most_probable_component": "R",
    "posterior_entropy": "R",
    "one_hot": "z n_components",
    "log_prior": "Z weights",
    "log_conditional": "X Z means covariances",
    "complete_log_likelihood": "X Z weights means covariances",
    "log_posterior": "Z X weights means covariances",
    "expected_complete_log_likelihood": "X R weights means covariances",
    "lower_bound": "X R weights means covariances",
    "e_step": "X weights means covariances",
    "m_step": "X R",
    "fit": "X theta tol max_iter",
    "fit_best": "X n_components n_restarts rng",
}

SECTIONS = ["generative_model", "likelihood", "posterior", "full_dataset", "em"]
# Each part, and the parts of the package that it may import.
MAY_IMPORT = {
    "parameters": set(),
    "datasets": {"parameters"},
    **{name: {"parameters", *SECTIONS[:i]} for i, name in enumerate(SECTIONS)},
    "quiz": set(),  # the self-checks of the chapter: they stand alone
    "figures": {"figures", "parameters", "datasets", *SECTIONS},
    "checks": {"checks", "parameters", "datasets", *SECTIONS},
    "grading": {"grading", "checks", "parameters", "datasets", *SECTIONS},
    "__init__": {"parameters", "datasets", *SECTIONS},
}


def test_the_functions_of_the_design_and_no_others():
    found = {name: " ".join(inspect.signature(f).parameters) for name, f in FUNCTIONS.items()}
    assert found == SIGNATURES


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_docstring_names_the_section_the_arguments_and_the_error(function):
    text = inspect.getdoc(function)
    words = ["7.4.", "Raises ValueError", "Return", *inspect.signature(function).parameters]
    assert [word for word in words if word not in text] == []


def test_import_brings_numpy_and_what_it_needs_at_once():
    """A tenth of a second each for what only some readers need, and scipy.stats half a second."""
    code = "import sys, gmm_ref; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = "matplotlib IPython sklearn scipy.stats scipy.linalg scipy.special scipy.optimize"
    loaded = set(run.stdout.split())
    assert {"numpy", "gmm_ref.em"} <= loaded
    assert loaded & set(heavy.split()) == set()


def part_of(module):
    """gmm_ref.checks.em -> checks; the names that gmm_ref itself shows belong to __init__."""
    pieces = module.split(".")
    if pieces[0] != "gmm_ref":
        return None
    return pieces[1] if len(pieces) > 1 and pieces[1] in MAY_IMPORT else "__init__"


def imported_parts(path):
    """The parts of the package that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (part_of(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            yield from (part_of(f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_downward_only(part):
    files = [ROOT / f"{part}.py"] if part not in ("figures", "checks", "grading") else []
    allowed = MAY_IMPORT[part]
    for path in files or (ROOT / part).rglob("*.py"):
        # A folder above the sections may also take a function from the face of the package.
        face = set() if files else {"__init__"}
        assert set(imported_parts(path)) - {None} - face <= allowed, path


def test_every_file_has_its_place():
    parts = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in ROOT.rglob("*.py")}
    assert parts <= set(MAY_IMPORT)
