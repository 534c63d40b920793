"""The command gmm-course: that of any course, and the demonstration class of this one."""

from pathlib import Path

import click

from nbjudge.grading.main import console, course_option, main


@main.command("demo")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@course_option
def demo_command(folder, course):
    """Make a demonstration class in FOLDER (by default a new one), grade it, show the marks."""
    from gmm_ref import demo_class
    from nbjudge.grading.course import Course

    demo_class.run(Course(course), folder, console)
