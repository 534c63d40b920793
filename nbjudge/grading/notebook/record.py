"""What grading notes about a submission, in the metadata of its autograded notebook.

Facts for the teacher, never verdicts, and never a part of the mark: what was put right before
grading, what the code tried that no exercise asks for, and how long it all took.
"""

import json
from pathlib import Path
from typing import NamedTuple

# The key in the notebook's metadata.
RECORD = "nbjudge"


class Note(NamedTuple):
    """A fact about a submission: one of the kinds below, and what it is about."""

    kind: str
    detail: str

    def __str__(self):
        return _SENTENCES.get(self.kind, self.kind + ": {}").format(self.detail)


_SENTENCES = {
    "import": "imported the package {}, which is not there at grading",
    "network": "reached for the network: {}",
    "file": "opened a file outside its folder: {}",
    "process": "started another process: {}",
    "hook": "changed how Python or IPython works: {}",
    "ended": "its process had to be ended or ended itself: {}",
    "link": "held a link or a special file, which was not followed: {}",
    "left out": "held what was left out: {}",
}


def record_of(path):
    """The record of an autograded notebook: a dict, empty if it has none."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    return notebook.get("metadata", {}).get(RECORD, {})


def attempts_of(path):
    """What an autograded notebook's code tried, and what its folder held, a sentence each.

    Much of it can be innocent: a check called in a cell of one's own imports the reference too.
    """
    record = record_of(path)
    notes = [*record.get("attempts", []), *record.get("left_out", [])]
    return [str(Note(*note)) for note in notes]


def repairs_of(path):
    """What was put right in a notebook before it was graded, a sentence each."""
    return record_of(path).get("repairs", [])
