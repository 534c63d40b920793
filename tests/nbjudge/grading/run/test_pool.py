"""The processes that work for the one that records: what becomes of a task whose process dies."""

import os
import signal
import sys
import time
from concurrent.futures import Future
from multiprocessing import Pipe

import pytest
from whole_class import is_running

from nbjudge.grading.errors import PoolGone
from nbjudge.grading.run.pool import LocalPool, as_completed


def die(path, deaths):
    """Die at the first ``deaths`` calls, which leave a mark each in a file; then answer."""
    with open(path, "a+") as file:
        file.write("x")
        file.seek(0)
        if len(file.read()) <= deaths:
            os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def die_while_answering(path):
    """The first time, be killed when half of the answer is sent."""
    if not path.exists():
        path.touch()
        ours, theirs = Pipe()
        ours.send("x" * 1000)
        half = os.read(theirs.fileno(), 500)
        # The number of the connection to the command, which a process of the pool is started with.
        os.write(int(sys.argv[1]), half)
        os.kill(os.getpid(), signal.SIGKILL)
    return "x" * 1000


def say_and_sleep(path):
    """Write down which process this is, and be busy for long."""
    draft = path.with_suffix(".draft")
    draft.write_text(str(os.getpid()))
    draft.rename(path)
    time.sleep(600)


def pid_in(path):
    """The pid that a process writes down, waited for."""
    for _ in range(600):
        if path.exists():
            return int(path.read_text())
        time.sleep(0.05)
    raise AssertionError("no process came")


def threads_of_algebra():
    return os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"]


@pytest.fixture
def pool():
    with LocalPool(1) as pool:
        yield pool


def test_it_is_done_by_another_process(pool):
    assert pool.submit(os.getpid).result() != os.getpid()


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_task_whose_process_dies_is_begun_anew(pool, tmp_path, deaths):
    assert pool.submit(die, tmp_path / "marks", deaths).result() != os.getpid()
    assert (tmp_path / "marks").read_text() == "x" * (deaths + 1)


@pytest.mark.timeout(60)
def test_half_an_answer_is_not_waited_for(pool, tmp_path):
    """It has hung a class once: the rest of it never came."""
    assert pool.submit(die_while_answering, tmp_path / "died").result() == "x" * 1000


def test_one_that_kills_every_process_is_given_up_and_the_next_is_done(pool, tmp_path):
    with pytest.raises(PoolGone):
        pool.submit(die, tmp_path / "marks", 99).result()
    assert (tmp_path / "marks").read_text() == "xxx"
    assert pool.submit(os.getpid).result() != os.getpid()


def test_an_error_comes_back_as_it_is(pool):
    with pytest.raises(ValueError, match="invalid literal"):
        pool.submit(int, "x").result()


def test_linear_algebra_has_one_thread_there(pool):
    assert pool.submit(threads_of_algebra).result() == ("1", "1")


def test_a_process_imports_what_its_tasks_need_and_not_what_the_command_does(pool):
    modules = pool.submit(eval, "set(__import__('sys').modules)").result()
    assert "numpy" not in modules and {"pytest", "nbgrader"} & modules == set()


def test_a_closed_pool_refuses_and_lets_nobody_wait(tmp_path):
    """Two tasks at once for one process: the second is still in its queue."""
    with pytest.raises(KeyboardInterrupt), LocalPool(1) as pool:
        first, second = (pool.submit(say_and_sleep, tmp_path / name) for name in "ab")
        worker = pid_in(tmp_path / "a")
        raise KeyboardInterrupt
    with pytest.raises(PoolGone):
        first.result(timeout=10)
    assert second.cancelled()
    assert not is_running(worker)


def test_a_process_ends_with_the_command_even_when_it_is_busy(tmp_path):
    command = (
        "import sys; from pathlib import Path; from test_pool import LocalPool, say_and_sleep\n"
        "LocalPool(1).submit(say_and_sleep, Path(sys.argv[1])).result()"
    )
    path = os.pathsep.join(filter(None, sys.path))
    arguments = [sys.executable, "-c", command, str(tmp_path / "pid")]
    pid = os.spawnve(os.P_NOWAIT, sys.executable, arguments, os.environ | {"PYTHONPATH": path})
    worker = pid_in(tmp_path / "pid")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for _ in range(100):
        if not is_running(worker):
            return
        time.sleep(0.1)
    raise AssertionError("it outlives the command")


def finished(result):
    future = Future()
    future.set_result(result)
    return future


def test_what_is_submitted_keeps_a_few_ahead_and_no_more():
    submitted = []

    def endless():
        while True:
            submitted.append(len(submitted))
            yield submitted[-1], finished(len(submitted))

    found = as_completed(endless(), 4, None, 9)
    assert [label for label, _ in [next(found) for _ in range(3)]] == [0, 1, 2]
    assert len(submitted) == 6


def test_what_is_done_first_comes_first():
    slow, fast = Future(), finished("fast")
    found = as_completed([("slow", slow), ("fast", fast)], 2, None, 9)
    assert next(found) == ("fast", fast)
    slow.set_result(None)
    assert list(found) == [("slow", slow)]


def test_while_none_is_done_it_is_told_now_and_then():
    slow, waits = Future(), []

    def on_wait():
        waits.append(None)
        if len(waits) == 3:
            slow.set_result(None)

    assert list(as_completed([("slow", slow)], 2, on_wait, 0.01)) == [("slow", slow)]
    assert len(waits) == 3
