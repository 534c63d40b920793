"""Marks go back into the teacher's own files, in any language, and no other byte changes."""

import csv
import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from classroom import ASSIGNMENT
from click.testing import CliRunner
from nbgrader.utils import parse_utc

from nbjudge.grading.collect.collecting import collect
from nbjudge.grading.collect.record import HandIn, Record
from nbjudge.grading.errors import CourseError
from nbjudge.grading.export import export
from nbjudge.grading.giveback.returning import give_back
from nbjudge.grading.giveback.table import Table
from nbjudge.grading.main import main
from nbjudge.grading.results import State, results

# Of the class: all right, forgot the weights, untouched, a syntax error in one, all right, ...
MARKS = {"student-0": 18, "student-2": 0, "student-4": 18}
ROSTER = '''\
id,first_name,last_name,email
student-0,Liam,"O'Brien, Jr.",liam@uni.edu
student-1,=cmd|' /C calc'!A1,"new
line",
student-2,Jürgen,Müller,
student-3,"Amara ""A""",Okafor,
student-4,عمر,خيام,
student-5,Li,Wei,
idle,Never,There,
'''


@dataclass(frozen=True)
class Language:
    """How a worksheet is written. header: with the columns that are always there."""

    header: str
    participant: str
    time: str
    separator: str = ","
    maximum: str = "18.00"
    begins: str = ""
    line: str = "\n"


LANGUAGES = {
    "English": Language(
        'Identifier,"Full name","Email address",Status,Grade,"Maximum grade",'
        '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
        '"Feedback comments"',
        "Participant ",
        '"Tuesday, 3 March 2026, 6:30 PM"',
        begins="\ufeff",
    ),
    "French": Language(
        'Identifiant,"Nom complet","Adresse de courriel",Statut,Note,"Note maximale",'
        '"La note peut être modifiée","Dernière modification (travail remis)",'
        '"Dernière modification (note)","Feedback par commentaires"',
        "Participant ",
        '"mardi 3 mars 2026, 18:30"',
        separator=";",
        maximum="18,00",
        line="\r\n",
    ),
    "German": Language(
        'ID,"Vollständiger Name","E-Mail-Adresse",Status,Bewertung,Bestwertung,'
        '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)",'
        '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"',
        "Teilnehmer/in",
        '"Dienstag, 3. März 2026, 18:30"',
        separator="\t",
        maximum="18,00",
    ),
}
PEOPLE = ["Liam OBrien Jr.", "No Body", "Jürgen Müller", 'Amara "A" Okafor', "عمر خيام", "Li Wei"]


