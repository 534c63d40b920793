"""Which texts are made inert, and which stay as they are."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from nbjudge.grading.feedback import FeedbackExporter
from nbjudge.grading.notebook.inert import Inert, fenced, harmless, inert
from nbjudge.grading.run import limited_process
from nbjudge.grading.run.limits import PageLimits
from nbjudge.grading.run.outputs import rebuilt

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
     "$\\href{a}{b}$", "\\hr&#101;f", "```mermaid\n<img src=a>\n```", "[a](file.html)",
     "[a](https://b.invalid)", "a https://b.invalid c", "<https://b.invalid>",
     "[a](mailto:b@c.invalid)", "![a](attachment:b)", "<div class=modal>a</div>",
     "<h1 onclick=a>b</h1>", "<!-- a -->"],
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


@pytest.mark.parametrize(
    "text",
    ["- [ ] a\n- [x] b", "| a | b |\n|:--|--:|\n| 1 | 2 |", "~~a~~ <u>b</u><br>c  \nd",
     "a < b > c & d", "<details><summary>a</summary>b</details>", "a\n: b", "[a](#b)",
     "```python\nif a < b: c[0](d)\n```", "![a](data:image/png;base64,AAAA)",
     "\\begin{align}a&<b\\end{align}", "```\n<b>https://c\n```"],
)  # fmt: skip
def test_what_does_nothing_stays(text):
    assert inert(text) == text


def test_a_link_is_shown_with_its_address_and_costs_nothing_else():
    made = inert("*a* [b](https://c.invalid/d) H<sub>2</sub>O ![e](data:image/png;base64,AAAA)")
    assert made.startswith("*a* [b]") and "<sub>2</sub>" in made
    assert "![e](data:image/png;base64,AAAA)" in made
    assert "https://c.invalid/d" in made.replace("\u200b", "")


@pytest.mark.parametrize("formula", ["$\\href{a}{b}$", "$\\&#104;ref{a}{b}$", "$\\let\\a\\style$"])
def test_a_formula_with_such_commands_is_an_output_of_text(formula):
    output = rebuilt({"output_type": "display_data", "data": {"text/latex": formula}})
    assert output.data == {"text/plain": formula}
    kept = {"text/latex": "$\\frac{a}{b}$"}
    assert rebuilt({"output_type": "display_data", "data": kept}).data == kept


# Texts that take a third of a second each to be read as markup, and code that takes minutes.
SLOW = [f"{number}" + "\\\\(" * 3300 for number in range(20)]
SLOW_CODE = "a." * 10**6
HURRIED = {"page_seconds": 1.0}


def test_texts_that_take_too_long_together_are_shown_as_they_are():
    notebook = new_notebook(cells=[new_markdown_cell(text) for text in [*SLOW, "*a*"]])
    made, _ = Inert(**HURRIED).preprocess(notebook, {})
    assert [cell.source for cell in made.cells] == [fenced(text) for text in [*SLOW, "*a*"]]
    # The next are none the worse for it.
    made, _ = Inert().preprocess(new_notebook(cells=[new_markdown_cell("*a*")]), {})
    assert made.cells[0].source == "*a*"


def test_a_page_that_takes_too_long_has_the_marks_and_what_the_checks_say():
    data = {"grade_id": "a", "grade": False, "solution": True, "locked": False, "task": False}
    test = {**data, "grade_id": "t", "grade": True, "solution": False, "locked": True}
    error = new_output("error", ename="CheckFailed", evalue="", traceback=["what is wrong"])
    notebook = new_notebook(
        cells=[
            new_code_cell(SLOW_CODE, metadata={"nbgrader": data}),
            new_code_cell("check", metadata={"nbgrader": {**test, "score": 1, "points": 2}}),
            new_markdown_cell("mine"),
        ]
    )
    notebook.cells[1].outputs = [error]
    nbgrader = {"notebook": "posterior", "score": 1, "max_score": 2, "late_penalty": 0}
    exporter = FeedbackExporter(config=Config(FeedbackExporter=HURRIED))
    page, _ = exporter.from_notebook_node(notebook, {"nbgrader": nbgrader, "metadata": {}})
    assert "what is wrong" in page and "Score: 1.0 / 2.0" in page
    assert "Left out" in page and "mine" not in page and "a.a.a" not in page


def test_what_kills_the_process_from_outside_costs_nothing(monkeypatch):
    limited_process.limited(PageLimits(), len, "ab")
    limited_process.WORKER.process.kill()
    assert limited_process.limited(PageLimits(), len, "ab") == 2
