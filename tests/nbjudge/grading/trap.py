"""Around the hostile class: what an attack must not reach, and what it left behind."""

import hashlib
import socket
import sqlite3
import uuid
from pathlib import Path

from classroom import HONEST_WRONG, RIGHT, ROOT, Classroom

MARKER = f"marker-{uuid.uuid4().hex}"
BYSTANDERS = ("right", "wrong")


class Trap:
    """A class with two bystanders, listeners that nobody should reach, and secrets about."""

    def __init__(self, classroom):
        self.classroom = classroom
        self.port = socket.create_server(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{MARKER[:20]}")
        self.abstract.listen()
        for listener in (self.port, self.abstract):
            listener.setblocking(False)

    def grade_bystanders(self):
        """Let one right and one honest wrong student hand in and be graded; their marks."""
        for student, answers in zip(BYSTANDERS, (RIGHT, HONEST_WRONG), strict=True):
            self.classroom.hand_in(student, self.classroom.notebook(answers))
        return [self.classroom.grade(student).marks for student in BYSTANDERS]

    def hand_in(self, student, attack):
        """What a student of this attack hands in."""
        answers = HONEST_WRONG | attack.answers
        texts = [self.fill(text) for text in (attack.early, attack.late)]
        notebook = self.classroom.notebook({k: self.fill(v) for k, v in answers.items()}, *texts)
        (attack.prepare or Classroom.hand_in)(self.classroom, student, notebook)

    def fill(self, text):
        """A text with the true places put in."""
        values = {
            "COURSE": self.classroom.root,
            "REPOSITORY": ROOT,
            "PORT": self.port.getsockname()[1],
            "SOCKET": f"#{MARKER[:20]}",
            "MARKER": MARKER,
        }
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def reached(self):
        """Whether anybody connected to one of the listeners."""
        for listener in (self.port, self.abstract):
            try:
                listener.accept()
            except BlockingIOError:
                continue
            return True
        return False

    def surroundings(self):
        """A digest of all that is not the attacker's: files, and the bystanders' rows."""
        digest = hashlib.sha256()
        root = self.classroom.root
        mine = [root / name for name in ("solutions", "secret.txt", "nbgrader_config.py")]
        theirs = [root / top / who for top in ("submitted", "autograded") for who in BYSTANDERS]
        for path in sorted(file for top in [*mine, *theirs] for file in _files(top)):
            digest.update(str(path).encode() + path.read_bytes())
        if (root / "grading_secret").exists():
            digest.update((root / "grading_secret").read_bytes())
        digest.update(repr([self.classroom.marks(who) for who in BYSTANDERS]).encode())
        with sqlite3.connect(root / "gradebook.db") as base:
            digest.update(
                repr(base.execute("select name, source from source_cell").fetchall()).encode()
            )
        return digest.hexdigest()

    def shown(self, student):
        """All that came back of a student's submission, as text."""
        pages = self.classroom.feedback(student)
        folder = self.classroom.root / "autograded" / student
        return pages + "\n".join(path.read_text(errors="replace") for path in _files(folder))

    def left_behind(self):
        """Processes and files that carry the marker."""
        folders = [Path("/tmp"), Path("/dev/shm"), self.classroom.root]
        files = [path for folder in folders for path in folder.glob(f"*{MARKER}*")]
        return files + _processes_named(MARKER)


def identifier(name):
    """A student's id made of an attack's name."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _files(top):
    return [path for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file()]


def _processes_named(word):
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes()
        except OSError:
            continue
        if word.encode() in command and b"pytest" not in command:
            found.append(command)
    return found
