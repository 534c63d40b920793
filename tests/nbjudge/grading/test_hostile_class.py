"""One attack a student: none earns by it, none reaches another, none stops the class."""

import pytest
from attacks import ATTACKS
from classroom import FUNCTIONS, Classroom
from trap import BYSTANDERS, Trap, identifier

from nbjudge.grading.digests import tree_digest
from nbjudge.grading.errors import NoSandbox
from nbjudge.grading.sandbox.bubblewrap import find_bwrap

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"The hostile class needs the sandbox. {error}", allow_module_level=True)

# So that those who spend time spend little; a cell must still have time for its imports.
IMPATIENT = {"cell_seconds": 6.0, "call_seconds": 1.0, "notebook_seconds": 40.0, "restarts": 6}


@pytest.fixture(scope="module")
def trap(tmp_path_factory):
    trap = Trap(Classroom(tmp_path_factory.mktemp("class"), IMPATIENT))
    trap.right, trap.wrong = trap.grade_bystanders()
    yield trap
    # After all of them, the bystanders are graded once more, to the same marks.
    again = [trap.classroom.grade(student).marks for student in BYSTANDERS]
    assert again == [trap.right, trap.wrong]


def test_the_bystanders_get_what_they_deserve(trap):
    assert sum(trap.right.values()) == 18
    assert trap.wrong == {
        "test_responsibilities_form": 1,
        "test_responsibilities_value": 0,
        "test_responsibilities_hard": 0,
        "test_most_probable_component_form": 1,
        "test_most_probable_component_value": 2,
        "test_most_probable_component_hard": 3,
        "test_posterior_entropy_form": 1,
        "test_posterior_entropy_value": 0,
        "test_posterior_entropy_hard": 0,
    }


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(trap, name):
    attack, student = ATTACKS[name], identifier(name)
    trap.hand_in(student, attack)
    before, handed_in = trap.surroundings(), tree_digest(trap.classroom.folder(student))
    graded = trap.classroom.grade(student)

    assert graded.success, graded.log
    assert graded.seconds < 60
    for cell, mark in trap.wrong.items():
        assert graded.marks[cell] is not None and graded.marks[cell] <= mark, cell
    spared = [cell for cell in trap.wrong if any(function in cell for function in attack.spares)]
    reasons = graded.messages()
    assert {c: graded.marks[c] for c in spared} == {c: trap.wrong[c] for c in spared}, reasons
    assert all(reasons.get(cell, "").strip() for cell, mark in graded.marks.items() if mark == 0)
    assert trap.surroundings() == before
    assert tree_digest(trap.classroom.folder(student)) == handed_in
    assert not trap.reached()
    assert not trap.left_behind()
    shown = trap.shown(student)
    assert trap.classroom.secret not in shown
    assert (trap.classroom.root / "grading_secret").read_text().strip() not in shown
    outputs = repr([cell.get("outputs") for cell in graded.notebook.cells])
    assert "<script>" not in outputs and "onerror" not in outputs
    # An attack on the process's own code has found what it attacks.
    assert "inside.worker" not in outputs and "Worker" not in outputs


def test_the_class_is_large_enough():
    assert len(ATTACKS) >= 40
    assert {function for attack in ATTACKS.values() for function in attack.answers} <= set(
        FUNCTIONS
    )
