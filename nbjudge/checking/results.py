"""What a check leaves as data: for the notebook's own file, and for who gathers a class."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass

MIME = "application/vnd.nbjudge.check+json"

_gathered = ContextVar("gathered", default=None)


@dataclass(frozen=True)
class CheckResult:
    """One aspect of one exercise, judged; mistakes: the ids of what was recognised."""

    exercise: str
    aspect: str
    passed: bool
    mistakes: list
    milliseconds: float

    @property
    def bundle(self):
        """It as the data of an output: beside a line that is empty where an error follows."""
        line = f"{self.exercise}, {self.aspect}: right." if self.passed else ""
        return {"text/plain": line, MIME: asdict(self)}


@contextmanager
def gathered():
    """A list that receives the CheckResult of every check made inside this context."""
    results = []
    token = _gathered.set(results)
    try:
        yield results
    finally:
        _gathered.reset(token)


def publish(result):
    """Hand on a CheckResult, and in IPython show it.

    As display_data: nbgrader reads the first execute_result of a test cell as partial credit.
    """
    results = _gathered.get()
    if results is not None:
        results.append(result)
    shell = _shell()
    if shell is not None:
        shell.display_pub.publish(data=result.bundle, metadata={})


def _shell():
    """The running IPython, if there is one; a plain Python must not have to load it."""
    import sys

    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()
