"""The notebooks in JupyterLab, as a reader would use them: open, run all, move each slider."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHAPTER = sorted(path.stem for path in (ROOT / "chapter7").glob("*.ipynb"))

WAIT = 60_000  # ms: far more than anything here takes
# The prompt of a folded cell is there too, though not to be seen, beside one that says nothing.
ALL_RAN = """() => {
  const said = '.jp-CodeCell .jp-InputPrompt:not(.jp-Placeholder-prompt)';
  const prompts = [...document.querySelectorAll(said)];
  return prompts.every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent.trim()));
}"""
PICTURES = "cell => [...cell.querySelectorAll('.jp-OutputArea img')].map(i => i.src).join()"
CHANGED = f"([cell, before]) => {{ const now = ({PICTURES})(cell); return now && now != before; }}"


@pytest.fixture
def open_in_lab(browser, lab):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT)

    def open_in_lab(path):
        page = context.new_page()
        page.goto(f"{lab}/lab/tree/{path}?reset")
        # Cells run before the kernel has said that it is idle may be dropped.
        page.get_by_text("| Idle").wait_for()
        return page

    yield open_in_lab
    context.close()


@pytest.mark.parametrize("name", CHAPTER)
def test_a_notebook_runs_and_its_sliders_move(open_in_lab, name):
    page = open_in_lab(f"chapter7/{name}.ipynb")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(ALL_RAN)
    for kind in ("error", "stderr"):
        found = page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']")
        assert found.all_inner_texts() == []

    moved = page.locator(".jp-CodeCell", has=page.get_by_role("slider")).all()
    for cell in moved:
        before = cell.evaluate(PICTURES)
        assert before, "a slider beside no picture"
        move(cell.get_by_role("slider").first)
        page.wait_for_function(CHANGED, arg=[cell.element_handle(), before])
    assert moved or name == "index", "nothing to move"


def move(slider):
    """Three steps up, or down from the top: whichever end it stands at, it moves."""
    slider.focus()
    at_the_top = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
    for _ in range(3):
        slider.press("ArrowLeft" if at_the_top else "ArrowRight")


def test_validate_answers(open_in_lab):
    """The button of nbgrader, on an exercise as it is handed out: it fails, and says so."""
    page = open_in_lab("exercises/7.4.3_posterior/posterior.ipynb")
    page.get_by_text("Validate", exact=True).first.click()
    answer = page.locator(".jp-Dialog").get_by_text(re.compile("failed", re.IGNORECASE)).first
    answer.wait_for()
    assert "responsibilities" in page.locator(".jp-Dialog").inner_text()
