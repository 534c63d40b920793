"""One process is forked for many students: none finds anything that another has left."""

import os
import shutil
import signal
import threading

import psutil
import pytest

from nbjudge.checking.calls import attempt
from nbjudge.checking.case import Case
from nbjudge.grading.digests import package_digest
from nbjudge.grading.errors import Ended, Lost, NoSandbox, Unfinished
from nbjudge.grading.run import execution
from nbjudge.grading.run.execution import CodeCell, Work
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox import bubblewrap
from nbjudge.grading.sandbox.bubblewrap import find_bwrap
from nbjudge.grading.sandbox.sandbox import Sandbox

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These are tests of the sandbox. {error}", allow_module_level=True)

LIMITS = Limits(cell_seconds=10, notebook_seconds=60)


@pytest.fixture(scope="module")
def box():
    with Sandbox() as box:
        run(box, "pass")
        if not box.can_fork:
            pytest.skip("This system gives no sandbox in a sandbox: each student starts anew.")
        yield box


def run(box, source):
    """What a cell prints, whose student's process ends after it."""
    with Student(box, {"given.txt": b"1"}, LIMITS) as student:
        try:
            outputs = student.run(source, 1)
        except Ended as end:
            return str(end)
        return "".join(output.get("text", output.get("evalue", "")) for output in outputs)


# What one student leaves, and how the next would find it: it prints what it found.
LEGACIES = {
    "a file in /tmp": (
        "open('/tmp/legacy', 'w').write('x')",
        "import os; print(os.path.exists('/tmp/legacy') or '')",
    ),
    "a file in the folder": (
        "open('legacy', 'w').write('x'); open('given.txt', 'w').write('2')",
        "import os; print(os.path.exists('legacy') or '', open('given.txt').read().strip('1'))",
    ),
    "a file in shared memory": (
        "open('/dev/shm/legacy', 'w').write('x')",
        "import os; print(*os.listdir('/dev/shm'))",
    ),
    "a process": (
        """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
""",
        """
import os
others = [name for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]
print(*[name for name in others if name != '1'])
""",
    ),
    "a socket": (
        """
import os, socket, time
if os.fork() == 0:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(chr(0) + 'legacy')
    listener.listen()
    time.sleep(60)
time.sleep(0.2)
""",
        """
import socket
print(*open('/proc/net/unix').read().splitlines()[1:])
try:
    socket.socket(socket.AF_UNIX).connect(chr(0) + 'legacy')
    print('connected')
except OSError:
    pass
""",
    ),
    "a port": (
        """
import os, socket, time
if os.fork() == 0:
    listener = socket.create_server(('127.0.0.1', 4321))
    time.sleep(60)
time.sleep(0.2)
""",
        "print(*open('/proc/net/tcp').read().splitlines()[1:])",
    ),
    "a changed library": (
        """
import builtins, ctypes, numpy as np
np.sum = builtins.len = lambda *_: 42
np.pi = 3
one = 1
ctypes.memset(id(257) + 24, 0, 4)
""",
        """
import numpy as np
print('' if (np.sum([1, 2]), len([1]), np.pi > 3.1, 256 + 1) == (3, 1, True, 257) else 'changed')
""",
    ),
    "a changed page of a library's file": (
        """
import ctypes, mmap
code = next(line for line in open('/proc/self/maps') if 'libc.so' in line and 'xp ' in line)
start = int(code.split('-')[0], 16)
libc = ctypes.CDLL(None, use_errno=True)
assert libc.mprotect(ctypes.c_void_p(start), mmap.PAGESIZE, 7) == 0
before = ctypes.string_at(start + 64, 8)
ctypes.memmove(start + 64, bytes(255 - byte for byte in before), 8)
""",
        """
code = next(line for line in open('/proc/self/maps') if 'libc.so' in line and 'xp ' in line)
start, offset = int(code.split('-')[0], 16), int(code.split()[2], 16)
import ctypes
with open(code.split()[-1], 'rb') as file:
    file.seek(offset)
    print('' if ctypes.string_at(start, 4096) == file.read(4096) else 'changed')
""",
    ),
    "what a process has of its own": (
        """
import os, resource, signal
os.environ['LEGACY'] = 'x'
os.chdir('/tmp')
os.umask(0o777)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.nice(19)
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
""",
        """
import os, resource, signal
found = [os.environ.get('LEGACY'), os.getcwd() != os.environ['HOME'], os.umask(0) == 0o777,
         signal.getsignal(signal.SIGTERM) == signal.SIG_IGN, os.nice(0) == 19,
         resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 20]
print(*filter(None, found))
""",
    ),
    "a name in the notebook": ("legacy = 1", "print('legacy' in globals() or '')"),
    "a module": (
        "import sys, types; sys.modules['legacy'] = types.ModuleType('legacy')",
        "import sys; print('legacy' in sys.modules or '')",
    ),
}


