"""What in a zip or folder could do harm is refused by its name, and the rest is placed."""

import os
import stat
import struct
import zipfile

import pytest
from deliveries import ASSIGNMENT, NOTEBOOK, notebook

from nbjudge.grading.collect import files
from nbjudge.grading.collect.collecting import collect
from nbjudge.grading.errors import CourseError

ADA = "Ada Byron_1_assignsubmission_file/"


@pytest.fixture
def archive(tmp_path):
    """A zip with one good hand-in, open to be added to."""
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{ADA}{NOTEBOOK}", notebook("x"))
        yield archive


def problems(course, archive):
    """What is said of it when it is collected; the good one is placed, and nothing outside."""
    archive.close()
    collected = collect(course, ASSIGNMENT, [archive.filename])
    assert list(collected.placed) == ["ada-byron"]
    folder = course.root / "submitted" / "ada-byron" / ASSIGNMENT
    assert os.listdir(folder) == [NOTEBOOK]
    return [str(problem) for problem in collected.problems]


def special(name, kind):
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (kind | 0o644) << 16
    return entry


@pytest.mark.parametrize(
    ("name", "why"),
    {
        "/etc/cron.d/x": "absolute",
        "C:/Windows/x": "absolute",
        "C:\\Windows\\x": "absolute",
        f"{ADA}../../../x": "leads out",
        f"{ADA}..\\x": "leads out",
        f"{ADA}{'n' * 300}": "longer than 200 bytes",
        f"{ADA}bell\a": "cannot be shown",
    }.items(),
)
def test_a_path_that_leads_out(course, archive, tmp_path, name, why):
    archive.writestr(name, "x")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    [said] = problems(course, archive)
    assert "refused" in said and why in said
    assert "x" not in {path.name for path in tmp_path.rglob("*")} - set(before)


@pytest.mark.parametrize(
    ("kind", "why"),
    {stat.S_IFLNK: "a link", stat.S_IFCHR: "a device", stat.S_IFIFO: "a device"}.items(),
)
def test_links_and_devices(course, archive, kind, why):
    archive.writestr(special(f"{ADA}odd", kind), "/etc/passwd")
    [said] = problems(course, archive)
    assert f"odd: refused, it is {why}" in said


def test_an_encrypted_entry(course, archive):
    archive.writestr(f"{ADA}locked.csv", "x")
    archive.close()
    with open(archive.filename, "r+b") as file:
        content = bytearray(file.read())
        # The flags of the last entry, in the directory at the end.
        at = content.rindex(b"PK\x01\x02")
        struct.pack_into("<H", content, at + 8, 1)
        file.seek(0)
        file.write(content)
    [said] = problems(course, archive)
    assert "locked.csv: refused, it is encrypted" in said


def test_a_bomb(course, archive):
    archive.writestr(f"{ADA}bomb.csv", bytes(30_000_000))
    [said] = problems(course, archive)
    assert "bomb.csv: refused, it unpacks to" in said and "times its size" in said


def test_a_bomb_of_many_files_is_not_opened(course, archive, monkeypatch):
    monkeypatch.setattr(files, "MAX_TOTAL", 1_000_000)
    for number in range(3):
        archive.writestr(f"{ADA}{number}", bytes(400_000))
    archive.close()
    with pytest.raises(CourseError, match="It was not opened"):
        collect(course, ASSIGNMENT, [archive.filename])


def test_an_entry_that_holds_more_than_it_says(course, archive):
    """Python reads no more than the size that was weighed, and the sum then does not fit."""
    archive.writestr(f"{ADA}liar.csv", bytes(1_000_000))
    archive.close()
    with open(archive.filename, "r+b") as file:
        content = bytearray(file.read())
        struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 10)
        file.seek(0)
        file.write(content)
    [said] = problems(course, archive)
    assert "liar.csv: it cannot be unpacked" in said


def test_a_zip_that_is_cut_off_or_damaged(course, archive):
    archive.close()
    with open(archive.filename, "r+b") as file:
        content = bytearray(file.read())
        middle = content.index(NOTEBOOK.encode()) + 100
        content[middle : middle + 20] = bytes(20)
        file.seek(0)
        file.write(content)
    [problem] = collect(course, ASSIGNMENT, [archive.filename]).problems
    assert "cannot be unpacked" in str(problem)
    os.truncate(archive.filename, 200)
    with pytest.raises(CourseError, match="is neither a zip"):
        collect(course, ASSIGNMENT, [archive.filename])


def test_a_folder_is_looked_at_and_not_followed(course, tmp_path):
    folder = tmp_path / "all" / "ada"
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes(notebook("x"))
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    collected = collect(course, ASSIGNMENT, [tmp_path / "all"])
    assert [str(problem).split(": ")[-1] for problem in collected.problems] == [
        "refused, it is a link",
        "refused, it is a device or a pipe",
        "refused, it is a link",
    ]
    assert os.listdir(course.root / "submitted" / "ada" / ASSIGNMENT) == [NOTEBOOK]


def test_what_systems_leave_behind_is_passed_over(course, archive):
    for name in ("__MACOSX/._posterior.ipynb", f"{ADA}.DS_Store", f"{ADA}.ipynb_checkpoints/a"):
        archive.writestr(name, "x")
    assert problems(course, archive) == []


def test_a_file_in_place_of_a_folder(course, archive):
    archive.writestr(f"{ADA}a", "x")
    archive.writestr(f"{ADA}a/b", "x")
    archive.close()
    [problem] = collect(course, ASSIGNMENT, [archive.filename]).problems
    assert "a file and a folder have this name" in str(problem)


def test_names_in_the_letters_of_macs(course, tmp_path):
    entry = zipfile.ZipInfo("Ju\u0308rgen Mu\u0308ller_1_assignsubmission_file/posterior.ipynb")
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr(entry, notebook("x"))
    content = bytearray((tmp_path / "m.zip").read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(mark) + at, 0)
    (tmp_path / "m.zip").write_bytes(content)
    assert list(collect(course, ASSIGNMENT, [tmp_path / "m.zip"]).placed) == ["jürgen-müller"]
