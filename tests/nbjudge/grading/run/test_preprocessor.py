"""The executor on the honest path, its limits, its record, and its refusal without a sandbox."""

import stat
import subprocess
import sys

import pytest
from classroom import ASSIGNMENT, HONEST_WRONG, NOTEBOOK, RIGHT, Classroom

from gmm_ref.checks import CheckFailed, check, seeded
from nbjudge.grading.notebook.record import attempts_of, record_of
from nbjudge.grading.run import preprocessor as executor
from nbjudge.grading.run.ahead import works
from nbjudge.grading.run.seeds import class_secret, secret_path, student_seed
from nbjudge.grading.sandbox import bubblewrap

SETTINGS = {"cell_seconds": 5.0, "call_seconds": 2.0, "notebook_seconds": 60.0}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    return Classroom(tmp_path_factory.mktemp("class"), SETTINGS)


def grade(classroom, student, answers, **cells):
    classroom.hand_in(student, classroom.notebook(answers, **cells))
    return classroom.grade(student)


def path_of(classroom, student):
    return classroom.root / "autograded" / student / ASSIGNMENT / f"{NOTEBOOK}.ipynb"


NOISY = RIGHT | {
    "posterior_entropy": """\
def posterior_entropy(R):
    import logging, sys, warnings
    import matplotlib.pyplot as plt
    print("here I am", R.shape)
    print("and here", file=sys.stderr)
    warnings.warn("careful")
    logging.getLogger().error("oh")
    plt.plot(R)
    plt.show()
    np.log(np.zeros(1))
    return -np.sum(np.where(R > 0, R * np.log(np.where(R > 0, R, 1)), 0), axis=1)
""",
}
LOUD_CELL = """\
import logging, sys, warnings
import matplotlib.pyplot as plt
np.seterr(all="raise")
warnings.simplefilter("error")
logging.basicConfig(level=0)
print("x", file=sys.stderr)
plt.plot([1, 2])
"""


