"""The files of a hand-in as they come: out of a zip or a folder, read as they are, never unpacked.

What could do harm is refused by its name: a path that leads out, a link, a device, what is
encrypted, what unpacks to far more than it is.
"""

import contextlib
import functools
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbjudge.grading.errors import CourseError
from nbjudge.grading.notebook.submission import entries

# Files of one zip; bytes of a file, and of all of a zip together, when unpacked.
MAX_FILES, MAX_FILE, MAX_TOTAL = 50_000, 100_000_000, 4_000_000_000
# A file of some size that unpacks to more than so many times what it takes up is a bomb.
MAX_RATIO, SMALL = 200, 20_000_000
MAX_NAME = 200  # bytes of one part of a path

# What systems and programs leave behind, which nobody handed in.
JUNK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints"}

_UTF8, _ENCRYPTED = 0x800, 0x1  # of a zip entry's flags
_MADE_ON_UNIX = 3


@dataclass(frozen=True)
class File:
    """A file that was handed in.

    source: the zip or folder that it is in; parts: of its path there; read: gives its bytes, or
    raises CourseError.
    """

    source: Path
    parts: tuple
    read: Callable[[], bytes]

    def __str__(self):
        return f"{self.source.name}: {'/'.join(self.parts)}"


@dataclass(frozen=True)
class Problem:
    """What could not be placed, and the reason, in words for the teacher."""

    what: str
    why: str

    def __str__(self):
        return f"{self.what}: {self.why}"


def files_of(path):
    """(Files, Problems) of a zip, a folder or a single file, in an order of ours.

    Raises CourseError if it is not there or is a file of another kind.
    """
    path = Path(path)
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise CourseError(f"There is no file {path}.")
    if zipfile.is_zipfile(path):
        return _of_zip(path)
    if path.suffix == ".ipynb":
        return [File(path.parent, (_composed(path.name),), functools.partial(_read, path))], []
    raise CourseError(
        f"{path} is neither a zip nor a notebook nor a folder. Name the zip that Moodle or Canvas "
        f"gave you, a folder of hand-ins, or nbgrader's exchange."
    )


def _of_folder(folder):
    files, problems = [], []
    for name, status in entries(folder.resolve()):
        parts = tuple(name.split(os.sep))
        if JUNK.intersection(parts) or (status and stat.S_ISDIR(status.st_mode)):
            continue
        if why := _why_left(name, status):
            shown = os.fsencode(name).decode("utf-8", "replace")
            problems.append(Problem(f"{folder}: {shown}", why))
        else:
            read = functools.partial(_read, folder / name)
            files.append(File(folder, tuple(map(_composed, parts)), read))
    return files, problems


def _why_left(name, status):
    """Why a file of a folder is not taken, or None."""
    if status is None:
        return "it cannot be read"
    if stat.S_ISLNK(status.st_mode):
        return "refused, it is a link"
    if not stat.S_ISREG(status.st_mode):
        return "refused, it is a device or a pipe"
    if status.st_size > MAX_FILE:
        return f"refused, it is larger than {MAX_FILE / 1e6:.0f} MB"
    return None if _composed(name).isprintable() else "refused, its name cannot be shown"


def _read(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"it cannot be read ({error.strerror})") from None


def _composed(name):
    """A name with each letter and its accents as one character: Macs take them apart."""
    return unicodedata.normalize("NFC", name)


def _of_zip(path):
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise CourseError(
            f"{path} cannot be read as a zip ({error}). Download it once more."
        ) from None
    total = sum(entry.file_size for entry in members)
    if len(members) > MAX_FILES or total > MAX_TOTAL:
        raise CourseError(
            f"{path} holds {len(members)} files, {total / 1e6:.0f} MB when unpacked: more than "
            f"{MAX_FILES} files or {MAX_TOTAL / 1e6:.0f} MB. It was not opened: unpack what is in "
            f"order by hand, and name the folder."
        )
    files, problems = [], []
    for entry in members:
        name = _name(entry)
        parts = tuple(part for part in name.split("/") if part)
        if entry.is_dir() or JUNK.intersection(parts):
            continue
        if why := _refusal(entry, name, parts):
            problems.append(Problem(f"{path.name}: {name}", why))
        else:
            files.append(File(path, parts, functools.partial(_unpack, archive, entry)))
    return sorted(files, key=lambda file: file.parts), problems


def _name(entry):
    """The entry's path with / between its parts, in the letters it was written in."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        # Macs write UTF-8 without saying so, and Python reads it in the letters of DOS.
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _composed(name.replace("\\", "/"))


def _refusal(entry, name, parts):
    """Why an entry is not taken, or None."""
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == _MADE_ON_UNIX else 0
    if name.startswith("/") or name[1:3] == ":/":
        return "refused, its path is absolute"
    if ".." in parts or "." in parts:
        return "refused, its path leads out of the zip"
    if kind == stat.S_IFLNK:
        return "refused, it is a link"
    if kind not in (0, stat.S_IFREG):
        return "refused, it is a device or a pipe"
    if entry.flag_bits & _ENCRYPTED:
        return "refused, it is encrypted: ask for it without a password"
    if entry.file_size > MAX_FILE:
        return f"refused, it unpacks to more than {MAX_FILE / 1e6:.0f} MB"
    if entry.file_size > max(SMALL, MAX_RATIO * entry.compress_size):
        times = entry.file_size / max(entry.compress_size, 1)
        return f"refused, it unpacks to {times:.0f} times its size"
    if any(len(part.encode("utf-8", "replace")) > MAX_NAME for part in parts):
        return f"refused, its name is longer than {MAX_NAME} bytes"
    if not name.isprintable():
        return "refused, its name holds characters that cannot be shown"
    return None


def _unpack(archive, entry):
    """The bytes of an entry, no more than it says it has. Raises CourseError if it is damaged."""
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise CourseError(f"it cannot be unpacked ({error}): download the zip once more") from None
