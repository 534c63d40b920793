"""Feedback pages: nbgrader's own, with the marks filled in here and the page made elsewhere."""

import functools

from nbconvert.exporters import Exporter, HTMLExporter
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
    return _exporter().from_notebook_node(nb, resources)[0]


@functools.cache
def _exporter():
    """One for all pages: most of the time that a page takes is its templates' being read."""
    exporter = HTMLExporter(config=GenerateFeedback().config)
    exporter._preprocessors = []
    return exporter
