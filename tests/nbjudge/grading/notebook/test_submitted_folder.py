"""Nothing in submitted/ is followed, changed or waited for, whatever is in it."""

import contextlib
import os
import socket
import stat
import subprocess
import sys

import pytest
from classroom import ASSIGNMENT, NOTEBOOK, RIGHT, Classroom, note_times
from nbgrader.api import Gradebook

from nbjudge.grading.collect.record import RECORD, handed_in
from nbjudge.grading.errors import CourseError
from nbjudge.grading.notebook import submission
from nbjudge.grading.notebook.record import attempts_of
from nbjudge.grading.notebook.submission import PlainFiles, submission_files
from nbjudge.grading.run.limits import Limits

DATA = "data/deep/values.csv"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    classroom = Classroom(tmp_path_factory.mktemp("class"))
    given = classroom.root / "solutions" / ASSIGNMENT / DATA
    given.parent.mkdir(parents=True)
    given.write_text("given")
    return classroom


def link(folder, name, target):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(target)


def bind(folder, name):
    """A socket; its path may be longer than a socket's address."""
    with contextlib.chdir(folder), socket.socket(socket.AF_UNIX) as end:
        end.bind(name)


def device(folder, name):
    try:
        os.mknod(folder / name, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this user may make no device")


def folder_with_file(folder, name):
    (folder / name).mkdir(parents=True)
    (folder / name / "inside.txt").write_text("inside")


def deep(folder, name):
    """Folders in folders, to a depth that no path reaches."""
    place = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir(name, dir_fd=place)
        place, above = os.open(name, os.O_RDONLY, dir_fd=place), place
        os.close(above)
    os.close(os.open("bottom", os.O_CREAT, dir_fd=place))
    os.close(place)


# What else lies in the folder, made in it, and what is noted of it.
KINDS = {
    "a link to the gradebook": (
        lambda f: link(f, "g.txt", f.parents[2] / "gradebook.db"),
        "not followed: g.txt -> /",
    ),
    "a link deep inside": (
        lambda f: link(f, "a/b/c/secret.txt", f.parents[2] / "secret.txt"),
        "not followed: a/b/c/secret.txt -> /",
    ),
    "a link to a folder": (lambda f: link(f, "up", f.parents[2]), "not followed: up -> /"),
    "a link to nowhere": (lambda f: link(f, "no", "/nowhere"), "not followed: no -> /nowhere"),
    "a link to itself": (lambda f: link(f, "loop", "loop"), "not followed: loop -> loop"),
    "a link of no UTF-8": (
        lambda f: link(f, os.fsdecode(b"\xff"), os.fsdecode(b"\xfe")),
        "not followed: � -> �",
    ),
    "a pipe": (lambda f: os.mkfifo(f / "pipe"), "not followed: pipe, a pipe"),
    "a pipe deep inside": (
        lambda f: (folder_with_file(f, "a"), os.mkfifo(f / "a/pipe")),
        "not followed: a/pipe, a pipe",
    ),
    "a pipe for a timestamp": (
        lambda f: os.mkfifo(f / "timestamp.txt"),
        "not followed: timestamp.txt, a pipe",
    ),
    "a link for a timestamp": (
        lambda f: link(f, "timestamp.txt", "/dev/zero"),
        "not followed: timestamp.txt -> /dev/zero",
    ),
    "a pipe for a notebook": (
        lambda f: os.mkfifo(f / "other.ipynb"),
        "not followed: other.ipynb, a pipe",
    ),
    "a socket": (lambda f: bind(f, "socket"), "not followed: socket, a socket"),
    "a device": (lambda f: device(f, "device"), "not followed: device, a device"),
    "a link for a file of the assignment": (
        lambda f: link(f, DATA, "/etc/passwd"),
        f"not followed: {DATA} -> /etc/passwd",
    ),
    "a folder for a file of the assignment": (
        lambda f: folder_with_file(f, DATA),
        f"left out: {DATA}: a folder in place of a file",
    ),
    "a file for a folder of the assignment": (
        lambda f: (f / "data").write_text("file"),
        "left out: data: a file in place of a folder",
    ),
    "a folder for a notebook": (
        lambda f: folder_with_file(f, "other.ipynb"),
        "left out: other.ipynb: a folder in place of a file",
    ),
    "a name of no UTF-8": (
        lambda f: (f / os.fsdecode(b"\xff.txt")).write_text("x"),
        "left out: �.txt: its name is not written in UTF-8",
    ),
    "folders too deep": (lambda f: deep(f, "d" * 30), "...: its path is too long"),
    "a file too large": (
        lambda f: os.truncate(os.open(f / "sparse", os.O_CREAT | os.O_WRONLY), 2**40),
        "left out: sparse: more than 50 MB together",
    ),
}


def snapshot(folder):
    """All that can be told of a folder's entries without following them, but when they were read.

    Walked by open folders, which reach any depth.
    """
    found = {}
    for parent, folders, files, place in os.fwalk(folder, follow_symlinks=False):
        for name in [*folders, *files]:
            status = os.lstat(name, dir_fd=place)
            key = (len(parent), parent[-200:], name)
            found[key] = (*status[:7], status.st_mtime_ns, status.st_ctime_ns)
            if stat.S_ISLNK(status.st_mode):
                found[key] += (os.readlink(name, dir_fd=place),)
            elif stat.S_ISREG(status.st_mode) and status.st_size < 2**30:
                with open(os.open(name, os.O_RDONLY, dir_fd=place), "rb") as file:
                    found[key] += (file.read(),)
    return found


def by_the_button(classroom, student):
    result = classroom.grade(student)
    assert result.success, result.log


def by_the_command(classroom, student, *options):
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--student", student]
    done = subprocess.run(
        [*command, *options], cwd=classroom.root, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def hand_in(classroom, student, make):
    """A right notebook that reads a file beside it, and what else ``make`` lays there."""
    notebook = classroom.notebook(RIGHT, early='print(open("own.txt").read())')
    folder = classroom.hand_in(student, notebook).parent
    (folder / "own.txt").write_text("own")
    make(folder)
    return folder


def check_graded(classroom, student, note):
    assert sum(classroom.marks(student).values()) == 18
    graded = classroom.root / "autograded" / student / ASSIGNMENT
    kinds = {stat.S_IFMT(path.lstat().st_mode) for path in graded.rglob("*")}
    assert kinds <= {stat.S_IFREG, stat.S_IFDIR}
    assert '"own\\n"' in (graded / f"{NOTEBOOK}.ipynb").read_text()
    assert (graded / DATA).read_text() == "given"
    assert note in "\n".join(attempts_of(graded / f"{NOTEBOOK}.ipynb"))
    # Nothing of the student's is copied but the notebook.
    files = {str(path.relative_to(graded)) for path in graded.rglob("*") if path.is_file()}
    assert files == {f"{NOTEBOOK}.ipynb", "points.csv", DATA}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_left_as_it_is_and_noted(classroom, kind):
    make, note = KINDS[kind]
    student = kind.replace(" ", "_")
    before = snapshot(hand_in(classroom, student, make))
    assert len(before) > 2
    by_the_button(classroom, student)
    check_graded(classroom, student, note)
    # A second time there is a graded one, whose timestamp is compared.
    by_the_button(classroom, student)
    assert snapshot(classroom.folder(student)) == before
    assert classroom.feedback(student)


def all_kinds(folder):
    for kind in ("a link deep inside", "a pipe for a timestamp", "a socket", "a link to a folder"):
        KINDS[kind][0](folder)


def test_the_plain_command_leaves_it_too(classroom):
    before = snapshot(hand_in(classroom, "plain", all_kinds))
    for options in ([], []):
        by_the_command(classroom, "plain", *options)
        check_graded(classroom, "plain", "not followed: timestamp.txt, a pipe")
    assert snapshot(classroom.folder("plain")) == before


@pytest.mark.parametrize("target", ["solutions", "submitted/other"])
def test_a_link_in_place_of_the_folder_leads_nowhere(classroom, target):
    hand_in(classroom, "other", lambda folder: None)
    student = f"linked_{target.partition('/')[0]}"
    place = classroom.folder(student)
    place.parent.mkdir(parents=True)
    place.symlink_to(classroom.root / target / ASSIGNMENT)
    result = classroom.grade(student)
    assert result.success, result.log
    assert result.total == 0 and place.is_symlink()
    assert all("link to somewhere else" in text for text in result.messages().values())
    graded = classroom.root / "autograded" / student / ASSIGNMENT
    assert not (graded / "own.txt").exists()


TIMESTAMPS = {
    "early": b"2026-01-01 12:00:00 UTC",
    "late": b"2027-01-01 12:00:00 UTC",
    "no time": b"yesterday",
    "out of range": b"9999999999999-01-01",
    "no UTF-8": b"\xff",
    "long": b"2026-01-01" + b" " * 10**7,
}


@pytest.mark.parametrize("kind", TIMESTAMPS)
def test_a_timestamp_among_their_files_is_not_believed_and_costs_nothing(due, kind):
    """The one that was noted when it was collected is."""
    student = f"timed {kind}"
    folder = hand_in(due, student, lambda folder: None)
    (folder / "timestamp.txt").write_bytes(TIMESTAMPS[kind])
    assert due.grade(student).total == 18
    assert late(due, student) is None
    note_times(due.root, {student: "2026-03-04T12:00:00+00:00"})
    assert due.grade(student).total == 18
    assert late(due, student) == 2 * 86400


@pytest.fixture
def due(classroom):
    """The class with its assignment due on 2 March."""
    with Gradebook(classroom.coursedir.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-02 12:00:00 UTC")
    yield classroom
    (classroom.root / RECORD).unlink()


def late(classroom, student):
    """By how many seconds a submission is late; None where nobody knows when it came."""
    with Gradebook(classroom.coursedir.db_url) as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, student)
        return submission.timestamp and submission.total_seconds_late


def test_a_note_of_times_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / RECORD).write_text("{")
    with pytest.raises(CourseError, match="collect once more"):
        handed_in(tmp_path, ASSIGNMENT, "ada")


# Of the files beside a notebook, what its code is given.


def test_what_is_over_a_limit_is_left_out_and_the_others_are_given(tmp_path):
    for name, size in {"a": 10, "b": 100, "c": 20, "d": 5, "x.ipynb": 1}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    os.mkfifo(tmp_path / "pipe")
    files, left_out = submission_files(tmp_path, Limits(files_size=40))
    assert {name: len(content) for name, content in files.items()} == {"a": 10, "c": 20, "d": 5}
    assert [note.detail for note in left_out] == ["b: more than 0 MB together", "pipe, a pipe"]
    files, left_out = submission_files(tmp_path, Limits(files_number=2))
    assert list(files) == ["a", "b"]
    assert left_out[-1].detail == "c: and what follows, more than 2 files"


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert PlainFiles(tmp_path / "none").files == []
    assert submission_files(tmp_path / "none", Limits())[0] == {}


def test_ten_thousand_links_are_not_all_named(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MAX_ENTRIES", 300)
    for number in range(301):
        (tmp_path / f"{number:03}").symlink_to("/")
    notes = PlainFiles(tmp_path).left_out
    assert len(notes) == submission.MAX_NAMED + 1 and notes[-1].detail == "and more"
