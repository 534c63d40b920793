"""A class that is graded whole by the command, what its gradebook holds, and its processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from classroom import ASSIGNMENT, HONEST_WRONG, RIGHT, ROOT, Classroom, note_times
from rich.console import Console
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from nbjudge.grading.course import Course

QUIET = Console(quiet=True)
STUDENTS = [f"student-{number}" for number in range(6)]
# Enough of them where it is not about many: right, wrong and untouched.
FEW = STUDENTS[:3]
# Long enough to be stopped in the middle.
SLOW = "import time\ntime.sleep(0.4)"


def make_class(root):
    """A course with six submissions of four kinds, none graded."""
    classroom = Classroom(root)
    for number, student in enumerate(STUDENTS):
        answers = [RIGHT, HONEST_WRONG, {}, RIGHT | {"posterior_entropy": "def ("}][number % 4]
        classroom.hand_in(student, classroom.notebook(answers, early=SLOW))
    note_times(root, {s: f"2026-03-0{n}T12:00:00+00:00" for n, s in enumerate(STUDENTS, start=1)})
    return Course(root)


SUBMISSIONS = (
    "select s.id, a.name, sa.timestamp from submitted_assignment sa"
    " join student s on s.id = sa.student_id join assignment a on a.id = assignment_id"
)
GRADES = (
    "select sa.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit,"
    " g.needs_manual_grade from grade g join base_cell c on c.id = g.cell_id"
    " join submitted_notebook sn on sn.id = g.notebook_id"
    " join submitted_assignment sa on sa.id = sn.assignment_id"
)
COMMENTS = (
    "select sa.student_id, c.name, k.auto_comment, k.manual_comment from comment k"
    " join base_cell c on c.id = k.cell_id"
    " join submitted_notebook sn on sn.id = k.notebook_id"
    " join submitted_assignment sa on sa.id = sn.assignment_id"
)


def rows(course):
    """All that the gradebook holds of the submissions, without its own random names for them."""
    found = [select(course, query) for query in (SUBMISSIONS, GRADES, COMMENTS)]
    # One database gives a time as text, another as a time.
    found[0] = [(*names, str(time)[:19]) for *names, time in found[0]]
    return found


def select(course, query):
    """What the course's database answers, in an order of ours."""
    with create_engine(course.directory.db_url, poolclass=NullPool).connect() as connection:
        answer = connection.execute(text(query)).fetchall()
    return sorted((tuple(row) for row in answer), key=lambda row: row[:2])


def written(course):
    """When each submission's page was written."""
    return {
        student: page.stat().st_mtime_ns
        for student in STUDENTS
        for page in course.feedback_pages(ASSIGNMENT, student)
    }


def outputs(path):
    """The outputs of a notebook, without the times that its checks took."""
    cells = json.loads(path.read_text())["cells"]
    plain = json.dumps([cell.get("outputs") for cell in cells])
    found = json.loads(plain, object_hook=lambda o: {k: o[k] for k in o if k != "milliseconds"})
    assert any(found)
    return found


def command(course, *options):
    """The command at work, in a group of processes of its own."""
    program = Path(sysconfig.get_path("scripts")) / "gmm-course"
    return subprocess.Popen(
        [sys.executable, program, "grade", "--course", course.root, *options],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until_graded(course, count, process):
    """Wait until so many submissions stand in the journal."""
    for _ in range(1200):
        assert process.poll() is None, process.stdout.read()
        if journaled(course) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nothing is graded")


def journaled(course):
    """How many submissions stand in the journal, which may not be there yet."""
    try:
        return select(course, "select count(*) from nbjudge_graded")[0][0]
    except DBAPIError:
        return 0


def finish(course, *options):
    """Run the command to its end, with one process unless told otherwise; what it printed."""
    process = command(course, *(options or ("--jobs", "1")))
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    return output


def descendants(pid):
    """The pids of a process's children, and theirs; each was started by one of its threads."""
    children = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has just ended
            children += map(int, thread.read_text().split())
    return children + [d for child in children for d in descendants(child)]


def command_line(pid):
    """What a process was started with; nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def is_running(pid):
    """Whether a process is there, and more than its name."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def kill(pid):
    """End a process, whatever it is at."""
    os.kill(pid, signal.SIGKILL)
