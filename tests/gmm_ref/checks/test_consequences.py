"""One wrong answer never costs another: what is built on it keeps its marks, and no more."""

import numpy as np
import pytest
from solved import functions_of

from gmm_ref.checks import CheckFailed, check, seeded


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
    defined = functions_of("7.4.5_em")
    defined["m_step"] = m_step
    with seeded(seed):
        with pytest.raises(CheckFailed):
            check.m_step.value(m_step)
        check.fit.form(defined["fit"])
        for aspect in (check.fit.loop, check.fit.value, check.fit.hard):
            aspect(defined["fit"], defined["e_step"], m_step)
        check.fit_best.hard(defined["fit_best"], defined["fit"])


def hard(R):
    return np.eye(R.shape[1])[R.argmax(axis=1)]


# Of the form, too: what is made of them stops at once, so that nothing of the loop is seen.
STEPS = {
    "e_step transposed": ("e_step", np.transpose),
    "e_step hard": ("e_step", hard),
    "m_step transposed": ("m_step", lambda theta: (theta[0], theta[1].T, theta[2])),
    "m_step swapped": ("m_step", lambda theta: (theta[1], theta[2], theta[0])),
    "m_step short": ("m_step", lambda theta: theta[:2]),
}


@pytest.mark.parametrize("slip", STEPS)
def test_a_step_of_the_wrong_form_costs_no_mark_of_what_is_built_on_it(slip):
    defined = functions_of("7.4.5_em")
    name, change = STEPS[slip]
    right = defined[name]
    defined[name] = lambda *arguments: change(right(*arguments))
    with pytest.raises(CheckFailed):
        getattr(check, name).value(defined[name])
    steps = defined["e_step"], defined["m_step"]
    for aspect in check.fit.aspects:
        getattr(check.fit, aspect)(defined["fit"], *steps)
    for aspect in check.fit_best.aspects:
        getattr(check.fit_best, aspect)(defined["fit_best"], defined["fit"], *steps)


RUNS = {
    "without a trace": lambda theta, trace, converged: theta,
    "the last value alone": lambda theta, trace, converged: (theta, trace[-1], converged),
    "in another order": lambda theta, trace, converged: (trace, theta, converged),
}


@pytest.mark.parametrize("slip", RUNS)
def test_a_fit_without_its_trace_costs_no_mark_of_fit_best(slip):
    defined = functions_of("7.4.5_em")
    right = defined["fit"]
    defined["fit"] = lambda *arguments, **keywords: RUNS[slip](*right(*arguments, **keywords))
    for aspect in check.fit_best.aspects:
        getattr(check.fit_best, aspect)(defined["fit_best"], defined["fit"])


def test_a_wrong_loop_over_wrong_steps_is_told_what_the_loop_does():
    defined = functions_of("7.4.5_em")
    defined["right"], defined["m_step"] = defined["fit"], divided_by_n
    exec(
        "def fit(X, theta, tol, max_iter):\n"
        "    theta, trace, converged = right(X, theta, tol, max_iter)\n"
        "    return theta, trace[1:], converged\n",
        defined,
    )
    told = r"right\s+ones\s+in\s+the\s+place\s+of\s+yours"
    with pytest.raises(CheckFailed, match=told) as caught:
        check.fit.loop(defined["fit"], defined["e_step"], divided_by_n)
    assert caught.value.mistakes == ("trace_without_the_start",)


def test_a_fit_that_does_not_look_at_max_iter_is_told_so():
    defined = functions_of("7.4.5_em")

    def fit(X, theta, tol, max_iter):
        return defined["fit"](X, theta, tol, 50)

    for aspect in (check.fit.loop, check.fit.value, check.fit.hard):
        with pytest.raises(CheckFailed, match=r"but\s+max_iter\s+is\s+\d") as caught:
            aspect(fit, defined["e_step"], defined["m_step"])
        assert caught.value.mistakes == ("max_iter_ignored",)


def test_a_wrong_m_step_costs_no_mark_of_fit_best():
    defined = functions_of("7.4.5_em")
    defined["m_step"] = divided_by_n
    check.fit_best.value(defined["fit_best"], defined["fit"])


@pytest.mark.parametrize("error", [NotImplementedError, ValueError, RuntimeError])
def test_a_missing_m_step_earns_fit_no_mark_for_its_steps(error):
    def m_step(X, R):
        raise error

    defined = functions_of("7.4.5_em")
    defined["m_step"] = m_step
    for aspect in (check.fit.loop, check.fit.value, check.fit.hard):
        with pytest.raises(CheckFailed):
            aspect(defined["fit"], defined["e_step"], m_step)


