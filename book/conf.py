"""The chapter as a web page: `sphinx-build -c book chapter7 build/html`."""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
# One file that holds MathJax and its letters, so that the pages need no network. The package is
# a folder of files with a name that cannot be imported.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax/tex-svg-full.js"

project = "Latent-Variable Perspective"
language = "en"
extensions = ["myst_nb", "sphinx.ext.mathjax"]
exclude_patterns = ["**.ipynb_checkpoints"]

# The pages show what the cells give today; a cell that fails ends the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
# Sliders need a kernel, which a page has not: nothing is loaded for them. Their still picture,
# text/html, goes before them, and they before their name in plain text.
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", 35)]
nb_ipywidgets_js = {}
nb_merge_streams = True  # what a cell prints is one box, however it comes
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"

myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
mathjax_path = MATHJAX.name
mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "7.4 Latent-Variable Perspective"
html_static_path = [str(MATHJAX), "custom.css"]
html_css_files = ["custom.css"]
html_show_sourcelink = False
html_show_copyright = False
html_copy_source = False
html_use_index = False

# What the notebooks say to JupyterLab, said to the page: the order of the pages stands beside
# them, an assignment is its whole folder, as one file to keep, and a reference to an equation is a
# plain link (MathJax's own stands inside a picture, where a reader by keyboard cannot see it).
CONTENTS = "```{toctree}\n:hidden:\n:glob:\n7.*\n```"
ASSIGNMENT = re.compile(r"\[([^]]+)\]\(\.\./exercises/([^/]+)/[^)]+\)")
NUMBERED = re.compile(r"\\tag\{([^}]+)\}\s*\\label\{([^}]+)\}")
REFERENCE = re.compile(r"\$\\eqref\{([^}]+)\}\$")


def for_the_page(app, docname, source):
    notebook = json.loads(source[0])
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    numbers = {}
    for cell in texts:
        cell["source"] = "".join(cell["source"])
        numbers |= {label: number for number, label in NUMBERED.findall(cell["source"])}
    for cell in texts:
        text = ASSIGNMENT.sub(r'<a href="exercises/\2.zip" download>\1</a>', cell["source"])
        cell["source"] = REFERENCE.sub(
            lambda found: f'<a href="#mjx-eqn:{found[1]}">({numbers[found[1]]})</a>', text
        )
    if docname == "index":
        contents = {"cell_type": "markdown", "id": "contents", "metadata": {}, "source": CONTENTS}
        notebook["cells"].append(contents)
    source[0] = json.dumps(notebook)


# A line that is too long for the page goes on under its own indentation, and a little further in.
CODE = re.compile(
    r'(<div class="highlight-ipython3[^>]*><div class="highlight"><pre>)(.*?)(</pre>)', re.S
)
TAGS = re.compile(r"<[^>]+>")


def with_lines_of_code(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = CODE.sub(in_lines, context["body"])


def in_lines(code):
    before, text, after = code.groups()
    lines = []
    for line in text.rstrip("\n").split("\n"):
        seen = TAGS.sub("", line)
        indent = len(seen) - len(seen.lstrip(" "))
        lines.append(f'<span class="line" style="--indent: {indent}">{line}\n</span>')
    return before + "".join(lines) + after


def with_the_assignments(app, exception):
    for folder in (ROOT / "exercises").glob("7.*"):
        archive = Path(app.outdir) / "exercises" / folder.name
        shutil.make_archive(archive, "zip", folder.parent, folder.name)


def setup(app):
    app.connect("source-read", for_the_page)
    app.connect("html-page-context", with_lines_of_code)
    app.connect("build-finished", with_the_assignments)
