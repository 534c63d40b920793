"""The hand-out: chapter, exercises, data, the package, and what starts it all."""

import html
import shutil
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from string import Template

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from traitlets import Dict, List, Unicode
from traitlets.config import Configurable

from nbjudge.grading.course import CONFIG
from nbjudge.grading.errors import CourseError
from nbjudge.grading.files import empty_folder, replacing
from nbjudge.grading.handout.wheel import write_wheel

TEMPLATES = Path(__file__).parent
LITE = (
    "<p>Or in the browser, with nothing installed: type <code>python -m http.server</code> in the "
    'folder <code>lite</code>, then <a href="http://localhost:8000">localhost:8000</a>.</p>'
)


class Handout(Configurable):
    """What of a course goes out, beside its exercises."""

    title = Unicode("Exercises", help="What stands above the page to begin with.").tag(config=True)
    packages = Dict(
        help="What the checks need: the name of a distribution -> those of its packages. The "
        "first has an extra [lab], which brings JupyterLab and nbgrader."
    ).tag(config=True)
    leave_out = List(
        Unicode(), help="Patterns of files of the packages that students do not get."
    ).tag(config=True)
    chapter = Unicode("", help="A folder of notebooks to read, if there is one.").tag(config=True)
    lite = Unicode(
        "build/lite", help="The folder of the version for the browser: it goes out if it is there."
    ).tag(config=True)


def hand_out(course, assignments, to):
    """Write what students get of these assignments to a zip, or to a new folder; the path.

    Raises CourseError if the folder is not empty.
    """
    to = Path(to).resolve()
    for assignment in assignments:
        course.register(assignment)
    if to.suffix == ".zip":
        with tempfile.TemporaryDirectory() as folder:
            _fill(Path(folder), course, assignments)
            with replacing(to) as draft:
                _zip(Path(folder), draft, to.stem)
    else:
        _fill(empty_folder(to), course, assignments)
    return to


def _fill(folder, course, assignments):
    settings = Handout(config=course.config)
    if not settings.packages:
        raise CourseError(
            f"{CONFIG} does not say which package the checks need. Write there, for instance, "
            f'c.Handout.packages = {{"line-course": ["line_course"]}}.'
        )
    released = course.directory.release_directory
    for assignment in assignments:
        _copy(course.root / released / assignment, folder / "exercises" / assignment)
    if settings.chapter:
        _copy(course.root / settings.chapter, folder / settings.chapter)
    has_lite = bool(settings.lite) and (course.root / settings.lite).is_dir()
    if has_lite:
        shutil.copytree(course.root / settings.lite, folder / "lite")
    (folder / "packages").mkdir()
    wheels = [
        write_wheel(folder / "packages", name, packages, settings.leave_out)
        for name, packages in settings.packages.items()
    ]
    _write_starters(folder, settings, assignments, wheels, has_lite)


def _copy(source, target):
    """Copy the notebooks and data of a folder, and nothing that a program left in it."""
    if not source.is_dir():
        raise CourseError(f"There is no folder {source} to hand out.")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.db"))


def _write_starters(folder, settings, assignments, wheels, has_lite):
    first = next(iter(settings.packages))
    name, needed = canonicalize_name(first), metadata.metadata(first)["Requires-Python"]
    places = [f"exercises/{assignment}" for assignment in assignments]
    index = f"{settings.chapter}/index.ipynb"
    _write(folder / "start.py", opens=index if (folder / index).exists() else "exercises")
    _write(
        folder / "begin.html",
        title=html.escape(settings.title),
        python=needed.removeprefix(">="),
        name=name,
        lite=LITE if has_lite else "",
        contents="\n".join(map(_item, filter(None, [settings.chapter, *places]))),
    )
    (folder / "environment.yml").write_text(_environment(first, name, needed, wheels))
    # The first brings along what opens the notebooks.
    wanted = [f"./{wheel.name}{'' if n else '[lab]'}\n" for n, wheel in enumerate(wheels)]
    (folder / "packages" / "requirements.txt").write_text("".join(wanted))


def _item(place):
    return f"<li><code>{html.escape(place)}</code></li>"


def _write(path, **words):
    """Write a template of this name, with its words in it."""
    text = (TEMPLATES / path.name).read_text("utf-8")
    path.write_text(Template(text).substitute(words), "utf-8")


def _environment(distribution, name, python, wheels):
    """For conda: what the package with its extra lab asks for; then the wheels."""
    needs = map(Requirement, metadata.requires(distribution) or [])
    wanted = sorted(f"{need.name}{need.specifier}" for need in needs if _is_wanted(need))
    lines = [
        f"name: {name}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        *(f"  - {need}" for need in (f"python{python}", "pip", *wanted)),
        "  - pip:",
        *(f"      - ./packages/{wheel.name}" for wheel in wheels),
    ]
    return "".join(f"{line}\n" for line in lines)


def _is_wanted(need):
    return need.marker is None or need.marker.evaluate({"extra": "lab"})


def _zip(folder, path, top):
    """Zip a folder, under one name of its own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path(top, file.relative_to(folder)))
