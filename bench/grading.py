"""How long a class takes: stock nbgrader and this grader, in turn, on the same submissions.

    python bench/grading.py [STUDENTS] [--only ours|stock]

writes build/bench/grading.json and prints what is in it. Stock is `nbgrader autograde` with its own
Execute, and `nbgrader generate_feedback`, without isolation; ours is `gmm-course grade --jobs 2`,
isolated, feedback pages included. Processor time is that of the whole machine: let it do nothing
else.
"""

import argparse
import os
import subprocess
import sysconfig
import threading
import time
from pathlib import Path

import psutil
from classes import OUT, hand_in, make_course, report, students

from nbjudge.grading.course import CONFIG
from nbjudge.grading.sandbox.process import usage

SCRIPTS = Path(sysconfig.get_path("scripts"))
STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "gmm-7.4"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.OverwriteCells.add_missing_cells = True
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
"""


def run(commands, folder):
    """Run the commands one after the other; seconds, processor seconds, megabytes at the peak."""
    environment = os.environ | {
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
    }
    begun, before, peak = time.monotonic(), _busy(), [0]
    for command in commands:
        with (folder / "bench.log").open("a") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
            watcher = threading.Thread(target=_watch, args=(process, peak))
            watcher.start()
            process.wait()
            watcher.join()
    return {
        "wall_seconds": round(time.monotonic() - begun, 1),
        "processor_seconds": round(_busy() - before, 1),
        "peak_megabytes": round(peak[0] / 1e6),
    }


def _busy():
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


def _watch(process, peak):
    while process.poll() is None:
        peak[0] = max(peak[0], usage(process.pid).memory)
        time.sleep(2)


def ours(course):
    """Our figures."""
    return run([[SCRIPTS / "gmm-course", "grade", "--jobs", "2"]], course.root)


def stock(course):
    """Stock nbgrader's figures."""
    (course.root / CONFIG).write_text(STOCK_CONFIG)
    steps = [
        [SCRIPTS / "nbgrader", step, assignment]
        for assignment in course.assignments
        for step in ("autograde", "generate_feedback")
    ]
    return run(steps, course.root)


def main():
    """Run what is asked for, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", nargs="?", type=int, default=60)
    parser.add_argument("--only", choices=["ours", "stock"])
    options = parser.parse_args()
    result = {"students": options.students, "notebooks": options.students * 5}
    marks = {}
    for name, grade in (("ours", ours), ("stock", stock)):
        if options.only in (None, name):
            course = make_course(OUT / name)
            hand_in(course, students(0, options.students), course.assignments)
            result[name] = grade(course)
            marks[name] = {(mark.student, mark.assignment): mark for mark in course.marks()}
            report(name, result[name])
    if len(marks) == 2:
        result["ratios"] = {
            key: round(result["stock"][key] / result["ours"][key], 1) for key in result["ours"]
        }
        result["different_marks"] = different(marks["ours"], marks["stock"])
    report("grading", result)


def different(ours, stock):
    """The submissions whose marks differ, with both marks."""
    found = {}
    for which, mark in ours.items():
        other = stock[which].auto_score if which in stock else None
        if mark.auto_score != other:
            found[", ".join(which)] = [mark.auto_score, other]
    return found


if __name__ == "__main__":
    main()
