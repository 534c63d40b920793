"""Notebooks in git: no outputs, no counts, stable ids, no metadata that changes by itself."""

import subprocess
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
TRACKED = subprocess.run(
    ["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def test_the_notebooks_are_found():
    solutions, exercises = (
        {name.removeprefix(tree) for name in TRACKED if name.startswith(tree)}
        for tree in ("solutions/", "exercises/")
    )
    assert solutions == exercises
    assert len(solutions) >= 5


@pytest.mark.parametrize("name", TRACKED)
def test_a_notebook_in_git_is_clean(name):
    text = (ROOT / name).read_text()
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        # Written by hand: an id that Jupyter made is eight characters of hexadecimal.
        assert not all(c in "0123456789abcdef" for c in cell.id), cell.id
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    # As nbformat writes it, so that saving an unchanged notebook changes no line.
    assert text == nbformat.writes(notebook) + "\n" or text == nbformat.writes(notebook)
