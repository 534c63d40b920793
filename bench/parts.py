"""What a notebook costs, by part: seconds, in one process, on a machine that does nothing else.

    python bench/parts.py [STUDENTS]

Writes build/bench/parts.json: means over the notebooks, all assignments, no endless loop.
"""

import collections
import os
import sys
import time
import warnings

from classes import OUT, hand_in, make_course, report, students
from nbgrader.preprocessors import SaveAutoGrades

from nbjudge.grading import journal
from nbjudge.grading.grade import one_engine
from nbjudge.grading.notebook.reading import SubmissionExporter
from nbjudge.grading.notebook.repair import Repair
from nbjudge.grading.run import preprocessor as executor
from nbjudge.grading.sandbox.bubblewrap import ONE_THREAD


def main(n_students):
    """Grade a class in this process, with a watch on each part."""
    course = make_course(OUT / "parts")
    hand_in(course, students(0, n_students, without=["jana"]), course.assignments)
    work = [(a, student) for a in course.assignments for student in course.students(a)]
    spent = watched(course)
    with one_engine():
        # The first has libraries, templates and queries read.
        course.grade(*work[0])
        spent.clear()
        begun = time.perf_counter()
        for one in work:
            course.grade(*one)
        whole = (time.perf_counter() - begun) / len(work)
    each = {part: seconds / len(work) for part, seconds in spent.items()}
    each["nbgrader's own"] = whole - sum(each.values())
    each["all"] = whole
    each["all but cells and checks"] = whole - each["cells"] - each["checks"]
    report("parts", {part: round(seconds, 4) for part, seconds in each.items()})


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

    def run(work, function=executor.run):
        done = function(work)
        spent.update({part: done.seconds[part] for part in ("fork", "cells", "checks")})
        return done

    watch(SubmissionExporter, "_submitted", "sanitising")
    watch(Repair, "preprocess", "sanitising")
    watch(SaveAutoGrades, "preprocess", "recording")
    watch(journal, "write", "recording")
    watch(course.api, "generate_feedback", "feedback")
    executor.run = run
    return spent


if __name__ == "__main__":
    # Before numpy is imported, which is too late here: so once more.
    if not ONE_THREAD.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
