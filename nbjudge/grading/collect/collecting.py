"""Collecting: hand-ins are read, told whose they are, placed in submitted/STUDENT/ASSIGNMENT."""

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbjudge.grading.collect.delivery import Delivery, contents
from nbjudge.grading.collect.files import files_of
from nbjudge.grading.collect.folders import Folders, digest_of
from nbjudge.grading.collect.notebooks import Notebooks
from nbjudge.grading.collect.people import People
from nbjudge.grading.collect.record import HandIn, Record
from nbjudge.grading.collect.senders import received
from nbjudge.grading.errors import CourseError
from nbjudge.grading.giveback.sheets import CanvasSheet, MoodleSheet
from nbjudge.grading.giveback.table import Table
from nbjudge.grading.roster import Roster


@dataclass
class Collected:
    """What came of collecting.

    placed: student -> the name on the platform, of those who are new or have changed; as_before:
    student -> the same, of all others; own_names: student -> why they have a name of their own;
    kept: sentences on what was handed in or was there, and does not count; late: students who are
    late by the platform's own mark, where it does not say the time; problems: what could not be
    placed; times: how many of Moodle's are known from its worksheet.
    """

    placed: dict = field(default_factory=dict)
    as_before: dict = field(default_factory=dict)
    own_names: dict = field(default_factory=dict)
    kept: list = field(default_factory=list)
    late: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    times: int = 0


def collect(course, assignment, paths):
    """Place what is in ``paths``, zips and folders, into submitted/. Returns Collected.

    A CSV file among them is Moodle's grading worksheet, which says when each handed in. Done again
    it changes nothing. Raises CourseError if a path cannot be read at all.
    """
    return _Collecting(course, assignment).collect(paths)


