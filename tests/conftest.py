"""What is made once for all tests that read it, however many processes run them."""

import fcntl
import functools
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader import api

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """``once(name, make)``: a folder that ``make(folder)`` fills, once for all processes."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent

    def once(name, make):
        folder, done = shared / name, shared / f"{name}.done"
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def book(once):
    """The folder that `make html` makes, beside that of the notebooks as they were run for it.

    A warning is a failure.
    """
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--jobs", "2", "-c", "book"]

    def make(folder):
        places = ["-d", folder / "doctrees", "chapter7", folder / "html"]
        command = [sys.executable, "-m", "sphinx", *options, *places]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr[-3000:]

    return once("book", make) / "html"


@pytest.fixture(scope="session", autouse=True)
def version_of_the_tables():
    """nbgrader has a process find it out for each gradebook that it makes, two seconds long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield
