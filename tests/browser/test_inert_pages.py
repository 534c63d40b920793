"""What a student writes is inert in formgrader and on the feedback page, in a browser."""

import json
import os
import re
import socket
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

import nbformat
import pytest
from classroom import ASSIGNMENT, NOTEBOOK, ROOT, Classroom
from conftest import wait_for
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Gradebook
from written import ELSEWHERE, MARKUP, OUTPUTS, PLAIN

from nbjudge.grading.errors import NoSandbox
from nbjudge.grading.sandbox.bubblewrap import find_bwrap

NAME = "</script><script>won('name')</script>\"><img src=x onerror=won('name')>"
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
CLICK = """() => document.querySelectorAll(
    ".rendered_html a:not([href^=http]):not([href^='#']), .rendered_html b, .rendered_html button"
).forEach(e => {e.removeAttribute("target"); e.click()})"""


@pytest.fixture(scope="module")
def classroom(browser, tmp_path_factory):
    """A graded course: ada writes what runs, bea what is harmless."""
    try:
        find_bwrap()
    except NoSandbox as error:
        pytest.skip(f"This grades a class in the sandbox. {error}")
    course = Classroom(tmp_path_factory.mktemp("written") / "course", written=True)
    notebook = course.notebook({"why": MARKUP["marks"]}, late=OUTPUTS)
    notebook.cells.append(new_raw_cell(MARKUP["picture that fails"]))
    for kind in ("text/html", "text/markdown", ""):
        notebook.cells.append(
            new_raw_cell("<img src=x onerror=won(3)>", metadata={"raw_mimetype": kind})
        )
    svg = {"a.svg": {"image/svg+xml": "<svg onload='won(4)'/>", "x\"onerror='won(4)": "a"}}
    for name, text in MARKUP.items():
        text = text.replace("won(1)", f"won('{name}')")
        metadata = {"tags": ['"><img src=x onerror=won(5)>'], "alt": '"><script>won(5)</script>'}
        notebook.cells.append(new_markdown_cell(text, attachments=svg, metadata=metadata))
    notebook.cells.append(new_code_cell('"</pre><img src=x onerror=won(6)>"'))
    notebook.metadata["title"] = "</title><script>won(7)</script>"
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a": "</script>"}}
    course.hand_in("ada", notebook)
    for kind in ("html", "svg", "xhtml", "xml", "js", "pdf"):
        (course.folder("ada") / f"evil.{kind}").write_text("<script>won('file')</script>")
    course.hand_in("bea", course.notebook({"why": PLAIN}))
    with Gradebook(course.coursedir.db_url) as gradebook:
        gradebook.add_student("ada", first_name=NAME, last_name=NAME, email=NAME)
    for student in ("ada", "bea"):
        graded = course.grade(student)
        assert graded.success, graded.log[-3000:]
        course.feedback(student)
    return course


