"""The self-checks: judged on the spot, and readable where no kernel runs."""

import re

import pytest

from gmm_ref import quiz

RIGHT = ("N, one for each point.", "They are the rows of Z.")
WRONG = [("1, for all.", "Then all points share it."), ("K < N of them.", "K & N differ.")]
QUESTION = "How many labels, if N > K?"


@pytest.fixture
def asked(monkeypatch):
    """The box of widgets, and what was displayed."""
    shown = []
    monkeypatch.setattr(quiz, "display", lambda bundle, raw: shown.append(bundle))
    return quiz.ask(QUESTION, RIGHT, WRONG), shown[0]


def test_a_choice_is_judged_with_its_reason(asked):
    _, buttons, verdict = asked[0].children
    assert verdict.value == ""
    for choice, reason in WRONG:
        buttons.value = choice
        assert verdict.value.startswith("<p>Not so. ")
        assert quiz.escape(reason) in verdict.value
    buttons.value = RIGHT[0]
    assert verdict.value == f"<p>Right. {RIGHT[1]}</p>"


def test_nothing_is_chosen_at_first_and_the_place_gives_nothing_away(asked):
    _, buttons, _ = asked[0].children
    assert buttons.value is None
    assert list(buttons.options) == sorted(buttons.options)
    assert set(buttons.options) == {RIGHT[0], *(choice for choice, _ in WRONG)}


def test_without_a_kernel_the_choices_are_open_and_the_answers_folded(asked):
    still = asked[1]["text/html"]
    before, folded = still.split("<details>")
    for choice, reason in [RIGHT, *WRONG]:
        choice, reason = quiz.escape(choice), quiz.escape(reason)
        assert f"<li>{choice}</li>" in before
        assert reason not in before
        assert choice in folded and reason in folded
    assert re.findall("Right[.]|Not so[.]", folded).count("Right.") == 1
    assert "<summary>" in folded and folded.endswith("</details>")
    assert "application/vnd.jupyter.widget-view+json" in asked[1]


def test_signs_are_escaped(asked):
    box, bundle = asked
    for text in (bundle["text/html"], box.children[0].value):
        assert "N &gt; K" in text and "N > K" not in text