class _Collecting:
    def __init__(self, course, assignment):
        self.root, self.assignment = course.root, assignment
        submitted = course.directory.submitted_directory
        self.folders = Folders(course.root, submitted, assignment)
        source = course.root / course.directory.source_directory
        self.notebooks = Notebooks(source, course.assignments, assignment)
        self.roster, self.record = Roster(course.root), Record(course.root)
        self.hand_ins = self.record.of(assignment)
        self.people = People(self.roster.students, self._others(), self.hand_ins)
        self.collected = Collected()

    def collect(self, paths):
        deliveries, times = [], {}
        for path in map(Path, paths):
            if path.suffix == ".csv" and path.is_file():
                times |= _handed_in(path)
            else:
                deliveries += self._deliveries(path, len(deliveries))
        deliveries.sort(key=lambda delivery: delivery.order)
        placed = self.people.place(list(dict.fromkeys(one.sender for one in deliveries)))
        try:
            for delivery in deliveries:
                self._place(delivery, placed[delivery.sender])
            self._note_times(times)
        finally:
            self.record.write()
        return self.collected

    def _others(self):
        """Who is in submitted/ -> the names that platforms have for them."""
        submitted = self.folders.submitted
        folders = submitted.iterdir() if submitted.is_dir() else ()
        others = {path.name: [] for path in sorted(folders) if path.is_dir()}
        for hand_ins in self.record.hand_ins.values():
            for student, hand_in in hand_ins.items():
                others.setdefault(student, []).append(hand_in.name)
        return others

    def _deliveries(self, path, position):
        files, problems = files_of(path)
        names = self.notebooks.names
        taken, unnamed = received(files, self.assignment, names, self.people.is_known)
        self.collected.problems += problems + unnamed
        by_sender = defaultdict(list)
        for one in taken:
            by_sender[one.sender].append(one)
        return [
            Delivery(sender, tuple(of), position + number)
            for number, (sender, of) in enumerate(by_sender.items())
        ]

    def _place(self, delivery, placed):
        sender = delivery.sender
        content = contents(delivery, self.notebooks)
        self.collected.problems += content.problems
        if not content.files:
            return
        hand_in = HandIn(
            platform=sender.platform,
            name=sender.name,
            platform_id=sender.id if len(placed.students) == 1 else "",
            files=content.came_as,
            attachments=content.attachments,
            time=sender.time.isoformat() if sender.time else "",
            late=sender.late,
            digest=digest_of(content.files),
        )
        for student in placed.students:
            self._place_for(student, hand_in, content.files)
            for name, older in content.older:
                self._keep(student, {name: older}, f"{name} of an earlier attempt")
            if placed.why:
                self.collected.own_names[student] = f"{sender.shown}: {placed.why}"

    def _place_for(self, student, hand_in, files):
        before, current = self.hand_ins.get(student), self.folders.current(student)
        if current == hand_in.digest:
            self._note(student, hand_in if before is None else _later(before, hand_in))
            self.collected.as_before.setdefault(student, hand_in.name)
        elif current and self._is_superseded(student, hand_in, before, current):
            self._keep(student, files, "an earlier hand-in")
            self.collected.as_before.setdefault(student, hand_in.name)
        else:
            if current and (kept := self.folders.keep_current(student)):
                place = self._shown(kept)
                self.collected.kept.append(f"{student}: what was there before is now {place}")
            self.folders.place(student, files)
            self._note(student, hand_in)
            self.collected.as_before.pop(student, None)
            self.collected.placed[student] = hand_in.name

    def _is_superseded(self, student, hand_in, before, current):
        """Whether what is there is newer: by the platform, else because it once replaced this."""
        newer = _is_newer(hand_in, before) if before and before.digest == current else None
        if newer is not None:
            return not newer
        return self.folders.is_kept(student, hand_in.digest)

    def _note(self, student, hand_in):
        """Take down whose it is, and move what the same sender had under a name of its own."""
        for other in self._same_sender(student, hand_in):
            kept = self.folders.keep_current(other)
            del self.hand_ins[other]
            place = f", what was there is now {self._shown(kept)}" if kept else ""
            self.collected.kept.append(f"{other} is {student}{place}")
        self.hand_ins[student] = hand_in
        if hand_in.handed_in:
            self.folders.stamp(student, hand_in.handed_in)
        elif hand_in.late and student not in self.collected.late:
            self.collected.late.append(student)
        if hand_in.platform == "Canvas" and hand_in.platform_id.isdigit():
            self.roster.note_canvas_id(student, hand_in.platform_id)

    def _note_times(self, times):
        """Take down when Moodle's students handed in: number -> time."""
        for student, hand_in in self.hand_ins.items():
            time = times.get(hand_in.platform_id) if hand_in.platform == "Moodle" else None
            if time:
                self.hand_ins[student] = replace(hand_in, time=time.isoformat())
                self.folders.stamp(student, time)
                self.collected.times += 1

    def _same_sender(self, student, hand_in):
        known = (hand_in.platform, hand_in.platform_id)
        return [
            other
            for other, one in self.hand_ins.items()
            if other != student and one.platform_id and (one.platform, one.platform_id) == known
        ]

    def _keep(self, student, files, what):
        if place := self.folders.keep(student, files):
            self.collected.kept.append(f"{student}: {what} is in {self._shown(place)}")

    def _shown(self, place):
        return os.path.relpath(place, self.root)


def _handed_in(path):
    table = Table(path)
    if CanvasSheet.fits(table) or not MoodleSheet.fits(table):
        raise CourseError(f"{path} does not say when a student handed in: Moodle's worksheet does.")
    return MoodleSheet(table).handed_in()


def _later(before, hand_in):
    """The same files handed in twice: as the later one, with what only one of them knows."""
    if before.time and before.time > hand_in.time:
        return before
    return hand_in


def _is_newer(hand_in, before):
    """Whether a hand-in is newer than the one before; None where neither tells."""
    if hand_in.time and before.time:
        return hand_in.handed_in > before.handed_in
    if hand_in.attachments and before.attachments:
        return max(hand_in.attachments.values()) > max(before.attachments.values())
    return None
