"""The self-checks of the chapter: a question whose answer is judged on the spot.

In all texts $…$ is a formula.
"""

import math
import re
from html import escape

from IPython.display import display

LETTERS = "ABCDEFGH"


def ask(question, right, wrong):
    """Show a question with its choices; whichever is taken, say at once why it is right or wrong.

    right, a pair (choice, reason); wrong, a list of such pairs. The choices stand in alphabetical
    order, so that the place gives nothing away. Where no kernel runs, the choices are a list and
    the reasons are folded under it. Returns the box of widgets.
    """
    from ipywidgets import Button, HBox, HTMLMath, VBox  # only who asks needs ipywidgets

    reasons = {choice: f"Not so. {reason}" for choice, reason in wrong}
    reasons[right[0]] = f"Right. {right[1]}"
    choices = sorted(reasons)
    verdict = HTMLMath()
    rows = []
    for letter, choice in zip(LETTERS, choices, strict=False):
        button = Button(description=letter, tooltip=choice, layout={"width": "3em"})
        button.on_click(lambda _, said=f"{letter}. {reasons[choice]}": _say(verdict, said))
        rows.append(HBox([button, HTMLMath(as_html(choice))]))
    box = VBox([HTMLMath(f"<p><strong>{as_html(question)}</strong></p>"), *rows, verdict])
    listed = "".join(f"<li>{as_html(choice)}</li>" for choice in choices)
    answers = "".join(f"<li>{as_html(reasons[choice])}</li>" for choice in choices)
    still = f'<ol type="A">{listed}</ol>{_folded("Answers", f"""<ol type="A">{answers}</ol>""")}'
    return _display(box, question, still)


def ask_number(question, answer, within, reason, wrong=()):
    """Show a question whose answer is a number; say at once whether what is entered is right.

    within, how far off is still right; reason, why it is that; wrong, a list of pairs (number,
    reason) for what one may come to by a known mistake. Where no kernel runs, the answer is folded
    under the question. Returns the box of widgets.
    """
    from ipywidgets import HTMLMath, Text, VBox  # only who asks needs ipywidgets

    entry = Text(placeholder="a number", continuous_update=False, layout={"width": "10em"})
    verdict = HTMLMath()

    def judge(change):
        try:
            number = float(change.new.strip().replace(",", "."))
        except ValueError:
            number = math.nan
        if math.isnan(number):
            return _say(verdict, "Enter a number, like 0.25.")
        if abs(number - answer) <= within:
            return _say(verdict, f"Right. {reason}")
        known = [why for value, why in wrong if abs(number - value) <= within]
        side = "high" if number > answer else "low"
        return _say(verdict, f"Not so. {known[0]}" if known else f"Not so: too {side}.")

    entry.observe(judge, "value")
    box = VBox([HTMLMath(f"<p><strong>{as_html(question)}</strong></p>"), entry, verdict])
    return _display(box, question, _folded("Answer", f"<p>{answer:g}. {as_html(reason)}</p>"))


def _say(verdict, text):
    verdict.value = f"<p>{as_html(text)}</p>"


def _display(box, question, still):
    still = f"<p><strong>{as_html(question)}</strong></p>{still}"
    display({**box._repr_mimebundle_(), "text/html": still}, raw=True)
    return box


def _folded(title, content):
    return f"<details><summary>{title}</summary>{content}</details>"


def as_html(text):
    """The text with its signs escaped and its formulas as MathJax finds them."""
    formula = r'<span class="math notranslate nohighlight">\\(\1\\)</span>'
    return re.sub(r"\$([^$]+)\$", formula, escape(text))
