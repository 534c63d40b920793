"""Right answers in a damaged notebook keep their marks; what is no notebook counts 0, with why."""

import copy
import json

import nbformat
import pytest
from classroom import ASSIGNMENT, FUNCTIONS, NOTEBOOK, RIGHT, Classroom
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.preprocessors import CheckCellMetadata, DeduplicateIds, OverwriteCells
from traitlets.config import Config

from nbjudge.grading.notebook.reading import SubmissionExporter
from nbjudge.grading.notebook.record import RECORD, attempts_of, repairs_of
from nbjudge.grading.notebook.repair import Given, repaired
from nbjudge.grading.run.limits import ReadingLimits


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    return Classroom(tmp_path_factory.mktemp("class"))


def graded(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def delete_tests(nb):
    nb.cells = [cell for cell in nb.cells if not graded(cell)]


def delete_given(nb):
    del nb.cells[:2]


def edit_tests(nb):
    for cell in nb.cells:
        if graded(cell):
            cell.source = "assert True"


def edit_given(nb):
    nb.cells[1].source = "log_gaussian = None"


def duplicate_tests(nb):
    nb.cells += [nbformat.from_dict(dict(cell)) for cell in nb.cells if graded(cell)]


def duplicate_answers_untouched(nb):
    """The released stub, pasted again behind the answer."""
    for cell in list(nb.cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            copy = nbformat.from_dict(dict(cell))
            name = cell.metadata.nbgrader.grade_id
            copy.source = RIGHT[name].replace("### BEGIN SOLUTION", "# YOUR CODE HERE")
            nb.cells.append(nbformat.from_dict({**copy, "source": STUBS[name]}))


def move_tests_first(nb):
    nb.cells.sort(key=lambda cell: not graded(cell))


def move_setup_last(nb):
    nb.cells.append(nb.cells.pop(0))


def retype_everything(nb):
    for cell in nb.cells:
        cell.cell_type = "raw"
        del cell["outputs"], cell["execution_count"]


def same_ids(nb):
    for cell in nb.cells:
        cell.id = "same"


def strip_metadata(nb):
    for cell in nb.cells:
        cell.metadata = {}


def strip_metadata_and_ids(nb):
    strip_metadata(nb)
    for number, cell in enumerate(nb.cells):
        cell.id = f"cell{number}"


def wrong_metadata(nb):
    for cell in nb.cells:
        cell.metadata = {
            "nbgrader": {**cell.metadata["nbgrader"], "grade": "yes", "schema_version": 99}
        }


def metadata_of_odd_types(nb):
    nb.cells[0].metadata = {"nbgrader": 3}
    nb.cells[1].metadata = {"nbgrader": {"grade_id": ["given"]}}


def other_kernel(nb):
    nb.metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


def stray_cells(nb):
    for place in range(len(nb.cells), -1, -1):
        nb.cells.insert(place, new_code_cell("1 / 0"))
        nb.cells.insert(place, new_markdown_cell("![](x.png)"))


def line_ends_in_cells(nb):
    for cell in nb.cells:
        cell.source = cell.source.replace("\n", "\r\n")


DAMAGES = [
    delete_tests,
    delete_given,
    edit_tests,
    edit_given,
    duplicate_tests,
    duplicate_answers_untouched,
    move_tests_first,
    move_setup_last,
    retype_everything,
    same_ids,
    strip_metadata,
    strip_metadata_and_ids,
    wrong_metadata,
    metadata_of_odd_types,
    other_kernel,
    stray_cells,
    line_ends_in_cells,
]
STUBS = {}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_notebook_is_put_right(classroom, damage):
    STUBS.update({c.metadata.nbgrader.grade_id: c.source for c in classroom.released.cells})
    student = damage.__name__
    notebook = classroom.notebook(RIGHT)
    damage(notebook)
    # As a student's editor might: without the check that nbformat would make.
    classroom.hand_in(student, json.dumps(notebook).encode())
    result = classroom.grade(student)
    assert result.success, result.log
    assert result.total == 18, result.messages()
    assert sanitised(classroom, result.notebook) == result.notebook


def sanitised(classroom, notebook):
    """What nbgrader's own sanitisers, which the course goes without, make of a notebook."""
    place = {"db_url": classroom.coursedir.db_url, "assignment": ASSIGNMENT, "notebook": NOTEBOOK}
    for sanitiser in (DeduplicateIds, OverwriteCells, CheckCellMetadata):
        notebook, _ = sanitiser().preprocess(copy.deepcopy(notebook), {"nbgrader": place})
    return notebook


def v3(notebook):
    cells = [
        {
            "cell_type": "code",
            "input": cell.source.splitlines(keepends=True),
            "language": "python",
            "metadata": dict(cell.metadata),
            "outputs": [],
        }
        for cell in notebook.cells
    ]
    sheet = {"cells": cells, "metadata": {}}
    return json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "x"}, "worksheets": [sheet]}
    ).encode()


