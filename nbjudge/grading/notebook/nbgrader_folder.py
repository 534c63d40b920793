"""What nbgrader sees of a submitted folder: the time at which it was handed in, and no file of it.

nbgrader (0.9.5 and 0.9.6) copies what lies beside a notebook to autograded/ and feedback/, with
links followed: a student's link to the gradebook would come back to them as a file, a page of
theirs would run at formgrader's own address. And it believes their timestamp.txt, whatever it is: a
pipe would never end. No setting changes that, and a hook's errors are swallowed. So the two methods
of its converter that look into the folder are shown another, which holds that time alone. The
code that needs the files is given them from the submitted folder itself.
"""

import contextlib
import functools
import os
import tempfile
from pathlib import Path

from nbjudge.grading.collect.record import handed_in
from nbjudge.grading.notebook.submission import check_name, is_text


class EmptyFolder:
    """Stands between one converter of nbgrader's and the submitted folders.

    folder: the one that was looked into last.
    """

    def __init__(self, converter):
        self.converter = converter
        self.folder = None
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
        """Have the converter find, in place of the submitted folder, one with a timestamp of ours.

        Notebooks of names that are no text are not shown either. Raises UnusableName.
        """
        check_name(student_id)
        self.converter.notebooks = list(filter(is_text, self.converter.notebooks))
        self.folder = os.path.abspath(self.converter._format_source(assignment_id, student_id))
        time = handed_in(self.converter.coursedir.root, assignment_id, student_id)
        with tempfile.TemporaryDirectory(prefix="submission-") as shown:
            if time:
                Path(shown, "timestamp.txt").write_text(time)
            self.converter._format_source = lambda *_: shown
            try:
                yield
            finally:
                del self.converter._format_source
