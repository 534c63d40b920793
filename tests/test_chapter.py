"""The chapter: built as promised, in the section's own notation, and true when it is run."""

import ast
import inspect
import re
import statistics
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from sklearn.mixture import GaussianMixture

ROOT = Path(__file__).parents[1]
PARTS = ["7.4.1_generative_model", "7.4.2_likelihood", "7.4.3_posterior",
         "7.4.4_full_dataset", "7.4.5_em"]  # fmt: skip
CHAPTER = ["index", *PARTS]
NO_LESSON = ("A place to rest", "Self-check", "Where next")

# Section 7.4, formula by formula, in its order.
FORMULAS = {
    "7.4.1_generative_model": [
        r"\pi = [\pi_1, \dots, \pi_K]",
        r"z \sim \text{Categorical}(\pi)",
        r"\mathbf{x} \sim \mathcal{N}(\mu_k, \boldsymbol{\Sigma}_k)",
        r"p(\mathbf{x}, z_k = 1) = \pi_k \,"
        r"\mathcal{N}(\mathbf{x} | \mu_k, \boldsymbol{\Sigma}_k).",
    ],
    "7.4.2_likelihood": [
        r"p(\mathbf{x} | \boldsymbol{\theta}) = \sum_{k=1}^{K} \pi_k \,"
        r"\mathcal{N}(\mathbf{x} | \mu_k, \boldsymbol{\Sigma}_k)",
        r"p(\mathcal{X} | \boldsymbol{\theta}) = \prod_{n=1}^{N} \sum_{k=1}^{K} \pi_k \,"
        r"\mathcal{N}(\mathbf{x}_n | \mu_k, \boldsymbol{\Sigma}_k).",
    ],
    "7.4.3_posterior": [
        r"p(z_k = 1 | \mathbf{x}_n) = \frac{\pi_k \,"
        r"\mathcal{N}(\mathbf{x}_n | \mu_k, \boldsymbol{\Sigma}_k)} {\sum_{j=1}^{K} \pi_j \,"
        r"\mathcal{N}(\mathbf{x}_n | \mu_j, \boldsymbol{\Sigma}_j)} = r_{nk}.",
    ],
    "7.4.4_full_dataset": [
        r"z_n = [z_{n1}, \dots, z_{nK}]^{\top}",
        r"p(\mathbf{x}_1, \dots, \mathbf{x}_N | z_1, \dots, z_N) ="
        r"\prod_{n=1}^{N} p(\mathbf{x}_n | z_n).",
        r"r_{nk} = p(z_{nk} = 1 | \mathbf{x}_n)",
    ],
    "7.4.5_em": [
        r"Q(\boldsymbol{\theta} | \boldsymbol{\theta}^{(t)}) = "
        r"\mathbb{E}_{z | \mathbf{x}, \boldsymbol{\theta}^{(t)}}"
        r"[\log p(\mathbf{x}, z | \boldsymbol{\theta})].",
        r"p(z | \mathbf{x}, \boldsymbol{\theta}^{(t)})",
    ],
}
# What the derivations must reach, by the label of the equation.
DERIVED = {
    "7.4.1_generative_model": ["weights", "label", "point", "joint"],
    "7.4.2_likelihood": ["density", "likelihood", "loglikelihood", "jensen", "logsumexp"],
    "7.4.3_posterior": ["posterior", "average", "logodds", "errors", "entropy"],
    "7.4.4_full_dataset": ["onehot", "prior", "conditional", "complete", "sumproduct",
                           "posteriorZ", "responsibility", "onelabel"],
    "7.4.5_em": ["q", "qterms", "qgaussian", "estep", "mstep", "newweights", "gradmean", "newmeans",
                 "gradcov", "newcovs", "decomposition", "climb", "collapse", "blocks"],
}  # fmt: skip
LABEL = re.compile(r"\\tag\{([^}]+)\}\s*\\label\{eq:([^}]+)\}")


def read(name):
    return nbformat.read(ROOT / f"chapter7/{name}.ipynb", as_version=4)


