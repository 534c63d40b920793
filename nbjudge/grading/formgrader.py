"""What formgrader's page of a submission is given."""

import html

from nbconvert.preprocessors import Preprocessor

# nbgrader 0.9.6 puts these into its page as they are.
_NAMES = ("student", "first_name", "last_name", "notebook_path")


class PlainNames(Preprocessor):
    """Makes the names in a page's resources ones that a page shows as they are."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.enabled = True

    def preprocess(self, nb, resources):
        """The notebook, and the resources with the names as HTML."""
        names = {name: html.escape(resources[name]) for name in _NAMES if resources.get(name)}
        resources.update(names)
        return nb, resources
