"""Feedback pages: nbgrader's own, with the marks filled in here and the page made elsewhere."""

import functools

from nbconvert.exporters import Exporter, HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbgrader.converters import GenerateFeedback

from gmm_ref.grading.pool import away

# What the page takes from the resources; the rest is functions, which each process has itself.
NEEDED = ("metadata", "nbgrader", "inlining")


class FeedbackExporter(HTMLExporter):
    """Fills in the marks, for which it needs the gradebook, and has the page made by the pool."""

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """The page of a notebook, and its resources."""
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kwargs)
        plain = {name: resources[name] for name in NEEDED if name in resources}
        return away(page, nb, plain), resources


def page(nb, resources):
    """The page of a notebook that has its marks."""
    for cell in nb.cells:
        cell.metadata.setdefault("alt", "A picture that this cell drew")
    return _pages().from_notebook_node(nb, resources)[0]


class _Pages(HTMLExporter):
    """Makes the page and no more: HTMLExporter reads it again as a tree, to look for alt texts."""

    def from_notebook_node(self, nb, resources=None, **kwargs):
        filters = {
            "highlight_code": Highlight2HTML(pygments_lexer="python", parent=self),
            "filter_data_type": WidgetsDataTypeFilter(notebook_metadata={}, parent=self),
        }
        for name, function in filters.items():
            self.register_filter(name, function)
        resources = self._init_resources(resources)
        return TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)


@functools.cache
def _pages():
    """One for all pages: most of the time that a page takes is its templates' being read."""
    exporter = _Pages(config=GenerateFeedback().config)
    exporter._preprocessors = []
    return exporter
