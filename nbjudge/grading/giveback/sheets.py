"""Moodle's grading worksheet and Canvas's gradebook: which cells are whose mark and feedback.

Both come in the language of the course. So columns are known by what stands in them.
"""

import re
from dataclasses import dataclass
from datetime import UTC

import dateparser

from nbjudge.grading.collect.senders import Sender
from nbjudge.grading.errors import CourseError
from nbjudge.grading.giveback.table import Table

_IDENTIFIER = re.compile(r"\D*?(\d+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_TITLE = re.compile(r"(?P<title>.*?) \((?P<id>\d+)\)")


@dataclass(frozen=True)
class Row:
    """A student's row. sender: as whom the platform knows them; names: other names in the row."""

    sender: Sender
    names: tuple
    cells: list


class Sheet:
    """A table with marks. grade, feedback: numbers of its columns, or None; maximum: of the marks,
    where the file says it.
    """

    feedback = None

    def __init__(self, table, rows, grade, maximum):
        self.table, self.rows, self.grade, self.maximum = table, rows, grade, maximum

    def fill(self, row, score, feedback=""):
        """Write a mark and a line of feedback into a row, in the form of the numbers there."""
        self.table.change(row.cells, self.grade, self._number(score))
        if self.feedback is not None:
            self.table.change(row.cells, self.feedback, feedback)

    def _number(self, score):
        text = f"{score:.2f}"
        return text.replace(".", ",") if self._has_commas() else text

    def _has_commas(self):
        numbers = (text for row in self.rows for text in self._numbers(row) if text)
        return any(re.fullmatch(r"\d+,\d+", text) for text in numbers)

    def _numbers(self, row):
        return [self.table.text_at(row.cells, self.grade)]


class MoodleSheet(Sheet):
    """A grading worksheet: an identifier with a number, a name, ..., the grade, its maximum, ..."""

    platform = "Moodle"

    def __init__(self, table):
        lines = table.rows[1:]
        grade = self._grade_column(table)
        maximum = float(table.text_at(lines[0], grade + 1).replace(",", "."))
        super().__init__(table, [self._row(table, cells) for cells in lines], grade, maximum)
        last = len(table.header) - 1
        if last > grade + 2 and not any(map(_is_time, table.column(last))):
            self.feedback = last

    @classmethod
    def fits(cls, table):
        """Whether each line begins with some word and a number, and then has a name."""
        return all(_IDENTIFIER.fullmatch(text) for text in table.column(0))

    def handed_in(self):
        """Number of the student -> when they handed in, in UTC, by the clock of this machine.

        It is the first time that stands after the grade; Moodle writes it in the course's language.
        """
        after = range(self.grade + 2, len(self.table.header))
        column = next((n for n in after if any(map(_is_time, self.table.column(n)))), None)
        times = {}
        for row in self.rows if column is not None else ():
            time = dateparser.parse(self.table.text_at(row.cells, column))
            if time is not None:
                times[row.sender.id] = time.astimezone(UTC)
        return times

    def _grade_column(self, table):
        """The one before the maximum, which is the same number in each line."""
        for number in range(2, len(table.header)):
            maxima, grades = set(table.column(number)), table.column(number - 1)
            is_maximum = len(maxima) == 1 and _NUMBER.fullmatch(*maxima)
            if is_maximum and all(_NUMBER.fullmatch(text) or text in ("", "-") for text in grades):
                return number - 1
        raise CourseError(
            f"In the columns {', '.join(table.header)} there is none with the maximum grade, and "
            f"one for the grade before it. Download the grading worksheet of an assignment that is "
            f"marked by points, with feedback by an offline grading worksheet switched on."
        )

    def _row(self, table, cells):
        number = _IDENTIFIER.fullmatch(table.text_at(cells, 0))[1]
        email = [text for text in (cell.text.strip() for cell in cells) if _EMAIL.fullmatch(text)]
        return Row(Sender("Moodle", table.text_at(cells, 1), number), tuple(email[:1]), cells)

    def _numbers(self, row):
        return [self.table.text_at(row.cells, n) for n in (self.grade, self.grade + 1)]


def _is_time(text):
    return bool(_TIME.search(text) and re.search(r"\d{4}", text))


class CanvasSheet(Sheet):
    """A gradebook: names, numbers, a column an assignment; one line has the points possible."""

    platform = "Canvas"

    def __init__(self, table, title):
        grade = self._grade_column(table, title)
        rows, maximum = [], None
        for cells in table.rows[1:]:
            name, number = table.text_at(cells, 0), table.text_at(cells, 1)
            if number.isdigit():
                login = [table.text_at(cells, n) for n in range(2, min(5, len(cells)))]
                rows.append(Row(Sender("Canvas", name, number), tuple(login), cells))
            elif _NUMBER.fullmatch(text := table.text_at(cells, grade)):
                maximum = float(text.replace(",", "."))
        super().__init__(table, rows, grade, maximum)

    @classmethod
    def fits(cls, table):
        """Whether it has the columns that Canvas itself looks for."""
        first, second, *_ = table.header
        return ("Student" in first or "LastName" in first) and "ID" in second

    def _grade_column(self, table, title):
        titles = {n: m for n, text in enumerate(table.header) if (m := _TITLE.fullmatch(text))}
        wanted = title.casefold()
        found = [n for n, match in titles.items() if match["title"].casefold() == wanted] or [
            n for n, match in titles.items() if wanted in match["title"].casefold()
        ]
        if len(found) != 1:
            there = ", ".join(match[0] for match in titles.values())
            raise CourseError(
                f"{'More than one' if found else 'No'} column of the gradebook has {title} in its "
                f"name. Name it with --column; there are: {there or 'none'}."
            )
        return found[0]


def read_sheet(path, title):
    """The Sheet in a file. title: what stands in the name of the column, in a gradebook.

    Raises CourseError if it is neither of the two.
    """
    table = Table(path)
    if CanvasSheet.fits(table):
        return CanvasSheet(table, title)
    if MoodleSheet.fits(table):
        return MoodleSheet(table)
    raise CourseError(
        f"{path} is neither Moodle's grading worksheet nor Canvas's gradebook: its columns are "
        f"{', '.join(table.header)}. Download it once more, and do not change it before."
    )
