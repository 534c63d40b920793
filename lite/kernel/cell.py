"""Runs the cells of a notebook as IPython would, and sends what they show, a line of JSON each."""

import ast
import base64
import builtins
import io
import json
import keyword
import linecache
import random
import re
import sys
import traceback
import warnings

import int32
import matplotlib
import matplotlib.pyplot
import numpy as np
import scipy.stats

import gmm_ref.checks
from nbjudge.checking.results import gathered

# What every assignment imports is imported once Python starts, not at the first cell.
__all__ = ["complete", "gmm_ref", "resume", "run", "scipy", "start"]

_send_line = sys.stdout.write
# What the notebook's own variables live in, as in any Python.
notebook = sys.modules["__main__"]


def start():
    """Once, before the first cell: output goes to the page."""
    notebook.__dict__["display"] = display
    builtins.input = _no_input
    int32.mend()
    matplotlib.use("module://pictures")
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")


def resume():
    """In place of start, where Python is as an earlier start left it: chance begins anew."""
    random.seed()
    np.random.seed()


def send(type, **content):
    """One message to the page."""
    _send_line(json.dumps({"type": type, **content}) + "\n")


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr: what is written is sent as it comes."""

    def __init__(self, name):
        self.name = name

    def writable(self):
        return True

    def write(self, text):
        if text:
            send("stream", name=self.name, text=text)
        return len(text)


def run(code, count):
    """Run one cell, show the value of its last line, its pictures, and its exception."""
    name = f"Cell [{count}]"
    lines = code.splitlines(keepends=True)
    linecache.cache[name] = (len(code), None, lines, name)
    error = None
    with gathered() as checks:
        try:
            _run(ast.parse(code, name), name)
            matplotlib.pyplot.show()
        except BaseException as caught:
            error = caught
    for check in checks:
        send("display", data=check.bundle)
    if error is not None:
        send("error", **_shown(error))


def _run(tree, name):
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), notebook.__dict__)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), name, "eval"), notebook.__dict__)
        if value is not None:
            notebook.__dict__["_"] = value
            send("result", data=_forms(value))


def display(*values):
    """As IPython's: show each value."""
    for value in values:
        send("display", data=_forms(value))


def _forms(value):
    """How a value is shown: by MIME type."""
    forms = {"text/plain": repr(value)}
    for method, mime in (("_repr_html_", "text/html"), ("_repr_latex_", "text/latex")):
        shown = getattr(value, method, lambda: None)()
        if shown is not None:
            forms[mime] = shown
    if hasattr(value, "savefig"):
        file = io.BytesIO()
        value.savefig(file, format="png", bbox_inches="tight")
        forms["image/png"] = base64.b64encode(file.getvalue()).decode()
    return forms


def _shown(error):
    """The error of a cell: the lines of the notebook that led to it, and where it was raised."""
    kind, text = type(error).__name__, str(error)
    if hasattr(error, "_render_traceback_"):
        lines = error._render_traceback_()
    else:
        found = traceback.TracebackException.from_exception(error)
        frames = found.stack
        own = [frame for frame in frames if frame.filename.startswith("Cell [")]
        # Of the libraries, only the last step.
        last = [] if not frames or frames[-1] in own else frames[-1:]
        found.stack = traceback.StackSummary.from_list(own + last)
        found.__cause__ = found.__context__ = None
        lines = "".join(found.format()).splitlines()
    return {"ename": kind, "evalue": text, "traceback": lines}


def _no_input(prompt=""):
    raise RuntimeError("input() cannot ask here: write the value into the cell.")


def complete(code, cursor):
    """The names that may stand at the cursor, after the last dot."""
    start, matches = cursor, []
    found = re.search(r"((?:\w+\.)*)(\w*)$", code[:cursor])
    path, begun = found.groups()
    start = cursor - len(begun)
    with warnings.catch_warnings(action="ignore"):
        try:
            names = _names(path.split(".")[:-1])
        except (AttributeError, KeyError):
            names = []
    matches = sorted(name for name in names if name.startswith(begun) and _is_public(name, begun))
    send("done", answer={"matches": matches, "start": start})


def _names(path):
    if not path:
        return {*notebook.__dict__, *dir(builtins), *keyword.kwlist}
    value = notebook.__dict__[path[0]]
    for name in path[1:]:
        value = getattr(value, name)
    return dir(value)


def _is_public(name, begun):
    return begun.startswith("_") or not name.startswith("_")
