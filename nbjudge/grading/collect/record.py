"""What was collected: collected.json in the course folder, where no student can write.

It is the only thing to be believed about when a hand-in came: a timestamp.txt in submitted/ may be
a student's.
"""

import functools
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from nbjudge.grading.errors import CourseError
from nbjudge.grading.files import write_whole

RECORD = "collected.json"


@dataclass(frozen=True)
class HandIn:
    """What is in submitted/STUDENT/ASSIGNMENT, and as what the platform knows it.

    name: the sender's on the platform; platform_id: Moodle's number of the student in this
    assignment, Canvas's of the user; files: path in submitted/ -> the name that it came under;
    attachments: path -> Canvas's number of it; time: of handing in, ISO in UTC, "" where the
    platform does not say it; late: the platform's own mark; digest: of the files.
    """

    platform: str = ""
    name: str = ""
    platform_id: str = ""
    files: dict = field(default_factory=dict)
    attachments: dict = field(default_factory=dict)
    time: str = ""
    late: bool = False
    digest: str = ""

    @property
    def handed_in(self):
        """The time of handing in, or None."""
        return datetime.fromisoformat(self.time) if self.time else None


class Record:
    """The HandIns of a course: assignment -> student -> HandIn."""

    def __init__(self, root):
        self.path = Path(root) / RECORD
        self.hand_ins = {}
        if self.path.exists():
            try:
                found = json.loads(self.path.read_text(encoding="utf-8"))
                self.hand_ins = {
                    assignment: {student: HandIn(**fields) for student, fields in of.items()}
                    for assignment, of in found.items()
                }
            except (OSError, ValueError, TypeError, AttributeError) as error:
                raise CourseError(
                    f"{self.path} cannot be read ({error}). Put it back from a backup, or take it "
                    f"away and collect once more."
                ) from None

    def of(self, assignment):
        """Student -> HandIn of an assignment."""
        return self.hand_ins.setdefault(assignment, {})

    def write(self):
        """Write the file, whole or not at all."""
        content = {
            assignment: {student: asdict(one) for student, one in sorted(of.items())}
            for assignment, of in sorted(self.hand_ins.items())
            if of
        }
        text = json.dumps(content, indent=1, ensure_ascii=False)
        write_whole(self.path, f"{text}\n".encode())


def handed_in(root, assignment, student):
    """When a submission was handed in, ISO in UTC; "" where nothing was noted: it is not late."""
    path = Path(root, RECORD)
    try:
        record = _read(root, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return ""
    return record.of(assignment).get(student, HandIn()).time


@functools.lru_cache(1)
def _read(root, changed):
    """The Record as it was written at the time ``changed``: a class asks for each submission."""
    return Record(root)
