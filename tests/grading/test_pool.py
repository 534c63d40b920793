"""The processes that work for the one that records: what becomes of a task whose process dies."""

import os
import signal
import threading
from multiprocessing.connection import Connection

import pytest

from nbjudge.grading.run.pool import EXECUTION, Gone, LocalPool, away


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

    def half(connection, buffer):
        os.write(connection.fileno(), bytes(buffer)[: len(buffer) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    if not path.exists():
        path.touch()
        Connection._send = half
    return "x" * 100_000


def threads_of_algebra():
    return os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"]


@pytest.fixture
def pool():
    with LocalPool(1) as pool, pool.turn:
        yield pool


def test_without_a_pool_the_work_is_done_here():
    assert away(os.getpid) == os.getpid()


def test_with_a_pool_it_is_done_by_another(pool):
    assert away(os.getpid) != os.getpid()


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_task_whose_process_dies_is_begun_anew(pool, tmp_path, deaths):
    assert away(die, tmp_path / "marks", deaths) != os.getpid()
    assert (tmp_path / "marks").read_text() == "x" * (deaths + 1)


@pytest.mark.timeout(60)
def test_half_an_answer_is_not_waited_for(pool, tmp_path):
    """It has hung a class once: the rest of it never came."""
    assert away(die_while_answering, tmp_path / "died") == "x" * 100_000


def test_one_that_kills_every_process_is_given_up_and_the_next_is_done(pool, tmp_path):
    with pytest.raises(Gone):
        away(die, tmp_path / "marks", 99)
    assert (tmp_path / "marks").read_text() == "xxx"
    assert away(os.getpid) != os.getpid()


def test_an_error_comes_back_as_it_is(pool):
    with pytest.raises(ValueError, match="invalid literal"):
        away(int, "x")


def test_the_turn_is_given_up_while_another_works_and_comes_back_as_it_was(pool, tmp_path):
    """Meanwhile another thread stands in another folder, as nbgrader makes it do."""

    def elsewhere():
        with pool.turn:
            os.chdir(tmp_path)
            os.environ[EXECUTION] = "validate"

    before = os.getcwd()
    other = threading.Thread(target=elsewhere)
    os.environ[EXECUTION] = "autograde"
    try:
        other.start()
        away(os.getpid)
        other.join(timeout=10)
        away(os.getpid)
        assert (os.getcwd(), os.environ[EXECUTION]) == (before, "autograde")
    finally:
        os.chdir(before)
        os.environ.pop(EXECUTION)


def test_linear_algebra_has_one_thread_there(pool):
    assert away(threads_of_algebra) == ("1", "1")


def test_a_closed_pool_refuses_and_lets_nobody_wait(pool):
    """A thread that comes late to a class that was stopped."""
    pool.close(at_once=True)
    refused = []

    def come_late():
        with pytest.raises(Gone):
            pool._run(os.getpid)
        refused.append(True)

    late = threading.Thread(target=come_late, daemon=True)
    late.start()
    late.join(timeout=10)
    assert refused