def with_outputs(notebook):
    notebook.cells[0].outputs = [new_output("stream", text="x" * 10**6)] * 200
    return json.dumps(notebook).encode()


WAYS = {
    "Windows line ends": lambda nb: json.dumps(nb, indent=1).replace("\n", "\r\n").encode(),
    "a BOM": lambda nb: b"\xef\xbb\xbf" + json.dumps(nb).encode(),
    "UTF-16": lambda nb: json.dumps(nb).encode("utf-16"),
    "format 3": v3,
    "format 4.0": lambda nb: json.dumps({**nb, "nbformat_minor": 0}).encode(),
    "a format to come": lambda nb: json.dumps({**nb, "nbformat": 5, "nbformat_minor": 9}).encode(),
    "no format": lambda nb: json.dumps({"cells": nb.cells}).encode(),
    "200 MB of outputs": with_outputs,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_notebook_saved_in_another_way_is_read(classroom, way):
    student = way.replace(" ", "_")
    classroom.hand_in(student, WAYS[way](classroom.notebook(RIGHT)))
    result = classroom.grade(student)
    assert result.success, result.log
    assert result.total == 18, result.messages()
    [path] = (classroom.root / "autograded" / student).rglob("*.ipynb")
    assert repairs_of(path) == attempts_of(path) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a zip file", "JSON"),
        (b"\xff\xd8\xff\xe0", "UTF-8"),
        (b"<html>", "JSON"),
        (b'"text"', "no notebook"),
        (b'{"nbformat": 4}', "no cells"),
        (b'{"worksheets": [3]}', "old format"),
    ],
)
def test_what_is_no_notebook_counts_0_and_says_why(classroom, content, why):
    classroom.hand_in("unreadable", content)
    result = classroom.grade("unreadable")
    assert result.success, result.log
    assert result.total == 0 and set(result.marks.values()) == {0}
    assert all(why in text for text in result.messages().values())
    assert len(result.messages()) == 9


def many_cells(nb):
    nb.cells[3:3] = [new_code_cell(f"x{number} = {number}") for number in range(1500)]


def many_cells_and_no_names(nb):
    strip_metadata_and_ids(nb)
    many_cells(nb)


def many_copies(nb):
    [answer] = [c for c in nb.cells if c.metadata.nbgrader.grade_id == "responsibilities"]
    older = nbformat.from_dict(
        {**answer, "source": answer.source.replace("R / R.sum", "R + R.sum")}
    )
    nb.cells[2:2] = [older] * 1500


def much_text(nb):
    nb.cells.insert(3, new_code_cell("# " + "x" * 5_000_000))


def much_text_in_a_test(nb):
    nb.cells[-1].source += "# " + "x" * 5_000_000


