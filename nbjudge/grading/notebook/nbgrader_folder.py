"""What nbgrader sees of a submitted folder: its plain files, and nothing that leads out of it.

nbgrader (0.9.5 and 0.9.6) copies what lies beside a notebook with links followed, and opens
timestamp.txt whatever it is: a student's link to the gradebook would come back to them as a file,
and a pipe would never end. No setting changes that, and a hook's errors are swallowed. So the two
methods of its converter that look into the folder are shown another: of links to the plain files.
"""

import contextlib
import functools
import os
import tempfile
from pathlib import Path

from nbjudge.grading.notebook.submission import PlainFiles


class PlainFolder:
    """Stands between one converter of nbgrader's and the submitted folders.

    folder: the one that was looked into last; left_out: a Note for each thing that is not shown.
    """

    def __init__(self, converter):
        self.converter = converter
        self.folder, self.left_out = None, []
        for method in (converter.init_destination, converter.init_assignment):
            setattr(converter, method.__name__, self._showing(method))

    def _showing(self, method):
        @functools.wraps(method)
        def showing(assignment_id, student_id):
            with self._shown(assignment_id, student_id):
                return method(assignment_id, student_id)

        return showing

    @contextlib.contextmanager
    def _shown(self, assignment_id, student_id):
        """Have the converter find, in place of the submitted folder, one of links to its files."""
        self.folder = os.path.abspath(self.converter._format_source(assignment_id, student_id))
        coursedir, names = self.converter.coursedir, self._names(assignment_id)
        sizes = 1000 * coursedir.max_file_size, 1000 * coursedir.max_dir_size
        plain = PlainFiles(self.folder, names, *sizes)
        self.left_out = plain.left_out
        with tempfile.TemporaryDirectory(prefix="submission-") as shown:
            for name in plain.files:
                place = Path(shown, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(Path(self.folder, name))
            self.converter._format_source = lambda *_: shown
            try:
                yield
            finally:
                del self.converter._format_source

    def _names(self, assignment_id):
        """The paths of the files that are written to the folder of the graded submission."""
        coursedir = self.converter.coursedir
        source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment_id))
        files = [path.relative_to(source) for path in source.rglob("*") if path.is_file()]
        return ["timestamp.txt", *files]
