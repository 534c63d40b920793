"""The book, read from its folder with the network off, in light and in dark."""

import functools
import re
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHAPTER = sorted(path.stem for path in (ROOT / "chapter7").glob("*.ipynb"))

TYPESET = "() => !window.MathJax || window.MathJax.startup.promise.then(() => true)"
# What the reader sees, code apart.
PROSE = """() => {
  const page = document.querySelector('article').cloneNode(true);
  page.querySelectorAll('pre, code, script, style, mjx-assistive-mml').forEach(e => e.remove());
  return page.textContent;
}"""
BROKEN_LINKS = """() => [...document.querySelectorAll('a[href*="#"]')].filter(
  a => a.pathname == location.pathname && a.hash
    && !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map(a => a.href)"""
IMAGES = "() => [...document.images].map(i => [i.alt.trim(), i.naturalWidth])"
CUT_OFF = """() => [...document.querySelectorAll('.math-wrapper, .table-wrapper')].filter(
  part => part.scrollWidth > part.clientWidth + 1).map(part => part.textContent)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


# A page's colours and its width in pixels.
DESK, NIGHT, TELEPHONE = ("light", 1280), ("dark", 1280), ("light", 390)


@pytest.fixture(scope="module")
def open_page(browser, book):
    """Opens a page of the book; what it asks for and what it complains of is kept with it."""
    contexts = []

    def open_page(name, scheme, width):
        context = browser.new_context(
            offline=True, color_scheme=scheme, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.asked_for = [], []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked_for.append(request.url))
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and page.complaints.append(said.text),
        )
        page.goto((book / f"{name}.html").as_uri())
        page.wait_for_function(TYPESET)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def read(open_page):
    """A page as `open_page` opens it, once for all tests that change nothing in it.

    The desk's page is put out for the night; one for a telephone is laid out anew.
    """
    opened = functools.cache(lambda name, width: open_page(name, "light", width))

    def read(name, scheme, width):
        page = opened(name, width)
        page.emulate_media(color_scheme=scheme)
        return page

    return read


@pytest.mark.parametrize("name", [*CHAPTER, "search"])
def test_a_page_reads_without_a_network(read, name):
    page = read(name, *DESK)
    assert page.complaints == []
    assert [url for url in page.asked_for if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate(BROKEN_LINKS) == []
    for alt, width in page.evaluate(IMAGES):
        assert alt and width, "a picture without its text, or without its picture"


@pytest.mark.parametrize("name", CHAPTER)
def test_formulas_are_typeset(read, name):
    page = read(name, *DESK)
    formulas = page.locator(".math").count()
    assert page.locator("mjx-container").count() == formulas > 0
    assert page.locator("[data-mml-node=merror]").count() == 0
    # No TeX left, no reference to nothing, no widget's name in place of a widget.
    assert re.findall(r"\\[a-zA-Z([]+|\$\$|\?\?\?|interactive\(|Box\(", page.evaluate(PROSE)) == []


@pytest.mark.parametrize(("scheme", "width"), [DESK, NIGHT, TELEPHONE])
@pytest.mark.parametrize("name", [*CHAPTER, "search"])
def test_axe_finds_no_fault(read, name, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = read(name, scheme, width)
    # A telephone's code has the colours of the desk's, and most of the time would go to it.
    left_out = {"exclude": [[".highlight"]]} if width == TELEPHONE[1] else None
    found = axe.run(page, context=left_out).response["violations"]
    faults = {
        fault["id"]: [node["html"][:200] for node in fault["nodes"]]
        for fault in found
        if fault["impact"] in ("serious", "critical")
    }
    assert faults == {}


@pytest.mark.parametrize("name", CHAPTER)
def test_a_page_fits_a_telephone(read, name):
    page = read(name, *TELEPHONE)
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(CUT_OFF) == []


LETTERS = """() => [...document.images].map(
  picture => picture.getBoundingClientRect().width / picture.naturalWidth)"""
LINES = """() => [...document.querySelectorAll('.highlight .line')].map(line => {
  const range = document.createRange();
  range.selectNodeContents(line);
  return [...range.getClientRects()].filter(box => box.width > 1).map(box => box.left);
})"""


@pytest.mark.parametrize("name", CHAPTER)
def test_letters_of_a_picture_are_as_large_on_a_telephone(read, name):
    """A picture has twice as many pixels as the page gives it: half of it is its full size."""
    assert all(shrunk > 0.49 for shrunk in read(name, *TELEPHONE).evaluate(LETTERS))


@pytest.mark.parametrize("name", CHAPTER)
def test_a_line_of_code_goes_on_under_its_own_indentation(read, name):
    page = read(name, *TELEPHONE)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    wrapped = 0
    for lefts in page.evaluate(LINES):
        wrapped += len(set(lefts)) > 1
        assert all(left >= lefts[0] - 1 for left in lefts), lefts
    assert wrapped


def test_dark_is_dark(read):
    for look, least, most in ((DESK, 200, 255), (NIGHT, 0, 55)):
        colour = read("index", *look).evaluate("getComputedStyle(document.body).backgroundColor")
        assert all(least <= int(part) <= most for part in re.findall(r"\d+", colour)[:3]), colour


def test_search_finds_a_page(open_page):
    page = open_page("index", *DESK)
    page.get_by_role("searchbox").or_(page.get_by_placeholder("Search")).first.fill("posterior")
    page.keyboard.press("Enter")
    page.locator("#search-results li a[href^='7.4.3']").first.wait_for()


def test_links_lead_to_files_of_the_book(book):
    for page in book.glob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text()):
            assert link.startswith(("https:", "data:")) or (book / link).exists(), (page.name, link)


def test_equations_link(read):
    links = 0
    for name in CHAPTER:
        links += read(name, *DESK).locator("a[href^='#mjx-eqn']").count()
    assert links > 0


def test_the_assignments_are_in_it_and_the_solutions_are_not(book):
    archives = sorted((book / "exercises").glob("*.zip"))
    assert [a.stem for a in archives] == sorted(d.name for d in (ROOT / "exercises").glob("7.*"))
    for archive in archives:
        with zipfile.ZipFile(archive) as files:
            for file in (name for name in files.namelist() if not name.endswith("/")):
                assert files.read(file) == (ROOT / "exercises" / file).read_bytes()
    for page in book.rglob("*.html"):
        assert "BEGIN SOLUTION" not in page.read_text()