def test_a_right_answer_that_prints_warns_logs_and_plots_keeps_full_marks(classroom):
    result = grade(classroom, "noisy", NOISY, late=LOUD_CELL)
    assert result.total == 18, result.messages()
    tests = [c for c in result.notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert [[output.output_type for output in cell.outputs] for cell in tests] == [
        ["display_data"]
    ] * 9
    shown = [cell.outputs[0].data["text/plain"] for cell in tests]
    assert shown[0] == "responsibilities, form: right."
    [loud] = [cell for cell in result.notebook.cells if cell.source == LOUD_CELL]
    assert any("image/png" in output.get("data", {}) for output in loud.outputs)


def test_the_untouched_release_gets_nothing_and_is_told_so(classroom):
    result = grade(classroom, "untouched", {})
    assert result.success and set(result.marks.values()) == {0}
    assert all("not written yet" in text for text in result.messages().values())


def test_a_wrong_answer_reads_as_at_the_desk(classroom):
    """The same message for the same seed, whether the function is here or in the sandbox."""
    wrong = HONEST_WRONG | {
        "most_probable_component": "def most_probable_component(R):\n    R[0] = 0\n    return R",
        "posterior_entropy": "def posterior_entropy(R):\n    return R @ np.ones(99)",
    }
    result = grade(classroom, "desk", wrong)
    names = {}
    for source in ("import numpy as np", classroom.released.cells[1].source, *wrong.values()):
        exec(source, names)
    [work] = works(classroom.config(), classroom.coursedir, ASSIGNMENT, "desk").values()
    for cell, message in result.messages().items():
        name, aspect = cell.removeprefix("test_").rsplit("_", 1)
        with pytest.raises(CheckFailed) as error, seeded(work.seed):
            getattr(getattr(check, name), aspect)(names[name])
        if "in your line" in message:
            assert "return R @ np.ones(99)" in message
        else:
            assert message == str(error.value)
    assert "in place" in result.messages()["test_most_probable_component_value"]


def test_a_name_that_is_gone_or_no_function_is_named(classroom):
    wrong = RIGHT | {"responsibilities": "pass", "posterior_entropy": "posterior_entropy = 3"}
    result = grade(classroom, "gone", wrong)
    assert "responsibilities is not defined" in result.messages()["test_responsibilities_form"]
    assert result.marks["test_most_probable_component_hard"] == 3
    assert result.marks["test_posterior_entropy_form"] == 0


def test_an_endless_loop_costs_its_own_marks_and_a_bounded_time(classroom):
    loop = RIGHT | {"posterior_entropy": "def posterior_entropy(R):\n    while True:\n        pass"}
    result = grade(classroom, "loop", loop)
    assert result.total == 12
    assert "within 2 s" in result.messages()["test_posterior_entropy_form"]
    assert result.seconds < 40


def test_after_an_end_the_other_answers_get_their_marks(classroom):
    end = RIGHT | {"responsibilities": "def responsibilities(*a):\n    import os\n    os._exit(0)"}
    result = grade(classroom, "end", end, early="import os\nos._exit(1)")
    assert result.total == 12
    assert "process ended" in result.messages()["test_responsibilities_form"]
    assert any("ended" in attempt for attempt in attempts_of(path_of(classroom, "end")))


def test_the_whole_notebook_is_bounded_in_time(tmp_path):
    classroom = Classroom(tmp_path / "class", SETTINGS | {"notebook_seconds": 4.0})
    result = grade(
        classroom, "slow", RIGHT, early="import time\ntime.sleep(3)", late="time.sleep(9)"
    )
    assert result.success and result.seconds < 30
    assert "used up its 4 s" in result.messages()["test_posterior_entropy_hard"]


def test_files_of_the_course_are_there_and_a_module_of_the_students_too(classroom):
    folder = classroom.folder("files")
    folder.mkdir(parents=True)
    (folder / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    late = "import helper\nprint(helper.twice(np.loadtxt('points.csv', delimiter=',').sum()))"
    result = grade(classroom, "files", RIGHT, late=late)
    assert "20.0" in str([cell.outputs for cell in result.notebook.cells if cell.source == late])


def test_too_many_files_are_not_given_and_stop_nothing(classroom):
    folder = classroom.folder("hoard")
    folder.mkdir(parents=True)
    for number in range(600):
        (folder / f"f{number}.txt").touch()
    late = "import os\nprint(len(os.listdir()))"
    result = grade(classroom, "hoard", RIGHT, late=late)
    assert result.total == 18
    assert "500" in str([cell.outputs for cell in result.notebook.cells if cell.source == late])


def test_regrading_gives_the_same_inputs_and_another_student_others(classroom):
    first = grade(classroom, "again", HONEST_WRONG).messages()
    assert classroom.grade("again").messages() == first
    other = grade(classroom, "other", HONEST_WRONG).messages()
    assert other["test_responsibilities_value"] != first["test_responsibilities_value"]


def test_the_secret_is_made_once_and_for_its_owner_alone(classroom):
    grade(classroom, "again", HONEST_WRONG)
    path = secret_path(classroom.coursedir.db_url, classroom.root)
    assert path == classroom.root / "grading_secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert class_secret(path) == class_secret(path)


def test_a_damaged_secret_is_no_secret(tmp_path):
    (tmp_path / "grading_secret").write_text("00ff")
    with pytest.raises(ValueError, match="32 bytes"):
        class_secret(tmp_path / "grading_secret")


def test_seeds_differ_by_class_assignment_student_and_what_was_handed_in():
    seeds = {
        student_seed(key, assignment, student, handed_in)
        for key in (b"a" * 32, b"b" * 32)
        for assignment, student in (("7.4.1", "ada"), ("7.4.1", "bert"), ("7.4", ".1ada"))
        for handed_in in (["x = 1"], ["x = 2"], ["x = 1", "y.csv", b"3"], ["x = 1y.csv", b"3"])
    }
    assert len(seeds) == 24


def test_inputs_noted_at_a_first_hand_in_are_not_those_of_the_second(classroom):
    """A table of what came in, printed and handed in again with the answers beside it."""

    def seeds(early):
        classroom.hand_in("twice", classroom.notebook(RIGHT, early=early))
        return [w.seed for w in works(*where, ASSIGNMENT, "twice").values()]

    where = classroom.config(), classroom.coursedir
    first, again = seeds("noted = []"), seeds("noted = []")
    assert first == again != seeds("noted = [0.25]")


def test_a_gradebook_that_is_no_file_has_its_secret_in_the_course(tmp_path):
    assert secret_path("postgresql://localhost/grades", tmp_path) == tmp_path / "grading_secret"


def test_attempts_are_noted_as_facts_and_cost_nothing(classroom):
    late = """\
import socket
for attempt in ("import gmm_ref", "open('/root/secret')", "np.allclose = None",
                "socket.create_connection(('10.0.0.1', 9))"):
    try:
        exec(attempt)
    except Exception:
        pass
"""
    result = grade(classroom, "curious", RIGHT, late=late)
    assert result.total == 18
    noted = " ".join(attempts_of(path_of(classroom, "curious")))
    for word in ("gmm_ref", "/root/secret", "network", "numpy.allclose"):
        assert word in noted


def test_nothing_is_noted_of_an_honest_notebook(classroom):
    grade(classroom, "quiet", NOISY, late=LOUD_CELL)
    record = record_of(path_of(classroom, "quiet"))
    assert record["attempts"] == [] and record["repairs"] == []
    seconds = record["seconds"]
    assert min(seconds.values()) > 0 and set(seconds) == {"fork", "cells", "checks", "notebook"}
    assert seconds["fork"] + seconds["cells"] + seconds["checks"] <= seconds["notebook"]


OWN_TEST = """\
points = np.arange(6.0).reshape(3, 2) / 15
assert np.allclose(most_probable_component(points), 1), "every row is larger on the right"
assert threshold == 0.5 and notes["a"] == [1, 2]
helper = 3
"""


def test_a_test_cell_of_the_instructors_own_reads_functions_and_data(tmp_path):
    tests = {
        "test_posterior_entropy_form": OWN_TEST,
        "test_posterior_entropy_value": "assert helper == 3 and thing is not None",
        "test_posterior_entropy_hard": "1000",
    }
    course = Classroom(tmp_path / "class", SETTINGS, tests=tests)
    late = "threshold = 0.5\nnotes = {'a': [1, 2]}\nthing = open('points.csv')"
    course.hand_in("ada", course.notebook(RIGHT, late=late))
    result = course.grade("ada")
    assert result.total == 18, result.messages()
    course.hand_in("bert", course.notebook(RIGHT, late=late.replace("0.5", "0.6")))
    assert course.grade("bert").marks["test_posterior_entropy_form"] == 0


# Where there is no sandbox.


@pytest.fixture
def no_bwrap(monkeypatch):
    monkeypatch.setattr(bubblewrap, "candidates", list)
    yield


def test_without_a_sandbox_nothing_is_graded_and_the_sentence_says_what_to_do(tmp_path, no_bwrap):
    course = Classroom(tmp_path / "class", SETTINGS)
    result = grade(course, "ada", RIGHT)
    assert not result.success and not any(result.marks.values())
    assert "bubblewrap" in result.log and "--allow-unsandboxed" in result.log


def test_the_flag_grades_without_a_sandbox(tmp_path, no_bwrap):
    course = Classroom(tmp_path / "class", SETTINGS | {"allow_unsandboxed": True})
    result = grade(course, "ada", RIGHT)
    assert result.success and result.total == 18, result.log
    assert "There is no sandbox here" in result.log
    assert grade(course, "bert", HONEST_WRONG).total == 8


def test_a_bwrap_that_does_not_start_is_passed_over(tmp_path, monkeypatch):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "candidates", lambda: [str(broken)])
    with pytest.raises(bubblewrap.NoSandbox, match="No permissions"):
        bubblewrap.find_bwrap()


def test_the_limits_are_settings():
    settings = executor.SandboxExecute(memory=5, processes=6, call_seconds=7.0)
    limits = settings.limits()
    assert (limits.memory, limits.processes, limits.call_seconds) == (5, 6, 7)
    assert "memory" in executor.SandboxExecute.class_trait_names(config=True)


def test_the_plain_command_grades_in_the_same_way(tmp_path):
    course = Classroom(tmp_path / "class")
    course.hand_in("ada", course.notebook(RIGHT))
    course.hand_in("bert", course.notebook(HONEST_WRONG | {"posterior_entropy": REACHING}))
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert sum(course.marks("ada").values()) == 18
    assert sum(course.marks("bert").values()) == 7


REACHING = "from gmm_ref import posterior_entropy"
