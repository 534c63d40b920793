"""Before nbgrader copies a submission: links and special files are taken out of it.

nbgrader follows links: a student's link to the gradebook would come back to them as a file.
"""

import os
import stat
from pathlib import Path

# What was taken out of which folder, until the notebook's record takes it over.
_taken = {}


def take_links_out(assignment, student, notebooks):
    """nbgrader's pre_convert_hook: remove from the submission all that is no file and no folder.

    A link is nothing but the name it points to, and that name is kept in the record.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        found = list(links_in(folder))
        for path in found:
            target = f" -> {os.readlink(path)}" if path.is_symlink() else ""
            _taken.setdefault(str(folder), []).append(f"{path.name}{target}")
            path.unlink()
        folder.mkdir(exist_ok=True)


def taken_from(folder):
    """What was taken out of a folder; asked once."""
    return _taken.pop(str(folder), [])


def links_in(folder):
    """The links and special files in a folder, or the folder itself if it is a link."""
    if folder.is_symlink():
        yield folder
        return
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield path