@pytest.mark.parametrize(
    ("surplus", "said"),
    [
        (many_cells, "514 of its 1514 cells were left out, 0 of them"),
        (many_cells_and_no_names, "514 of its 1514 cells were left out, 0 of them"),
        (many_copies, "514 of its 1514 cells were left out, 514 of them"),
        (much_text, "1 of its 15 cells were left out, 0 of them"),
        (much_text_in_a_test, "1 of its 14 cells were left out, 1 of them"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_what_is_too_much_is_left_out_and_the_answers_keep_their_marks(classroom, surplus, said):
    student = surplus.__name__
    notebook = classroom.notebook(RIGHT)
    surplus(notebook)
    classroom.hand_in(student, json.dumps(notebook).encode())
    result = classroom.grade(student)
    assert result.total == 18, result.messages()
    [path] = (classroom.root / "autograded" / student).rglob("*.ipynb")
    assert repairs_of(path)[0].startswith(said)


def test_the_limits_of_reading_are_settings():
    config = Config({"SubmissionExporter": {"max_cells": 5}})
    assert SubmissionExporter(config=config).limits() == ReadingLimits(max_cells=5)


def test_the_repairs_are_noted(classroom):
    notebook = classroom.notebook(RIGHT)
    delete_tests(notebook)
    classroom.hand_in("noted", notebook)
    assert classroom.grade("noted").success
    [path] = (classroom.root / "autograded/noted").rglob("*.ipynb")
    notes = repairs_of(path)
    assert len(notes) == 9 and all("missing" in note for note in notes)


def test_a_record_forged_in_the_submission_is_dropped(classroom):
    notebook = classroom.notebook(RIGHT)
    notebook.metadata[RECORD] = {"unreadable": "no", "repairs": ["forged"], "attempts": []}
    classroom.hand_in("forged", notebook)
    assert classroom.grade("forged").total == 18
    [path] = (classroom.root / "autograded/forged").rglob("*.ipynb")
    assert repairs_of(path) == []


# Without nbgrader: the rules of repair on cells alone.


def given(name, solution=False, points=None, source=None, cell_type="code"):
    text = source or (f"def {name}():\n    raise NotImplementedError" if solution else f"# {name}")
    return Given(name, cell_type, text, not solution, "0", solution, False, points)


GIVEN = [
    given("setup"),
    given("f", solution=True),
    given("test_f", points=1),
    given("essay", solution=True, points=2, source="Your words", cell_type="markdown"),
]


def cell(text, grade_id=None, make=new_code_cell):
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    return make(text, metadata=metadata)


def names(cells):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]


def test_a_whole_notebook_is_left_as_it_is():
    cells = [
        cell("# setup", "setup"),
        cell("mine = 1"),
        cell("def f(): return 1", "f"),
        cell("# test_f", "test_f"),
        cell("Because.", "essay", new_markdown_cell),
    ]
    whole, done = repaired(list(cells), GIVEN)
    assert done == []
    assert [c.source for c in whole] == [c.source for c in cells]
    assert names(whole) == ["setup", None, "f", "test_f", "essay"]


def test_nothing_becomes_the_assignment_without_answers():
    whole, done = repaired([], GIVEN)
    assert names(whole) == ["setup", "f", "test_f", "essay"]
    assert len(done) == 4 and "NotImplementedError" not in whole[1].source


def test_an_answer_in_a_cell_of_ones_own_is_found_and_not_overridden():
    cells = [cell("# setup", "setup"), cell("def f():\n    return 1"), cell("# test_f", "test_f")]
    whole, _ = repaired(cells, GIVEN)
    assert names(whole)[:3] == ["setup", "f", "test_f"]
    assert whole[1].source == "def f():\n    return 1"


def test_of_two_changed_answers_the_last_counts_and_the_first_stays():
    cells = [cell("def f(): return 1", "f"), cell("def f(): return 2", "f")]
    whole, _ = repaired(cells, GIVEN)
    assert [c.source for c in whole if "return" in c.source] == [c.source for c in cells]
    assert names(whole).index("f") > [c.source for c in whole].index("def f(): return 1")


def test_a_test_stands_behind_the_answer_it_tests():
    cells = [cell("# test_f", "test_f"), cell("def f(): return 1", "f")]
    order = names(repaired(cells, GIVEN)[0])
    assert order.index("test_f") > order.index("f") > -1


def test_names_that_the_assignment_does_not_know_are_taken_off():
    whole, _ = repaired([cell("1", "test_g")], GIVEN)
    assert "test_g" not in names(whole) and "1" in [c.source for c in whole]


def test_every_given_cell_is_there_once_in_order_whatever_came():
    import itertools
    import random

    chance = random.Random(5)
    pieces = [cell("# x", entry.name) for entry in GIVEN] * 2 + [cell("def f(): 1"), cell("y")]
    for _, size in itertools.product(range(30), range(8)):
        cells = [nbformat.from_dict(dict(c)) for c in chance.sample(pieces, size)]
        whole, _ = repaired(cells, GIVEN)
        found = [name for name in names(whole) if name]
        assert sorted(found) == sorted(entry.name for entry in GIVEN)
        assert found.index("test_f") > max(found.index("setup"), found.index("f"))


def test_all_functions_are_covered():
    assert set(RIGHT) == set(FUNCTIONS)
