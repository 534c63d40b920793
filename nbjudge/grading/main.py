"""The command line: each command brings in what it needs when it is called."""

import sqlite3
import sys
from pathlib import Path

import click
from rich.console import Console

from nbjudge.grading import nbgrader_patches
from nbjudge.grading.errors import CourseError, GradingError

console = Console()


class CourseCommands(click.Group):
    """Commands that end with a sentence where they cannot go on."""

    def invoke(self, ctx):
        """Run a command; a GradingError's text is its last line, and the exit code is 1."""
        nbgrader_patches.leave_out_rfc3987()
        try:
            return super().invoke(ctx)
        except GradingError as reason:
            sys.exit(str(reason))
        except PermissionError as error:
            sys.exit(
                f"{error.filename} cannot be written or read: {error.strerror}. Make the course "
                f"folder yours to write, or work in a copy of it."
            )
        except Exception as error:
            if _is_damage(error):
                sys.exit(
                    "The gradebook is damaged, or no gradebook: put gradebook.db back from a "
                    "backup, or take it away and grade again. Marks given by hand are in it alone."
                )
            raise


def _is_damage(error):
    """Whether SQLite says that a file of its own is none any more."""
    return isinstance(getattr(error, "orig", None), sqlite3.DatabaseError) and any(
        words in str(error) for words in ("malformed", "not a database", "disk image")
    )


@click.group(cls=CourseCommands)
def main():
    """Run a class: release its assignments, grade them, export the marks."""


course_option = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The course folder; by default the one you stand in.",
)
assignments_argument = click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")


@main.command("release")
@assignments_argument
@course_option
def release_command(assignments, course):
    """Generate exercises/ from solutions/: the named assignments, or all."""
    from nbjudge.grading.course import Course

    course = Course(course)
    for assignment in _chosen(course, assignments):
        course.release(assignment)
        console.print(f"released {assignment}")


@main.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@course_option
@click.option("--course-id", help="What nbgrader calls the course; by default the folder's name.")
@click.option(
    "--due",
    multiple=True,
    type=(str, click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])),
    metavar="ASSIGNMENT TIME",
    help="When an assignment is due, in your time: 2026-03-02T12:00. Once for each.",
)
@click.option(
    "--late-penalty",
    type=click.FloatRange(0, 100),
    default=0,
    help="Percent of the marks that each day begun after that costs; by default none.",
)
def init_command(folder, course, course_id, due, late_penalty):
    """Make a course folder of your own in FOLDER, with the assignments of the course."""
    from nbjudge.grading.course import Course
    from nbjudge.grading.init import init

    course_id = course_id or folder.resolve().name
    times = {assignment: time.astimezone() for assignment, time in due}
    made = init(Course(course), folder, course_id, times, late_penalty, _program())
    console.print(f"made {made.root}: README.md in it says how to go on", soft_wrap=True)


@main.command("handout")
@assignments_argument
@course_option
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path),
    help="The zip, or the new folder, to be written.",
)
def handout_command(assignments, course, to):
    """Write what students get: exercises, chapter, the package, and start.py."""
    from nbjudge.grading.course import Course
    from nbjudge.grading.handout.handout import hand_out

    course = Course(course)
    chosen = _chosen(course, assignments)
    written = hand_out(course, chosen, to)
    console.print(f"wrote {written}: {', '.join(chosen)}", soft_wrap=True)


@main.command("collect")
@click.argument("assignment")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@course_option
def collect_command(assignment, files, course):
    """Place hand-ins into submitted/: the zip of Moodle or Canvas, a folder, nbgrader's exchange.

    Moodle's grading worksheet among the files says when each handed in: without it nobody is late.
    A hand-in is placed by roster.csv, then by its name, then under a name of its own. Older ones
    are kept in downloaded/. Doing it again changes nothing. Exit code 0 only if all were placed.
    """
    from nbjudge.grading.collect.collecting import collect
    from nbjudge.grading.collect.summary import print_summary
    from nbjudge.grading.course import Course
    from nbjudge.grading.run.store import Store

    course = Course(course)
    course.check_assignment(assignment)
    with Store(course.root).locked():
        collected = collect(course, assignment, files)
    print_summary(collected, console)
    if collected.problems:
        sys.exit(f"{len(collected.problems)} could not be placed. The lines above say why.")