@pytest.mark.parametrize("name", LEGACIES)
def test_nothing_is_left_for_the_next(box, name):
    leave, look = LEGACIES[name]
    if not run(box, f"{leave}\n{look}").strip():
        pytest.skip("This system does not let a student have this at all.")
    run(box, leave)
    assert run(box, look).strip() == ""


def test_students_share_the_process_that_was_warmed_up(box):
    with Student(box, {}, LIMITS) as student:
        student.run("pass", 1)
        first = student.process.ancestor
    with Student(box, {}, LIMITS) as student:
        student.run("pass", 1)
        assert student.process.ancestor is first


def test_two_students_have_neither_numbers_nor_seeds_in_common(box):
    source = "import random, numpy as np; print(random.random(), np.random.rand())"
    assert run(box, source) != run(box, source)


def test_a_signal_to_all_reaches_the_own_processes_alone(box):
    source = "import os, signal; signal.signal(15, lambda *_: None); os.kill(0, 15); os.kill(-1, 9)"
    run(box, source)
    assert run(box, "print('here')") == "here\n"
    assert len(box.idle) == 1


def test_the_process_that_is_forked_can_be_killed(box):
    """Another takes its place, for the next student."""
    [server] = box.idle
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert run(box, "print('here')") == "here\n"
    assert box.idle != [server]


def test_what_was_not_answered_when_it_was_killed_is_not_held_against_the_student(box):
    with pytest.raises(Lost), Student(box, {}, LIMITS) as student:
        student.run("import time\ndef slow(weights): time.sleep(60)", 1)
        server = student.process.ancestor
        killer = threading.Timer(0.3, os.kill, [server.pid, signal.SIGKILL])
        killer.start()
        # As the checks call it: what a student's function raises, they count.
        attempt(lambda weights: student.call("slow", (weights,), {}), Case({"weights": 1.0}))


HONEST = bubblewrap.INSIDE / "forkserver.py"


@pytest.fixture
def false_forkserver(monkeypatch, tmp_path):
    """The file of a program in place of the forkserver, for the sandboxes made from here."""
    inside = shutil.copytree(HONEST.parent, tmp_path / "inside")
    monkeypatch.setattr(bubblewrap, "INSIDE", inside)
    return inside / HONEST.name


def test_one_that_is_killed_while_it_warms_up_is_no_sign_that_the_system_cannot(
    box, false_forkserver
):
    false_forkserver.write_text("raise SystemExit")
    with Sandbox() as box:
        assert run(box, "print('here')") == "here\n"
        assert box.can_fork and box.idle == []
        shutil.copy(HONEST, false_forkserver)
        assert run(box, "print('here')") == "here\n"
        assert len(box.idle) == 1


def test_where_a_sandbox_in_a_sandbox_is_refused_every_student_has_a_process_anew(
    false_forkserver,
):
    answer = "import socket, sys; socket.socket(fileno=int(sys.argv[-1])).sendall(b'-')"
    false_forkserver.write_text(answer)
    with Sandbox() as box:
        assert run(box, "print('here')") == "here\n"
        assert not box.can_fork and box.idle == []


def test_a_sandbox_that_is_closed_leaves_no_process():
    with Sandbox() as box, Student(box, {}, LIMITS) as student:
        student.run("import os\nif os.fork() == 0:\n    import time\n    time.sleep(60)", 1)
        server = psutil.Process(student.process.ancestor.pid)
        family = [server, *server.children(recursive=True)]
        assert len(family) >= 4
    _, alive = psutil.wait_procs(family, timeout=5)
    # One whose parent went before it is buried by the system's first process, if that does so.
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize(("deaths", "comes_back"), [(2, True), (3, False)])
def test_a_notebook_whose_process_was_killed_is_begun_anew(box, monkeypatch, deaths, comes_back):
    begun = []

    def killed_at_first(student, source, number, room, run=Student.run):
        begun.append(source)
        if len(begun) <= deaths:
            student.look("nothing")
            os.kill(student.process.ancestor.pid, signal.SIGKILL)
        return run(student, source, number, room)

    monkeypatch.setattr(Student, "run", killed_at_first)
    work = Work(
        cells=(CodeCell("print('here')", False),),
        given=(),
        files={},
        seed=1,
        limits=LIMITS,
        hidden=("/nowhere",),
        checks="gmm_ref.checks",
        digest=package_digest("gmm_ref.checks"),
        allow_unsandboxed=False,
    )
    if comes_back:
        [[output]] = execution.run(work).outputs
        assert output["text"] == "here\n"
    else:
        with pytest.raises(Unfinished, match="3 times"):
            execution.run(work)
    assert len(begun) == 3
