"""What lies in submitted/ in the wrong place is named, with what was expected and a command."""

import shlex

import pytest
from click.testing import CliRunner
from deliveries import ASSIGNMENT, NOTEBOOK, OTHER, notebook, plain_notebook

from nbjudge.grading.main import main
from nbjudge.grading.strays import strays

# What lies there -> the path that is named, what is expected, and the command.
WRONG = {
    f"ada/7.4.3_posteriori/{NOTEBOOK}": (
        "ada/7.4.3_posteriori",
        "the name of an assignment (7.4.2_likelihood, 7.4.3_posterior)",
        "mv submitted/ada/7.4.3_posteriori submitted/ada/7.4.3_posterior",
    ),
    f"ada/{ASSIGNMENT}/my work.ipynb": (
        f"ada/{ASSIGNMENT}/my work.ipynb",
        NOTEBOOK,
        f"course collect {ASSIGNMENT} submitted/ada",
    ),
    f"a[1]/{ASSIGNMENT}/{NOTEBOOK}": (
        "a[1]",
        "a name without [ ]",
        "mv 'submitted/a[1]' submitted/a-1",
    ),
    "moodle.zip": (
        "moodle.zip",
        "a folder submitted/STUDENT",
        "course collect ASSIGNMENT submitted/moodle.zip",
    ),
    f"ada/{NOTEBOOK}": (
        f"ada/{NOTEBOOK}",
        "a folder submitted/ada/ASSIGNMENT",
        "course collect ASSIGNMENT submitted/ada",
    ),
}


def lay(course, name, content):
    path = course.root / "submitted" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def run(course, command):
    """Do what the sentence says."""
    words = shlex.split(command.replace("ASSIGNMENT ", f"{ASSIGNMENT} "))
    if words[0] == "mv":
        (course.root / words[1]).rename(course.root / words[2])
    else:
        words[3:] = [str(course.root / words[3]), "--course", str(course.root)]
        assert CliRunner().invoke(main, words[1:]).exit_code == 0


@pytest.mark.parametrize("name", [name for name in WRONG if name != "moodle.zip"])
def test_it_is_named_and_the_command_puts_it_right(course, name):
    lay(course, name, notebook("x"))
    path, expected, command = WRONG[name]
    [stray] = strays(course, course.assignments, "course")
    sentence = f"submitted/{path} is not graded: expected {expected}. {command}"
    assert str(stray) == sentence
    run(course, command)
    assert len(course.students(ASSIGNMENT)) == 1
    assert strays(course, course.assignments, "course") == []


def test_a_zip_is_named(course):
    lay(course, "moodle.zip", b"PK")
    [stray] = strays(course, course.assignments, "course")
    assert (stray.path, stray.expected, stray.command) == (
        "submitted/moodle.zip",
        *WRONG["moodle.zip"][1:],
    )


def test_a_second_notebook_is_named_if_it_is_one_of_the_assignment(course):
    lay(course, f"ada/{ASSIGNMENT}/{NOTEBOOK}", notebook("first"))
    lay(course, f"ada/{ASSIGNMENT}/scratch.ipynb", plain_notebook())
    assert strays(course, course.assignments, "course") == []
    lay(course, f"ada/{ASSIGNMENT}/posterior (1).ipynb", notebook("second"))
    [stray] = strays(course, course.assignments, "course")
    assert stray.path.endswith("posterior (1).ipynb")
    assert "If it counts: course collect" in str(stray)
    assert course.students(ASSIGNMENT) == ["ada"]
    run(course, stray.command.removeprefix("If it counts: "))
    folder = course.root / "submitted" / "ada" / ASSIGNMENT
    assert (folder / NOTEBOOK).read_bytes() == notebook("second")
    assert strays(course, course.assignments, "course") == []


def test_of_one_assignment_only_its_own_are_named(course):
    lay(course, f"ada/{ASSIGNMENT}/my work.ipynb", notebook("x"))
    assert strays(course, [OTHER], "course") == []


def test_grading_names_them_and_fails(course):
    for name in WRONG:
        if not name.startswith("ada/posterior"):
            lay(course, name, notebook("x"))
    arguments = ["grade", ASSIGNMENT, "--course", str(course.root), "--allow-unsandboxed"]
    result = CliRunner().invoke(main, arguments, prog_name="course")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    for path, _, command in WRONG.values():
        assert path == f"ada/{NOTEBOOK}" or f"submitted/{path} is not graded" in result.output
        assert path == f"ada/{NOTEBOOK}" or command in result.output
    assert "4 got no marks: " in result.output.splitlines()[-1]
