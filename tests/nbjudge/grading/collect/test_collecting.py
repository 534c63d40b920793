"""Hand-ins of every form end where they belong, once, and nothing is lost or passed over."""

import hashlib
import json
import zipfile

import pytest
from click.testing import CliRunner
from deliveries import (
    ASSIGNMENT,
    NOTEBOOK,
    OTHER,
    Sent,
    canvas,
    moodle,
    notebook,
    other_notebook,
    plain_notebook,
)

from nbjudge.grading.collect.collecting import collect
from nbjudge.grading.collect.record import Record
from nbjudge.grading.errors import CourseError
from nbjudge.grading.main import main


def submitted(course):
    """Student -> the bytes of the notebook in submitted/."""
    folder = course.root / "submitted"
    return {path.parts[-3]: path.read_bytes() for path in folder.glob(f"*/{ASSIGNMENT}/{NOTEBOOK}")}


def older(course, student):
    """The bytes of the notebooks that are kept of a student."""
    folder = course.root / "downloaded" / ASSIGNMENT / "older" / student
    return {path.read_bytes() for path in folder.rglob("*.ipynb")}


def state(root):
    """Every file of the course by its content and time."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()))
        for path in root.rglob("*")
        if path.is_file() and ".grading" not in path.parts and path.name != "collected.json"
    }


def names(problems):
    return [str(problem) for problem in problems]


CLASS = [
    "Amara Okafor",
    "Liam O'Brien",
    "Jürgen Müller",
    "عمر خيام",
    "李 伟",
    "Anna-Lena Groß",
]
ROSTER = [
    "amara,Amara,Okafor",
    'liam,Liam,"O\'Brien"',
    "jm12,Juergen,Mueller",
    "omar,عمر,خيام",
    "li,李,伟",
    "alg,Anna-Lena,Groß",
]
IDS = ["amara", "liam", "jm12", "omar", "li", "alg"]


@pytest.mark.parametrize("layout", ["folders", "before 4.1", "flat"])
def test_moodles_zip_is_placed_by_the_roster(course, roster, tmp_path, layout):
    roster(*ROSTER)
    sent = [Sent(name, 900 + n, {NOTEBOOK: notebook(name)}) for n, name in enumerate(CLASS)]
    collected = collect(course, ASSIGNMENT, [moodle(tmp_path / "moodle.zip", sent, layout)])
    assert (collected.problems, collected.own_names) == ([], {})
    assert submitted(course) == dict(zip(IDS, map(notebook, CLASS), strict=True))
    assert {s: h.platform_id for s, h in Record(course.root).of(ASSIGNMENT).items()} == {
        student: str(900 + n) for n, student in enumerate(IDS)
    }


def test_canvas_zip_is_placed_by_the_roster_which_learns_the_numbers(course, roster, tmp_path):
    roster(*ROSTER)
    sent = [
        Sent(name, 70 + n, {(500 + n, NOTEBOOK): notebook(name)}, late=n == 2)
        for n, name in enumerate(CLASS)
    ]
    collected = collect(course, ASSIGNMENT, [canvas(tmp_path / "canvas.zip", sent)])
    assert (collected.problems, collected.own_names) == ([], {})
    assert submitted(course) == dict(zip(IDS, map(notebook, CLASS), strict=True))
    assert collected.late == ["jm12"]
    assert Record(course.root).of(ASSIGNMENT)["li"].attachments == {NOTEBOOK: 504}
    assert "li,李,伟,,74" in (course.root / "roster.csv").read_text("utf-8")
    # From now on the number is enough, whatever the name.
    renamed = [Sent("Somebody Else", 74, {(600, NOTEBOOK): notebook("second")})]
    collect(course, ASSIGNMENT, [canvas(tmp_path / "second.zip", renamed)])
    assert submitted(course)["li"] == notebook("second")


def test_three_ways_to_write_a_name_are_one_person_without_a_roster(course, tmp_path):
    first = moodle(tmp_path / "m.zip", [Sent("Amara Okafor", 1, {NOTEBOOK: notebook("a")})])
    second = canvas(tmp_path / "c.zip", [Sent("Amara Okafor", 2, {(3, NOTEBOOK): notebook("b")})])
    (tmp_path / "renamed" / "amara").mkdir(parents=True)
    (tmp_path / "renamed" / "amara" / NOTEBOOK).write_bytes(notebook("c"))
    for path, content in ((first, "a"), (second, "b"), (tmp_path / "renamed", "c")):
        collect(course, ASSIGNMENT, [path])
        assert submitted(course) == {"amara-okafor": notebook(content)}
    assert older(course, "amara-okafor") == {notebook("a"), notebook("b")}


def test_doing_it_again_changes_nothing(course, roster, tmp_path):
    roster(*ROSTER)
    sent = [
        Sent(
            "Amara Okafor",
            1,
            {NOTEBOOK: notebook("a"), "data/own.csv": b"1", "s.ipynb": plain_notebook()},
        ),
        Sent("Li Nobody", 2, {NOTEBOOK: notebook("b"), "posterior (1).ipynb": notebook("c")}),
    ]
    paths = [moodle(tmp_path / "moodle.zip", sent)]
    collect(course, ASSIGNMENT, paths)
    before = state(course.root)
    again = collect(course, ASSIGNMENT, paths)
    assert again.placed == {} and list(again.as_before) == ["amara", "li-nobody"]
    assert state(course.root).keys() == before.keys()
    assert {name: time for name, (time, _) in state(course.root).items()} == {
        name: time for name, (time, _) in before.items()
    }


def test_the_newest_attempt_counts_and_an_old_zip_does_not_bring_back_the_older(course, tmp_path):
    files = {(11, NOTEBOOK): notebook("one")}
    first = canvas(tmp_path / "1.zip", [Sent("Amara Okafor", 7, files)])
    files = {(12, "posterior-1.ipynb"): notebook("two"), (13, "points.csv"): b"1,2"}
    second = canvas(tmp_path / "2.zip", [Sent("Amara Okafor", 7, files, late=True)])
    for paths in ([first], [second], [first], [second, first]):
        collected = collect(course, ASSIGNMENT, paths)
        assert collected.problems == []
    assert submitted(course) == {"okaforamara": notebook("two")}
    assert older(course, "okaforamara") == {notebook("one")}
    folder = course.root / "submitted" / "okaforamara" / ASSIGNMENT
    assert (folder / "points.csv").read_bytes() == b"1,2"


def test_two_notebooks_of_one_hand_in(course, tmp_path):
    files = {
        NOTEBOOK: notebook("first"),
        "posterior (2).ipynb": notebook("third"),
        "posterior (1).ipynb": notebook("second"),
        "posterior-Copy1.ipynb": notebook("copy"),
    }
    collect(
        course, ASSIGNMENT, [moodle(tmp_path / "m.zip", [Sent("Amara Okafor", 1, files)], "flat")]
    )
    assert submitted(course) == {"amara-okafor": notebook("third")}
    assert older(course, "amara-okafor") == set(map(notebook, ["first", "second", "copy"]))


def test_two_students_of_one_name_get_names_of_their_own(course, roster, tmp_path):
    roster("li1,Li,Wei", "ada,Ada,Byron")
    sent = [
        Sent("Li Wei", 31, {NOTEBOOK: notebook("x")}),
        Sent("Li Wei", 32, {NOTEBOOK: notebook("y")}),
    ]
    path = moodle(tmp_path / "m.zip", sent)
    collected = collect(course, ASSIGNMENT, [path])
    assert submitted(course) == {"li-wei-31": notebook("x"), "li-wei-32": notebook("y")}
    assert list(collected.own_names) == ["li-wei-31", "li-wei-32"]
    roster("li1,Li,Wei,", "li2,Li,Wei,", columns="id,first_name,last_name,other_names")
    assert len(collect(course, ASSIGNMENT, [path]).own_names) == 2


def test_a_name_that_the_teacher_adds_to_the_roster_takes_its_hand_in_along(
    course, roster, tmp_path
):
    roster("bob,Robert,Smith")
    path = moodle(tmp_path / "m.zip", [Sent("Bobby S.", 31, {NOTEBOOK: notebook("x")})])
    assert list(collect(course, ASSIGNMENT, [path]).own_names) == ["bobby-s"]
    roster("bob,Robert,Smith,Bobby S.", columns="id,first_name,last_name,other_names")
    collected = collect(course, ASSIGNMENT, [path])
    assert submitted(course) == {"bob": notebook("x")}
    assert collected.own_names == {} and "bobby-s is bob" in collected.kept[0]
    assert not (course.root / "submitted" / "bobby-s").exists()


def test_blind_marking_and_anonymous_hand_ins_keep_their_numbers(course, tmp_path):
    sent = [Sent("Participant", n, {NOTEBOOK: notebook(str(n))}) for n in (41, 42)]
    collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)])
    anonymous = [Sent("", 77, {(5, NOTEBOOK): notebook("anonymous")}, late=True)]
    collect(course, ASSIGNMENT, [canvas(tmp_path / "c.zip", anonymous, anonymous=True)])
    assert sorted(submitted(course)) == ["canvas-anon-77", "participant-41", "participant-42"]


def test_a_teams_hand_in_is_that_of_each_of_its_students(course, roster, tmp_path):
    roster("a,Ada,B,Red", "c,Cleo,D,Red", "e,Ed,F,", columns="id,first_name,last_name,team")
    sent = [Sent("Red", 5, {NOTEBOOK: notebook("red")})]
    assert collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)]).own_names == {}
    assert submitted(course) == {"a": notebook("red"), "c": notebook("red")}


def test_the_exchange_tells_the_time_and_nobody_says_it_themselves(course, roster, tmp_path):
    roster(*ROSTER)
    inbound = tmp_path / "exchange" / "gmm-7.4" / "inbound"
    for name, text in {
        f"amara+{ASSIGNMENT}+2026-03-02 12:00:00.5 UTC+xy": "early",
        f"amara+{ASSIGNMENT}+2026-03-04 09:00:00 UTC": "late",
        f"amara+{OTHER}+2026-03-05 09:00:00 UTC": "elsewhere",
        f"new.user@uni+{ASSIGNMENT}+2026-03-01 09:00:00 +0200": "new",
    }.items():
        (inbound / name).mkdir(parents=True)
        (inbound / name / NOTEBOOK).write_bytes(notebook(text))
        (inbound / name / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")
    (inbound.parent / "outbound" / ASSIGNMENT).mkdir(parents=True)
    (inbound.parent / "outbound" / ASSIGNMENT / NOTEBOOK).write_bytes(notebook("handed out"))
    (tmp_path / "own" / "liam").mkdir(parents=True)
    (tmp_path / "own" / "liam" / NOTEBOOK).write_bytes(notebook("own"))
    (tmp_path / "own" / "liam" / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")
    collected = collect(course, ASSIGNMENT, [tmp_path / "exchange", tmp_path / "own"])
    assert collected.problems == []
    assert {s: h.time for s, h in Record(course.root).of(ASSIGNMENT).items()} == {
        "amara": "2026-03-04T09:00:00+00:00",
        "new.user@uni": "2026-03-01T07:00:00+00:00",
        "liam": "",
    }
    stamps = {path.parts[-3]: path.read_text() for path in course.root.rglob("timestamp.txt")}
    assert stamps["amara"] == "2026-03-04 09:00:00 UTC\n" and "liam" not in stamps
    assert older(course, "amara") == {notebook("early")}


RENAMED = {
    "posterior_amara.ipynb": "amara",
    "okafor amara.ipynb": "amara",
    "Amara Okafor - 7.4.3_posterior.ipynb": "amara",
    "amara/posterior.ipynb": "amara",
    "hand-ins/Amara Okafor/work/Posterior.ipynb": "amara",
    "submitted/amara/7.4.3_posterior/posterior-1.ipynb": "amara",
    "new one/posterior.ipynb": "new-one",
}


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "folder"])
def test_a_notebook_that_was_renamed_or_lies_in_a_folder(course, roster, tmp_path, name, zipped):
    roster(*ROSTER)
    path = tmp_path / "all"
    if zipped:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, notebook("x"))
    else:
        (path / name).parent.mkdir(parents=True)
        (path / name).write_bytes(notebook("x"))
    assert names(collect(course, ASSIGNMENT, [path]).problems) == []
    assert submitted(course) == {RENAMED[name]: notebook("x")}


def test_what_is_not_the_assignments_notebook_is_named_with_the_reason(course, roster, tmp_path):
    roster(*ROSTER)
    sent = [
        Sent("Amara Okafor", 1, {NOTEBOOK: other_notebook()}),
        Sent("Liam OBrien", 2, {"scratch.ipynb": plain_notebook()}),
        Sent("Jürgen Müller", 3, {"work.pdf": b"%PDF"}),
        Sent("李 伟", 4, {"whatever.ipynb": notebook("right")}),
        Sent("Anna-Lena Groß", 5, {NOTEBOOK: b"{ cut off"}),
    ]
    collected = collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)])
    first, third, second = names(collected.problems)
    assert "posterior.ipynb: it is likelihood.ipynb of 7.4.2_likelihood" in first
    assert second == "m.zip: Liam OBrien (Moodle 2): expected posterior.ipynb, found scratch.ipynb"
    assert third == "m.zip: Jürgen Müller (Moodle 3): expected posterior.ipynb, found work.pdf"
    assert submitted(course) == {"li": notebook("right"), "alg": b"{ cut off"}


@pytest.mark.parametrize(
    "name",
    [
        f"liam+{ASSIGNMENT}+2026-03-02 12:00:00 UTC/{NOTEBOOK}",
        f"inbound/liam+{ASSIGNMENT}+2026-03-02 12:00:00 UTC/{NOTEBOOK}",
        f"Liam OBrien_5_assignsubmission_file/{NOTEBOOK}",
        f"obrienliam_5_6_{NOTEBOOK}",
        f"liam/{NOTEBOOK}",
        "posterior_liam.ipynb",
    ],
)
def test_nobody_hands_in_for_another_by_names_within_their_own_folder(
    course, roster, tmp_path, name
):
    roster(*ROSTER)
    for student in ("Amara Okafor", "Jürgen Müller"):
        path = tmp_path / "all" / student / name
        path.parent.mkdir(parents=True)
        path.write_bytes(notebook(student))
    collect(course, ASSIGNMENT, [tmp_path / "all"])
    sent = [Sent("李 伟", 4, {name: notebook("li")})]
    collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)])
    assert sorted(submitted(course)) == ["amara", "jm12", "li"]


def test_online_text_alone_is_named_and_beside_a_file_it_is_kept(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr("Ada B_1_assignsubmission_onlinetext/onlinetext.html", "text")
        archive.writestr("Cleo D_2_assignsubmission_onlinetext/onlinetext.html", "text")
        archive.writestr("Cleo D_2_assignsubmission_file/posterior.ipynb", notebook("x"))
    collected = collect(course, ASSIGNMENT, [tmp_path / "m.zip"])
    assert names(collected.problems) == [
        "m.zip: Ada B (Moodle 1): expected posterior.ipynb, found onlinetext.html"
    ]
    assert list(submitted(course)) == ["cleo-d"]


def test_what_is_already_there_and_was_not_collected_is_kept(course, roster, tmp_path):
    roster(*ROSTER)
    folder = course.root / "submitted" / "amara" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / NOTEBOOK).write_bytes(notebook("by hand"))
    sent = [Sent("Amara Okafor", 1, {NOTEBOOK: notebook("x")})]
    collected = collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)])
    assert submitted(course) == {"amara": notebook("x")}
    assert older(course, "amara") == {notebook("by hand")}
    assert "amara: what was there before is now" in collected.kept[0]


def run(course, *arguments):
    return CliRunner().invoke(main, ["collect", *arguments, "--course", str(course.root)])


def test_without_a_roster_one_sentence_says_so(course, tmp_path):
    sent = [Sent(name, n, {NOTEBOOK: notebook(name)}) for n, name in enumerate(CLASS)]
    result = run(course, ASSIGNMENT, str(moodle(tmp_path / "m.zip", sent)))
    assert result.exit_code == 0
    assert "roster.csv is empty, so 6 are named as the platform names them" in result.output
    assert len(result.output.splitlines()) == 2


def test_the_command_says_what_it_did_and_fails_where_something_is_left(course, roster, tmp_path):
    roster(*ROSTER)
    sent = [
        Sent("Amara Okafor", 1, {NOTEBOOK: notebook("x")}),
        Sent("No Body", 2, {NOTEBOOK: notebook("y")}),
    ]
    result = run(course, ASSIGNMENT, str(moodle(tmp_path / "m.zip", sent)))
    assert result.exit_code == 0, result.output
    assert "2 placed, 0 there already" in result.output
    assert "no-body is No Body (Moodle 2): nobody of this name is in roster.csv" in result.output
    sent.append(Sent("Liam OBrien", 3, {"x.pdf": b""}))
    result = run(course, ASSIGNMENT, str(moodle(tmp_path / "m.zip", sent)))
    assert result.exit_code == 1
    assert "0 placed, 2 there already" in result.output
    assert result.output.endswith("1 could not be placed. The lines above say why.\n")


@pytest.mark.parametrize(
    ("name", "said"),
    {"none.zip": "There is no file", "text.txt": "is neither a zip nor a notebook"}.items(),
)
def test_a_file_that_cannot_be_read_is_named(course, tmp_path, name, said):
    (tmp_path / "text.txt").write_text("hello")
    result = run(course, ASSIGNMENT, str(tmp_path / name))
    assert result.exit_code == 1 and said in result.output


def test_a_roster_that_is_none_says_what_is_wrong(course, tmp_path):
    for text, said in {
        "name\nada": "has no column id",
        "id\nada\nAda": "the id Ada is there twice",
        "id\n../x": "'../x' cannot be an id",
    }.items():
        (course.root / "roster.csv").write_text(text)
        with pytest.raises(CourseError, match=said):
            collect(course, ASSIGNMENT, [tmp_path])


def test_a_record_that_is_cut_off_is_named_and_not_written_over(course, tmp_path):
    (course.root / "collected.json").write_text('{"7.4.3')
    sent = [Sent("Amara Okafor", 1, {NOTEBOOK: notebook("x")})]
    with pytest.raises(CourseError, match=r"collected\.json cannot be read"):
        collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)])
    assert (course.root / "collected.json").read_text() == '{"7.4.3'


def test_the_record_is_plain(course, tmp_path):
    sent = [Sent("Amara Okafor", 9, {NOTEBOOK: notebook("x")})]
    collect(course, ASSIGNMENT, [moodle(tmp_path / "m.zip", sent)])
    record = json.loads((course.root / "collected.json").read_text("utf-8"))
    one = record[ASSIGNMENT]["amara-okafor"]
    assert (one["platform"], one["platform_id"], one["name"]) == ("Moodle", "9", "Amara Okafor")
    assert one["files"] == {NOTEBOOK: "Amara Okafor_9_assignsubmission_file/posterior.ipynb"}
