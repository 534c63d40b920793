"""One call of a student's function: its arguments, and what is special about them."""

import dataclasses
import inspect
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """One call: its arguments by name, in order, and what is special about them.

    note: what is special, to follow "Called with"; advice: what to look at where an answer is wrong
    here and nowhere else. ``rtol`` and ``atol``: how far a right answer's rounding may take it from
    the reference.
    """

    arguments: dict
    note: str = ""
    advice: str = ""
    rtol: float = 1e-8
    atol: float = 1e-8

    def only(self, names):
        """The case with the arguments of these names, in this order."""
        return dataclasses.replace(self, arguments={name: self.arguments[name] for name in names})

    def but(self, note=None, **arguments):
        """The case with some arguments in place of its own, or with another note."""
        note = self.note if note is None else note
        return dataclasses.replace(self, arguments=self.arguments | arguments, note=note)


def parameters_of(function):
    """The names of a function's arguments, in order."""
    return list(inspect.signature(function).parameters)


def reseeded(case, key=0):
    """The case with another generator, a different one for each key."""
    entropy = case.arguments["rng"].bit_generator.state["state"]["state"]
    return case.but(rng=np.random.default_rng([entropy % 2**63, key]))
