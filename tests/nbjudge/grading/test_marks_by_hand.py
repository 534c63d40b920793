"""A mark given by hand is for the answer that it was given for."""

import pytest
from classroom import ASSIGNMENT, HONEST_WRONG, NOTEBOOK, RIGHT, Classroom
from nbgrader.api import Gradebook


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    return Classroom(tmp_path_factory.mktemp("class"), written=True)


def hand_in_and_grade(classroom, student, answers):
    classroom.hand_in(student, classroom.notebook(answers))
    graded = classroom.grade(student)
    assert graded.success, graded.log


def grades(classroom, student):
    """Cell -> (automatic mark, mark by hand, extra credit, whether it waits to be marked)."""
    with Gradebook(classroom.coursedir.db_url) as gradebook:
        found = gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, student).grades
        return {
            g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade)
            for g in found
        }


def mark_all(classroom, student):
    """Set every mark to 20, as a script in formgrader once could."""
    with Gradebook(classroom.coursedir.db_url) as gradebook:
        for grade in gradebook.find_submission_notebook(NOTEBOOK, ASSIGNMENT, student).grades:
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 20, 1, False
        gradebook.db.commit()


def test_another_hand_in_has_the_marks_that_it_would_have_had(classroom):
    honest = HONEST_WRONG | {"why": "Because."}
    hand_in_and_grade(classroom, "bea", honest)
    hand_in_and_grade(classroom, "ada", RIGHT | {"why": "<script>"})
    mark_all(classroom, "ada")
    hand_in_and_grade(classroom, "ada", honest)
    expected = {name: (*marks[:3], True) for name, marks in grades(classroom, "bea").items()}
    assert grades(classroom, "ada") == expected


def test_the_same_answers_keep_them(classroom):
    answers = HONEST_WRONG | {"why": "Because."}
    hand_in_and_grade(classroom, "cleo", answers)
    mark_all(classroom, "cleo")
    hand_in_and_grade(classroom, "cleo", answers | {"why": "Because.\n"})
    assert {marks[1:3] for marks in grades(classroom, "cleo").values()} == {(20, 1)}


def test_code_that_changed_does_not_cost_the_mark_of_a_text(classroom):
    hand_in_and_grade(classroom, "dora", HONEST_WRONG | {"why": "Because."})
    mark_all(classroom, "dora")
    hand_in_and_grade(classroom, "dora", RIGHT | {"why": "Because."})
    marks = grades(classroom, "dora")
    assert marks.pop("why")[1:3] == (20, 1)
    assert {by_hand for marks in marks.values() for by_hand in marks[1:3]} == {None}
    assert sum(marks[name][0] for name in marks) == 18


def test_a_file_that_cannot_be_read_has_none(classroom):
    hand_in_and_grade(classroom, "emil", RIGHT | {"why": "Because."})
    mark_all(classroom, "emil")
    classroom.hand_in("emil", b"{")
    assert classroom.grade("emil").success
    assert {marks[1] for marks in grades(classroom, "emil").values()} == {None}
