"""What needs no sandbox works where there are none of Unix's own modules, as on Windows."""

import os
import subprocess
import sys

import pytest
from classroom import ASSIGNMENT, ROOT

# nbgrader does without pwd on Windows by itself, by the name of the system.
CALL = """
import sys
for name in ("fcntl", "resource", "termios", "grp"):
    sys.modules[name] = None
from nbjudge.grading.main import main
main(prog_name="course")
"""


@pytest.mark.parametrize(
    "command",
    ["--help", f"release {ASSIGNMENT}", f"collect {ASSIGNMENT} submitted", "export"],
)
def test_a_command(graded, command):
    # As filelock would take it where it can do no better.
    (graded.root / ".grading" / "lock").unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CALL, *command.split()],
        cwd=graded.root,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
