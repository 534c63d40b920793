"""What of a submitted folder is taken: plain files. All else is left where it is, and named.

Nothing here follows a link, opens what is no plain file, changes the folder, or raises but for the
name of the student.
"""

import math
import os
import stat
from pathlib import PurePath

from nbjudge.grading.errors import UnusableName
from nbjudge.grading.notebook.record import Note

# Bytes of a path within the folder: a longer one could not be written where it is run.
MAX_PATH = 1000
# How many files and folders are looked at, and how many of those that are left out are named.
MAX_ENTRIES, MAX_NAMED = 10_000, 50

# In a name: formgrader's pages take the first for markup or the end of a string, and nbgrader the
# others for a pattern that stands for many students.
_UNUSABLE = set('<>"\\' + "*?[]")

_SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


def check_name(student):
    """Raise UnusableName if a student's id, the name of a folder, is no text or not to be shown."""
    if not is_text(student) or _UNUSABLE & set(student) or not student.strip():
        raise UnusableName(
            f"The folder submitted/{readable(student)} cannot be graded under this name. Rename "
            f"it: no {' '.join(sorted(_UNUSABLE))} may be in it, and nothing that cannot be seen."
        )


def is_text(name):
    """Whether a name can be printed on a line: what is no UTF-8 cannot."""
    return name.isprintable()


def readable(name):
    """A name as text that can be written on a line."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def entries(folder, enter=lambda name: True):
    """Yield (path within the folder, its lstat or None) of all that is in it, in an order of ours.

    None stands for what cannot be looked at; a folder that is itself a link is all there is.
    enter: whether to go on within the folder of this path.
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
            names = sorted(
                os.path.join(place, name) for name in os.listdir(path_within(folder, place))
            )
        except OSError:
            yield place, None
            continue
        for name in names:
            status = _status(path_within(folder, name))
            yield name, status
            if status and stat.S_ISDIR(status.st_mode):
                waiting.append(name)


def path_within(folder, name):
    """The path of what `entries` calls by this name: the folder's own, if that is empty."""
    return os.path.join(folder, name) if name else os.fspath(folder)


class PlainFiles:
    """The plain files of a folder, notebooks apart, and what else is in it.

    in_place: paths of files that will be there: a folder of such a name is left out, and a file
    where one of them has a folder; max_total: bytes of all together; max_number: of files.

    files: their paths within the folder; left_out: a Note for each thing that is none of them.
    """

    def __init__(self, folder, in_place=(), max_total=math.inf, max_number=MAX_ENTRIES):
        self.folder = folder
        self.max_total, self.max_number = max_total, max_number
        self.files, self.left_out = [], []
        self._in_place = {PurePath(name) for name in in_place}
        self._folders = {parent for name in self._in_place for parent in name.parents}
        self._closed = set()
        self._room = max_total
        self._look()

    def leave(self, name, why):
        """Note that something is left out."""
        self._note(Note("left out", f"{name}: {why}"))

    def _look(self):
        for number, (name, status) in enumerate(entries(self.folder, self._may_enter)):
            if number == MAX_ENTRIES or len(self.files) == self.max_number:
                most = min(MAX_ENTRIES, self.max_number)
                self.leave(readable(name), f"and what follows, more than {most} files")
                return
            if not self._takes(name, status):
                self._closed.add(name)

    def _may_enter(self, name):
        return name not in self._closed

    def _takes(self, name, status):
        """Whether an entry is a plain file or folder; if it is neither, it is noted."""
        shown = readable(name or os.path.basename(self.folder))
        kind = stat.S_IFMT(status.st_mode) if status else None
        if kind == stat.S_IFLNK:
            target = readable(os.readlink(path_within(self.folder, name)))
            return self._note(Note("link", f"{shown} -> {target}"))
        if kind in _SPECIAL:
            return self._note(Note("link", f"{shown}, {_SPECIAL[kind]}"))
        if kind is None or not os.access(path_within(self.folder, name), os.R_OK):
            return self.leave(shown, "it cannot be read")
        if shown != name:
            return self.leave(shown, "its name is not written in UTF-8")
        if len(os.fsencode(name)) > MAX_PATH:
            return self.leave(f"{shown[:80]}...", "its path is too long")
        if kind == stat.S_IFDIR:
            return self._takes_folder(name)
        return name.endswith(".ipynb") or self._takes_file(name, status.st_size)

    def _takes_folder(self, name):
        if PurePath(name) in self._in_place or name.endswith(".ipynb"):
            return self.leave(name, "a folder in place of a file")
        return True

    def _takes_file(self, name, size):
        if PurePath(name) in self._folders:
            return self.leave(name, "a file in place of a folder")
        if size > self._room:
            return self.leave(name, f"more than {self.max_total / 1e6:.0f} MB together")
        self._room -= size
        self.files.append(name)
        return True

    def _note(self, note):
        if len(self.left_out) == MAX_NAMED:
            self.left_out.append(Note("left out", "and more"))
        elif len(self.left_out) < MAX_NAMED:
            self.left_out.append(note)


def submission_files(folder, limits, in_place=()):
    """({name: bytes} of the plain files beside a notebook, a Note for all that is left out).

    limits: the Limits of their number, and of their size together; in_place: names of files that
    will be put over them.
    """
    plain = PlainFiles(folder, in_place, limits.files_size, limits.files_number)
    files = {}
    for name in plain.files:
        try:
            with open(path_within(folder, name), "rb") as file:
                files[name] = file.read(limits.files_size)
        except OSError:
            plain.leave(name, "it cannot be read")
    return files, plain.left_out


def _status(path):
    try:
        return os.lstat(path)
    except OSError:
        return None
