"""docs/another-chapter.md, from top to bottom: its files written, its commands run.

In the page, a file is a block under a line that holds its path, and commands are a block with what
they print, where "..." stands for anything. Then the course that it wrote gets more students.
"""

import contextlib
import doctest
import json
import os
import re
import runpy
import shutil
import subprocess
import sysconfig
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import indent

import nbformat
import pytest

from nbjudge.checking.results import MIME
from nbjudge.grading.course import Course
from nbjudge.grading.sandbox.bubblewrap import NoSandbox, find_bwrap

PAGE = Path(__file__).parents[1] / "docs" / "another-chapter.md"
BLOCK = re.compile(r"(?:^`([^`\n]+)`\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*\n(?:^> .*\n)*)((?:^(?!\$ ).*\n)*)", re.MULTILINE)

ARGUMENTS = {
    "fit_line": "x, y",
    "residual_variance": "x, y, line",
    "sample_line": "line, sigma, n_samples, rng",
}
# Every known mistake that the page's own student does not make.
WRONG = {
    "emil": {
        "fit_line": "b = x @ y / (x @ x)\nreturn np.mean(y) - b * np.mean(x), b",
        "residual_variance": "r = y - line[0] - line[1] * x\nreturn np.sqrt(r @ r / (len(x) - 2))",
        "sample_line": "x = rng.normal(size=n_samples)\nreturn x, line[0] + line[1] * x",
    },
    "fay": {
        "fit_line": "b = np.cov(x, y)[0, 1] / np.var(x)\nreturn np.mean(y) - b * np.mean(x), b",
        "residual_variance": "return np.var(y - line[0] - line[1] * x, ddof=1)",
        "sample_line": "x = rng.normal(size=n_samples)\n"
        "return x, line[0] + line[1] * x + rng.normal(size=n_samples) * sigma**2",
    },
}
# Answers of the right form, and no more: what no attack may earn more than.
HONEST = {
    "fit_line": "return np.zeros(2)",
    "residual_variance": "return 1.0",
    "sample_line": "return np.zeros(n_samples), np.zeros(n_samples)",
}
# What a function does before it answers as above; {course} is the folder of the course.
ATTACKS = {
    "the-reference": "from line_course import reference\nreturn reference.{name}({arguments})",
    "the-reference-by-its-path": """\
import sys
sys.path.insert(0, "{course}")
from line_course import reference
return reference.{name}({arguments})""",
    "the-source-of-the-reference": """\
names = {{}}
exec(open("{course}/line_course/reference.py").read(), names)
return names["{name}"]({arguments})""",
    "the-frames-of-the-judge": """\
import sys
frame = sys._getframe()
while frame:
    for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
        if hasattr(value, "reference"):
            return value.reference({arguments})
    frame = frame.f_back""",
    "another-judge": """\
import sys
import types
for name in ("nbjudge", "nbjudge.checking", "line_course", "line_course.checks"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["line_course.checks"].check = types.SimpleNamespace(
    {name}=types.SimpleNamespace(form=print, value=print, hard=print)
)""",
    "the-end": "import os\nos._exit(0)",
}


@dataclass(frozen=True)
class Ran:
    """A command of the page, what the page shows that it prints, and what it printed."""

    command: str
    shown: str
    printed: str

    @property
    def is_as_shown(self):
        """Whether it printed that, and else no more than how far it is, on a slow machine."""
        how_far = r"^\d+ of \d+ graded, .* (left|are running)\n"
        printed = re.sub(how_far, "", self.printed, flags=re.MULTILINE)
        return doctest.OutputChecker().check_output(self.shown, printed, doctest.ELLIPSIS)


@dataclass(frozen=True)
class Built:
    """The course that the page writes, and its commands as they were run."""

    course: Course
    ran: list


def run(command, folder):
    """What a command prints in the course's folder; its package is importable there.

    That is what the page's ``pip install`` does, which must not change this environment.
    """
    paths = [str(folder), os.environ.get("PYTHONPATH")]
    environment = {
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "COLUMNS": "80",
    }
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return done.stdout


def commands(text):
    """(command, what it prints) of a block of them."""
    return [(c.replace("\n> ", "\n").rstrip(), printed) for c, printed in COMMAND.findall(text)]