def code(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def prose(cells):
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def sections(name):
    """title -> cells, for each part that begins with a heading of the second order."""
    found, title = {}, None
    for cell in read(name).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            title = cell.source.splitlines()[0][3:]
        if title:
            found.setdefault(title, []).append(cell)
    return found


def lessons(name):
    return {title: cells for title, cells in sections(name).items() if title not in NO_LESSON}


def calls(cells, name):
    """The calls of a function, by its last name, in the code of these cells."""
    nodes = [node for cell in code(cells) for node in ast.walk(ast.parse(cell.source))]
    return [
        node
        for node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]


def as_tex_sees_it(text):
    """Without spaces and line breaks, and with one bar for two spellings of it."""
    return re.sub(r"\\\\|\\[,;]|[\s&]", "", text.replace(r"\mid", "|"))


def test_the_chapter_is_all_there():
    assert sorted(path.stem for path in (ROOT / "chapter7").glob("*.ipynb")) == sorted(CHAPTER)


@pytest.mark.parametrize("name", PARTS)
def test_opening(name):
    opening = read(name).cells[0].source
    assert opening.startswith(f"# {name.split('_')[0]} ")
    marks = ["**What you will be able to do**", "**What you need**", "**Minutes**", "**The symbols"]
    places = [opening.find(mark) for mark in marks]
    assert -1 not in places and places == sorted(places)
    assert "| text | code | shape |" in opening


# How long a reader takes: seconds for a word, a displayed formula, a line of code that is not
# folded, a prediction or a question.
WORD, FORMULA, LINE, QUESTION = 0.5, 45, 5, 40
DISPLAYED = re.compile(r"\$\$.*?\$\$|\\begin\{equation\*\}.*?\\end\{equation\*\}", re.DOTALL)


def seconds(cell):
    if cell.cell_type == "code":
        tags = cell.metadata.get("tags", [])
        lines = 0 if tags else len(cell.source.splitlines())
        return LINE * lines + QUESTION * ("remove-input" in tags)
    text = re.sub(r"\$[^$]+\$", "formula", DISPLAYED.sub("", cell.source))
    words = len(re.findall(r"\S*\w\S*", text))
    formulas = len(DISPLAYED.findall(cell.source))
    return WORD * words + FORMULA * formulas + QUESTION * text.count("**Predict.**")


def test_minutes_are_honest_and_those_of_the_start_page():
    stated = {n: int(re.search(r"\*\*Minutes\*\*: about (\d+)", read(n).cells[0].source)[1])
              for n in PARTS}  # fmt: skip
    promised = re.findall(r"\((7[^)]+)\.ipynb\) \|.*\| (\d+) \|", prose(read("index").cells))
    assert {name: int(minutes) for name, minutes in promised} == stated
    assert 180 <= sum(stated.values()) <= 200, "the start page says: three hours and a quarter"
    for name, minutes in stated.items():
        assert minutes == pytest.approx(sum(map(seconds, read(name).cells)) / 60, rel=0.1), name


def test_the_longest_notebook_has_a_place_to_rest_in_its_middle():
    cells = read("7.4.5_em").cells
    rest = next(i for i, cell in enumerate(cells) if cell.source.startswith("## A place to rest"))
    before, after = sum(map(seconds, cells[:rest])), sum(map(seconds, cells[rest:]))
    assert 0.4 < before / (before + after) < 0.6
    promised = int(re.search(r"a place to rest after (\d+)", cells[0].source)[1])
    assert promised == pytest.approx(before / 60, rel=0.1)


@pytest.mark.parametrize("name", PARTS)
def test_each_lesson_asks_first_and_says_last_what_to_notice(name):
    assert len(lessons(name)) >= 4
    for title, cells in lessons(name).items():
        first_code = next(i for i, cell in enumerate(cells) if cell.cell_type == "code")
        asked = prose(cells[:first_code])
        assert re.search(r"\*\*Predict\.\*\*[^*]*\?", asked), title
        assert cells[-1].source.startswith("**What to notice.**"), title


@pytest.mark.parametrize("name", PARTS)
def test_self_check_has_a_reason_for_every_choice(name):
    questions = calls(sections(name)["Self-check"], "ask")
    assert len(questions) >= 3
    longest = 0
    for question in questions:
        text, right, wrong = map(ast.literal_eval, question.args)
        assert text
        assert len(wrong) >= 2
        choices, reasons = zip(right, *wrong, strict=True)
        assert len(set(choices)) == len(choices)
        assert all(len(reason.split()) >= 3 and reason.endswith(".") for reason in reasons), text
        longest += len(right[0]) == max(map(len, choices))
    assert longest <= len(questions) / 2, "the longest choice is the right one too often"


@pytest.mark.parametrize("name", PARTS)
def test_self_check_asks_for_a_number_and_knows_a_wrong_one(name):
    (question,) = calls(sections(name)["Self-check"], "ask_number")
    text, answer, within, reason, wrong = map(ast.literal_eval, question.args)
    assert text and reason.endswith(".") and wrong
    for number, why in wrong:
        assert abs(number - answer) > within
        assert why.endswith(".")


@pytest.mark.parametrize("name", PARTS)
def test_the_last_section_leads_to_the_assignment(name):
    last = prose(sections(name)["Where next"])
    link = re.search(rf"\(\.\./(exercises/{name}/[^)]+\.ipynb)\)", last)
    assert link and (ROOT / link[1]).exists()


@pytest.mark.parametrize("name", CHAPTER)
def test_links_between_notebooks_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+\.ipynb)\)", prose(read(name).cells)):
        assert (ROOT / "chapter7" / target).exists(), target


@pytest.mark.parametrize("name", PARTS)
def test_the_formulas_of_the_section_stand_in_its_order_and_notation(name):
    text = as_tex_sees_it(prose(read(name).cells[1:]))
    end = 0
    for formula in map(as_tex_sees_it, FORMULAS[name]):
        assert formula in text[end:], formula
        end = text.index(formula, end) + len(formula)


