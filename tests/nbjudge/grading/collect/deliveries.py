"""Zips as Moodle and Canvas make them, by the rules of their sources, and small notebooks."""

import json
import zipfile
from dataclasses import dataclass

import nbformat
from classroom import RIGHT, source_notebook
from nbformat.v4 import new_code_cell, new_notebook

ASSIGNMENT, NOTEBOOK = "7.4.3_posterior", "posterior.ipynb"
OTHER = "7.4.2_likelihood"


def notebook(text="", names=RIGHT):
    """The bytes of a student's notebook of the assignment, told from others by ``text``."""
    cells = source_notebook({}).cells
    cells = [cell for cell in cells if cell.metadata.nbgrader.grade_id in names]
    cells.append(new_code_cell(f"# {text}", id="own"))
    return nbformat.writes(new_notebook(cells=cells)).encode()


def other_notebook():
    """The bytes of a notebook of the other assignment."""
    cell = new_code_cell("", metadata={"nbgrader": {"grade_id": "log_density"}}, id="one")
    return nbformat.writes(new_notebook(cells=[cell])).encode()


def plain_notebook():
    """The bytes of one that nbgrader knows nothing of."""
    return json.dumps({"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


@dataclass(frozen=True)
class Sent:
    """What one student handed in. number: the platform's."""

    name: str
    number: int
    files: dict
    late: bool = False


def moodle(path, sent, layout="folders"):
    """Moodle's zip: one of "folders", "before 4.1" with its trailing _, or "flat"."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sent:
            name = one.name.replace("_", " ").replace("'", "")
            prefix = f"{name}_{one.number}_assignsubmission_file"
            between = {"folders": "/", "before 4.1": "_/", "flat": "_"}[layout]
            for file, content in one.files.items():
                archive.writestr(f"{prefix}{between}{file}", content)
    return path


def canvas(path, sent, anonymous=False):
    """Canvas's zip; files: (attachment, name) -> bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sent:
            first, _, last = one.name.rpartition(" ")
            sortable = "".join(c for c in f"{last}, {first}".lower() if c.isalnum() or c == "_")
            who = f"anon_{one.number}" if anonymous else str(one.number)
            parts = [] if anonymous else [sortable]
            prefix = "_".join([*parts, *(["LATE"] if one.late else []), who])
            for (attachment, file), content in one.files.items():
                archive.writestr(f"{prefix}_{attachment}_{file}", content)
    return path
