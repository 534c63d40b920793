"""Who a file is from, as its name tells: by the rules of Moodle, of Canvas, of nbgrader's exchange.

Anything else is a notebook that was renamed, or lies in a folder of its student's name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from dateutil import parser, tz

from nbjudge.grading.collect.files import File, Problem

# {Full name}_{number}_assignsubmission_file/… or, flat, …_file_{file}. The name has no _ in it;
# the number is the student's in this assignment, and the default team has none.
_MOODLE = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>file|onlinetext)(?:_(?P<file>.*))?"
)
# {name}[_LATE]_{user}_{attachment}_{file}; an anonymous one begins with LATE_ or anon_.
_CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_).+?)_)?(?:(?P<late>LATE)_)?(?P<id>\d+|anon_[A-Za-z0-9]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<entered>text|link)\.html)"
)
# {student}+{assignment}+{time}[+{random}]
_EXCHANGE = re.compile(
    r"(?P<name>[^+*]+)\+(?P<assignment>[^+*]+)"
    r"\+(?P<time>\d{4}-\d\d-\d\d [\d:.]+ (?:[^+*]+|[+-]\d{4}))(?:\+.*)?"
)


@dataclass(frozen=True)
class Sender:
    """One who handed in, as the platform knows them.

    id: Moodle's number of the student in this assignment, Canvas's of the user; empty elsewhere.
    time: of handing in, where the platform says it, in UTC.
    """

    platform: str
    name: str
    id: str = ""
    late: bool = False
    time: datetime | None = None

    @property
    def shown(self):
        """The name for the teacher."""
        return " ".join(
            filter(None, [self.name, f"({self.platform} {self.id})" if self.id else ""])
        )


@dataclass(frozen=True)
class Received:
    """A file of a sender. path: within the hand-in; attachment: Canvas's number of it."""

    sender: Sender
    file: File
    path: tuple
    attachment: int = 0


def received(files, assignment, notebooks, is_known: Callable[[str], bool]):
    """([Received], [Problem]) of the Files of one zip or folder.

    notebooks: the names of the assignment's; is_known: whether a name is that of somebody of the
    course, asked where a name alone must tell whose a file is.
    """
    named = _Names(assignment, notebooks, is_known)
    inner = named.wrapped(files)
    found = []
    for file in files:
        parts = file.parts[1:] if inner else file.parts
        found.append(_by_platform(file, parts, assignment) or named.received(file, parts))
    taken = [one for one in found if isinstance(one, Received)]
    problems = [one for one in found if isinstance(one, Problem)]
    if _ELSEWHERE in found or any(one.sender.platform == "exchange" for one in taken):
        # What else is in an exchange was handed out, or handed back.
        return [one for one in taken if one.sender.platform == "exchange"], []
    return taken, problems


# What belongs to another assignment of the exchange.
_ELSEWHERE = object()


def _by_platform(file, parts, assignment):
    """A Received, if the name is one that a platform gave; None if not.

    Only what stands outermost: further in, names are the student's own.
    """
    outer = parts[1:] if parts[0] == "inbound" else parts
    if len(outer) > 1 and (match := _EXCHANGE.fullmatch(outer[0])):
        return _of_exchange(file, match, outer[1:], assignment)
    if match := _MOODLE.fullmatch(parts[0]):
        path = parts[1:] or (match["file"],)
        if path != (None,):
            sender = Sender("Moodle", match["name"].strip(), match["id"] or "")
            return Received(sender, file, path)
    if len(parts) == 1 and (match := _CANVAS.fullmatch(parts[0])):
        sender = Sender("Canvas", match["name"] or "", match["id"], bool(match["late"]))
        path = match["file"] or f"{match['entered']}.html"
        return Received(sender, file, (path,), int(match["attachment"] or 0))
    return None


def _of_exchange(file, match, inside, assignment):
    if match["assignment"] != assignment:
        return _ELSEWHERE
    sender = Sender("exchange", match["name"], time=_time(match["time"]))
    return Received(sender, file, inside)


def _time(text):
    """The time that the exchange wrote into a name, in UTC; None if it is none."""
    try:
        time = parser.parse(text, tzinfos=lambda name, east: east or tz.gettz(name))
    except (parser.ParserError, OverflowError):
        return None
    return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)


class _Names:
    """Whose a file is where no platform named it: by its folder, else by its own name."""

    def __init__(self, assignment, notebooks, is_known):
        self.assignment, self.notebooks, self.is_known = assignment, notebooks, is_known

    def wrapped(self, files):
        """Whether all files lie in one folder that is only the wrapping of the hand-ins."""
        first = {file.parts[0] for file in files if len(file.parts) > 1}
        if len(first) != 1 or any(len(file.parts) == 1 for file in files):
            return False
        if self.is_known(*first) or any(
            _by_platform(None, file.parts, self.assignment) for file in files
        ):
            return False
        inner = [file.parts[1:] for file in files]
        if any(_by_platform(None, parts, self.assignment) for parts in inner):
            return True
        senders = {self._sender(parts) for parts in inner if parts[-1].endswith(".ipynb")}
        return len(senders) > 1 and None not in senders

    def received(self, file, parts):
        """A Received, or a Problem."""
        name = self._sender(parts, file.source.stem)
        if not name:
            return Problem(
                str(file),
                f"its name does not tell whose it is: expected STUDENT/{self.notebooks[0]} or "
                f"STUDENT_{self.notebooks[0]}",
            )
        inside = tuple(part for part in parts if part not in (name, self.assignment))
        return Received(Sender("file", name), file, inside or parts[-1:])

    def _sender(self, parts, source=""):
        """The name in the path of a file, or of its zip: one that is known, if there is one."""
        *folders, name = (part for part in parts if part not in ("submitted", self.assignment))
        left = ""
        if name.endswith(".ipynb"):
            left = as_named(name, self.assignment, self.notebooks).left
        names = [name for name in (*folders, left) if name]
        return next(filter(self.is_known, (*names, source)), names[0] if names else None)


@dataclass(frozen=True)
class AsNamed:
    """What the name of a notebook says: which it is (or None), which attempt, and what is left."""

    notebook: str | None
    attempt: int
    left: str


# A second attempt, or a second download: posterior-1, posterior (2); and JupyterLab's own copies,
# which are older than what they are copies of.
_ATTEMPT = re.compile(r"(?:-(\d{1,3})|\s?\((\d{1,3})\))$")
_COPY = re.compile(r"-copy\d*$", re.IGNORECASE)
_BETWEEN = " _-.,"


def as_named(name, assignment, notebooks):
    """What the file name of a notebook says, as AsNamed."""
    stem, attempt = name.removesuffix(".ipynb"), 0
    if _COPY.search(stem):
        stem, attempt = _COPY.sub("", stem), -1
    elif match := _ATTEMPT.search(stem):
        stem, attempt = stem[: match.start()], int(match[1] or match[2])
    folded = stem.casefold()
    # The longest first: the assignment's name may hold the notebook's.
    for known in sorted((n.removesuffix(".ipynb") for n in notebooks), key=len, reverse=True):
        for text in (assignment, known):
            at = folded.find(text.casefold())
            if at >= 0:
                left = f"{stem[:at]} {stem[at + len(text) :]}".strip(_BETWEEN)
                return AsNamed(f"{known}.ipynb", attempt, left)
    return AsNamed(None, attempt, stem.strip(_BETWEEN))
