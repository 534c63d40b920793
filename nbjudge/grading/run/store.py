"""What came of running notebooks, by the hash of what was run, until it stands in the gradebook.

It lies in the course folder, which the sandbox hides, whatever database the gradebook is.
"""

import contextlib
import json
import os
from pathlib import Path

import nbformat
from filelock import FileLock, Timeout

from nbjudge.grading.errors import CourseError
from nbjudge.grading.run.execution import Done


class Store:
    """The Dones of the course in the folder ``root``: a file each, written whole or not at all."""

    def __init__(self, root):
        self.folder = Path(root) / ".grading"

    @contextlib.contextmanager
    def locked(self):
        """For one command alone: two would take each other's half-written pages for whole ones."""
        self.folder.mkdir(exist_ok=True)
        lock = FileLock(self.folder / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise CourseError(
                f"{self.folder.parent} is being graded by another command, or hand-ins are being "
                f"collected there. Wait for it, or stop it."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def __contains__(self, key):
        return self._path(key).exists()

    def get(self, key):
        """The Done of the Work with this key, or None."""
        try:
            fields = json.loads(self._path(key).read_text())
        except (FileNotFoundError, ValueError):  # ValueError: cut short by a power cut
            return None
        return Done(**fields | {"outputs": nbformat.from_dict(fields["outputs"])})

    def put(self, key, done):
        """Keep a Done."""
        path = self._path(key)
        draft = path.with_suffix(".draft")
        try:
            draft.write_text(json.dumps(vars(done)))
            os.replace(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def remove(self, keys):
        """Forget the Dones of these keys."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def clear(self):
        """Forget all of them."""
        self.remove(path.stem for path in self.folder.glob("*.json"))

    def _path(self, key):
        return self.folder / f"{key}.json"
