"""What will have to be run of a submission, found out before nbgrader's autograde asks for it.

Should it ask for something else, because nbgrader was told to change submissions in a way of the
course's own, it is run then, in turn: that takes longer, and the marks are the same.
"""

from pathlib import Path

from nbgrader.api import MissingEntry

from nbjudge.grading.errors import Unreadable
from nbjudge.grading.notebook.reading import SubmissionExporter, clean_notebook, content, parse
from nbjudge.grading.notebook.repair import given_cells, repaired
from nbjudge.grading.notebook.submission import check_name, is_text
from nbjudge.grading.run.preprocessor import SandboxExecute


def works(config, coursedir, assignment, student):
    """Key -> Work of each notebook of a submission, as SandboxExecute will make it.

    It reads, puts right and gathers as nbgrader will, and writes nothing. There is none of a
    notebook that cannot be read, or that the gradebook does not know. Raises UnusableName.
    """
    check_name(student)
    execute = SandboxExecute(config=config, coursedir=coursedir)
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    names = {"db_url": coursedir.db_url, "assignment": assignment, "student": student}
    (files, _), found = execute.files(names), {}
    for path in sorted(path for path in folder.glob("*.ipynb") if is_text(path.name)):
        place = {**names, "notebook": path.stem}
        notebook = _put_right(path, place, SubmissionExporter(config=config).limits())
        if notebook is not None:
            work = execute.work(notebook, place, files)
            found[work.key] = work
    return found


def _put_right(path, place, limits):
    """The notebook in a file, put right; None if there is nothing in it to be run."""
    try:
        given = given_cells(place)
        notebook, _ = clean_notebook(parse(content(path, limits)), given, limits)
    except (MissingEntry, Unreadable):
        return None
    notebook.cells, _ = repaired(notebook.cells, given)
    return notebook
