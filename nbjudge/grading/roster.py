"""The roster: roster.csv, a line a student, in nbgrader's columns and a few of our own."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from nbjudge.grading.errors import CourseError
from nbjudge.grading.files import write_whole

ROSTER = "roster.csv"
# nbgrader's columns; then ours: Canvas's number of the user, filled in when it is known, other
# names that a student goes by, separated by ";", and the team that hands in as one.
COLUMNS = ("id", "first_name", "last_name", "email", "canvas_id", "other_names", "team")
# A column of this beginning and an assignment holds due dates of one's own.
DUE = "due "


@dataclass(frozen=True)
class Student:
    """A line of the roster. due: assignment -> a due date of this student's own, as written."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    canvas_id: str = ""
    other_names: tuple = ()
    team: str = ""
    due: dict = field(default_factory=dict, hash=False)

    @property
    def full_name(self):
        return " ".join(filter(None, [self.first_name, self.last_name]))


class Roster:
    """The roster of the course in the folder ``root``; empty where there is no file.

    Columns that are none of ours are kept as they are. Raises CourseError if the file is not one.
    """

    def __init__(self, root):
        self.path = Path(root) / ROSTER
        self.columns, self.rows = list(COLUMNS), []
        self.delimiter, self.encoding = ",", "utf-8"
        if self.path.exists():
            self._read()

    @property
    def students(self):
        """The Students, in the order of the file."""
        return [_student(row) for row in self.rows]

    def note_canvas_id(self, student, number):
        """Fill in, and write, what Canvas calls a student, where that is not known yet."""
        for row in self.rows:
            if row["id"] == student and not row.get("canvas_id"):
                row["canvas_id"] = number
                self.write()

    def set_due(self, student, assignment, text):
        """Write a due date of one student's own. Raises CourseError if they are not there."""
        row = next((row for row in self.rows if row["id"] == student), None)
        if row is None:
            raise CourseError(f"{student} is not in {self.path}. Write a line for them first.")
        if DUE + assignment not in self.columns:
            self.columns.append(DUE + assignment)
        row[DUE + assignment] = text
        self.write()

    def write(self):
        """Write the file, whole or not at all."""
        columns = [*self.columns, *(name for name in COLUMNS if name not in self.columns)]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, delimiter=self.delimiter, restval="")
        writer.writeheader()
        writer.writerows(self.rows)
        write_whole(self.path, text.getvalue().encode(self.encoding))

    def _read(self):
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CourseError(f"{self.path} cannot be read ({error}): save it as UTF-8.") from None
        if self.path.read_bytes().startswith(b"\xef\xbb\xbf"):
            self.encoding = "utf-8-sig"  # a spreadsheet's, which wants its mark again
        self.delimiter = max(",;\t", key=text.partition("\n")[0].count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        lines = [[cell.strip() for cell in line] for line in reader]
        self.columns, *lines = [line for line in lines if any(line)] or [[]]
        if "id" not in self.columns:
            raise CourseError(
                f"{self.path} has no column id. Its first line must name the columns: "
                f"{','.join(COLUMNS[:4])}, and more if you like."
            )
        self.rows = [dict(zip(self.columns, line, strict=False)) for line in lines]
        self._check()

    def _check(self):
        seen = set()
        for row in self.rows:
            name = row["id"]
            if not name or set(name) & set('/\\+*?[]{}:"<>|') or name.startswith("."):
                raise CourseError(
                    f"{self.path}: {name!r} cannot be an id. It names the student's folder in "
                    f"submitted/: letters, digits, - _ and . alone."
                )
            if name.casefold() in seen:
                raise CourseError(
                    f"{self.path}: the id {name} is there twice. Give each their own."
                )
            seen.add(name.casefold())


def _student(row):
    names = [name.strip() for name in row.get("other_names", "").split(";")]
    return Student(
        **{name: row.get(name, "") for name in COLUMNS if name != "other_names"},
        other_names=tuple(filter(None, names)),
        due={
            column.removeprefix(DUE): value
            for column, value in row.items()
            if column.startswith(DUE) and value
        },
    )
