"""What a check leaves as data: for the notebook's own file, and for who gathers a class."""

from contextlib import contextmanager
from contextvars import ContextVar

MIME = "application/vnd.gmm-companion.check+json"

_gathered = ContextVar("gathered", default=None)


@contextmanager
def gathered():
    """A list that receives the data of every check made inside this context."""
    results = []
    token = _gathered.set(results)
    try:
        yield results
    finally:
        _gathered.reset(token)


def publish(data, line):
    """Hand on a check's data, and in IPython show it: a bundle of its own type beside a line.

    As display_data: nbgrader reads the first execute_result of a test cell as partial credit.
    """
    results = _gathered.get()
    if results is not None:
        results.append(data)
    shell = _shell()
    if shell is not None:
        shell.display_pub.publish(data={"text/plain": line, MIME: data}, metadata={})


def _shell():
    """The running IPython, if there is one; a plain Python must not have to load it."""
    import sys

    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()