@pytest.mark.parametrize("name", PARTS)
def test_equations_are_numbered_in_order_and_linked(name):
    text = prose(read(name).cells)
    numbers, labels = zip(*LABEL.findall(text), strict=True)
    part = name[4]
    assert list(numbers) == [f"{part}.{i + 1}" for i in range(len(numbers))]
    assert len(set(labels)) == len(labels)
    assert set(DERIVED[name]) <= set(labels)
    links = re.findall(r"\$\\eqref\{eq:([^}]+)\}\$", text)
    assert links and set(links) <= set(labels)
    assert len(links) == text.count(r"\eqref")


@pytest.mark.parametrize("name", PARTS)
def test_a_numbered_equation_has_a_cell_after_it_that_asserts(name):
    for cells in lessons(name).values():
        for i, cell in enumerate(cells):
            if cell.cell_type == "markdown" and LABEL.search(cell.source):
                after = code(cells[i + 1 :])
                assert any("assert" in later.source for later in after[:5]), cell.source[-80:]


@pytest.mark.parametrize("name", CHAPTER)
def test_cells_are_short(name):
    """Folded cells, with the code of pictures, count as well where the longest is sought."""
    cells = code(read(name).cells)
    assert max(len(cell.source.splitlines()) for cell in cells) <= 12
    open_ones = [len(c.source.splitlines()) for c in cells if not c.metadata.get("tags")]
    assert statistics.median(open_ones) <= 5


@pytest.mark.parametrize("name", CHAPTER)
def test_the_code_of_pictures_is_folded(name):
    for cell in code(read(name).cells):
        draws = any(calls([cell], function) for function in ("show", "slide", "table"))
        assert draws == ("hide-input" in cell.metadata.get("tags", [])), cell.id


@pytest.mark.parametrize("name", CHAPTER)
def test_formulas_name_no_component_by_a_number(name):
    """The text counts from 1 and the code from 0: a letter is right in both."""
    for cell in read(name).cells:
        formulas = re.findall(r"\$\$?[^$]+\$|\\begin\{equation\*\}.*?\\end", cell.source, re.DOTALL)
        if cell.cell_type == "markdown":
            assert not re.findall(r"_\{?n?0", " ".join(formulas)), cell.id


@pytest.mark.parametrize("name", PARTS)
def test_every_cell_of_code_is_announced(name):
    for cells in lessons(name).values():
        for before, cell in pairwise(cells):
            assert {before.cell_type, cell.cell_type} != {"code"}, cell.id


@pytest.mark.parametrize("name", CHAPTER)
def test_no_number_is_hidden_behind_the_name_of_pi(name):
    for cell in code(read(name).cells):
        stored = [node.id for node in ast.walk(ast.parse(cell.source))
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]  # fmt: skip
        assert "pi" not in stored, cell.id


@pytest.mark.parametrize("name", PARTS)
def test_each_notebook_has_a_slider_with_a_question_beside_it(name):
    sliding = [(cells, i) for cells in lessons(name).values() for i, cell in enumerate(cells)
               if cell.cell_type == "code" and calls([cell], "slide")]  # fmt: skip
    assert sliding
    for cells, i in sliding:
        assert "?" in prose(cells[max(0, i - 4) : i]), cells[i].id


def test_the_zoo_shows_mistakes_that_the_checks_name():
    cells = lessons("7.4.5_em")["The bug zoo"]
    source = "\n".join(cell.source for cell in code(cells))
    from gmm_ref.checks.mistakes.em import MStep
    from nbjudge.checking.plan import by_name

    known = set(by_name(MStep))
    shown = ast.literal_eval(re.search(r"names = (\[.*?\])", source, re.DOTALL)[1])
    assert len(shown) >= 5
    assert set(shown) <= known


def test_what_is_said_of_another_library_is_so():
    """7.4.5: scikit-learn adds `reg_covar` to each variance."""
    assert "`reg_covar`" in prose(read("7.4.5_em").cells)
    assert inspect.signature(GaussianMixture).parameters["reg_covar"].default > 0


def only_imports(cell):
    return all(
        isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(cell.source).body
    )


@pytest.mark.parametrize("name", CHAPTER)
def test_it_runs_in_silence_and_its_pictures_carry_their_words(book, name):
    """As it was run for the book, where an error ends the run."""
    notebook = nbformat.read(book.parent / f"jupyter_execute/{name}.ipynb", as_version=4)
    assert [cell.source for cell in code(notebook.cells)] == [
        c.source for c in code(read(name).cells)
    ]
    assert all(cell.execution_count for cell in code(notebook.cells))
    pictures = 0
    for cell in code(notebook.cells):
        assert cell.outputs or only_imports(cell), f"{cell.id} shows nothing"
        for output in cell.outputs:
            assert output.output_type != "error", (cell.id, output.evalue)
            assert output.get("name") != "stderr", (cell.id, output.text)
            data = output.get("data", {})
            assert not any(kind.startswith("image/") for kind in data), f"{cell.id}: no alt text"
            alts = re.findall(r'<img alt="([^"]*)"', data.get("text/html", ""))
            pictures += len(alts)
            assert data.get("text/html", "").count("<img") == len(alts)
            assert all(len(alt.split()) >= 8 and "{" not in alt for alt in alts), cell.id
    drawn = [*calls(notebook.cells, "show"), *calls(notebook.cells, "slide")]
    assert pictures == len(drawn) > 0
