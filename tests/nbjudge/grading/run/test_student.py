"""What is a student's own doing, and what comes from the machine: no mark is lost by the latter."""

import os
import signal
import subprocess
import sys
import threading

import psutil
import pytest

from nbjudge.checking.remote import NoAnswer
from nbjudge.grading.digests import package_digest
from nbjudge.grading.errors import Ended, Lost, NoSandbox
from nbjudge.grading.run import execution
from nbjudge.grading.run import student as student_module
from nbjudge.grading.run.execution import CodeCell, Work
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.outputs import shown
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox.bubblewrap import find_bwrap
from nbjudge.grading.sandbox.sandbox import Sandbox

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These are tests of the sandbox. {error}", allow_module_level=True)

LIMITS = Limits(cell_seconds=20, call_seconds=20, notebook_seconds=60)


@pytest.fixture(scope="module", params=["forked", "anew"])
def box(request):
    with Sandbox() as box:
        box.can_fork = request.param == "forked"
        yield box


FORKED = pytest.mark.parametrize("box", ["forked"], indirect=True)


def family(student):
    """The processes that belong to a student: first that of the namespaces, then the student's."""
    # Each is the only child of the one before; the forkserver and bubblewrap are older.
    processes = psutil.Process(student.process.ancestor.pid).children(recursive=True)
    return processes[-2:]


def kill_soon(process):
    timer = threading.Timer(0.3, process.kill)
    timer.start()
    return timer


@pytest.mark.parametrize("which", [0, 1])
def test_a_process_that_is_killed_from_outside_is_nobodys_fault(box, which):
    with Student(box, {}, LIMITS) as student:
        student.run("import time\ndef slow(): time.sleep(15)", 1)
        kill_soon(family(student)[which])
        with pytest.raises(Lost, match="killed from outside"):
            student.call("slow", [], {})


def test_also_while_its_children_hold_the_connection(box):
    source = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n    os._exit(0)\n"
    with Student(box, {}, LIMITS) as student:
        student.run(source + "def slow(): time.sleep(15)", 1)
        own = psutil.Process(student.process.ancestor.pid).children(recursive=True)[-2]
        kill_soon(own)
        with pytest.raises(Lost, match="killed from outside"):
            student.call("slow", [], {})


# Ways to end by one's own hand; each is refused, or told as an end, and never as the machine's.
LIBC = "import ctypes, os, signal, time\ncall = ctypes.CDLL(None).syscall\n"
OWN_ENDS = {
    "itself": "os.kill(os.getpid(), 9)",
    "its group": "os.kill(0, 9)",
    "all": "os.kill(-1, 9)",
    "a group of its own": "os.setpgid(0, 0); os.killpg(os.getpgrp(), 9)",
    "its thread": "signal.pthread_kill(__import__('threading').get_ident(), 9)",
    "with a word": "ctypes.CDLL(None).sigqueue(os.getpid(), 9, None)",
    "by a child": """
child = os.fork()
if child == 0:
    os.kill(os.getppid(), 9)
    os._exit(0)
os.waitpid(child, 0)
""",
    "by the end of a child": "call(56, 9, None, None, None, None) or os._exit(0); time.sleep(0.2)",
    "by a limit of time": """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
while True:
    pass
""",
    "by the first process": "os.kill(1, 9); open('/proc/1/mem', 'r+b')",
    "politely": "os.kill(os.getpid(), 15)",
    "abort": "os.abort()",
    "exit": "os._exit(137)",
    "a fault": "ctypes.string_at(0)",
}


@pytest.mark.parametrize("way", OWN_ENDS)
def test_an_end_by_the_own_hand_is_the_students_own(box, way):
    with Student(box, {}, Limits(cell_seconds=3)) as student:
        try:
            outputs = student.run(LIBC + OWN_ENDS[way], 1)
        except Ended as end:
            assert "ended" in str(end)
        else:
            refused = "".join(output.get("ename", "") for output in outputs)
            assert refused in ("PermissionError", "FileNotFoundError", "ValueError", ""), outputs
        assert student.run("print('here')", 2)[0]["text"] == "here\n"


@pytest.fixture
def crowd():
    """Others that keep one processor busy; its number."""
    processor = min(os.sched_getaffinity(0))
    source = f"import os; os.sched_setaffinity(0, [{processor}])\nwhile True: pass"
    command = [sys.executable, "-I", "-S", "-c", source]
    busy = [subprocess.Popen(command, start_new_session=True) for _ in range(4)]
    yield processor
    for process in busy:
        process.kill()
        process.wait()


# It computes for so long where it has a fifth of a processor, if that.
COMPUTING = """
import os, signal, time
os.sched_setaffinity(0, [{processor}])
signal.pthread_sigmask(signal.SIG_BLOCK, [{deaf}])
def computing(seconds):
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        pass
    return 1.0
"""


@FORKED
@pytest.mark.parametrize("deaf", ["", "signal.SIGALRM"])
def test_time_that_others_take_is_not_the_students(box, crowd, monkeypatch, deaf):
    """By the process's own clock, and, where it is deaf, by the judge's."""
    monkeypatch.setattr(student_module, "GRACE", 0.4)
    with Student(box, {}, Limits(call_seconds=0.6)) as student:
        student.run(COMPUTING.format(processor=crowd, deaf=deaf), 1)
        assert student.call("computing", [0.4], {}) == 1
        with pytest.raises(NoAnswer, match=r"0\.6 s"):
            student.call("computing", [30], {})


