"""What will have to be run of a submission, found out before nbgrader's autograde asks for it."""

from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde

from nbjudge.grading.notebook.reading import SubmissionExporter
from nbjudge.grading.notebook.record import RECORD
from nbjudge.grading.notebook.repair import given_cells, repaired
from nbjudge.grading.run.preprocessor import SandboxExecute


def works(config, coursedir, assignment, student):
    """Key -> Work of each notebook of a submission, as SandboxExecute will make it.

    It reads, puts right and gathers as nbgrader will, and writes nothing. There is none of a
    notebook that cannot be read, or that the gradebook does not know.
    """
    execute = SandboxExecute(config=config, coursedir=coursedir)
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    names = {"db_url": coursedir.db_url, "assignment": assignment, "student": student}
    files, found = _files(execute, folder, assignment), {}
    for path in sorted(folder.glob("*.ipynb")):
        place = {**names, "notebook": path.stem}
        notebook = _put_right(path, place, config)
        if notebook is not None:
            work = execute.work(notebook, place, files)
            found[work.key] = work
    return found


def _put_right(path, place, config):
    """The notebook in a file, put right; None if there is nothing in it to be run."""
    try:
        given = given_cells(place)
    except MissingEntry:
        return None
    text, _ = SubmissionExporter(config=config).from_filename(path)
    notebook = nbformat.reads(text, as_version=4)
    if RECORD in notebook.metadata:
        return None
    notebook.cells, _ = repaired(notebook.cells, given)
    return notebook


def _files(execute, folder, assignment):
    """Name -> path of the files of a submission, and over them those of the assignment."""
    coursedir = execute.coursedir
    source = coursedir.format_path(coursedir.source_directory, ".", assignment)
    # What a student may change, by a setting.
    own = Autograde(config=execute.config).exclude_overwriting.get(assignment, [])
    given = execute.plain_files(source)
    return execute.plain_files(folder) | {name: given[name] for name in given if name not in own}
