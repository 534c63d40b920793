"""A process that has imported the libraries once, and is forked for each notebook.

It is a program, started by `nbjudge.grading.sandbox` in the sandbox. No code of a student ever
runs in it: a fork first leaves it for namespaces of its own (processes, folders, shared memory,
network) and keys of its own, and gives up what let it do so. When a fork is ended, all that it
started ends with it.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import socket
import stat
import struct
import sys
import time

from . import rights, worker
from .ending import END_SECONDS, KILLED
from .kernel import call
from .shell import make_shell

# What notebooks import, so that a fork need not.
LIBRARIES = ("scipy.linalg", "scipy.special", "scipy.stats", "matplotlib.pyplot",
             "matplotlib.backends.backend_agg", "matplotlib_inline.backend_inline")  # fmt: skip
# Linux's numbers, from its headers sched.h, mount.h and prctl.h.
NEW_FOLDERS, NEW_NAME, NEW_MEMORY, NEW_USERS, NEW_PROCESSES, NEW_NETWORK = (
    0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)  # fmt: skip
READ_ONLY, NO_SUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
SUBREAPER = 36
# Files that may lie in each folder of the student's: an empty one takes memory, too.
FILES = 20_000


def main(size, own_users, descriptor):
    """Serve the socket of this number: b"+" and a socket begin a fork, b"-" ends it.

    b"?" asks how it has ended: the answer is b"!" if it was killed from outside.
    """
    control = socket.socket(fileno=descriptor)
    warm_up()
    call("prctl", SUBREAPER, 1, 0, 0, 0)
    control.sendall(b"+" if can_fork(size, own_users) else b"-")
    child = None
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if order == b"+":
            child = fork(descriptors[0], size, own_users)
            os.close(descriptors[0])
        elif order == b"-":
            end(child)
        elif order == b"?":
            order = b"!" if was_killed(child) else order
        else:
            return
        control.sendall(order)


def warm_up():
    """Import, and let IPython and matplotlib do what they do but once."""
    shell = make_shell()
    for name in LIBRARIES:
        # A library that is not there is a matter of the notebook that wants it.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    fail(shell)
    with contextlib.suppress(ImportError):
        draw()
    gc.collect()
    gc.freeze()


def fail(shell):
    """Have an error put into words for nobody: the first time, it takes ten times as long."""
    try:
        raise ValueError
    except ValueError:
        shell.InteractiveTB.structured_traceback(*sys.exc_info())


def draw():
    """Draw a picture for nobody: fonts and formulas take longer the first time."""
    pyplot = importlib.import_module("matplotlib.pyplot")
    _, ax = pyplot.subplots()
    ax.plot([1, 2], "o-", label="$x_1$")
    ax.hist([1, 2])
    ax.set(xlabel="x", ylabel="y", title="picture")
    ax.legend()
    # It goes to the outputs of the shell, which have no room as long as no cell runs.
    pyplot.show()
    pyplot.close("all")


def can_fork(size, own_users):
    """Whether this system lets a fork have namespaces of its own; it must find one thread alone."""
    if len(os.listdir("/proc/self/task")) != 1:
        return False
    ours, theirs = socket.socketpair()
    with ours, theirs:
        try:
            child = fork(theirs.fileno(), size, own_users, trial=True)
        except OSError:
            return False
        theirs.close()
        came_up = ours.recv(1) == b"+"
        end(child)
        return came_up


def fork(stream, size, own_users, trial=False):
    """The id of a new process that serves the socket ``stream`` in namespaces of its own."""
    reader, writer = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            unshare(own_users)
            child = os.fork()
            if child == 0:
                serve(stream, size, trial)
            os.write(writer, struct.pack("i", child))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    os.waitpid(between, 0)
    if not said:
        raise OSError("a fork could not leave its parent")
    return struct.unpack("i", said)[0]


def end(child):
    """Kill a fork; it is the first of its processes, and the system kills the others with it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def was_killed(child):
    """Whether a fork, whose connection has ended, was killed from outside, or its first process.

    One that goes on without a connection was not.
    """
    until = time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended:
            return ended.si_status in (signal.SIGKILL, KILLED)
        time.sleep(0.005)
    return False


def unshare(own_users):
    """Leave everything of the parent's; the processes only with the next fork."""
    user, group = os.getuid(), os.getgid()
    kinds = NEW_FOLDERS | NEW_NAME | NEW_MEMORY | NEW_PROCESSES | NEW_NETWORK
    call("unshare", kinds | (NEW_USERS if own_users else 0))
    if own_users:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def serve(stream, size, trial):
    """Be the first process of the new namespaces, and have a student's process in them."""
    try:
        os.setsid()
        os.closerange(3, stream)
        os.closerange(stream + 1, os.sysconf("SC_OPEN_MAX"))
        mount(size)
        if trial:
            rights.give_up()
            os.write(stream, b"+")
        else:
            worker.serve_alone(stream)
    finally:
        os._exit(0)


def mount(size):
    """Folders that nobody else sees, empty ones where the student may write."""
    _mount(None, "/", None, RECURSIVE | PRIVATE)
    for folder in ("/tmp", "/dev/shm", os.environ["HOME"]):
        # Python itself may lie in one of them.
        kept = [(place, os.open(place, os.O_PATH)) for place in mounted_in(folder)]
        options = f"size={size},nr_inodes={FILES},mode=1777"
        _mount("tmpfs", folder, "tmpfs", NO_SUID | NO_DEVICES, options)
        for place, descriptor in kept:
            make_place(place, descriptor)
            _mount(f"/proc/self/fd/{descriptor}", place, None, BIND | RECURSIVE)
            os.close(descriptor)
    # What is written there could make the kernel spare a student when memory is short.
    _mount("proc", "/proc", "proc", READ_ONLY | NO_SUID | NO_DEVICES | NO_PROGRAMS)
    # Without the list of the keys of this user: it names the teacher's, where that is the same one.
    if os.path.exists("/proc/keys"):
        _mount("/dev/null", "/proc/keys", None, BIND)


def mounted_in(folder):
    """The files and folders that bubblewrap put into a folder, those within them apart."""
    with open("/proc/self/mounts") as file:
        places = sorted(line.split()[1] for line in file)
    places = [place for place in places if place.startswith(folder + "/")]
    # A blank in a name stands there as its octal number.
    places = [place.encode().decode("unicode_escape") for place in places]
    return [p for p in places if not any(p.startswith(other + "/") for other in places)]


def make_place(place, descriptor):
    """An empty file or folder to put it back on."""
    if stat.S_ISDIR(os.stat(descriptor).st_mode):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.chmod(os.path.dirname(place), 0o1777)
        os.close(os.open(place, os.O_CREAT, 0o444))


def _mount(source, target, kind, flags, options=None):
    texts = [text and text.encode() for text in (source, target, kind, options)]
    call("mount", *texts[:3], ctypes.c_ulong(flags), texts[3])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "own-users", int(sys.argv[3]))
    os._exit(0)