@FORKED
def test_one_that_waits_for_a_processor_too_long_is_not_judged(box, crowd):
    with Student(box, {}, Limits(waiting_seconds=1)) as student:
        student.run(COMPUTING.format(processor=crowd, deaf=""), 1)
        with pytest.raises(Lost, match="a processor that others had"):
            student.call("computing", [9], {})


# Ways to hang that no exception ends.
DEAF = {
    "a stop": "os.kill(os.getpid(), signal.SIGSTOP)",
    "a blocked signal": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64)); time.sleep(99)",
    "a loop in C": "sum(itertools.repeat(0))",
    "a timer that was taken off": "signal.setitimer(signal.ITIMER_REAL, 0); time.sleep(99)",
}


@FORKED
@pytest.mark.parametrize("way", DEAF)
def test_what_hangs_is_cut_and_has_less_time_from_then_on(box, monkeypatch, way):
    monkeypatch.setattr(student_module, "GRACE", 0.3)
    source = f"import itertools, os, signal, time\ndef hang(): {DEAF[way]}\ndef fine(): return 1"
    with Student(box, {}, Limits(call_seconds=0.5, cell_seconds=2)) as student:
        student.run(source, 1)
        with pytest.raises(NoAnswer, match=r"longer than 0\.5 s"):
            student.call("hang", [], {})
        with pytest.raises(NoAnswer, match=r"longer than 0\.1 s"):
            student.call("hang", [], {})
        with pytest.raises(Ended, match=r"longer than 0\.4 s"):
            student.run("hang()", 2)
        assert student.call("fine", [], {}) == 1


def work(*cells, limits=LIMITS):
    return Work(
        cells=tuple(cells),
        given=(),
        files={},
        seed=1,
        limits=limits,
        hidden=("/nowhere",),
        checks="gmm_ref.checks",
        digest=package_digest("gmm_ref.checks"),
        allow_unsandboxed=False,
    )


def test_a_right_answer_keeps_its_mark_when_its_process_is_killed_while_a_check_waits(monkeypatch):
    """As the system's memory killer does it: the notebook is run once more."""
    calls, call = [], Student.call

    def killed_once(student, *arguments):
        calls.append(student)
        if len(calls) == 2:
            os.kill(family(student)[1].pid, signal.SIGKILL)
        return call(student, *arguments)

    monkeypatch.setattr(Student, "call", killed_once)
    test = "from gmm_ref.checks import check\n\ncheck.most_probable_component.value(answer)"
    answer = CodeCell("import numpy as np\ndef answer(R): return np.argmax(R, axis=1)", False)
    done = execution.run(work(answer, CodeCell(test, True, test)))
    assert [output.output_type for output in done.outputs[1]] == ["display_data"]
    assert len({id(student) for student in calls}) == 2


def texts(outputs):
    return ["\n".join(output.get("traceback", [])) + output.get("text", "") for output in outputs]


def test_judging_is_bounded_in_time_and_in_memory(monkeypatch):
    """What costs our own code too much fails, and the next answer is judged."""
    hoard = "def hoard(*_): return ['x' * 10**6] + ['y'] * 600"
    check = "from gmm_ref.checks import check\ncheck.responsibilities.value(hoard)"
    tests = ["while True: pass", check, "bytes(2**32)", "assert hoard()[1] == 'y'"]
    cells = [CodeCell(hoard, False), *(CodeCell(test, True, test) for test in tests)]
    small = Limits(judging_seconds=1, judging_memory=2**28)
    _, endless, text, large, right = execution.run(work(*cells, limits=small)).outputs
    assert "more than 1 s to judge" in texts(endless)[-1]
    assert text[-1].output_type == "error"
    assert "the memory there is" in texts(large)[-1]
    assert right == []


def test_the_outputs_of_a_notebook_are_bounded():
    """Text, pictures and errors of all its cells together, and it is said where they end."""
    display = "from IPython.display import display, Latex\n"
    kinds = [
        "print('x' * 9_000)",
        "get_ipython().showtraceback((E, E('x' * 9_000), None))",
        display + "display(Latex('x' * 9_000))",
        "import sys\nfor i in range(500): print(i, file=[sys.stdout, sys.stderr][i % 2])",
    ]
    cells = [CodeCell("class E(Exception): pass", False)]
    cells += [CodeCell(source, False) for source in kinds * 5]
    cells += [CodeCell("1 / 0", False)]
    limits = Limits(output_size=8_000, outputs_size=20_000)
    outputs = execution.run(work(*cells, limits=limits)).outputs
    assert len(str(outputs)) < 20_000 + len(cells) * 15_000
    assert all("left out" in str(cell) for cell in outputs[-5:-1])
    assert "ZeroDivisionError" in str(outputs[-1])


def test_outputs_that_were_made_up_are_bounded_by_what_they_take():
    forged = [{"output_type": "stream", "name": "stdout", "text": ""}] * 100_000
    made, taken = shown(forged, 50_000)
    assert len(made) < 500 and taken < 70_000 and "left out" in made[-1].text
