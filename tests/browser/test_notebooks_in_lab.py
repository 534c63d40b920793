"""The notebooks in JupyterLab, as a reader would use them: open, run all, move each slider."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHAPTER = sorted(path.stem for path in (ROOT / "chapter7").glob("*.ipynb"))

WAIT = 60_000  # ms: far more than anything here takes
EVERY = (
    100  # ms between two looks at the page: one at each frame costs as much as what is looked for
)
# The prompt of a folded cell is there too, though not to be seen, beside one that says nothing.
ALL_RAN = """() => {
  const said = '.jp-CodeCell .jp-InputPrompt:not(.jp-Placeholder-prompt)';
  const prompts = [...document.querySelectorAll(said)];
  return prompts.every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent.trim()));
}"""
PICTURES = "cell => [...cell.querySelectorAll('.jp-OutputArea img')].map(i => i.src).join()"
CHANGED = f"([cell, before]) => {{ const now = ({PICTURES})(cell); return now && now != before; }}"


OPEN = "async path => { await jupyterapp.commands.execute('docmanager:open', { path }); }"
CLOSE_ALL = """async () => {
  [...jupyterapp.shell.widgets('main')].forEach(widget => widget.dispose());
  await jupyterapp.serviceManager.sessions.shutdownAll();
}"""


@pytest.fixture(scope="module")
def page_of_lab(browser, lab):
    """JupyterLab, loaded once: that takes longer than to open a notebook in it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(WAIT)
    page.goto(f"{lab}/lab?reset")
    page.get_by_role("menuitem", name="Run", exact=True).wait_for()
    yield page
    page.close()


@pytest.fixture
def open_in_lab(page_of_lab):
    """Opens a notebook, alone in it."""

    def open_in_lab(path):
        page_of_lab.evaluate(OPEN, path)
        # Cells run before the kernel has said that it is idle may be dropped.
        page_of_lab.get_by_text("| Idle").wait_for()
        return page_of_lab

    yield open_in_lab
    page_of_lab.keyboard.press("Escape")  # a dialog that may be open
    page_of_lab.evaluate(CLOSE_ALL)


@pytest.mark.parametrize("name", CHAPTER)
def test_a_notebook_runs_and_its_sliders_move(open_in_lab, name):
    page = open_in_lab(f"chapter7/{name}.ipynb")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(ALL_RAN, polling=EVERY)
    for kind in ("error", "stderr"):
        found = page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']")
        assert found.all_inner_texts() == []

    moved = page.locator(".jp-CodeCell", has=page.get_by_role("slider")).all()
    for cell in moved:
        before = cell.evaluate(PICTURES)
        assert before, "a slider beside no picture"
        move(cell.get_by_role("slider").first)
        page.wait_for_function(CHANGED, arg=[cell.element_handle(), before], polling=EVERY)
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