def test_a_wrong_loop_is_not_excused_by_wrong_steps():
    defined = functions_of("7.4.5_em")

    def fit(X, theta, tol, max_iter):
        return defined["fit"](X, theta, tol, max(max_iter - 1, 0))

    with pytest.raises(CheckFailed):
        check.fit.value(fit, defined["e_step"], divided_by_n)


def test_a_wrong_log_density_costs_no_mark_of_the_likelihood():
    defined = functions_of("7.4.2_likelihood")
    right = defined["log_density"]
    defined["log_density"] = lambda *arguments: right(*arguments) + 1
    for aspect in (check.log_likelihood.value, check.log_likelihood.hard):
        aspect(defined["log_likelihood"], defined["log_density"])
        with pytest.raises(CheckFailed):
            aspect(lambda *arguments: np.mean(right(*arguments)), defined["log_density"])


def test_wrong_parts_cost_no_mark_of_the_complete_log_likelihood():
    defined = functions_of("7.4.4_full_dataset")
    right = defined["log_prior"]
    defined["log_prior"] = lambda Z, weights: 2 * right(Z, weights)
    own = defined["log_prior"], defined["log_conditional"]
    for aspect in (check.complete_log_likelihood.value, check.complete_log_likelihood.hard):
        aspect(defined["complete_log_likelihood"], *own)


def does_nothing(value):
    return lambda *arguments: value


@pytest.mark.parametrize("value", [0.0, np.nan, 1.5])
@pytest.mark.parametrize("aspect", ["value", "hard"])
def test_a_likelihood_that_does_nothing_follows_no_density(aspect, value):
    def log_density(X, *theta):
        return np.full(len(X), value)

    def log_likelihood(X, *theta):
        return len(X) * value

    with pytest.raises(CheckFailed, match=r"mend\s+log_density\s+first"):
        getattr(check.log_likelihood, aspect)(log_likelihood, log_density)


def test_a_density_that_is_right_until_the_likelihood_asks_is_not_followed():
    right = functions_of("7.4.2_likelihood")["log_density"]
    asked = []

    def log_density(X, *theta):
        return np.full(len(X), 2.0) if asked else right(X, *theta)

    def log_likelihood(X, *theta):
        asked.append(len(X))
        return 2.0 * len(X)

    log_density.begin_anew = asked.clear  # as the process of a student does it
    for aspect in (check.log_density.value, check.log_density.hard):
        aspect(log_density)
    with pytest.raises(CheckFailed):
        check.log_likelihood.value(log_likelihood, log_density)


def test_a_sum_that_does_nothing_follows_no_parts():
    parts = does_nothing(0.0), does_nothing(0.0)
    with pytest.raises(CheckFailed, match=r"log_prior\s+and\s+log_conditional\s+first"):
        check.complete_log_likelihood.value(does_nothing(0.0), *parts)


def start_again(X, R):
    """A wrong M-step that does not look at R: after one step nothing moves."""
    K, D = R.shape[1], X.shape[1]
    return np.full(K, 1 / K), X[:K] + 1.0, np.stack([np.eye(D)] * K)


def test_a_fit_without_a_loop_follows_no_steps_that_lead_nowhere():
    defined = functions_of("7.4.5_em")

    def fit(X, theta, tol, max_iter):
        theta, trace, _ = defined["fit"](X, theta, tol, min(max_iter, 1))
        return theta, [*trace, *trace[-1:] * (max_iter - 1)], False

    defined["m_step"] = start_again
    for aspect in (check.fit.value, check.fit.hard):
        with pytest.raises(CheckFailed, match=r"mend\s+e_step\s+and\s+m_step\s+first"):
            aspect(fit, defined["e_step"], start_again)


def test_one_run_is_not_the_best_of_runs_that_are_all_one():
    defined = functions_of("7.4.5_em")
    right = defined["fit"]

    def fit(X, theta, tol, max_iter):
        K, D = len(theta[0]), X.shape[1]
        start = np.full(K, 1 / K), X[:K].astype(float), np.stack([np.eye(D)] * K)
        return right(X, start, tol, 0)

    def fit_best(X, n_components, n_restarts, rng):
        return fit(X, (np.ones(n_components),), 1e-6, 500)

    with pytest.raises(CheckFailed):
        check.fit_best.value(fit_best, fit)
