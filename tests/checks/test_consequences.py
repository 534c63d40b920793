"""One wrong answer never costs another: what is built on it keeps its marks, and no more."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from gmm_ref.checks import CheckFailed, check, seeded

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def functions_of(assignment, name):
    """What the solution's cells define: its functions by their names."""
    notebook = nbformat.read(SOLUTIONS / assignment / f"{name}.ipynb", as_version=4)
    defined = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith(("import", "def ")):
            exec(cell.source, defined)
    return defined


def divided_by_n(X, R):
    counts = R.sum(axis=0)
    means = R.T @ X / counts[:, None]
    scatter = [(R[:, [k]] * (X - means[k])).T @ (X - means[k]) for k in range(len(counts))]
    return counts / len(X), means, np.array(scatter) / len(X)


def weights_without_sum_one(X, R):
    counts = R.sum(axis=0)
    means = R.T @ X / counts[:, None]
    scatter = [(R[:, [k]] * (X - means[k])).T @ (X - means[k]) for k in range(len(counts))]
    return counts, means, np.array(scatter) / counts[:, None, None]


def means_by_n(X, R):
    counts = R.sum(axis=0)
    means = R.T @ X / len(X)
    scatter = [(R[:, [k]] * (X - means[k])).T @ (X - means[k]) for k in range(len(counts))]
    return counts / len(X), means, np.array(scatter) / counts[:, None, None]


def not_centred(X, R):
    counts = R.sum(axis=0)
    scatter = [(R[:, [k]] * X).T @ X for k in range(len(counts))]
    return counts / len(X), R.T @ X / counts[:, None], np.array(scatter) / counts[:, None, None]


def one_covariance_for_all(X, R):
    counts = R.sum(axis=0)
    wide = np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])
    return counts / len(X), R.T @ X / counts[:, None], np.stack([wide] * len(counts))


@pytest.mark.parametrize(
    "m_step",
    [divided_by_n, weights_without_sum_one, means_by_n, not_centred, one_covariance_for_all],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("seed", [74, 1, 2])
def test_a_wrong_m_step_costs_no_mark_of_fit(m_step, seed):
    defined = functions_of("7.4.5_em", "em")
    defined["m_step"] = m_step
    with seeded(seed):
        with pytest.raises(CheckFailed):
            check.m_step.value(m_step)
        check.fit.form(defined["fit"])
        for aspect in (check.fit.loop, check.fit.value, check.fit.hard):
            aspect(defined["fit"], defined["e_step"], m_step)
        check.fit_best.hard(defined["fit_best"], defined["fit"])


def test_a_wrong_m_step_costs_no_mark_of_fit_best():
    defined = functions_of("7.4.5_em", "em")
    defined["m_step"] = divided_by_n
    check.fit_best.value(defined["fit_best"], defined["fit"])


@pytest.mark.parametrize("error", [NotImplementedError, ValueError, RuntimeError])
def test_a_missing_m_step_earns_fit_no_mark_for_its_steps(error):
    def m_step(X, R):
        raise error

    defined = functions_of("7.4.5_em", "em")
    defined["m_step"] = m_step
    for aspect in (check.fit.loop, check.fit.value, check.fit.hard):
        with pytest.raises(CheckFailed):
            aspect(defined["fit"], defined["e_step"], m_step)


def test_a_wrong_loop_is_not_excused_by_wrong_steps():
    defined = functions_of("7.4.5_em", "em")

    def fit(X, theta, tol, max_iter):
        return defined["fit"](X, theta, tol, max(max_iter - 1, 0))

    with pytest.raises(CheckFailed):
        check.fit.value(fit, defined["e_step"], divided_by_n)


def test_a_wrong_log_density_costs_no_mark_of_the_likelihood():
    defined = functions_of("7.4.2_likelihood", "likelihood")
    right = defined["log_density"]
    defined["log_density"] = lambda *arguments: right(*arguments) + 1
    for aspect in (check.log_likelihood.value, check.log_likelihood.hard):
        aspect(defined["log_likelihood"], defined["log_density"])
        with pytest.raises(CheckFailed):
            aspect(lambda *arguments: np.mean(right(*arguments)), defined["log_density"])


def test_wrong_parts_cost_no_mark_of_the_complete_log_likelihood():
    defined = functions_of("7.4.4_full_dataset", "full_dataset")
    right = defined["log_prior"]
    defined["log_prior"] = lambda Z, weights: 2 * right(Z, weights)
    own = defined["log_prior"], defined["log_conditional"]
    for aspect in (check.complete_log_likelihood.value, check.complete_log_likelihood.hard):
        aspect(defined["complete_log_likelihood"], *own)
