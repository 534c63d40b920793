"""The self-checks: judged on the spot, and readable where no kernel runs."""

import re

import pytest

from gmm_ref import quiz

RIGHT = ("$N$, one for each point.", "They are the rows of Z.")
WRONG = [("1, for all.", "Then all points share it."), ("K < N of them.", "K & N differ.")]
QUESTION = "How many labels, if $N > K$ & K > 1?"


@pytest.fixture
def shown(monkeypatch):
    """What was displayed."""
    shown = []
    monkeypatch.setattr(quiz, "display", lambda bundle, raw: shown.append(bundle))
    return shown


@pytest.fixture
def asked(shown):
    """The box of widgets, and what was displayed."""
    return quiz.ask(QUESTION, RIGHT, WRONG), shown[0]


@pytest.fixture
def number(shown):
    """The entry, the verdict, and what was displayed."""
    box = quiz.ask_number("What is $1/4$?", 0.25, 0.01, "A quarter.", [(4, "Upside down.")])
    _, entry, verdict = box.children
    return entry, verdict, shown[0]


def test_a_choice_is_judged_with_its_reason(asked):
    _, *rows, verdict = asked[0].children
    assert verdict.value == ""
    for choice, reason in [*WRONG, RIGHT]:
        button, _ = next(
            row.children for row in rows if quiz.as_html(choice) == row.children[1].value
        )
        button.click()
        word = "Right" if choice == RIGHT[0] else "Not so"
        assert verdict.value == f"<p>{button.description}. {word}. {quiz.escape(reason)}</p>"
        assert button.tooltip == choice


def test_the_place_gives_nothing_away(asked):
    _, *rows, _ = asked[0].children
    assert [row.children[0].description for row in rows] == ["A", "B", "C"]
    choices = sorted([RIGHT[0], *(choice for choice, _ in WRONG)])
    assert [row.children[1].value for row in rows] == [quiz.as_html(choice) for choice in choices]


def test_without_a_kernel_the_choices_are_open_and_the_answers_folded(asked):
    still = asked[1]["text/html"]
    before, folded = still.split("<details>")
    for choice, reason in [RIGHT, *WRONG]:
        assert f"<li>{quiz.as_html(choice)}</li>" in before
        assert quiz.escape(reason) not in before
        assert quiz.escape(reason) in folded
    assert re.findall("Right[.]|Not so[.]", folded).count("Right.") == 1
    assert "<summary>" in folded and folded.endswith("</details>")
    assert "application/vnd.jupyter.widget-view+json" in asked[1]


def test_signs_are_escaped_and_formulas_are_left_to_mathjax(asked):
    box, bundle = asked
    for text in (bundle["text/html"], box.children[0].value):
        assert r'<span class="math notranslate nohighlight">\(N &gt; K\)</span> &amp; K' in text
        assert "N > K" not in text and "$" not in text


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ("0.25", "Right. A quarter."),
        (" 0,255 ", "Right. A quarter."),
        ("4", "Not so. Upside down."),
        ("0.3", "Not so: too high."),
        ("-0.25", "Not so: too low."),
        ("nan", "Enter a number, like 0.25."),
        ("a quarter", "Enter a number, like 0.25."),
    ],
)
def test_a_number_is_judged(number, entered, said):
    entry, verdict, _ = number
    assert verdict.value == ""
    entry.value = entered
    assert verdict.value == f"<p>{said}</p>"


def test_without_a_kernel_the_number_is_folded(number):
    before, folded = number[2]["text/html"].split("<details>")
    assert r"\(1/4\)" in before and "0.25" not in before
    assert "0.25. A quarter." in folded
