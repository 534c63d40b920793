"""A gradebook on a PostgreSQL server: the same marks, and stopped and started again as well."""

import itertools
import re
import shutil
import signal
import subprocess

import pytest
from whole_class import command, finish, rows, wait_until_graded

from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.export import export

pytestmark = pytest.mark.skipif(
    not shutil.which("pg_virtualenv"), reason="there is no pg_virtualenv, of postgresql-common"
)


@pytest.fixture
def server():
    """The address of a database on a server of its own."""
    # It sets up a server in a folder of its own, and takes it down when its command has ended.
    process = subprocess.Popen(
        ["pg_virtualenv", "-t", "sh", "-c", "env; echo ready; cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = list(itertools.takewhile("ready\n".__ne__, process.stdout))
    if process.poll() is not None or "PGPORT" not in "".join(lines):
        pytest.skip(f"no server could be started here: {''.join(lines)[-500:]}")
    found = dict(re.findall(r"^PG(\w+)=(.*)$", "".join(lines), re.MULTILINE))
    yield "postgresql+psycopg://{USER}:{PASSWORD}@{HOST}:{PORT}/{DATABASE}".format(**found)
    process.stdin.close()
    process.wait(timeout=60)


def test_a_gradebook_on_a_server_holds_the_same(undisturbed, graded, ungraded, server):
    config = ungraded.root / CONFIG
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {server!r}\n")
    course = Course(ungraded.root)
    process = command(course)
    wait_until_graded(course, 2, process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert "are graded and unchanged" in finish(course)
    assert not (course.root / "gradebook.db").exists()
    assert rows(course) == rows(undisturbed)
    assert course.marks() == undisturbed.marks()
    assert export(course)[0].read_text() == export(graded)[0].read_text()
