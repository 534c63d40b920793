"""What one sender handed in, sorted: the notebooks that count, older ones, and what lies beside."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from nbjudge.grading.collect.files import Problem
from nbjudge.grading.collect.folders import TIMESTAMP
from nbjudge.grading.collect.senders import Sender
from nbjudge.grading.errors import CourseError

_NEVER = datetime.min.replace(tzinfo=UTC)
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class Delivery:
    """All that came from one sender in one zip or folder. position: among all, in their order."""

    sender: Sender
    received: tuple
    position: int

    @property
    def order(self):
        """What is newer comes later."""
        newest = max(one.attachment for one in self.received)
        return self.sender.time or _NEVER, newest, self.position


@dataclass
class Contents:
    """A delivery by what becomes of it.

    files: path -> bytes, to be placed; came_as: path -> the name in the zip; attachments: path ->
    Canvas's number; older: (notebook, bytes) of attempts that do not count.
    """

    files: dict = field(default_factory=dict)
    came_as: dict = field(default_factory=dict)
    attachments: dict = field(default_factory=dict)
    older: list = field(default_factory=list)
    problems: list = field(default_factory=list)


def contents(delivery, notebooks):
    """The Contents of a delivery; files are empty where none is a notebook of the assignment."""
    found = Contents()
    attempts, beside = defaultdict(list), {}
    for number, one in enumerate(delivery.received):
        try:
            content = one.file.read()
        except CourseError as error:
            found.problems.append(Problem(str(one.file), str(error)))
            continue
        if not one.path[-1].endswith(".ipynb"):
            beside[_path(one.path)] = one, content
            continue
        which = notebooks.which(one.path[-1], content)
        if which.notebook:
            order = one.attachment, which.attempt, number
            attempts[which.notebook].append((order, one, content))
        elif which.elsewhere:
            found.problems.append(Problem(str(one.file), f"it is {which.elsewhere}"))
        else:
            beside[_path(one.path)] = one, content
    for notebook, of_it in attempts.items():
        *older, (_, newest, content) = sorted(of_it, key=lambda attempt: attempt[0])
        found.older += [(notebook, content) for _, _, content in older]
        _add(found, notebook, newest, content)
    if attempts:
        _add_beside(found, beside)
    elif not found.problems:
        found.problems.append(_nothing(delivery, notebooks.names))
    return found


def _path(parts):
    """A path within the folder that can be written on any system."""
    return "/".join(_NOT_ON_WINDOWS.sub("_", part) for part in parts)


def _add(found, path, one, content):
    found.files[path] = content
    found.came_as[path] = "/".join(one.file.parts)
    if one.attachment:
        found.attachments[path] = one.attachment


def _add_beside(found, beside):
    folders = {str(parent) for path in beside for parent in PurePosixPath(path).parents}
    for path, (one, content) in beside.items():
        parents = {str(parent) for parent in PurePosixPath(path).parents}
        if path in folders or path in found.files or parents & found.files.keys():
            found.problems.append(Problem(str(one.file), "a file and a folder have this name"))
        elif path != TIMESTAMP:  # nobody says oneself when one handed in
            _add(found, path, one, content)


def _nothing(delivery, names):
    there = ", ".join("/".join(one.path) for one in delivery.received[:5])
    where = f"{delivery.received[0].file.source.name}: {delivery.sender.shown}"
    return Problem(where, f"expected {' and '.join(names)}, found {there}")
