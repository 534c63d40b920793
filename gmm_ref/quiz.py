"""The self-checks of the chapter: a question whose answer is judged on the spot."""

from html import escape

from IPython.display import display


def ask(question, right, wrong):
    """Show a question with its choices; whichever is taken, say at once why it is right or wrong.

    right, a pair (choice, reason); wrong, a list of such pairs. The choices stand in alphabetical
    order, so that the place gives nothing away. Where no kernel runs, the choices are a list and
    the reasons are folded under it. Returns the box of widgets.
    """
    from ipywidgets import HTML, RadioButtons, VBox  # only who asks needs ipywidgets

    reasons = {choice: f"Not so. {reason}" for choice, reason in wrong}
    reasons[right[0]] = f"Right. {right[1]}"
    choices = sorted(reasons)
    buttons = RadioButtons(options=choices, value=None, layout={"width": "max-content"})
    buttons.description_allow_html = False
    verdict = HTML()

    def judge(change):
        verdict.value = f"<p>{escape(reasons[change.new])}</p>"

    buttons.observe(judge, "value")
    box = VBox([HTML(f"<p><strong>{escape(question)}</strong></p>"), buttons, verdict])
    display({**box._repr_mimebundle_(), "text/html": _still(question, choices, reasons)}, raw=True)
    return box


def _still(question, choices, reasons):
    items = "".join(f"<li>{escape(choice)}</li>" for choice in choices)
    answers = "".join(
        f"<li><em>{escape(choice)}</em> {escape(reasons[choice])}</li>" for choice in choices
    )
    return (
        f"<p><strong>{escape(question)}</strong></p><ul>{items}</ul>"
        f"<details><summary>Answers</summary><ul>{answers}</ul></details>"
    )
