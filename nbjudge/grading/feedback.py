"""Feedback pages: nbgrader's own, but that templates and texts are read once for all pages."""

import functools

from nbconvert.exporters import Exporter, HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbgrader.converters import GenerateFeedback

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


class FeedbackExporter(HTMLExporter):
    """Fills in the marks of a notebook, and makes its page."""

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """The page of a notebook, and its resources."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kwargs)
        for cell in nb.cells:
            cell.metadata.setdefault("alt", "A picture that this cell drew")
        page, _ = _pages().from_notebook_node(nb, resources)
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


@functools.cache
def _pages():
    """One for all pages: most of the time that a page takes is its templates' being read."""
    exporter = _Pages(config=GenerateFeedback().config)
    exporter._preprocessors = []
    return exporter
