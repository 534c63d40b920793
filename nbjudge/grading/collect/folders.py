"""submitted/STUDENT/ASSIGNMENT: compared and written as a whole, older ones kept."""

import contextlib
import hashlib
import os
import shutil
import stat
from pathlib import Path

from nbjudge.grading.notebook.submission import entries, path_within

TIMESTAMP = "timestamp.txt"


def digest_of(files):
    """A hash of {path within the folder: bytes}."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def read_folder(folder):
    """{path: bytes} of the plain files that are in a folder, nbgrader's timestamp.txt apart."""
    return {
        name.replace(os.sep, "/"): Path(path_within(folder, name)).read_bytes()
        for name, status in entries(folder)
        if status and stat.S_ISREG(status.st_mode) and name != TIMESTAMP
    }


class Folders:
    """The folders of one assignment. root: of the course; submitted: the name of the folder.

    What is replaced is kept in downloaded/ASSIGNMENT/older/STUDENT, by its digest.
    """

    def __init__(self, root, submitted, assignment):
        self.assignment = assignment
        self.submitted = Path(root, submitted)
        self.kept = Path(root, "downloaded", assignment, "older")
        self.drafts = Path(root, "downloaded", assignment, "draft")

    def folder(self, student):
        return self.submitted / student / self.assignment

    def current(self, student):
        """The digest of what is there now; None if there is nothing."""
        folder = self.folder(student)
        return digest_of(read_folder(folder)) if os.path.lexists(folder) else None

    def place(self, student, files):
        """Write a hand-in, {path: bytes}, where there is nothing now."""
        draft = self._draft(files)
        folder = self.folder(student)
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(folder)

    def keep_current(self, student):
        """Move what is there now to the older ones; its place, or None if there is nothing."""
        if (digest := self.current(student)) is None:
            return None
        place = self._place(student, digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            shutil.rmtree(place)
        folder = self.folder(student)
        folder.rename(place)
        with contextlib.suppress(OSError):  # other assignments are there
            folder.parent.rmdir()
        return place

    def keep(self, student, files):
        """Keep files that were handed in and do not count; their place, if they are new there."""
        place = self._place(student, digest_of(files))
        if place.exists():
            return None
        place.parent.mkdir(parents=True, exist_ok=True)
        self._draft(files).rename(place)
        return place

    def is_kept(self, student, digest):
        """Whether this hand-in was replaced by another before."""
        return self._place(student, digest).exists()

    def stamp(self, student, time):
        """Write timestamp.txt, which nbgrader reads."""
        path = self.folder(student) / TIMESTAMP
        path.write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC\n")

    def _place(self, student, digest):
        return self.kept / student / digest[:16]

    def _draft(self, files):
        if self.drafts.exists():
            shutil.rmtree(self.drafts)
        for name, content in files.items():
            path = self.drafts / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return self.drafts
