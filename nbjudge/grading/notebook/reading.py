"""Reading a submitted notebook, whatever is in the file: a clean one, or the reason why not."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.corpus.words import generate_corpus_id
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde

from nbjudge.grading.errors import Unreadable
from nbjudge.grading.notebook.nbgrader_folder import EmptyFolder
from nbjudge.grading.notebook.record import RECORD
from nbjudge.grading.notebook.repair import given_cells
from nbjudge.grading.notebook.shortening import shortened
from nbjudge.grading.run.limits import ReadingLimits, settings

# What a cell of each kind has beside id, metadata and source.
_KINDS = {"code": {"execution_count": None, "outputs": []}, "markdown": {}, "raw": {}}
# A file up to this size is read here; a larger one, full of outputs, in a process of its own.
_LARGE = 16 * 2**20
_STRIP = Path(__file__).with_name("strip_outputs.py")


class SubmissionExporter(settings(ReadingLimits), NotebookExporter):
    """nbgrader's exporter, but it reads every file: what is no notebook becomes an empty one.

    Made by a converter that grades, it shows this one no file of the submission beside it.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.shown = EmptyFolder(self.parent) if isinstance(self.parent, Autograde) else None

    def from_filename(self, filename, resources=None, **kwargs):
        """Convert the notebook in a file; one of our own making is taken as it is."""
        path = Path(filename)
        resources = self._init_resources(resources)
        resources["metadata"].update(name=path.stem, path=str(path.parent))
        if self._is_ours(path):
            notebook = nbformat.read(path, as_version=4)
        else:
            notebook = self._submitted(path, resources)
        return self.from_notebook_node(notebook, resources=resources, **kwargs)

    def _submitted(self, path, resources):
        """A notebook made anew of a submitted one, or an empty one; its record says what was done.

        Raises RuntimeError if nbgrader has not looked into its folder through us.
        """
        if self.shown is None or self.shown.folder != os.path.abspath(path.parent):
            raise RuntimeError(f"{path.parent} was read by nbgrader itself, its links followed.")
        record = {"repairs": []}
        try:
            plain = parse(content(path, self.limits()))
            given = given_cells(resources["nbgrader"])
            notebook, record["repairs"] = clean_notebook(plain, given, self.limits())
        except Unreadable as reason:
            text = f"Your notebook could not be read, so its answers count 0: {reason}"
            self.log.warning("%s: %s", path, reason)
            notebook = new_notebook()
            record |= {"unreadable": text, "repairs": [text]}
        notebook.metadata[RECORD] = nbformat.from_dict(record)
        return notebook

    def _is_ours(self, path):
        """Whether a file lies in autograded/, where nobody but nbgrader writes.

        By its name: a submitted link may lead there, to what a friend was graded for.
        """
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None:
            return False
        folder = Path(os.path.abspath(coursedir.root), coursedir.autograded_directory)
        return folder in Path(os.path.abspath(path)).parents


def content(path, limits):
    """The text of a file that is a plain one, without the outputs if it is large."""
    for part in (path, path.parent):
        if part.is_symlink():
            raise Unreadable("it is a link to somewhere else.")
    try:
        status = path.stat()
    except OSError:
        raise Unreadable("there is no such file.") from None
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("it is no file.")
    if status.st_size > limits.max_file:
        raise Unreadable(f"it has {status.st_size / 1e6:.0f} MB. Clear its outputs, save it again.")
    try:
        raw = path.read_bytes() if status.st_size <= _LARGE else _stripped(path, limits)
    except OSError:
        raise Unreadable("the file cannot be read.") from None
    if not raw.strip():
        raise Unreadable("the file is empty.")
    try:
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("it is not written in UTF-8, as notebooks are.") from None


def parse(text):
    """The notebook in a text, as nbformat 4, its outputs dropped, its parts not yet looked at."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("it is not in the form of a notebook (JSON).") from None
    if not isinstance(plain, dict):
        raise Unreadable("it is JSON, but no notebook.")
    if isinstance(plain.get("cells"), list):
        return plain
    if not isinstance(plain.get("worksheets"), list):
        raise Unreadable("it has no cells.")
    return _upgraded(plain)


def clean_notebook(plain, given, limits):
    """(a notebook made anew of the cells of ``plain``, sentences on what was left out of it).

    It has each cell's kind, text, id and nbgrader's data. given: the cells of the assignment, which
    come first where there are too many cells or there is too much text.
    """
    cells = [cell for cell in plain["cells"] if isinstance(cell, dict)]
    sources = [_source(cell) for cell in cells]
    kept, done = shortened(cells, sources, given, limits)
    clean, ids = [], set()
    for number in kept:
        cell, kind = cells[number], cells[number].get("cell_type")
        kind = kind if kind in ("code", "markdown") else "raw"
        name = cell.get("id") if _is_fresh(cell.get("id"), ids) else generate_corpus_id()
        ids.add(name)
        # Not by nbformat's new_code_cell, which holds each against the format: that comes later.
        made = {"id": name, "cell_type": kind, "metadata": {}, **_KINDS[kind]}
        metadata = cell.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("nbgrader"), dict):
            made["metadata"]["nbgrader"] = metadata["nbgrader"]
        clean.append(nbformat.from_dict(made | {"source": sources[number]}))
    language = {"language_info": {"name": "python"}}
    return new_notebook(cells=clean, metadata=language), done


def _source(cell):
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    # A lone surrogate could not be written again; a carriage return would change the checksum.
    source = source.encode("utf-8", "replace").decode()
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _is_fresh(name, ids):
    plain = isinstance(name, str) and 0 < len(name) <= 64
    return plain and name not in ids and name.replace("-", "").replace("_", "").isalnum()


def _upgraded(plain):
    """A notebook of format 3 in format 4, by nbformat's own rules."""
    try:
        for sheet in plain["worksheets"]:
            for cell in sheet["cells"]:
                cell["outputs"] = []
        return nbformat.convert(nbformat.from_dict(plain), 4)
    except Exception:
        raise Unreadable("it is of an old format, and not whole.") from None


def _stripped(path, limits):
    """The content of a large file without its outputs, from a process that may use much memory."""
    command = [sys.executable, "-I", "-S", str(_STRIP), os.fspath(path.resolve())]
    try:
        done = subprocess.run(
            [*command, str(limits.strip_memory)], capture_output=True, timeout=limits.strip_seconds
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("it is too large to be read.") from None
    if done.returncode or len(done.stdout) > _LARGE:
        raise Unreadable("it is too large, or not in the form of a notebook (JSON).")
    return done.stdout
