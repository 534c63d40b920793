"""`fit_best` as its card says: what does not follow it is told which line; what does is right."""

import numpy as np
import pytest
from solved import functions_of
from test_consequences import divided_by_n

from gmm_ref.checks import CheckFailed, check, seeded

SOLUTION = functions_of("7.4.5_em")


def fit_best_that(pick=None, draw=None, fit=None, tol=1e-6, max_iter=500):
    """A `fit_best` that does all as the card says but for what is given.

    Its `fit` is a name of its notebook, which is looked up when it is called.
    """
    notebook = {
        "fit": fit or SOLUTION["fit"],
        "draw": draw or SOLUTION["random_start"],
        "pick": pick or (lambda runs: max(runs, key=lambda run: run[1][-1])),
    }
    exec(
        "def fit_best(X, n_components, n_restarts, rng):\n"
        "    starts = [draw(X, n_components, rng) for _ in range(n_restarts)]\n"
        f"    return pick([fit(X, start, {tol}, {max_iter}) for start in starts])\n",
        notebook,
    )
    return notebook["fit_best"]


def failure_of(aspect, function, *own):
    with pytest.raises(CheckFailed) as caught:
        aspect(function, *own)
    return caught.value, " ".join(str(caught.value).split())


def drawn_by_permutation(X, n_components, rng):
    weights, _, covariances = SOLUTION["random_start"](X, n_components, rng)
    return weights, X[rng.permutation(len(X))[:n_components]], covariances


@pytest.mark.parametrize("seed", range(2))
def test_other_starts_are_told_the_write_line(seed):
    with seeded(seed):
        failed, text = failure_of(check.fit_best.value, fit_best_that(draw=drawn_by_permutation))
    assert "draw the starts one after the other with random_start" in text
    assert failed.mistakes == ()


@pytest.mark.parametrize("changed", [{"tol": 1e-4}, {"tol": 1e-8}, {"max_iter": 100}], ids=str)
@pytest.mark.parametrize("seed", range(2))
def test_another_stop_costs_the_hard_cases_alone_and_is_told_the_write_line(changed, seed):
    fit_best = fit_best_that(**changed)
    with seeded(seed):
        check.fit_best.form(fit_best)
        check.fit_best.value(fit_best)
        _, text = failure_of(check.fit_best.hard, fit_best)
    assert "with tol=1e-6 and max_iter=500" in text


def test_who_passes_tol_is_told_to_look_at_the_fit():
    def stops_early(X, theta, tol, max_iter):
        return SOLUTION["fit"](X, theta, 100 * tol, max_iter)

    _, text = failure_of(check.fit_best.hard, fit_best_that(fit=stops_early))
    assert "these two go to fit. If they do, look at where fit stops." in text


@pytest.mark.parametrize("seed", range(2))
def test_a_choice_among_runs_that_stopped_on_the_way_is_told_of_the_stop(seed):
    with seeded(seed):
        _, text = failure_of(check.fit_best.value, fit_best_that(tol=0.01))
    assert "with tol=1e-6 and max_iter=500" in text


@pytest.mark.parametrize("seed", range(2))
def test_an_unknown_way_to_choose_is_told_the_returns_line_and_no_name(seed):
    second = fit_best_that(lambda runs: sorted(runs, key=lambda run: run[1][-1])[-2:][0])
    with seeded(seed):
        failed, text = failure_of(check.fit_best.value, second)
    assert "the run whose last log-likelihood is the highest" in text
    assert failed.mistakes == ()


@pytest.mark.parametrize("aspect", ["form", "value", "hard"])
def test_a_seed_of_its_own_is_named(aspect):
    given = SOLUTION["fit_best"]
    failed, _ = failure_of(
        getattr(check.fit_best, aspect),
        lambda X, K, n, rng: given(X, K, n, np.random.default_rng(7)),
    )
    assert failed.mistakes == ("same_start_for_all",)


def test_chance_from_elsewhere_is_named_though_the_choice_is_wrong_too():
    given = SOLUTION["random_start"]
    lowest = fit_best_that(
        lambda runs: min(runs, key=lambda run: run[1][-1]),
        draw=lambda X, n_components, rng: given(X, n_components, np.random),
    )
    failed, _ = failure_of(check.fit_best.form, lowest)
    assert failed.mistakes == ("global_generator",)


def test_two_mistakes_are_both_named():
    first_step_of_the_last = fit_best_that(lambda runs: runs[-1], max_iter=1)
    failed, _ = failure_of(check.fit_best.value, first_step_of_the_last)
    assert set(failed.mistakes) == {"returned_the_last_run", "stopped_after_a_step"}


def own_fit(m_step):
    """The solution's `fit` over another M-step."""
    defined = functions_of("7.4.5_em")
    defined["m_step"] = m_step
    return defined["fit"]


def fit_with_means(X, theta, tol, max_iter):
    """The solution's `fit`, but for a trace of means per point."""
    theta, trace, converged = SOLUTION["fit"](X, theta, tol, max_iter)
    return theta, [value / len(X) for value in trace], converged


@pytest.mark.parametrize("fit", [own_fit(divided_by_n), fit_with_means], ids=["m_step", "trace"])
@pytest.mark.parametrize("seed", range(2))
def test_a_wrong_fit_excuses_what_follows_from_it_but_no_wrong_choice(fit, seed):
    with seeded(seed):
        for aspect in (check.fit_best.form, check.fit_best.value, check.fit_best.hard):
            aspect(fit_best_that(fit=fit), fit)
        _, text = failure_of(
            check.fit_best.value, fit_best_that(lambda runs: runs[0], fit=fit), fit
        )
    assert "the run whose last log-likelihood is the highest" in text


def test_a_fit_that_always_breaks_down_excuses_nothing():
    def broken(X, R):
        raise np.linalg.LinAlgError("singular")

    fit = own_fit(broken)
    for aspect in (check.fit_best.form, check.fit_best.value, check.fit_best.hard):
        failed, _ = failure_of(aspect, fit_best_that(fit=fit), fit)
        assert failed.mistakes == ("raised_LinAlgError",)


def test_an_early_stop_is_not_blamed_on_who_passes_the_tol():
    """The student's fit stops early by itself: that has cost its mark in `fit`."""
    right = SOLUTION["fit"]

    def fit(X, theta, tol, max_iter):
        return right(X, theta, 1000 * tol, max_iter)

    for aspect in (check.fit_best.form, check.fit_best.value, check.fit_best.hard):
        aspect(fit_best_that(fit=fit), fit)