def worksheet(path, language, filled=None):
    """A worksheet, as downloaded, or as it should come back: filled: number -> (mark, feedback)."""
    lines = [language.header.replace(",", language.separator)]
    for number, name in enumerate(PEOPLE):
        mark, feedback = (filled or {}).get(number, ("", '""'))
        name = '"' + name.replace('"', '""') + '"'
        lines.append(
            language.separator.join(
                [
                    f'"{language.participant}{500 + number}"',
                    name,
                    "liam@uni.edu" if number == 0 else '""',
                    '"Submitted for grading; - "',
                    mark,
                    language.maximum,
                    "Yes",
                    language.time,
                    "-",
                    feedback,
                ]
            )
        )
    text = language.begins + language.line.join([*lines, ""])
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.fixture
def course(graded):
    """The graded class with its names, and a record of what came from Moodle."""
    (graded.root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    record = Record(graded.root)
    for number in (1, 3):
        record.of(ASSIGNMENT)[f"student-{number}"] = HandIn(
            "Moodle", "Some Name", str(500 + number), {}, {}, "", False, ""
        )
    record.write()
    return graded


def marks(course):
    return {student: result.mark for student, result in results(course, ASSIGNMENT).items()}


def test_what_is_missing_has_its_name_and_0_is_a_mark(course):
    states = {student: result.state for student, result in results(course, ASSIGNMENT).items()}
    assert states.pop("idle") is State.NOT_HANDED_IN
    assert set(states.values()) == {State.MARKED}
    assert MARKS.items() <= marks(course).items()
    notebook = course.root / "autograded" / "student-2" / ASSIGNMENT / "posterior.ipynb"
    notebook.chmod(0o644)
    whole = json.loads(notebook.read_text())
    whole["metadata"]["nbjudge"]["unreadable"] = "cut off"
    notebook.write_text(json.dumps(whole))
    (course.root / "autograded" / "student-3" / ASSIGNMENT / "posterior.ipynb").unlink()
    with course.gradebook() as gradebook:
        gradebook.find_submission(ASSIGNMENT, "student-4").notebooks[0].grades[
            0
        ].needs_manual_grade = True
        gradebook.db.commit()
    found = results(course, ASSIGNMENT)
    assert found["student-2"].state is State.UNREADABLE and found["student-2"].mark is None
    assert found["student-3"].state is State.NOT_GRADED
    assert found["student-4"].state is State.TO_MARK
    assert (found["student-4"].mark, found["student-4"].score) == (None, 18)


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_worksheet_comes_back_with_marks_and_every_other_byte_as_it_was(course, tmp_path, name):
    language = LANGUAGES[name]
    path = worksheet(tmp_path / "Grades.csv", language)
    returned = give_back(course, ASSIGNMENT, path, tmp_path / "up")
    written = (tmp_path / "up" / "Grades.csv").read_bytes()
    sheet = Table(tmp_path / "up" / "Grades.csv")
    # What it wrote, put into a worksheet made anew, is the file that it wrote.
    point = "," if "," in language.maximum else "."
    expected = {
        number: (
            f"{marks(course)[f'student-{number}']:.2f}".replace(".", point),
            f'"{sheet.text_at(row, 9)}"',
        )
        for number, row in enumerate(sheet.rows[1:])
    }
    assert written == worksheet(tmp_path / "expected.csv", language, expected).read_bytes()
    assert sheet.text_at(sheet.rows[1], 9) == "18 of 18 marks"
    assert "; responsibilities: " in sheet.text_at(sheet.rows[2], 9)
    assert returned.left_out == {"idle": "not handed in"}
    assert returned.unknown == [] and "student-2" in returned.zeros
    with zipfile.ZipFile(tmp_path / "up" / "feedback.zip") as archive:
        names = archive.namelist()
    assert len(names) == 6
    assert "Liam OBrien Jr._500_assignsubmission_file/posterior.html" in names


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_worksheet_says_when_each_handed_in(course, tmp_path, name):
    path = worksheet(tmp_path / "Grades.csv", LANGUAGES[name])
    assert collect(course, ASSIGNMENT, [path]).times == 2
    record = Record(course.root).of(ASSIGNMENT).values()
    [time] = {one.handed_in for one in record if one.platform == "Moodle"}
    assert time == datetime(2026, 3, 3, 18, 30).astimezone()
    stamp = course.root / "submitted" / "student-1" / ASSIGNMENT / "timestamp.txt"
    assert parse_utc(stamp.read_text()) == time.astimezone(UTC).replace(tzinfo=None)


def test_a_worksheet_without_feedback_and_of_another_maximum(course, tmp_path):
    text = (
        "Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade)\n"
        'Participant 500,Liam O\'Brien Jr.,x,-,100,Yes,-,"Tuesday, 3 March 2026, 6:30 PM"\n'
        "Participant 507,Somebody Else,x,-,100,Yes,-,-\n"
    )
    (tmp_path / "w.csv").write_text(text)
    returned = give_back(course, ASSIGNMENT, tmp_path / "w.csv", tmp_path / "up")
    assert (tmp_path / "up" / "w.csv").read_text() == text.replace("x,-,100", "x,100.00,100", 1)
    assert "Moodle counts 100 marks" in returned.scale
    assert len(returned.unknown) == 5


GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,7.4.3_posterior (4711),Essay (12),Final Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,18.00,5.00,(read only)\r\n"
    '"O\'Brien, Liam",71,,liam,"Lecture, A",,4.00,80.00\r\n'
    '"Okafor, Amara",73,,ao,"Lecture, A",EX,,\r\n'
    '"Müller, Jürgen",72,,jm,"Lecture, A",,1.50,\r\n'
    '"Student, Test",99,,x,"Lecture, A",,,\r\n'
)


def test_canvas_gradebook(course, tmp_path):
    record = Record(course.root)
    known = "obrienliam_71_88_posterior.ipynb"
    record.of(ASSIGNMENT)["student-0"] = HandIn(
        "Canvas", "obrienliam", "71", {"posterior.ipynb": known}, {"posterior.ipynb": 88}, "", 0, ""
    )
    record.write()
    (tmp_path / "g.csv").write_bytes(GRADEBOOK.encode())
    returned = give_back(course, ASSIGNMENT, tmp_path / "g.csv", tmp_path / "up")
    mark = marks(course)["student-3"]
    expected = (
        GRADEBOOK.replace('A",,4.00', 'A",18.00,4.00')
        .replace("EX,,", f"{mark:.2f},,")
        .replace('A",,1.50', 'A",0.00,1.50')
    )
    assert (tmp_path / "up" / "g.csv").read_bytes().decode() == expected
    assert returned.zeros == [] and len(returned.unknown) == 3
    with zipfile.ZipFile(tmp_path / "up" / "feedback.zip") as archive:
        assert archive.namelist() == [known]


