"""A script: what each attack of the hostile class wins under nbgrader's own Execute, as a table.

    python tests/nbjudge/grading/stock_table.py > docs/hostile-class.md

Under Execute the attacks do what they do, so each one runs, with the course it attacks, in a
sandbox of its own: without network, with everything else read-only, and with limits. Needs root.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from attacks import ATTACKS
from classroom import ROOT, Classroom
from trap import Trap, identifier

from nbjudge.grading.sandbox import bubblewrap

COURSE = Path("/course")
USER = 30_000
SECONDS = 150
HEAD = """\
# The hostile class

{count} submissions, one attack each, with honest wrong code beside it; their text is in
`tests/nbjudge/grading/attacks.py`. `tests/nbjudge/grading/test_hostile_class.py` grades them as
`nbgrader_config.py` says, in the sandbox. There none earns more than the honest wrong answer
({honest:g} of 18 marks), changes another's mark, reads a secret, leaves anything behind, or stops
the class.

This table is what the same attacks win where nbgrader's own `Execute` runs them: measured by
`python tests/nbjudge/grading/stock_table.py`, each in a sandbox of its own, with time-outs of
3 seconds. "Marks" in bold is more than honest work earns; a dash is a submission that got none.
Some attacks aim at the sandbox itself, and find nothing to aim at here.

| attack | marks | besides |
| --- | --- | --- |
"""
FOOT = """\

## The kernel below

Namespaces alone let a student's process ask the kernel for anything. So each has a filter of system
calls, which it cannot take off and which all that it starts has too: what a notebook needs is
allowed, the rest refused (`nbjudge/grading/sandbox/inside/system_calls.py`). The calls below are
made in `tests/nbjudge/grading/sandbox/test_seccomp.py`, and refused.

| what is asked for | what it gives without the filter |
| --- | --- |
| io_uring | a second way to most calls |
| userfaultfd | a hold on the kernel while it copies |
| `add_key`, `request_key`, `keyctl` | the teacher's keys, and answers left for a friend |
| `personality` | an address space that is not random |
| `unshare`, `clone`, `clone3`, `setns` | a user namespace with all capabilities in it |
| netfilter, generic netlink | the parts of the kernel that have the most faults |
| raw packets, the kernel's ciphers, SCTP | more such parts |
| AF_VSOCK | a way out that knows no network namespace |
| `bpf`, `perf_event_open` | what the system's settings allow |
| `ptrace`, `process_vm_writev`, `pidfd_getfd` | other processes of the same user |
| mounts, file handles, quotas, swap, modules, reboot | what capabilities allow |
| System V's memory, semaphores and messages; `mq_open` | memory that no file system limits |
| `memfd_create`, larger pipes | memory that no file system limits |
| `flock`, `F_GETLK`, inotify on the system's files | word to a friend graded at the same time |

Each process also has a ring of keys of its own, the list of keys is covered, and the first process
of its namespaces, to whose memory it may be able to write, has the same filter. Two who are graded
at the same time can still feel each other by how busy the machine is.
"""


def main():
    """Print the page."""
    with tempfile.TemporaryDirectory() as scratch:
        template = Path(scratch, "template")
        honest = sum(_boxed(template, "prepare")["wrong"].values())
        print(HEAD.format(count=len(ATTACKS), honest=honest), end="")
        for name in ATTACKS:
            course = Path(scratch, "course")
            shutil.copytree(template, course, symlinks=True)
            print(_row(name, _boxed(course, name), honest), flush=True)
            shutil.rmtree(course)
    print(FOOT, end="")


def _row(name, found, honest):
    marks = found.get("marks")
    total = "—" if not marks else f"{sum(mark or 0 for mark in marks.values()):g}"
    if marks and float(total) > honest:
        total = f"**{total}**"
    return f"| {name} | {total} | {', '.join(found['besides'])} |"


def _boxed(course, what):
    """What this script finds when it grades one attack, in a box with this course."""
    course.mkdir(exist_ok=True)
    for path in [course, *course.rglob("*")]:
        os.chown(path, USER, USER, follow_symlinks=False)
    command = [*_box(course), sys.executable, __file__, what]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return {"besides": [f"grading did not end within {SECONDS} s: the class stops"]}
    lines = [line for line in out.splitlines() if line.startswith('{"besides"')]
    if not lines:
        print(err[-2000:], file=sys.stderr)
        return {"besides": ["the grading process died: the class stops"]}
    return json.loads(lines[-1])


def _box(course):
    """bubblewrap as for a student, but with the repository and the course in it."""
    trees = bubblewrap.readable_trees() | {ROOT}
    yield bubblewrap.find_bwrap()
    yield from bubblewrap.namespaces(True)
    yield from bubblewrap.environment("/tmp", [ROOT])
    yield from bubblewrap.system_links()
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder in ("/tmp", "/dev/shm"):
        yield from ("--perms", "1777", "--size", str(2**29), "--tmpfs", folder)
    yield from bubblewrap.parents_of(trees)
    for tree in sorted(trees, key=lambda path: len(path.parts)):
        yield from ("--ro-bind", str(tree), str(tree))
    yield from ("--bind", str(course), str(COURSE), "--chdir", str(COURSE), "--")
    yield from ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
    yield from ("prlimit", "--nproc=200", f"--as={6 * 2**30}", f"--fsize={2**28}")


def inside(what):
    """In the box: lay out the course and grade the bystanders, or grade one attack."""
    trap = Trap(Classroom(COURSE, stock=True))
    if what == "prepare":
        right, wrong = trap.grade_bystanders()
        print(json.dumps({"besides": [], "right": right, "wrong": wrong}))
        return
    student = identifier(what)
    trap.hand_in(student, ATTACKS[what])
    before = trap.surroundings()
    graded = trap.classroom.grade(student)
    besides = []
    marks = graded.marks if graded.success else None
    if marks and any(mark is None for mark in marks.values()):
        besides.append("some cells are left without a mark")
    if not graded.success:
        besides.append("no marks, and nbgrader ends with an error")
    if _try(trap.surroundings) != before:
        besides.append("changes others' marks or files")
    if trap.reached():
        besides.append("reaches the network")
    if trap.left_behind():
        besides.append("leaves a process or a file behind")
    if trap.classroom.secret in (_try(lambda: trap.shown(student)) or ""):
        besides.append("reads a secret")
    print("\n" + json.dumps({"besides": besides, "marks": marks}))


def _try(function):
    try:
        return function()
    except Exception:
        return None


if __name__ == "__main__":
    main() if len(sys.argv) == 1 else inside(sys.argv[1])
