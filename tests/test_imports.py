"""Who may import whom, as pyproject.toml says it, and what `import gmm_ref` brings along."""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_keep_the_contracts():
    linter = Path(sysconfig.get_path("scripts")) / "lint-imports"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, stdout=subprocess.PIPE)
    assert run.returncode == 0, run.stdout.decode()


def test_import_brings_numpy_and_what_it_needs_at_once():
    """A tenth of a second each for what only some readers need, and scipy.stats half a second."""
    code = "import sys, gmm_ref; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = "matplotlib IPython sklearn scipy.stats scipy.linalg scipy.special scipy.optimize"
    loaded = set(run.stdout.split())
    assert {"numpy", "gmm_ref.em"} <= loaded
    assert loaded & {"nbjudge", *heavy.split()} == set()
