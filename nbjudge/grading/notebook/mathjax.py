"""What a formula may not say: MathJax, which shows it in a page, has commands that do more."""

import html
import re

# They make links, names and styles, or bring more of its commands.
COMMAND = re.compile(
    r"\\(?=(?:bbox|class|cssId|data|href|html\w*|includegraphics|mmlToken|require|style|url)"
    r"(?![A-Za-z]))",
    re.IGNORECASE,
)


def has_command(page):
    """Whether MathJax would find one of these commands in a page."""
    return bool(COMMAND.search(html.unescape(page)))
