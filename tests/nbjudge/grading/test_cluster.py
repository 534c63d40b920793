"""A class graded by a Dask cluster whose workers are processes of their own, and see no course."""

import contextlib
import os
import shutil
import subprocess
import sys

import pytest
from classroom import ROOT
from click.testing import CliRunner
from distributed import LocalCluster
from whole_class import command, finish, kill, outputs, rows, wait_until_graded

from gmm_ref.demo import main
from nbjudge.grading.run import pool


@pytest.fixture
def scheduler():
    """The address of a scheduler that has no workers yet."""
    with LocalCluster(n_workers=0, dashboard_address=":0", processes=False, protocol="tcp") as c:
        yield c.scheduler_address


@contextlib.contextmanager
def worker(address, hidden):
    """A process that works for the cluster, and to which the folder ``hidden`` is empty."""
    walls = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", hidden, "--cap-add", "ALL", "--"]
    process = subprocess.Popen(
        [
            *(walls if os.geteuid() == 0 and shutil.which("bwrap") else []),
            *(sys.executable, "-m", "distributed.cli.dask_worker", address),
            *("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60"),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_cluster_gives_what_one_process_gives(undisturbed, ungraded, scheduler):
    with worker(scheduler, ungraded.root), worker(scheduler, ungraded.root):
        finish(ungraded, "--scheduler", scheduler)
    assert rows(ungraded) == rows(undisturbed)
    [path] = ungraded.root.glob("autograded/student-1/*/posterior.ipynb")
    other = undisturbed.root / path.relative_to(ungraded.root)
    assert outputs(path) == outputs(other)


def test_a_killed_worker_of_the_cluster_loses_nothing(undisturbed, ungraded, scheduler):
    with worker(scheduler, ungraded.root) as first, worker(scheduler, ungraded.root):
        process = command(ungraded, "--scheduler", scheduler)
        wait_until_graded(ungraded, 2, process)
        kill(first.pid)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert rows(ungraded) == rows(undisturbed)


def test_a_cluster_without_workers_is_named(ungraded, scheduler, monkeypatch):
    monkeypatch.setattr(pool, "WORKERS_SECONDS", 1)
    assert f"The Dask cluster at {scheduler} has no worker." in refusal(ungraded, scheduler)


def test_a_cluster_that_is_not_there_is_named(ungraded):
    assert "There is no Dask cluster at nowhere: " in refusal(ungraded, "nowhere")


def refusal(course, scheduler):
    """What the command says when it cannot grade there."""
    arguments = ["grade", "--course", str(course.root), "--scheduler", scheduler]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    return result.output
