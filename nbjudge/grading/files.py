"""Files and folders that are written: whole or not at all, and over nothing."""

import contextlib
import os
from pathlib import Path

from nbjudge.grading.errors import CourseError


@contextlib.contextmanager
def replacing(path):
    """The path of a draft to be written, which then takes the place of the file."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        yield draft
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path, content):
    """Write bytes to a file, whole or not at all."""
    with replacing(path) as draft:
        draft.write_bytes(content)


def empty_folder(folder, outside=None):
    """The folder, made if it is not there.

    Raises CourseError if it is not empty, or lies in the folder ``outside`` of a course.
    """
    folder = Path(folder).resolve()
    if outside and folder.is_relative_to(outside):
        raise CourseError(
            f"{folder} lies inside the course {outside}: name a folder outside of it."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is there already: name a folder that is empty or new.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