@pytest.fixture(scope="session")
def built(once):
    try:
        find_bwrap()
    except NoSandbox as error:
        pytest.skip(f"This grades a class in the sandbox. {error}")

    def make(folder):
        ran = []
        for path, kind, text in BLOCK.findall(PAGE.read_text()):
            if path:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text)
            elif kind == "console":
                for command, shown in commands(text):
                    if not command.startswith("pip install"):
                        ran.append(Ran(command, shown, run(command, folder)))
        (folder / "ran.json").write_text(json.dumps([asdict(one) for one in ran]))

    folder = once("line-course", make)
    ran = json.loads((folder / "ran.json").read_text())
    return Built(Course(folder), [Ran(**one) for one in ran])


@pytest.fixture(scope="session")
def larger(once, built):
    """The same class with more students in it, graded again."""

    def make(folder):
        shutil.copytree(built.course.root, folder)
        students = {"honest": HONEST, **WRONG}
        for name, attack in ATTACKS.items():
            students[name] = {
                function: attack.format(name=function, arguments=arguments, course=folder)
                + f"\n{HONEST[function]}"
                for function, arguments in ARGUMENTS.items()
            }
        for name, bodies in students.items():
            (folder / "tryout" / f"{name}.py").write_text(source(bodies))
        with contextlib.chdir(folder):
            runpy.run_path("hand_in.py")
        printed = run("nbjudge grade --jobs 1", folder)
        assert f"4 of {4 + len(students)} are graded and unchanged." in printed, printed

    return Course(once("larger-line-course", make))


def source(bodies):
    """The text of a file of functions with these bodies."""
    return "\n\n".join(
        f"def {name}({ARGUMENTS[name]}):\n{indent(body, '    ')}" for name, body in bodies.items()
    )


def marks(course):
    return {mark.student: mark.auto_score for mark in course.marks()}


def named(course, student):
    """The mistakes that were recognised in a student's answers, in order, each once."""
    path = course.root / "autograded" / student / "line" / "line.ipynb"
    found = [
        mistake
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
        for mistake in output.get("data", {}).get(MIME, {}).get("mistakes", [])
    ]
    return list(dict.fromkeys(found))


def test_each_command_prints_what_the_page_shows(built):
    assert [ran for ran in built.ran if not ran.is_as_shown] == []
    assert len(built.ran) == 7


def test_a_right_answer_gets_all_marks_and_none_is_taken_for_a_mistake(built):
    assert marks(built.course)["ada"] == 12
    assert named(built.course, "ada") == []


def test_every_known_mistake_is_named_and_costs_its_marks(larger):
    assert named(larger, "ben") == ["slope_first", "divided_by_too_much", "variance_for_deviation"]
    assert named(larger, "emil") == ["means_not_taken_off", "root_taken", "noise_forgotten"]
    assert named(larger, "fay") == [
        "covariance_and_variance_of_two_kinds",
        "divided_by_too_much",
        "variance_for_deviation",
    ]
    assert [marks(larger)[student] for student in ("ben", "emil", "fay")] == [3, 3, 3]
    seen = {mistake for student in ("ben", "emil", "fay") for mistake in named(larger, student)}
    assert seen == set(re.findall(r"^def (\w+)\(plan", PAGE.read_text(), re.MULTILINE))


def test_the_feedback_page_names_the_mistake(built):
    [page] = built.course.feedback_pages("line", "ben")
    assert "It agrees with a known mistake: slope first." in page.read_text()


def test_an_attack_earns_no_more_than_an_honest_wrong_answer(larger):
    of = marks(larger)
    assert of["honest"] == 2
    assert {name: of[name] for name in ATTACKS if of[name] > 2} == {}


@pytest.mark.parametrize("attack", list(ATTACKS)[:3])
def test_where_nothing_is_hidden_the_reference_is_found(larger, attack):
    """So that these attacks could succeed."""
    folder, outside = larger.root, f"outside-{attack}.py"
    text = (folder / "tryout" / f"{attack}.py").read_text()
    text += "\n\nfrom line_course.checks import check\nprint(check.fit_line.value(fit_line))\n"
    (folder / outside).write_text(text)
    assert run(f"python {outside}", folder) == "None\n"
