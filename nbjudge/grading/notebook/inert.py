"""What a student wrote, so that no page that shows it runs, loads or submits anything, or leads on.

A text that is harmless as a page shows it stays as it is. Of any other, what would be markup is
shown as the text that it is.
"""

import functools
import re
from html.parser import HTMLParser

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import NbGraderPreprocessor
from pygments.token import STANDARD_TYPES

from nbjudge.grading.notebook.mathjax import COMMAND, has_command
from nbjudge.grading.run.limited_process import TooMuch, limited
from nbjudge.grading.run.limits import PageLimits, settings

_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")


def _allowed(tag, name, value):
    """The value of an attribute, or None for one that a page may not have.

    No link leads out of the page: formgrader has addresses that load a configuration, and a file of
    the student's own would be shown as ours.
    """
    if name == "href":
        return value if value.startswith("#") else None
    return value if name != "src" or _PICTURE.fullmatch(value) else None


# What may be in a page: what nbconvert makes of Markdown, and a few tags that have no attributes.
_CLEANER = nh3.Cleaner(
    tags={
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "a", "em", "strong", "del", "br", "hr", "img"),
        *("blockquote", "ul", "ol", "li", "input", "dl", "dt", "dd", "pre", "code", "div", "span"),
        *("table", "thead", "tbody", "tr", "th", "td"),
        *("b", "i", "s", "u", "kbd", "sub", "sup", "details", "summary"),
    },
    clean_content_tags=set(),
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "input": {"disabled", "checked"},
        **{f"h{level}": {"id"} for level in range(1, 7)},
        "th": {"style"},
        "td": {"style"},
    },
    tag_attribute_values={"input": {"type": {"checkbox"}}},
    allowed_classes={
        "a": {"anchor-link"},
        "div": {"highlight"},
        "span": set(STANDARD_TYPES.values()),
        "li": {"task-list-item"},
        "input": {"task-list-item-checkbox"},
    },
    filter_style_properties={"text-align"},
    url_schemes={"data"},
    attribute_filter=_allowed,
    link_rel=None,
)
# Where an address may follow, unless it is that of a picture that stays; and where a browser begins
# to read a tag, a comment or the like.
_LINK = re.compile(r"\](?=[(\[:])(?!\(data:image/(?:png|jpeg);base64,)|:(?=//)")
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
# Characters beside pictures, past which a text is shown as it is: markup can take a time that grows
# with the square of its length.
_LONG = 10_000
# Has no width: what it stands in looks the same, and is no markup any more.
_BREAK = "\u200b"


class Inert(settings(PageLimits), NbGraderPreprocessor):
    """What makes a submission's texts inert; those of the assignment stay as they were given."""

    def preprocess(self, nb, resources):
        """Make the texts of cells inert, and raw cells ones of text; code is shown as code anyhow.

        Where to find out which are harmless takes too long, all are shown as they are.
        """
        cells = [cell for cell in nb.cells if not cell.metadata.get("nbgrader", {}).get("locked")]
        written = [cell for cell in cells if cell.cell_type == "markdown"]
        texts = [cell.source for cell in written]
        try:
            texts = limited(self.limits(), all_inert, texts)
        except TooMuch:
            texts = [fenced(text) for text in texts]
        for cell, text in zip(written, texts, strict=True):
            cell.source = text
        for cell in cells:
            if cell.cell_type == "raw":
                cell.cell_type, cell.source = "markdown", fenced(cell.source)
        return nb, resources


def all_inert(sources):
    """What `inert` makes of each of several texts."""
    return [inert(source) for source in sources]


# Most texts are the assignment's, the same in every student's notebook.
@functools.lru_cache(1000)
def inert(source):
    """The Markdown text itself if it is harmless; else a harmless one that shows what it says."""
    if len(_PICTURE.sub("", source)) > _LONG:
        return fenced(source)
    if harmless(source):
        return source
    bare = COMMAND.sub(rf"\\{_BREAK}", _LINK.sub(rf"\g<0>{_BREAK}", source))
    for broken in (bare, _OPENING.sub(f"<{_BREAK}", bare)):
        if harmless(broken):
            return broken
    return fenced(source)


def fenced(source):
    """Markdown that shows a text as it is."""
    ticks = max(map(len, re.findall("`+", source)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}\n{source}\n{fence}"


def harmless(source):
    """Whether nothing has to be left out of the page that nbconvert makes of a Markdown text."""
    try:
        page = MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(source)
    except Exception:  # of any kind, as of an attachment that is not there
        return False
    return not has_command(page) and _Parts.of(_CLEANER.clean(page)) == _Parts.of(page)


class _Parts(HTMLParser):
    """The parts of a page, however they are written."""

    @classmethod
    def of(cls, page):
        """The tags and texts of a page, in order; what is neither is a part that no page has."""
        parser = cls()
        parser.parts, parser.text = [], ""
        parser.feed(page.replace("\0", ""))
        parser.close()
        return [*parser.parts, parser.text]

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attrs):
        self._take(tag, sorted((name, value or "") for name, value in attrs))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self._take(tag, None)

    def handle_comment(self, data):
        self._take(None, data)

    handle_decl = unknown_decl = handle_pi = handle_comment

    def _take(self, *part):
        self.parts += [self.text, part]
        self.text = ""
