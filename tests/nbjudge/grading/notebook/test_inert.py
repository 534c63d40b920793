"""Which texts are made inert, and which stay as they are."""

from pathlib import Path

import nbformat
import pytest

from nbjudge.grading.notebook.inert import fenced, harmless, inert

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("path", sorted(ROOT.glob("solutions/*/*.ipynb")), ids=lambda p: p.stem)
def test_the_assignments_texts_and_right_answers_stay(path):
    cells = nbformat.read(path, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert texts
    assert [inert(text) for text in texts] == texts


@pytest.mark.parametrize(
    "text",
    ["<script>a</script>", "[a](javascript:b)", "[a][b]\n\n[b]: data:c", "![a](http://b/c.png)",
     "$\\href{a}{b}$", "\\hr&#101;f", "```mermaid\n<img src=a>\n```", "[a](file.html)"],
)  # fmt: skip
def test_what_does_something_is_shown_as_it_is(text):
    made = inert(text)
    assert not harmless(text)
    assert harmless(made)
    assert text in made.replace("\u200b", "")
    assert inert(made) == made


def test_a_long_text_is_not_read_as_markup():
    text = "\\begin{a}" * 100_000
    assert inert(text) == fenced(text)


def test_no_text_ends_its_fence():
    text = "a\n````\n<script>a</script>\n~~~"
    assert harmless(fenced(text))
