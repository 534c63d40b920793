"""A course folder of a teacher's own, what students get from it, and that nothing else goes out."""

import io
import json
import os
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from click.testing import CliRunner
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from packaging.requirements import Requirement

from gmm_ref.demo import main
from gmm_ref.demo_answers import ANSWERS
from nbjudge.grading.course import Course
from nbjudge.grading.roster import Roster

ROOT = Path(__file__).parents[1]
ASSIGNMENT = "7.4.3_posterior"


def run(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)), prog_name="gmm-course")
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course folder, as `init` makes it from this checkout."""
    folder = tmp_path_factory.mktemp("teacher") / "ml 2026"
    run(
        "init",
        folder,
        "--course",
        ROOT,
        "--due",
        ASSIGNMENT,
        "2026-03-02T12:00",
        "--late-penalty",
        5,
    )
    return Course(folder)


@pytest.fixture(scope="module")
def handed_out(course, tmp_path_factory):
    """The unpacked hand-out of one assignment."""
    folder = tmp_path_factory.mktemp("student")
    run("handout", ASSIGNMENT, "--course", course.root, "--to", folder / "hand-out.zip")
    with zipfile.ZipFile(folder / "hand-out.zip") as archive:
        archive.extractall(folder)
    return folder / "hand-out"


def test_a_course_of_ones_own_has_what_a_course_needs(course):
    assert course.directory.course_id == "ml 2026"
    assert Path(course.config.Exchange.root) == course.root / "exchange"
    assert course.assignments == Course(ROOT).assignments
    assert Roster(course.root).students == []
    with course.gradebook() as gradebook:
        assert len(gradebook.assignments) == 5
        assert gradebook.find_assignment(ASSIGNMENT).duedate is not None
    for assignment in course.assignments:
        [ours] = (ROOT / "exercises" / assignment).glob("*.ipynb")
        theirs = course.root / "exercises" / assignment / ours.name
        assert json.loads(theirs.read_text()) == json.loads(ours.read_text())
    readme = (course.root / "README.md").read_text()
    assert "$" not in readme and "gmm-course collect" in readme


@pytest.mark.parametrize("inside", [True, False])
def test_a_course_folder_is_new_and_outside(tmp_path, inside):
    (tmp_path / "something").touch()
    folder = ROOT / "build" / "mine" if inside else tmp_path
    result = CliRunner().invoke(main, ["init", str(folder), "--course", str(ROOT)])
    assert result.exit_code == 1
    assert ("lies inside the course" if inside else "is there already") in result.output


def test_the_exchange_works_there(course, tmp_path, monkeypatch):
    """What is handed out by nbgrader's exchange, fetched and submitted, is collected."""
    student = tmp_path / "student"
    student.mkdir()
    (student / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.Exchange.root = {str(course.root / 'exchange')!r}\n"
        "c.CourseDirectory.course_id = 'ml 2026'\n"
        f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n"
    )

    def nbgrader(folder, *arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    nbgrader(course.root, "release_assignment", ASSIGNMENT)
    nbgrader(student, "fetch_assignment", ASSIGNMENT)
    nbgrader(student, "submit", ASSIGNMENT)
    assert "1 placed" in run(
        "collect", ASSIGNMENT, course.root / "exchange", "--course", course.root
    )
    [name] = course.students(ASSIGNMENT)
    assert (course.root / "submitted" / name / ASSIGNMENT / "timestamp.txt").exists()


def texts(folder):
    """(path, text) of every file of the hand-out, and of every file of its wheels."""
    for path in folder.rglob("*"):
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                for name in wheel.namelist():
                    yield name, wheel.read(name).decode("utf-8", "replace")
        elif path.is_file():
            yield str(path.relative_to(folder)), path.read_text("utf-8", "replace")


def test_nothing_goes_out_that_students_must_not_see(course, handed_out):
    (course.root / "grading_secret").write_text("the-secret")
    answers = [text for functions in ANSWERS.values() for text in functions.values() if text]
    solution = course.root / "solutions" / ASSIGNMENT / "posterior.ipynb"
    written = [
        cell.source.split("### BEGIN SOLUTION\n")[1].split("### END SOLUTION")[0].strip()
        for cell in nbformat.read(solution, as_version=4).cells
        if "### BEGIN SOLUTION" in cell.source
    ]
    assert written and answers
    names = [name for name, text in texts(handed_out) if "### BEGIN SOLUTION" not in text]
    assert names == [name for name, _ in texts(handed_out)]
    # In the package there is the reference, which is a solution, and which the checks need.
    for name in (name for name in names if (handed_out / name).is_file()):
        text = (handed_out / name).read_text("utf-8", "replace")
        decoded = text.replace("\\n", "\n").replace('\\"', '"')
        assert [secret for secret in [*answers, *written] if secret in decoded] == [], name
    forbidden = ("solutions", "gradebook", "secret", "demo", "grading", "roster", "submitted")
    assert [name for name in names if any(word in name for word in forbidden)] == []


def test_what_is_needed_goes_out(handed_out):
    names = {name for name, _ in texts(handed_out)}
    exercise = f"exercises/{ASSIGNMENT}"
    assert {f"{exercise}/posterior.ipynb", f"{exercise}/old_faithful.csv"} <= names
    assert {"start.py", "environment.yml", "begin.html", "chapter7/index.ipynb"} <= names
    assert not any(name.startswith("exercises/7.4.2") for name in names)
    page = (handed_out / "begin.html").read_text()
    assert "$" not in page and ASSIGNMENT in page


def test_the_wheel_holds_all_that_the_checks_need(handed_out, tmp_path):
    """From the wheel alone: the package of the checkout is not to be found."""
    [wheel] = handed_out.glob("packages/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import gmm_ref, nbjudge, gmm_ref.figures, gmm_ref.quiz\n"
        "from gmm_ref.checks import check\n"
        "check.responsibilities.value(gmm_ref.responsibilities)\n"
        "print(gmm_ref.__file__, nbjudge.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.count(str(tmp_path)) == 2, done.stderr


def test_pip_takes_the_wheel(handed_out, tmp_path):
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    [wheel] = handed_out.glob("packages/*.whl")
    subprocess.run([*command, "--target", tmp_path, wheel], check=True)
    assert (tmp_path / "gmm_ref" / "checks" / "__init__.py").exists()


def test_conda_gets_what_pip_would(handed_out):
    *conda, from_pip = yaml.safe_load((handed_out / "environment.yml").read_text())["dependencies"]
    [wheel] = from_pip["pip"]
    assert (handed_out / wheel).is_file()
    whole = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert set(conda) <= set(whole[:-1])
    names = {Requirement(one).name for one in conda}
    assert {"python", "numpy", "scipy", "matplotlib", "jupyterlab", "nbgrader"} <= names


def test_a_check_cell_without_the_package_says_how_to_get_it(handed_out):
    """Where Python points, in the cell as it stands."""
    notebook = nbformat.read(
        handed_out / "exercises" / ASSIGNMENT / "posterior.ipynb", as_version=4
    )
    [cell] = [c for c in notebook.cells if c.get("id") == "test-responsibilities-form"] or [
        next(c for c in notebook.cells if "import check" in c.source)
    ]
    hidden = nbformat.v4.new_code_cell("import sys\nsys.modules['gmm_ref'] = None")
    notebook.cells = [hidden, cell]
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, timeout=60).execute()
    shown = "\n".join(notebook.cells[1].outputs[0].traceback)
    assert "python start.py" in shown


def start(handed_out, monkeypatch, fails=False):
    """What start.py has done by commands, in a stand-in for the environment that it makes."""
    ran = []

    def call(command, **options):
        ran.append([str(part) for part in command])
        return int(fails)

    def create(folder, **options):
        Path(folder).mkdir(exist_ok=True)

    monkeypatch.setattr("venv.create", create)
    monkeypatch.setattr("subprocess.call", call)
    names = runpy.run_path(str(handed_out / "start.py"))
    return ran, names["main"](["--no-browser"])


def test_start_installs_once_and_opens(handed_out, monkeypatch, capsys):
    install, opens = start(handed_out, monkeypatch)[0]
    assert install[-2:] == ["--requirement", "requirements.txt"]
    assert opens[1:] == ["-m", "jupyterlab", "chapter7/index.ipynb", "--no-browser"]
    assert start(handed_out, monkeypatch)[0] == [opens]
    requirements = (handed_out / "packages" / "requirements.txt").read_text()
    assert requirements.endswith(".whl[lab]\n")
    # Another version is installed anew.
    (handed_out / "packages" / "requirements.txt").write_text(requirements + "\n")
    assert len(start(handed_out, monkeypatch)[0]) == 2


def test_start_says_what_is_wrong(handed_out, monkeypatch, tmp_path):
    with pytest.raises(SystemExit, match="could not be installed"):
        (handed_out / ".venv" / "installed").unlink(missing_ok=True)
        start(handed_out, monkeypatch, fails=True)
    assert not (handed_out / ".venv" / "installed").exists()
    (tmp_path / "start.py").write_text((handed_out / "start.py").read_text())
    with pytest.raises(SystemExit, match="unpack the whole zip"):
        start(tmp_path, monkeypatch)
    monkeypatch.setattr(sys, "version_info", (3, 8))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed, and this is 3\.8"):
        start(handed_out, monkeypatch)


def test_a_hand_out_goes_into_a_new_folder_or_over_its_zip(course, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for place, code in (("new", 0), ("full", 1), ("new.zip", 0), ("new.zip", 0)):
        arguments = ["handout", ASSIGNMENT, "--course", course.root, "--to", tmp_path / place]
        result = CliRunner().invoke(main, list(map(str, arguments)))
        assert result.exit_code == code, result.output
    archive = io.BytesIO((tmp_path / "new.zip").read_bytes())
    assert "new/start.py" in zipfile.ZipFile(archive).namelist()
