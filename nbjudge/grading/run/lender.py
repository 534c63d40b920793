"""Right functions, called in the judge's process while a student's function is asked what it does.

What is asked of them comes from the student's process, and may be anything that the codec lets by.
"""

import numpy as np

from nbjudge.checking.calls import quiet

# How often one call may use them, and how much larger than its own their arguments may be.
MOST_CALLS, LARGER = 500, 4


class TooOften(Exception):
    """What was lent is called again and again."""


class Lender:
    """Answers one call of a student's function: lent, name -> function; args, of that call."""

    def __init__(self, lent, args):
        self.lent = lent
        self.room = LARGER * (_entries(args) + 10)
        self.calls = 0

    def answer(self, request):
        """The reply to what the student's process asks, {"result": ...} or {"error": text}."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise TooOften(
                f"It called {', '.join(self.lent)} more than {MOST_CALLS} times: does a loop in it "
                f"never end?"
            )
        name, args, kwargs = (request.get(part) for part in ("borrow", "args", "kwargs"))
        known = type(name) is str and name in self.lent
        if not (known and type(args) is list and type(kwargs) is dict):
            return {"error": "This function was not lent."}
        if _entries([args, list(kwargs.values())]) > self.room:
            return {"error": f"{name} was called with larger arrays than its caller was."}
        try:
            with quiet():
                return {"result": self.lent[name](*args, **kwargs)}
        except Exception as error:
            return {"error": f"{name}: {error}"}


def _entries(value):
    """How many numbers a value holds."""
    if isinstance(value, (list, tuple)):
        return sum(map(_entries, value))
    if isinstance(value, dict):
        return sum(map(_entries, value.values()))
    return np.size(value) if isinstance(value, np.ndarray) else 1
