"""What lies in submitted/ and cannot be graded where it lies: a sentence and a command for each."""

import difflib
import filecmp
import os
import shlex
import subprocess
from dataclasses import dataclass

from nbjudge.grading.collect.files import JUNK
from nbjudge.grading.collect.notebooks import Notebooks
from nbjudge.grading.collect.people import own_name
from nbjudge.grading.course import PATTERN
from nbjudge.grading.notebook.submission import readable


@dataclass(frozen=True)
class Stray:
    """Something in submitted/ that is not graded.

    path: within the course; expected: in its place; command: that puts it right; of: the folders
    that it keeps from being graded, as they are named in a failure.
    """

    path: str
    expected: str
    command: str
    of: tuple = ()

    def __str__(self):
        return f"{self.path} is not graded: expected {self.expected}. {self.command}"


def strays(course, assignments, program):
    """The Strays of the assignments, and those of which nobody knows the assignment.

    program: the name of the command that collects.
    """
    return _Strays(course, assignments, program).found


class _Strays:
    def __init__(self, course, assignments, program):
        self.course, self.assignments, self.program = course, assignments, program
        self.found = []
        self.submitted = course.directory.submitted_directory
        folder = course.root / self.submitted
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name in JUNK or path.name.startswith("."):
                continue
            if path.is_dir():
                self._student(path)
            else:
                self._add(path, f"a folder {self.submitted}/STUDENT", self._collect(path))

    def _student(self, folder):
        if PATTERN & set(folder.name):
            better = folder.with_name(own_name(folder.name) or "student")
            expected = f"a name without {' '.join(sorted(PATTERN & set(folder.name)))}"
            self._add(folder, expected, _move(self._shown(folder), self._shown(better)))
            return
        for path in sorted(folder.iterdir()):
            if path.name in self.assignments:
                self._assignment(path)
            elif path.name not in (*self.course.assignments, *JUNK):
                self._unknown(path)

    def _unknown(self, path):
        """What is in a student's folder and has no assignment's name."""
        if not path.is_dir():
            if any(filecmp.cmp(path, other, shallow=False) for other in _placed(path)):
                return
            expected = f"a folder {self._shown(path.parent)}/ASSIGNMENT"
            self._add(path, expected, self._collect(path.parent))
            return
        known = self.course.assignments
        near = difflib.get_close_matches(path.name, known, n=1) or ["ASSIGNMENT"]
        better = path.with_name(near[0])
        expected = f"the name of an assignment ({', '.join(known)})"
        self._add(path, expected, _move(self._shown(path), self._shown(better)))

    def _assignment(self, folder):
        """A wrong name, or a second notebook of the assignment, in a folder that has its name."""
        expected = self.course.notebooks(folder.name)
        if not folder.is_dir():
            self._add(folder, "a folder of this name", self._collect(folder.parent, folder.name))
            return
        others = [p for p in sorted(folder.glob("*.ipynb")) if p.name not in expected]
        collect = self._collect(folder.parent, folder.name)
        if not any(os.path.lexists(folder / name) for name in expected):
            there = others[0] if others else folder
            self._add(there, " and ".join(expected), collect)
        elif others:
            for path in self._of_the_assignment(others, folder.name):
                self._add(path, f"{' and '.join(expected)} alone", f"If it counts: {collect}")

    def _of_the_assignment(self, paths, assignment):
        source = self.course.root / self.course.directory.source_directory
        notebooks = Notebooks(source, [assignment], assignment)
        plain = (path for path in paths if path.is_file() and not path.is_symlink())
        return [p for p in plain if notebooks.which(p.name, p.read_bytes()).notebook]

    def _add(self, path, expected, command):
        parts = path.relative_to(self.course.root / self.submitted).parts
        assignments = parts[1:2] or self.course.assignments
        of = tuple((parts[0], assignment) for assignment in assignments)
        self.found.append(Stray(self._shown(path), expected, command, of))

    def _collect(self, path, assignment="ASSIGNMENT"):
        return f"{self.program} collect {assignment} {_quoted(self._shown(path))}"

    def _shown(self, path):
        return readable(os.path.relpath(path, self.course.root))


def _placed(path):
    """The notebooks of a student's assignments, one of which may be this file by now."""
    return [other for other in path.parent.glob("*/*.ipynb") if other.is_file()]


def _move(old, new):
    return f"{'move' if os.name == 'nt' else 'mv'} {_quoted(old)} {_quoted(new)}"


def _quoted(path):
    return subprocess.list2cmdline([path]) if os.name == "nt" else shlex.quote(path)
