"""When a submission was handed in: as it was noted when it was collected, not as its files say.

The note lies in the course folder, where no student's file comes to lie.
"""

import functools
import json
from pathlib import Path

from nbjudge.grading.errors import CourseError

RECORD = "collected.json"


def handed_in(root, assignment, student):
    """The time as text, ISO in UTC; "" where none was noted: that submission is not late.

    Raises CourseError if the note cannot be read.
    """
    path = Path(root, RECORD)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return ""
    return _times(path, changed).get((assignment, student), "")


@functools.lru_cache(1)
def _times(path, changed):
    """(assignment, student) -> time, of the file as it was written at the time ``changed``."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return {(a, s): hand_in["time"] for a, of in noted.items() for s, hand_in in of.items()}
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise CourseError(
            f"{path} cannot be read ({error!r}). Put it back from a backup, or take it away and "
            f"collect once more."
        ) from None
