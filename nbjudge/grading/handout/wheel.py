"""The package that the checks need, as a wheel for students, made from what is installed here."""

import fnmatch
import importlib.util
from importlib import metadata
from pathlib import Path

from wheel.wheelfile import WheelFile

from nbjudge.grading.errors import CourseError

WHEEL = """\
Wheel-Version: 1.0
Generator: nbjudge
Root-Is-Purelib: true
Tag: py3-none-any
"""
# Never for students: it grades, and without it the checks work.
GRADING = "nbjudge/grading/*"


def write_wheel(folder, distribution, packages, leave_out=()):
    """Write the wheel of an installed distribution into a folder; its path.

    packages: the names of its packages; leave_out: patterns of paths, such as gmm_ref/demo*.
    Raises CourseError if it is not installed.
    """
    try:
        installed = metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        raise CourseError(
            f"The package {distribution}, which the checks need, is not installed here."
        ) from None
    name = f"{distribution.replace('-', '_')}-{installed.version}"
    path = Path(folder, f"{name}-py3-none-any.whl")
    with WheelFile(path, "w") as wheel:
        for package in packages:
            for place, file in _files(package):
                if not any(fnmatch.fnmatch(place, pattern) for pattern in (GRADING, *leave_out)):
                    wheel.write(file, place)
        # Without the description that follows, which is for teachers.
        fields, *_ = installed.read_text("METADATA").partition("\n\n")
        wheel.writestr(f"{name}.dist-info/METADATA", f"{fields}\n")
        wheel.writestr(f"{name}.dist-info/WHEEL", WHEEL)
    return path


def _files(package):
    """(path in the wheel, file) of all files of a package."""
    root = Path(importlib.util.find_spec(package).submodule_search_locations[0])
    for file in sorted(root.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file.relative_to(root.parent).as_posix(), file
