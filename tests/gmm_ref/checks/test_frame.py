"""The frame of the checks: seeds, messages, exceptions in words, results as data, nothing odd."""

import subprocess
import sys

import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from gmm_ref.checks import CheckFailed, check, seeded
from nbjudge.checking import checks_of
from nbjudge.checking.plan import Candidate, singles
from nbjudge.checking.results import MIME, gathered


def message_of(exercise, function, aspect="value"):
    with pytest.raises(CheckFailed) as caught:
        getattr(exercise, aspect)(function)
    return str(caught.value)


def test_inputs_differ_between_seeds_and_repeat_within_one():
    def inputs(seed):
        with seeded(seed):
            return check.log_joint.cases("value")[0].arguments["X"]

    assert np.array_equal(inputs(3), inputs(3))
    assert not np.array_equal(inputs(3), inputs(4))


@pytest.mark.parametrize("name", vars(check))
def test_messages_are_plain_text_of_90_columns(name):
    exercise = getattr(check, name)
    for candidate in singles(exercise.plan)[:4]:
        for aspect in exercise.aspects:
            try:
                getattr(exercise, aspect)(candidate)
            except CheckFailed as failed:
                text = str(failed)
                assert max(map(len, text.splitlines())) <= 90, candidate.mistakes
                assert text.isprintable() or text.replace("\n", "").isprintable()


def test_a_scalar_answer_is_not_given_away():
    def log_likelihood(X, weights, means, covariances):
        return 12.3

    exercise = check.log_likelihood
    text = message_of(exercise, log_likelihood)
    right = exercise.reference(**exercise.cases("value")[0].arguments)
    assert f"{right:.5g}" not in text and f"{right:.4f}" not in text


FAULTS = {
    "raise NotImplementedError": ("not_written", "not written yet"),
    "pass": ("returned_none", "returned None"),
    "return missing_name": ("raised_NameError", "does not know this name"),
    "return X @ X": ("raised_ValueError", "return X @ X"),
    "return np.linalg.cholesky(-covariances)": ("raised_LinAlgError", "positive definite"),
    "return X[99]": ("raised_IndexError", "runs past its axis"),
    "return X.wrong": ("raised_AttributeError", "no such part"),
    "raise SystemExit": ("raised_SystemExit", "ended the program"),
}


def test_an_earlier_function_that_is_not_written_is_named():
    def log_density(X, weights, means, covariances):
        raise NotImplementedError

    def log_likelihood(X, weights, means, covariances):
        return log_density(X, weights, means, covariances).sum()

    text = message_of(check.log_likelihood, log_likelihood)
    assert "log_likelihood calls log_density, which is not written yet" in text


def test_a_run_without_a_trace_is_told_so():
    def fit(X, theta, tol=1e-6, max_iter=500):
        return theta, [], False

    assert "log_likelihoods is empty" in message_of(check.fit, fit)


@pytest.mark.parametrize("body", FAULTS)
def test_exceptions_have_a_message_of_their_own(body, tmp_path):
    path = tmp_path / "student.py"
    path.write_text(f"import numpy as np\n\ndef own(X, weights, means, covariances):\n    {body}\n")
    names = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    with pytest.raises(CheckFailed) as caught:
        check.log_joint.value(names["own"])
    kind, words = FAULTS[body]
    assert caught.value.mistakes == (kind,)
    assert words in str(caught.value)
    if kind.startswith("raised"):
        assert body in str(caught.value)
        assert "X an array of shape" in " ".join(str(caught.value).split())


def test_two_exercises_of_one_name_are_refused():
    with pytest.raises(ValueError, match="log_joint, log_density, log_joint"):
        checks_of(check.log_joint, check.log_density, check.log_joint)


def test_wrong_number_of_arguments_and_no_function():
    assert "(X, weights, means, covariances)" in message_of(check.log_joint, lambda X: X)
    assert "not callable" in message_of(check.log_joint, 5)


def test_an_input_changed_in_place_is_named():
    def log_joint(X, weights, means, covariances):
        X -= means[0].astype(X.dtype)
        return X

    with pytest.raises(CheckFailed) as caught:
        check.log_joint.form(log_joint)
    assert caught.value.mistakes == ("changed_its_input",)


def test_chance_in_a_formula_is_told():
    rng = np.random.default_rng(1)

    def most_probable_component(R):
        return np.array([rng.choice(len(row), p=row) for row in R])

    text = message_of(check.most_probable_component, most_probable_component)
    assert "Called again with the same arguments, it gave another answer" in text


def test_what_no_mistake_explains_is_told_by_properties():
    right = Candidate(check.log_joint.plan)
    text = message_of(check.log_joint, lambda *theta: right(*theta) + 0.125)
    assert "off by a constant: 0.125" in text
    right = Candidate(check.m_step.plan)

    def m_step(X, R):
        weights, means, covariances = right(X, R)
        return weights, means, 1.7 * covariances

    text = " ".join(message_of(check.m_step, m_step).split())
    assert "Right already: weights and means" in text
    assert "off by a constant factor: 1.7" in text


def run_cell(source):
    """The outputs of a cell run by a kernel, in nbformat, with full marks at stake."""
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = {"grade": True, "points": 2, "grade_id": "t", "solution": False}
    notebook = new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
    return notebook.cells[0]


SETUP = "from gmm_ref.checks import check\nfrom gmm_ref import log_joint\n"


def test_an_answer_of_another_shape_is_told_what_it_counts():
    running = message_of(check.log_likelihood, lambda X, *theta: X[:, 0].cumsum())
    assert "one number for each point; asked for is one number for all" in " ".join(running.split())
    columns = message_of(check.posterior_entropy, lambda R: R.std(axis=0))
    assert "for each component; asked for is one number for each point" in " ".join(columns.split())
    deep = message_of(check.one_hot, lambda z, n_components: np.eye(n_components)[z][:, None])
    assert "an axis of length 1 too many" in deep


def test_a_right_answer_scores_full_marks_and_leaves_its_data():
    cell = run_cell(SETUP + "check.log_joint.form(log_joint)")
    assert [output.output_type for output in cell.outputs] == ["display_data"]
    assert cell.outputs[0].data["text/plain"] == "log_joint, form: right."
    assert cell.outputs[0].data[MIME]["passed"] is True
    assert determine_grade(cell)[:2] == (2, 2)


def test_a_wrong_answer_scores_nothing_and_shows_no_traceback():
    cell = run_cell(SETUP + "check.log_joint.value(lambda *a: log_joint(*a) * -1)")
    kinds = [output.output_type for output in cell.outputs]
    assert kinds == ["display_data", "error"]
    data = cell.outputs[0].data[MIME]
    assert data["mistakes"] == ["wrong_sign"]
    assert set(data) == {"exercise", "aspect", "passed", "mistakes", "milliseconds"}
    assert "Traceback" not in "\n".join(cell.outputs[1].traceback)
    assert determine_grade(cell)[0] == 0


def test_results_can_be_gathered_without_ipython():
    with gathered() as results:
        check.one_hot.form(Candidate(check.one_hot.plan))
        with pytest.raises(CheckFailed):
            check.one_hot.value(lambda z, n_components: np.eye(n_components)[::-1][z])
    assert [result.passed for result in results] == [True, False]


def test_nothing_reaches_stderr():
    code = (
        "import sys, numpy as np, warnings\n"
        "from gmm_ref.checks import check\n"
        "def f(z, n_components):\n"
        "    warnings.warn('odd'); print('odd', file=sys.stderr); np.log([0.0])\n"
        "    return np.eye(n_components)[z]\n"
        "check.one_hot.value(f)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
