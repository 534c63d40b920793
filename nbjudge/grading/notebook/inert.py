"""What a student wrote, so that no page that shows it runs, loads or submits anything of theirs.

A text that is harmless as a page shows it stays as it is. Of any other, what would be markup is
shown as the text that it is.
"""

import html
import re

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor

# Tags that may be written, bare: none loads or does anything, or leads out of its cell.
_TAG = re.compile(
    r"</?(?:b|br|code|details|em|hr|i|kbd|s|strong|sub|summary|sup|u)\s{0,9}/?>", re.IGNORECASE
)
# Where a browser begins to read a tag, a comment or the like.
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
# From elsewhere is what a link may lead to: a file of the student's own would be shown as ours.
_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")
# Commands of MathJax that make links, names and styles, or bring more of its commands.
_COMMAND = re.compile(
    r"\\(?=(?:bbox|class|cssId|data|href|html\w*|includegraphics|mmlToken|require|style|url)"
    r"(?![A-Za-z]))",
    re.IGNORECASE,
)
# Characters beside pictures, past which a text is shown as it is: markup can take a time that grows
# with the square of its length.
_LONG = 10_000
# Has no width: what it stands in looks the same, and is no markup any more.
_BREAK = "\u200b"


class Inert(NbGraderPreprocessor):
    """What makes a submission's texts inert; those of the assignment stay as they were given."""

    def preprocess_cell(self, cell, resources, index):
        """Make a cell's text inert, and a raw cell one of text; code is shown as code anyhow."""
        data = cell.metadata.get("nbgrader", {})
        if data.get("locked"):
            return cell, resources
        if cell.cell_type == "raw":
            cell.cell_type, cell.source = "markdown", fenced(cell.source)
        elif cell.cell_type == "markdown":
            cell.source = inert(cell.source)
        return cell, resources


def inert(source):
    """The Markdown text itself if it is harmless; else a harmless one that shows what it says."""
    if len(_PICTURE.sub("", source)) > _LONG:
        return fenced(source)
    if harmless(source):
        return source
    broken = _COMMAND.sub(rf"\\{_BREAK}", _OPENING.sub("<" + _BREAK, source))
    if harmless(broken):
        return broken
    # A bracket behind which an address may stand.
    broken = re.sub(r"\](?=[(\[:])", "]" + _BREAK, broken)
    return broken if harmless(broken) else fenced(source)


def fenced(source):
    """Markdown that shows a text as it is."""
    ticks = max(map(len, re.findall("`+", source)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}\n{source}\n{fence}"


def harmless(source):
    """Whether nbconvert makes of a Markdown text nothing that runs, loads or submits."""
    renderer = _Renderer(escape=False)
    page = MarkdownWithMath(renderer=renderer).render(source)
    return renderer.harmless and not _COMMAND.search(html.unescape(page))


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, which notes whether something that it rendered may do harm.

    It escapes all but the four kinds of text that are looked at here.
    """

    harmless = True

    def block_html(self, html):
        self._note(not _OPENING.search(_TAG.sub("", html)))
        return super().block_html(html)

    def inline_html(self, html):
        self._note(not _OPENING.search(_TAG.sub("", html)))
        return super().inline_html(html)

    def block_mermaidjs(self, code):
        self._note(not _OPENING.search(code))
        return super().block_mermaidjs(code)

    def link(self, text, url, title=None):
        self._note(_LINK.match(url))
        return super().link(text, url, title)

    def image(self, text, url, title=None):
        plain = _PICTURE.fullmatch(url)
        self._note(plain)
        return super().image(text, url, title) if plain else ""

    def _note(self, harmless):
        self.harmless = self.harmless and bool(harmless)
