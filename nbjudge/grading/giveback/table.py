"""A CSV file of which some cells are changed, and every other byte stays as it was."""

import re
from dataclasses import dataclass

from nbjudge.grading.errors import CourseError


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and where it stands in the file, quotes included."""

    text: str
    start: int
    end: int


class Table:
    """The cells of a CSV file, in rows; the first is the header. Raises CourseError if it is none.

    `change` takes down the new text of a cell; `content` is the file with the changes.
    """

    def __init__(self, path):
        content = path.read_bytes()
        # What is not UTF-8 is read byte by byte, and goes out as it came.
        try:
            self.encoding = "utf-8"
            self.text = content.decode(self.encoding)
        except UnicodeDecodeError:
            self.encoding = "latin-1"
            self.text = content.decode(self.encoding)
        begin = 1 if self.text.startswith("\ufeff") else 0
        header = self.text[begin:].partition("\n")[0]
        self.separator = max(",;\t", key=header.count)
        self.rows = [row for row in self._rows(begin) if any(cell.text for cell in row)]
        if len(self.rows) < 2 or len(self.rows[0]) < 2:
            raise CourseError(f"{path} is no table: a CSV file with a header was expected.")
        self.header = [cell.text.strip() for cell in self.rows[0]]
        self.changes = {}

    def column(self, number):
        """The texts of a column, below the header."""
        return [self.text_at(row, number) for row in self.rows[1:]]

    def text_at(self, row, number):
        """The text of a cell of a row; empty if the row ends before it."""
        return row[number].text.strip() if number < len(row) else ""

    def change(self, row, number, text):
        """Have another text stand in a cell; quoted if it was, or if it must be."""
        cell = row[number]
        quoted = self.text[cell.start : cell.start + 1] == '"'
        if quoted or re.search(f'["\r\n{self.separator}]', text):
            text = '"' + text.replace('"', '""') + '"'
        self.changes[cell.start, cell.end] = text

    @property
    def content(self):
        """The bytes of the file with the changes."""
        parts, at = [], 0
        for (start, end), text in sorted(self.changes.items()):
            parts += [self.text[at:start], text]
            at = end
        whole = "".join([*parts, self.text[at:]])
        return whole.encode(self.encoding, "xmlcharrefreplace")

    def _rows(self, at):
        """Rows of Cells, from a place in the text on."""
        cell = re.compile(
            rf'(?P<quoted>"(?:[^"]|"")*"?)?(?P<plain>[^{self.separator}\r\n]*)'
            rf"(?P<end>{self.separator}|\r\n|\r|\n|$)"
        )
        row = []
        while at < len(self.text):
            match = cell.match(self.text, at)
            quoted = match["quoted"]
            inside = quoted[1:].removesuffix('"').replace('""', '"') if quoted else ""
            row.append(Cell(inside + match["plain"], match.start(), match.end("plain")))
            at = match.end()
            if match["end"] != self.separator:
                yield row
                row = []
        if row:
            yield [*row, Cell("", at, at)]
