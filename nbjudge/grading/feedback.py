"""Feedback pages: nbgrader's own, but made where that can be ended, and templates are read once."""

import copy
import functools

from nbconvert.exporters import Exporter, HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbgrader import utils
from nbgrader.converters import GenerateFeedback

from nbjudge.grading.run.limited_process import TooMuch, limited
from nbjudge.grading.run.limits import PageLimits, settings

# How many cells' texts are kept as they stand on a page.
REMEMBERED = 1000
# What a page may do: nothing but load the script of its formulas from where nbgrader's template has
# it, with its letters. That script reads its settings from the page by eval.
_MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
_POLICY = (
    f"default-src 'none'; script-src {_MATHJAX} 'unsafe-eval'; font-src {_MATHJAX}; "
    "img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_META = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'


_LEFT_OUT = "(Left out: this page would have taken too long to make.)"


class FeedbackExporter(settings(PageLimits), HTMLExporter):
    """Fills in the marks of a notebook, and makes its page.

    Where that takes too long, the page has the marks and the checks' words, and no other text.
    """

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """The page of a notebook, and its resources."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kwargs)
        for cell in nb.cells:
            cell.metadata.setdefault("alt", "A picture that this cell drew")
        # The functions among them belong to this exporter; the one that makes the page has its own.
        data = {name: value for name, value in resources.items() if not callable(value)}
        try:
            page = limited(self.limits(), _page, nb, data)
        except TooMuch:
            page = limited(self.limits(), _page, _without_texts(nb), data)
        return page, resources


class _Pages(HTMLExporter):
    """Makes the page and no more: HTMLExporter reads it again as a tree, to look for alt texts."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        # Most cells are the assignment's, the same on every student's page.
        remember = functools.lru_cache(REMEMBERED)
        code = remember(Highlight2HTML(pygments_lexer="python", parent=self))
        # Nothing of the page's context: a submission's texts have no attachments any more.
        text = remember(lambda source: self.markdown2html({}, source))
        data_type = WidgetsDataTypeFilter(notebook_metadata={}, parent=self)
        self.register_filter("highlight_code", lambda source, **_: code(source))
        self.register_filter("markdown2html", lambda source: text(source))
        self.register_filter("filter_data_type", data_type)

    def from_notebook_node(self, nb, resources=None, **kwargs):
        resources = self._init_resources(resources)
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)
        return page.replace("<head>", f"<head>\n{_META}", 1), resources


def _page(nb, resources):
    page, _ = _pages().from_notebook_node(nb, resources)
    return page


def _without_texts(nb):
    """The notebook with the assignment's cells alone, and in them what is not the student's."""
    nb = copy.copy(nb)
    nb.cells = [_without_text(cell) for cell in nb.cells if "nbgrader" in cell.metadata]
    return nb


def _without_text(cell):
    cell, is_test = copy.copy(cell), utils.is_grade(cell) and not utils.is_solution(cell)
    if not cell.metadata.nbgrader.locked:
        cell.source = _LEFT_OUT if cell.cell_type == "markdown" else f"# {_LEFT_OUT}"
    if cell.cell_type == "code" and not is_test:
        cell.outputs = []
    return cell


@functools.cache
def _pages():
    """One for all pages: most of the time that a page takes is its templates' being read."""
    exporter = _Pages(config=GenerateFeedback().config)
    exporter._preprocessors = []
    return exporter
