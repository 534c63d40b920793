"""Returning one assignment: the teacher's own worksheet filled in, and the feedback to upload."""

import html
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from nbjudge.grading.collect.people import People
from nbjudge.grading.collect.record import Record
from nbjudge.grading.errors import CourseError
from nbjudge.grading.files import write_whole
from nbjudge.grading.giveback import feedback
from nbjudge.grading.giveback.sheets import read_sheet
from nbjudge.grading.results import State, results
from nbjudge.grading.roster import Roster


@dataclass
class Returned:
    """What came of returning. written: the files to upload; filled: student -> score;

    left_out: student -> why there is no mark; unknown: students with a mark and no row in the file;
    zeros: students whose 0 Moodle does not take over; scale: a sentence, if the platform counts
    other marks.
    """

    written: list = field(default_factory=list)
    filled: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)
    zeros: list = field(default_factory=list)
    scale: str = ""


def give_back(course, assignment, into, to, column=None, unfinished=False):
    """Write the file ``into``, with marks, and a zip of feedback, into the folder ``to``; Returned.

    column: of Canvas's gradebook, where its name is not that of the assignment; unfinished: also
    who has questions left to be marked by hand. Raises CourseError if the file is none of the two
    that are known.
    """
    returning = _Returning(course, assignment, Path(into), Path(to), unfinished)
    return returning.give_back(column)


class _Returning:
    def __init__(self, course, assignment, into, to, unfinished):
        self.course, self.assignment, self.into, self.to = course, assignment, into, to
        self.results = results(course, assignment)
        self.marks = {
            student: one.score if unfinished and one.state is State.TO_MARK else one.mark
            for student, one in self.results.items()
        }
        self.hand_ins = Record(course.root).of(assignment)
        self.returned = Returned()

    def give_back(self, column):
        if not self.into.is_file():
            raise CourseError(f"There is no file {self.into}.")
        sheet = read_sheet(self.into, column or self.assignment)
        rows = self._rows(sheet)
        scale = self._scale(sheet)
        for student, row in rows.items():
            mark = self.marks[student]
            if mark is None:
                continue
            line = feedback.line(self.course, self.results[student])
            sheet.fill(row, mark * scale, html.escape(line, quote=False))
            self.returned.filled[student] = mark
        self._sort_out(rows, sheet.platform)
        self._write(sheet, rows)
        return self.returned

    def _rows(self, sheet):
        """Student -> Row, of those whom a row is surely about."""
        names = {student: [one.name] for student, one in self.hand_ins.items()}
        others = {student: names.get(student, []) for student in self.results}
        people = People(Roster(self.course.root).students, others, self.hand_ins)
        placed = people.place([row.sender for row in sheet.rows])
        numbers = {(one.platform, one.platform_id): name for name, one in self.hand_ins.items()}
        rows = {}
        for row in sheet.rows:
            student = numbers.get((row.sender.platform, row.sender.id))
            if not student and not placed[row.sender].why:
                [student] = placed[row.sender].students
            student = student or next(filter(None, map(people.only, row.names)), None)
            if student in self.results:
                rows.setdefault(student, row)
        return rows

    def _scale(self, sheet):
        """What a mark of ours counts on the platform."""
        ours = next(iter(self.results.values())).max_score if self.results else 0
        if not sheet.maximum or not ours or sheet.maximum == ours:
            return 1
        self.returned.scale = (
            f"{sheet.platform} counts {sheet.maximum:g} marks for {self.assignment}, which has "
            f"{ours:g}: they were multiplied by {sheet.maximum / ours:.4g}."
        )
        return sheet.maximum / ours

    def _sort_out(self, rows, platform):
        for student, result in self.results.items():
            if self.marks[student] is None:
                self.returned.left_out[student] = result.state.value
            elif student not in rows:
                self.returned.unknown.append(student)
            elif platform == "Moodle" and self.marks[student] == 0:
                self.returned.zeros.append(student)

    def _write(self, sheet, rows):
        """The table and the zip, each whole or not at all."""
        self.to.mkdir(parents=True, exist_ok=True)
        table, pages = self.to / self.into.name, self.to / "feedback.zip"
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder, "feedback.zip")
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                for student in self.returned.filled:
                    for path, name in self._feedback(sheet.platform, student, rows[student].sender):
                        archive.write(path, name)
            write_whole(pages, draft.read_bytes())
        write_whole(table, sheet.table.content)
        self.returned.written = [table, pages]

    def _feedback(self, platform, student, sender):
        """(file, its name in the zip) of a student: for Moodle pages, for Canvas the notebooks.

        Canvas shows what is uploaded under the name of what was handed in.
        """
        if platform == "Moodle":
            name = sender.name.replace("_", " ").replace("/", " ") or "Participant"
            for page in self.course.feedback_pages(self.assignment, student):
                yield page, f"{name}_{sender.id}_assignsubmission_file/{page.name}"
            return
        folder = self.course.root / self.course.directory.autograded_directory / student
        known = self.hand_ins.get(student)
        for notebook in sorted((folder / self.assignment).glob("*.ipynb")):
            if known and known.platform == "Canvas" and notebook.name in known.files:
                yield notebook, known.files[notebook.name]
