"""A course folder of a teacher's own, made from a course that is there."""

import csv
import shutil
from pathlib import Path
from string import Template

from nbjudge.grading.course import CONFIG, Course
from nbjudge.grading.files import empty_folder
from nbjudge.grading.handout.handout import Handout
from nbjudge.grading.roster import COLUMNS, ROSTER

SETTINGS = """

# This course.
c.CourseDirectory.root = __file__.rpartition("nbgrader_config.py")[0] or "."
c.CourseDirectory.course_id = $course_id
c.Exchange.root = c.CourseDirectory.root + "/exchange"
# Percent of an assignment's marks that each day begun after the due date costs.
c.AssignLatePenalties.plugin_class = "nbjudge.grading.late_penalty.PercentADay"
c.PercentADay.percent = $penalty
"""


def init(source, folder, course_id, due, penalty, program):
    """Make a course folder with the assignments of ``source``, a Course; the new Course.

    due: assignment -> ISO time; penalty: percent of the marks for each day late; program: the name
    of the command that works in it.
    """
    for assignment in due:
        source.check_assignment(assignment)
    folder = empty_folder(folder, source.root)
    for name in (source.directory.source_directory, Handout(config=source.config).chapter):
        if name:
            ignored = shutil.ignore_patterns(".*", "__pycache__")
            shutil.copytree(source.root / name, folder / name, ignore=ignored)
    settings = Template(SETTINGS).substitute(course_id=repr(course_id), penalty=penalty)
    text = (source.root / CONFIG).read_text("utf-8").rstrip() + settings
    (folder / CONFIG).write_text(text, "utf-8")
    (folder / "exchange").mkdir()
    with open(folder / ROSTER, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(COLUMNS)
    _write_readme(folder, course_id, program)
    course = Course(folder)
    for assignment in course.assignments:
        course.release(assignment)
        if assignment in due:
            course.set_due(assignment, due[assignment])
    return course


def _write_readme(folder, course_id, program):
    template = Path(__file__).with_name("course_readme.md").read_text("utf-8")
    text = Template(template).substitute(course_id=course_id, program=program)
    (folder / "README.md").write_text(text, "utf-8")
