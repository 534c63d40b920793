"""A notebook's outputs, made anew from what a student's process sent as such."""

import json

from nbformat.v4 import new_output

from nbjudge.grading.notebook.mathjax import has_command
from nbjudge.grading.sandbox.inside.outputs import LEFT_OUT, SHOWN

# What each output takes beside its characters.
_COST = 300
# Characters that a cell may have beside its room: what was left out is said, and an error shown.
_SLACK = 10_000


def shown(outputs, room):
    """(the outputs of a cell made anew, the characters that they take), up to ``room`` of them."""
    made, taken = [], 0
    for output in map(rebuilt, outputs):
        size = _COST + len(json.dumps(output))
        if taken + size > room + _SLACK:
            made.append(new_output("stream", name="stdout", text=LEFT_OUT))
            break
        made.append(output)
        taken += size
    return made, taken


def rebuilt(output):
    """An output of exact types; what is none becomes an empty line."""
    kind = output.get("output_type") if type(output) is dict else None
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(output.get("text")))
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        data = data if type(data) is dict else {}
        shown = {key: _text(data[key]) for key in SHOWN if key in data}
        if has_command(shown.get("text/latex", "")):
            # As text, which is not read as a formula.
            shown["text/plain"] = shown.pop("text/latex")
        if shown:
            return new_output(kind, data=shown)
    if kind == "error":
        lines = output.get("traceback")
        lines = [_text(line) for line in lines] if type(lines) is list else []
        ename, evalue = _text(output.get("ename")), _text(output.get("evalue"))
        return new_output("error", ename=ename, evalue=evalue, traceback=lines)
    return new_output("stream", name="stdout", text="")


def _text(value):
    return value if type(value) is str else ""
