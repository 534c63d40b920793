"""What of a submitted folder is taken: plain files. All else is left where it is, and named.

Nothing here follows a link, opens what is no plain file, changes the folder, or raises.
"""

import math
import os
import stat
from dataclasses import dataclass, field
from pathlib import PurePath

from nbjudge.grading.notebook.record import Note

# Bytes of a path within the folder: a longer one could not be written elsewhere.
MAX_PATH = 1000
# How many files and folders are looked at, and how many of those that are left out are named.
MAX_ENTRIES, MAX_NAMED = 10_000, 50

_SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


@dataclass
class Found:
    """The plain files of a folder, by their paths within it, and a Note for all that is none."""

    files: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

    def leave(self, note):
        """Take down what is left out, up to a number of things."""
        if len(self.left_out) == MAX_NAMED:
            note = Note("left out", "and more")
        if len(self.left_out) <= MAX_NAMED:
            self.left_out.append(note)


def entries(folder, enter=lambda name: True):
    """Yield (path within the folder, its lstat or None) of all that is in it, in an order of ours.

    None stands for what cannot be looked at; a folder that is itself a link is all there is.
    enter: whether to go on within a folder of this path.
    """
    folder = os.fspath(folder)
    if os.path.islink(folder):
        yield "", os.lstat(folder)
        return
    waiting = [""]
    while waiting:
        place = waiting.pop()
        if not enter(place):
            continue
        try:
            names = sorted(os.path.join(place, name) for name in os.listdir(_join(folder, place)))
        except OSError:
            yield place, None
            continue
        for name in names:
            status = _status(_join(folder, name))
            yield name, status
            if status and stat.S_ISDIR(status.st_mode):
                waiting.append(name)


def plain_files(folder, in_place=(), max_size=math.inf):
    """The Found of a folder.

    in_place: paths of files that will be there: a folder of such a name is left out, and a file
    where one of them has a folder; max_size: bytes of a file.
    """
    found, closed = Found(), set()
    files = {PurePath(name) for name in in_place}
    folders = {parent for name in files for parent in name.parents}
    for number, (name, status) in enumerate(entries(folder, lambda name: name not in closed)):
        note = _note(folder, name, status, files, folders, max_size)
        if number == MAX_ENTRIES:
            found.leave(Note("left out", f"{_readable(name)}, and what follows: too many files"))
            break
        if note:
            found.leave(note)
            closed.add(name)
        elif stat.S_ISREG(status.st_mode):
            found.files.append(name)
    return found


def submission_files(folder, limits):
    """({name: bytes} of the plain files beside a notebook, a Note for all that is left out).

    limits: the Limits of their number, and of their size together.
    """
    found, files, room = plain_files(folder), {}, limits.files_size
    for name in found.files:
        if name.endswith(".ipynb"):
            continue
        if len(files) == limits.files_number:
            why = f"more than {limits.files_number} files"
            found.leave(Note("left out", f"{name}, and what follows: {why}"))
            break
        content = _content(_join(folder, name), room)
        if content is None:
            why = f"more than {limits.files_size / 1e6:.0f} MB together"
            found.leave(Note("left out", f"{name}: {why}"))
            continue
        room -= len(content)
        files[name] = content
    return files, found.left_out


def _note(folder, name, status, files, folders, max_size):
    """Why an entry is left out, as a Note, or None."""
    shown, path = _readable(name or os.path.basename(folder)), _join(folder, name)
    if status is None:
        return Note("left out", f"{shown}: it cannot be read")
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFLNK:
        return Note("link", f"{shown} -> {_readable(os.readlink(path))}")
    if kind in _SPECIAL:
        return Note("link", f"{shown}, {_SPECIAL[kind]}")
    if shown != name:
        return Note("left out", f"{shown}: its name is not written in UTF-8")
    if len(os.fsencode(name)) > MAX_PATH:
        return Note("left out", f"{shown[:80]}...: its path is too long")
    return _note_of_plain(name, path, status, files, folders, max_size)


def _note_of_plain(name, path, status, files, folders, max_size):
    if stat.S_ISDIR(status.st_mode):
        if PurePath(name) in files or name.endswith(".ipynb"):
            return Note("left out", f"{name}: a folder in place of a file")
    elif PurePath(name) in folders:
        return Note("left out", f"{name}: a file in place of a folder")
    elif status.st_size > max_size:
        return Note("left out", f"{name}: larger than {max_size / 1e6:.0f} MB")
    return None if os.access(path, os.R_OK) else Note("left out", f"{name}: it cannot be read")


def _content(path, room):
    """The content of a plain file, or None if it is larger than this, or gone."""
    try:
        with open(path, "rb") as file:
            content = file.read(room + 1)
    except OSError:
        return None
    return content if len(content) <= room else None


def _status(path):
    try:
        return os.lstat(path)
    except OSError:
        return None


def _join(folder, name):
    return os.path.join(folder, name) if name else os.fspath(folder)


def _readable(name):
    """A name as text that can be written."""
    return os.fsencode(name).decode("utf-8", "replace")
