"""Classes to measure on: the demonstration's students, in the shares in which they come."""

import dataclasses
import json
import shutil
from pathlib import Path

from gmm_ref import demo_class as demo
from nbjudge.grading.course import CONFIG, Course

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build/bench"
# Of 60 students; the demonstration class has one of each.
SHARES = {
    "ada": 18, "bert": 14, "cleo": 6, "dora": 3, "emil": 4, "fay": 3, "gus": 3, "hana": 3,
    "ivo": 2, "jana": 1, "karl": 2, "lena": 1,
}  # fmt: skip


def make_course(folder):
    """A course folder with all assignments released and nobody in it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    shutil.copy(ROOT / CONFIG, folder)
    course = Course(folder)
    for assignment in course.assignments:
        course.release(assignment)
    return course


def hand_in(course, students, assignments):
    """Everybody of ``students`` hands in these assignments."""
    for student in students:
        for assignment in assignments:
            demo.submit(course, student, assignment)


def students(first, last, without=()):
    """Students number ``first`` to ``last`` - 1 of a class without end, in these shares."""
    by_name = {student.name: student for student in demo.STUDENTS}
    shares = {name: share for name, share in SHARES.items() if name not in without}
    ranked = sorted((i / share, name) for name, share in shares.items() for i in range(share))
    names = [name for _, name in ranked]
    chosen = [(number, names[number % len(names)]) for number in range(first, last)]
    return [
        dataclasses.replace(by_name[name], name=f"{name}-{number:04d}") for number, name in chosen
    ]


def report(name, result):
    """Print a result, and write it to build/bench."""
    text = json.dumps(result, indent=1)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(text + "\n")
    print(text, flush=True)