@pytest.fixture(scope="module")
def formgrader(classroom, tmp_path_factory):
    """Jupyter with nbgrader's formgrader, started in the course's folder: its address."""
    home = tmp_path_factory.mktemp("formgrader")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extensions = {"nbgrader.server_extensions.formgrader": True}
    (home / "config").mkdir()
    (home / "config/jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": extensions}})
    )
    options = {
        "ServerApp.root_dir": classroom.root, "ServerApp.port": port, "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False, "ServerApp.allow_root": True, "ServerApp.ip": "127.0.0.1",
        "IdentityProvider.token": "",
    }  # fmt: skip
    places = {"JUPYTER_RUNTIME_DIR": home / "runtime", "JUPYTER_CONFIG_DIR": home / "config"}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with open(home / "log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *(f"--{k}={v}" for k, v in options.items())],
            env=os.environ | {k: str(v) for k, v in places.items()} | {"PYTHONPATH": path},
            cwd=classroom.root, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server, home / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


class Visit:
    """A page, opened and clicked through: what ran, what was asked for, its title, and the page."""

    def __init__(self, browser, address):
        self.ran, self.asked, self.blocked = [], [], []
        self.page = browser.new_page()
        self.page.expose_function("won", lambda name: self.ran.append(name))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", self._note_blocked)
        self.page.on("dialog", lambda dialog: (self.ran.append("dialog"), dialog.dismiss()))
        self.page.route(re.compile("^https?://(?!127.0.0.1)"), lambda route: route.abort())
        self.page.goto(address)
        self.page.wait_for_timeout(500)
        self.title = self.page.title()
        self.page.evaluate(CLICK)
        self.page.wait_for_timeout(1000)

    def _note_blocked(self, request):
        if request.failure == "csp":
            self.blocked.append(request.url)

    def from_elsewhere(self, own):
        """The addresses it asked for that are neither its own, data, nor the formulas' script."""
        known = (*own, MATHJAX, "data:image/png;", "data:image/jpeg;", "data:font/")
        asked = [address for address in self.asked if address not in self.blocked]
        return [address for address in asked if not address.startswith(known)]


def grades(course, student):
    """Cell -> (auto score, manual score, extra credit) in the gradebook."""
    with Gradebook(course.coursedir.db_url) as gradebook:
        notebooks = gradebook.find_submission(ASSIGNMENT, student).notebooks
        rows = [grade for notebook in notebooks for grade in notebook.grades]
        return {g.name: (g.auto_score, g.manual_score, g.extra_credit) for g in rows}


def submission(course, student):
    """The id by which formgrader opens a student's notebook."""
    with Gradebook(course.coursedir.db_url) as gradebook:
        return gradebook.find_submission(ASSIGNMENT, student).notebooks[0].id


def test_nothing_runs_in_formgrader_and_no_mark_changes(browser, classroom, formgrader):
    before = grades(classroom, "ada")
    assert before["why"] == (None, None, None)
    where = f"{formgrader}/formgrader/submissions/{submission(classroom, 'ada')}/"
    visit = Visit(browser, where)
    assert visit.ran == []
    # Its page, its own scripts and styles, and the API that they call.
    own = [f"{formgrader}/formgrader/{part}" for part in ("static/", "api/")]
    assert [url for url in visit.from_elsewhere(own) if url != where] == []
    assert visit.title == NOTEBOOK
    assert visit.page.url == where
    leads = "all => all.map(a => a.getAttribute('href')).filter(to => !to.startsWith('#'))"
    assert visit.page.locator("#notebook a[href]").evaluate_all(leads) == []
    assert NAME in visit.page.locator("a.name-shown").text_content()
    visit.page.close()
    assert grades(classroom, "ada") == before


@pytest.mark.parametrize(
    "page", ["manage_students", f"manage_submissions/{ASSIGNMENT}", "manage_students/ada",
             f"gradebook/{ASSIGNMENT}/{NOTEBOOK}", f"manage_students/ada/{ASSIGNMENT}"],
)  # fmt: skip
def test_no_name_runs_on_formgraders_other_pages(browser, formgrader, page):
    visit = Visit(browser, f"{formgrader}/formgrader/{page}")
    assert visit.ran == []
    assert visit.page.locator("table td").count()
    visit.page.close()


def test_no_file_of_a_students_is_there_for_formgrader_to_show(classroom, formgrader):
    """Nor goes back with the pages: nothing but the notebook is copied."""
    for folder in ("autograded", "feedback"):
        assert not list((classroom.root / folder).rglob("evil.*"))
    place = f"{formgrader}/formgrader/submissions/{submission(classroom, 'ada')}"
    urlopen(f"{place}/points.csv").close()
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{place}/evil.html")


def test_nothing_runs_on_the_feedback_page(browser, classroom):
    page = classroom.root / "feedback" / "ada" / ASSIGNMENT / f"{NOTEBOOK}.html"
    visit = Visit(browser, page.as_uri())
    assert visit.ran == []
    assert visit.from_elsewhere([]) == [page.as_uri()]
    assert visit.title == NOTEBOOK
    # Where markup came into the page all the same, its policy would not let it run or load.
    trick = "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=won(8)>')"
    visit.page.evaluate(trick)
    visit.page.wait_for_timeout(300)
    assert visit.ran == []
    assert visit.from_elsewhere([]) == [page.as_uri()]
    visit.page.close()


def test_what_was_written_can_be_read(classroom):
    """The text is there, with the code that would have run."""
    path = classroom.root / "autograded" / "ada" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    for name, text in MARKUP.items():
        text = text.replace("won(1)", f"won('{name}')")
        assert any(text in shown.replace("\u200b", "") for shown in texts), name


def test_formulas_code_tables_and_own_pictures_stay(browser, classroom):
    path = classroom.root / "autograded" / "bea" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    assert PLAIN in [cell.source for cell in nbformat.read(path, as_version=4).cells]
    page = classroom.root / "feedback" / "bea" / ASSIGNMENT / f"{NOTEBOOK}.html"
    visit = Visit(browser, page.as_uri())
    answer = visit.page.locator(".rendered_html").last
    for part in ("h1", "em", "strong", "code", "sub", "table td", "pre"):
        assert answer.locator(part).count(), part
    width = "img => img.naturalWidth"
    assert answer.locator("img").evaluate(width) == 1
    visit.page.close()


def test_there_are_enough_ways():
    assert len(MARKUP) >= 30
    assert any(ELSEWHERE in text for text in MARKUP.values())
