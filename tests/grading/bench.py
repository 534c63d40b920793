"""How long a class takes: stock nbgrader and this grader, in turn, on the same submissions.

`python tests/grading/bench.py [STUDENTS] [--only ours]` writes build/bench/grading.json and prints
what is in it. Stock is `nbgrader autograde` and `nbgrader generate_feedback` as they come, without
isolation; ours is `gmm-course grade --jobs 2`, isolated, feedback pages included.
"""

import argparse
import dataclasses
import json
import os
import shutil
import subprocess
import sysconfig
import threading
import time
from pathlib import Path

from gmm_ref.grading import demo
from gmm_ref.grading.course import CONFIG, Course
from gmm_ref.grading.sandbox import memory_used

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build/bench"
SCRIPTS = Path(sysconfig.get_path("scripts"))
# Of 60 students; the demonstration class has one of each.
SHARES = {
    "ada": 18, "bert": 14, "cleo": 6, "dora": 3, "emil": 4, "fay": 3, "gus": 3, "hana": 3,
    "ivo": 2, "jana": 1, "karl": 2, "lena": 1,
}  # fmt: skip
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


def kinds(n_students):
    """So many students of the demonstration's kinds, in these shares, in the order of a list."""
    by_name = {student.name: student for student in demo.STUDENTS}
    ranked = sorted((i / share, name) for name, share in SHARES.items() for i in range(share))
    names = [name for _, name in ranked]
    return [by_name[names[i % len(names)]] for i in range(n_students)]


def make_class(folder, n_students):
    """A course folder in which everybody has handed in all five assignments."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    shutil.copy(ROOT / CONFIG, folder)
    course = Course(folder)
    for assignment in course.assignments:
        course.release(assignment)
    for number, kind in enumerate(kinds(n_students)):
        student = dataclasses.replace(kind, name=f"{kind.name}-{number:04d}")
        for assignment in course.assignments:
            demo.submit(course, student, assignment)
    return course


def run(commands, folder):
    """Run the commands one after the other; seconds, processor seconds, bytes at the peak."""
    environment = os.environ | {
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "OPENBLAS_NUM_THREADS": "1",
    }
    begun, before, peak = time.monotonic(), os.times(), [0]
    for command in commands:
        with (folder / "bench.log").open("a") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
            watcher = threading.Thread(target=_watch, args=(process, peak))
            watcher.start()
            process.wait()
            watcher.join()
    after = os.times()
    spent = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    return {
        "wall_seconds": round(time.monotonic() - begun, 1),
        "processor_seconds": round(spent, 1),
        "peak_megabytes": round(peak[0] / 1e6),
    }


def _watch(process, peak):
    while process.poll() is None:
        peak[0] = max(peak[0], memory_used(process.pid))
        time.sleep(0.5)


def ours(folder, n_students):
    """Our figures, and the marks."""
    course = make_class(folder, n_students)
    figures = run([[SCRIPTS / "gmm-course", "grade", "--jobs", "2"]], folder)
    return figures, _marks(course)


def stock(folder, n_students):
    """Stock nbgrader's figures, and the marks."""
    course = make_class(folder, n_students)
    (folder / CONFIG).write_text(STOCK_CONFIG)
    steps = [
        [SCRIPTS / "nbgrader", step, assignment]
        for assignment in course.assignments
        for step in ("autograde", "generate_feedback")
    ]
    return run(steps, folder), _marks(course)


def _marks(course):
    return {(mark.student, mark.assignment): mark.auto_score for mark in course.marks()}


def main():
    """Run what is asked for, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("students", nargs="?", type=int, default=60)
    parser.add_argument("--only", choices=["ours", "stock"])
    options = parser.parse_args()
    notebooks = options.students * 5
    result = {"students": options.students, "notebooks": notebooks}
    marks = {}
    for name, grade in (("ours", ours), ("stock", stock)):
        if options.only in (None, name):
            result[name], marks[name] = grade(OUT / name, options.students)
    if len(marks) == 2:
        result["ratios"] = {
            key: round(result["stock"][key] / result["ours"][key], 1) for key in result["ours"]
        }
        result["different_marks"] = sorted(
            f"{student}, {assignment}"
            for student, assignment in marks["ours"]
            if marks["ours"][student, assignment] != marks["stock"].get((student, assignment))
        )
    text = json.dumps(result, indent=1)
    (OUT / "grading.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
