"""What a notebook costs, by part: seconds, in one process, on a machine that does nothing else.

    python bench/parts.py [STUDENTS]

Writes build/bench/parts.json: means over the notebooks, all assignments, no endless loop.
"""

import collections
import os
import sys
import time

from classes import OUT, hand_in, make_course, report, students
from nbgrader.preprocessors import SaveAutoGrades

from nbjudge.grading import journal, nbgrader_patches
from nbjudge.grading.notebook import reading
from nbjudge.grading.notebook.repair import Repair
from nbjudge.grading.run import preprocessor
from nbjudge.grading.sandbox.bubblewrap import ONE_THREAD


def main(n_students):
    """Grade a class in this process, with a watch on each part."""
    course = make_course(OUT / "parts")
    hand_in(course, students(0, n_students, without=["jana"]), course.assignments)
    work = [(a, student) for a in course.assignments for student in course.students(a)]
    with nbgrader_patches.one_engine():
        # The first has libraries, templates and queries read.
        course.works(*work[0])
        course.grade(*work[0])
        ahead = seconds(course.works, work)
        spent = watched(course)
        whole = ahead + seconds(course.grade, work)
    each = {"ahead": ahead, **{part: total / len(work) for part, total in spent.items()}}
    each["nbgrader's own"] = whole - sum(each.values())
    each["all"] = whole
    each["all but cells and checks"] = whole - each["cells"] - each["checks"]
    report("parts", {part: round(seconds, 4) for part, seconds in each.items()})


def seconds(function, work):
    """What a call of it takes, a mean over the submissions."""
    begun = time.perf_counter()
    for one in work:
        function(*one)
    return (time.perf_counter() - begun) / len(work)


def watched(course):
    """Part -> seconds spent in it, from now on."""
    spent = collections.Counter()

    def watch(owner, name, part):
        function = getattr(owner, name)

        def timed(*args, **kwargs):
            begun = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[part] += time.perf_counter() - begun

        setattr(owner, name, timed)

    def run(work, function=preprocessor.run):
        done = function(work)
        spent.update({part: done.seconds[part] for part in ("fork", "cells", "checks")})
        return done

    for step in ("content", "parse", "clean_notebook"):
        watch(reading, step, "sanitising")
    watch(Repair, "preprocess", "sanitising")
    watch(SaveAutoGrades, "preprocess", "recording")
    watch(journal, "write_graded", "recording")
    watch(course.api, "generate_feedback", "feedback")
    preprocessor.run = run
    return spent


if __name__ == "__main__":
    # Before numpy is imported, which is too late here: so once more.
    if not ONE_THREAD.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