@main.command("grade")
@assignments_argument
@course_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Notebooks at once; by default as many as there are cores.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Give the notebooks to the Dask cluster with this scheduler, such as tcp://host:8786.",
)
@click.option("--student", metavar="NAME", help="Grade the submissions of one alone.")
@click.option("--force", is_flag=True, help="Grade again what is graded and has not changed.")
@click.option(
    "--allow-unsandboxed",
    is_flag=True,
    help="Run student code as you, unprotected, where no sandbox can be had.",
)
def grade_command(assignments, course, jobs, scheduler, student, force, allow_unsandboxed):
    """Grade submitted/STUDENT/ASSIGNMENT: marks in the gradebook, autograded/, feedback/.

    Without a name, all assignments. What is graded and has not changed is left as it is. Exit code
    0 only if every submission got its marks, and none is unreadable or to be marked by hand.
    """
    from nbjudge.grading.course import Course
    from nbjudge.grading.dates import apply_dates
    from nbjudge.grading.grade import grade_class
    from nbjudge.grading.marks import marks_table, what_is_open
    from nbjudge.grading.results import class_results
    from nbjudge.grading.sandbox.bubblewrap import find_bwrap
    from nbjudge.grading.strays import strays

    if not (allow_unsandboxed or scheduler):
        find_bwrap()
    course = Course(course, allow_unsandboxed)
    chosen = _chosen(course, assignments)
    if student and not any(student in course.students(assignment) for assignment in chosen):
        raise CourseError(f"{student} has handed in none of {', '.join(chosen)}.")
    failed = grade_class(course, chosen, console, jobs, scheduler, force, student)
    apply_dates(course, chosen)
    found = class_results(course)
    misplaced = [] if student else strays(course, chosen, _program())
    if not found and not misplaced:
        console.print(f"Nobody has handed in yet: {_program()} collect ASSIGNMENT FILE places it.")
        return
    console.print(marks_table(found))
    for stray in misplaced:
        console.print(str(stray), markup=False, highlight=False, soft_wrap=True)
    found = [one for one in found if one.assignment in chosen and student in (None, one.student)]
    left = what_is_open(course, found, failed, misplaced)
    if left:
        sys.exit(f"{'. '.join(left)}. The lines above say more.")


@main.command("due")
@click.argument("assignment")
@click.argument("time", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]))
@click.option("--student", metavar="NAME", help="For one alone, who must be in roster.csv.")
@course_option
def due_command(assignment, time, student, course):
    """Set when an assignment is due, in your time: 2026-03-02T12:00.

    What is late by it, its penalty, the table, the pages and the export follow at once; nothing is
    run again.
    """
    from nbjudge.grading.course import Course
    from nbjudge.grading.dates import apply_dates, set_due

    course = Course(course)
    course.check_assignment(assignment)
    set_due(course, assignment, time.astimezone(), student)
    changed = apply_dates(course, [assignment])
    who = f" for {student}" if student else ""
    console.print(f"{assignment} is due {time:%Y-%m-%d %H:%M}{who}")
    if changed:
        console.print(f"Other penalties now: {', '.join(name for _, name in changed)}")


@main.command("return")
@click.argument("assignment")
@course_option
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path),
    help="Moodle's grading worksheet or Canvas's gradebook, as you downloaded it.",
)
@click.option(
    "--to", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder."
)
@click.option(
    "--unfinished", is_flag=True, help="Also marks with questions still to be marked by hand."
)
@click.option("--column", help="What the column of Canvas's gradebook has in its name.")
def return_command(assignment, course, into, to, unfinished, column):
    """Write to a folder what Moodle or Canvas take back: their file with marks, and feedback.zip.

    Who has no mark is left out, and named.
    """
    from nbjudge.grading.course import Course
    from nbjudge.grading.dates import apply_dates
    from nbjudge.grading.giveback.returning import give_back
    from nbjudge.grading.giveback.summary import print_summary

    course = Course(course)
    course.check_assignment(assignment)
    apply_dates(course, [assignment])
    returned = give_back(course, assignment, into, to, column, unfinished)
    print_summary(returned, console)
    if returned.unknown:
        sys.exit(f"{len(returned.unknown)} have a mark and no row in {into}.")


@main.command("export")
@course_option
def export_command(course):
    """Write all marks: grades.csv, in nbgrader's columns, and grades-by-student.csv.

    A score is empty where there is none; the second says what is open.
    """
    from nbjudge.grading.course import Course
    from nbjudge.grading.dates import apply_dates
    from nbjudge.grading.export import export

    course = Course(course)
    apply_dates(course, course.assignments)
    for path in export(course):
        console.print(f"wrote {path}", soft_wrap=True)


def _program():
    """The name by which this command was called."""
    return click.get_current_context().find_root().info_name


def _chosen(course, assignments):
    """The named assignments, or all of the course."""
    for assignment in assignments:
        course.check_assignment(assignment)
    return list(assignments) or course.assignments
