"""No name that is untrue: one is given where this very answer tells it from its neighbours."""

import random

import numpy as np
import pytest
from scipy.special import logsumexp, softmax, xlogy

from gmm_ref import e_step, log_joint, log_likelihood, m_step
from gmm_ref.checks import CheckFailed, check, seeded

SEEDS = range(3)


def names(exercise, aspect, function, seed=0):
    """The mistakes that the aspect names, and its words on one line."""
    with seeded(seed), np.errstate(all="ignore"), pytest.raises(CheckFailed) as caught:
        getattr(getattr(check, exercise), aspect)(function)
    return caught.value.mistakes, " ".join(str(caught.value).split())


def over_the_points(X, *theta):
    return softmax(log_joint(X, *theta), axis=0)


def over_the_points_without_log_of_0(X, weights, means, covariances):
    return softmax(log_joint(X, weights + 1e-300, means, covariances), axis=0)


@pytest.mark.parametrize("function", [over_the_points, over_the_points_without_log_of_0])
@pytest.mark.parametrize("exercise", ["responsibilities", "e_step"])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_normalising_over_the_points_hides_is_not_named(exercise, function, seed):
    for aspect in ("form", "value", "hard"):
        assert names(exercise, aspect, function, seed)[0] == ("axis_swapped",)


def run(X, theta, tol, max_iter, ends, returned):
    """EM as in the solution, but for when the loop ends and what is returned."""
    trace = [log_likelihood(X, *theta)]
    for _ in range(max_iter):
        theta = tuple(m_step(X, e_step(X, *theta)))
        trace.append(log_likelihood(X, *theta))
        if ends(trace[-1] - trace[-2], tol):
            break
    converged = bool(len(trace) > 1 and trace[-1] - trace[-2] < tol)
    return returned(theta, trace, converged)


def whole(theta, trace, converged):
    return theta, trace, converged


LOOPS = {
    "never_stops": (lambda gain, tol: False, whole),
    "stops_on_the_wrong_side": (lambda gain, tol: gain > tol, whole),
    "stops_at_once": (lambda gain, tol: True, whole),
    "trace_without_the_end": (
        lambda gain, tol: gain < tol,
        lambda theta, trace, converged: (theta, trace[:-1] if converged else trace, converged),
    ),
    "converged_turned_round": (
        lambda gain, tol: gain < tol,
        lambda theta, trace, converged: (theta, trace, not converged),
    ),
}


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_loop_is_told_its_own_mistake_and_no_second_one(name, seed):
    def fit(X, theta, tol, max_iter):
        return run(X, theta, tol, max_iter, *LOOPS[name])

    assert names("fit", "loop", fit, seed)[0] == (name,)


def with_log_determinant(log_determinant):
    def own_log_joint(X, weights, means, covariances):
        columns = []
        for weight, mean, covariance in zip(weights, means, covariances, strict=True):
            d = X - mean
            q = np.sum(d @ np.linalg.inv(covariance) * d, axis=1)
            height = X.shape[1] * np.log(2 * np.pi) + log_determinant(covariance)
            columns.append(np.log(weight) - 0.5 * (height + q))
        return np.stack(columns, axis=1)

    return own_log_joint


SLIPS = {
    "twice": lambda S: 2 * np.log(np.linalg.det(S)),
    "a half": lambda S: np.sum(np.log(np.diag(np.linalg.cholesky(S)))),
    "the other way": lambda S: -np.log(np.linalg.det(S)),
    "not at all": lambda S: 0,
    "without its logarithm": np.linalg.det,
    "its root without a logarithm": lambda S: np.sqrt(np.linalg.det(S)),
    "of the diagonal": lambda S: np.sum(np.log(np.diag(S))),
    "the trace": lambda S: np.log(np.trace(S)),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_slip_in_the_determinant_is_given_no_second_mistake(slip, seed):
    for aspect in ("value", "hard"):
        found, _ = names("log_joint", aspect, with_log_determinant(SLIPS[slip]), seed)
        assert found in [
            ("determinant_to_the_wrong_power",),
            ("forgot_the_determinant",),
            (),
        ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sum_over_as_many_components_as_features_is_no_other_rule(seed):
    """In most cases it comes to the first two of three, or to all but the last."""

    def log_density(X, *theta):
        return logsumexp(log_joint(X, *theta)[:, : X.shape[1]], axis=1)

    for aspect in ("value", "hard"):
        assert names("log_density", aspect, log_density, seed)[0] == ()


def test_a_function_that_prints_is_told_that_it_returns_nothing(capsys):
    def posterior_entropy(R):
        print(-np.sum(xlogy(R, R), axis=1))

    found, text = names("posterior_entropy", "value", posterior_entropy)
    assert found == ("returned_none",)
    assert "another answer" not in text


def test_labels_from_one_have_not_the_form_of_labels():
    found, text = names("most_probable_component", "form", lambda R: R.argmax(axis=1) + 1)
    assert found == ("counted_from_one",)
    assert "here to 2, but the answer holds 3" in text


def test_chance_from_elsewhere_is_not_said_to_be_of_numpy():
    def sample_labels(weights, n_samples, rng):
        return np.array(random.choices(range(len(weights)), weights, k=n_samples))

    found, text = names("sample_labels", "form", sample_labels)
    assert found == ("global_generator",)
    assert "with rng alone, and with no other source of chance" in text


def test_what_is_not_drawn_is_not_said_to_have_a_seed():
    def sample_labels(weights, n_samples, rng):
        return np.full(n_samples, np.argmax(weights))

    found, text = names("sample_labels", "form", sample_labels)
    assert found == ("labels_not_drawn",)
    assert "seed" not in text


def test_the_log_prior_is_of_probabilities():
    for _, mistake in check.log_prior.plan.catalogue():
        message = mistake.message
        assert "density" not in f"{message.what} {message.why} {message.see}", mistake.name