def test_what_is_no_worksheet_is_refused_with_what_was_found(course, tmp_path):
    for text, said in {
        "a,b\nx,y\n": "its columns are a, b",
        "Student,ID,Section,Essay (3)\nA,1,,2\n": "No column of the gradebook",
        'Identifier,Full name,Grade,Scale\nParticipant 3,A,Good,"Good, Poor"\n': "by points",
        "": "is no table",
    }.items():
        (tmp_path / "w.csv").write_text(text)
        with pytest.raises(CourseError, match=said):
            give_back(course, ASSIGNMENT, tmp_path / "w.csv", tmp_path / "up")
    assert not (tmp_path / "up").exists()


def test_the_command_names_who_is_left_out(course, tmp_path):
    path = worksheet(tmp_path / "w.csv", LANGUAGES["English"])
    arguments = ["return", ASSIGNMENT, "--into", path, "--to", tmp_path / "up"]
    arguments += ["--course", course.root]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    assert "6 marks written" in result.output
    assert "Left out, not handed in: idle" in result.output
    assert "Moodle does not take over a mark of exactly 0" in result.output


@pytest.mark.parametrize(
    "text",
    ['a,b\n"x, ""y""",2\n', "a;b\r\n1;2", 'a\tb\n\t"li\nne"\n', "\ufeffa,b\n1,\n", "a,b\n1,2\n\n"],
)
def test_a_table_without_changes_is_as_it_was(tmp_path, text):
    """Its cells are those that Python's own reader finds."""
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    table = Table(path)
    assert table.content == text.encode()
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=table.separator)
    rows = [row for row in reader if any(row)]
    assert [[cell.text for cell in row] for row in table.rows] == rows


def test_who_is_in_no_roster_and_handed_in_something_else_is_in_each_line(course):
    (course.root / "roster.csv").unlink()
    other = course.root / "solutions" / "7.4.9_other"
    shutil.copytree(course.root / "solutions" / ASSIGNMENT, other)
    (course.root / "submitted" / "new" / other.name).mkdir(parents=True)
    long, wide = export(course)
    with open(wide, newline="") as file:
        rows = {row["student_id"]: row["open"] for row in csv.DictReader(file)}
    assert rows["new"] == f"{ASSIGNMENT}: not handed in; 7.4.9_other: not graded"
    assert rows["student-0"] == "7.4.9_other: not handed in"
    assert len(long.read_text().splitlines()) == 1 + 2 * 7


def test_unfinished_marks_go_out_only_if_they_are_asked_for(course, tmp_path):
    with course.gradebook() as gradebook:
        notebook = gradebook.find_submission(ASSIGNMENT, "student-0").notebooks[0]
        notebook.grades[0].needs_manual_grade = True
        gradebook.db.commit()
    path = worksheet(tmp_path / "w.csv", LANGUAGES["English"])
    returned = give_back(course, ASSIGNMENT, path, tmp_path / "up")
    assert returned.left_out["student-0"] == "to mark by hand"
    give_back(course, ASSIGNMENT, path, tmp_path / "up", unfinished=True)
    first = Table(tmp_path / "up" / "w.csv").rows[1]
    assert first[4].text == "18.00" and "not final" in first[9].text


def test_exports_hold_every_name_and_no_wrong_0(course):
    long, wide = export(course)
    with open(long, newline="", encoding="utf-8") as file:
        lines = {line["student_id"]: line for line in csv.DictReader(file)}
    assert lines["student-0"]["last_name"] == "O'Brien, Jr."
    assert lines["student-1"]["first_name"] == "'=cmd|' /C calc'!A1"
    assert lines["student-1"]["last_name"] == "new\nline"
    assert (lines["student-2"]["score"], lines["idle"]["score"]) == ("0.0", "")
    with open(wide, newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["student-2"][ASSIGNMENT] == "0.0" and rows["student-2"]["open"] == ""
    assert rows["idle"][ASSIGNMENT] == "" and rows["idle"]["open"] == f"{ASSIGNMENT}: not handed in"
