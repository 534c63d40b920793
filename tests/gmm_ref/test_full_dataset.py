"""7.4.4: one_hot, log_prior, log_conditional, complete_log_likelihood, log_posterior."""

from itertools import product

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import call, draw_problem, problems
from numpy.testing import assert_array_equal
from scipy.special import logsumexp

from gmm_ref import (
    complete_log_likelihood,
    log_conditional,
    log_likelihood,
    log_posterior,
    log_prior,
    most_probable_component,
    one_hot,
    responsibilities,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_one_hot():
    Z = one_hot([2, 0, 2, 1], 4)
    assert_array_equal(Z, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]])
    assert Z.dtype == float


def test_one_hot_of_no_labels():
    assert one_hot([], 3).shape == (0, 3)


@given(st.lists(st.integers(0, 4)))
def test_one_hot_is_undone_by_argmax(z):
    assert_array_equal(most_probable_component(one_hot(z, 5)), z)


@pytest.mark.parametrize(
    "name", ["log_prior", "log_conditional", "complete_log_likelihood", "log_posterior"]
)
def test_logs_are_those_of_the_products(name, problem):
    found = call(name, problem)
    assert type(found) is float
    assert found == pytest.approx(call(name, problem, oracles), rel=1e-10, abs=1e-10)


def test_label_of_weight_0_is_impossible():
    X, theta, Z, _ = draw_problem(1)
    theta = theta._replace(weights=np.array([0.0, 0.7, 0.3]))
    Z[2] = [1, 0, 0]
    assert log_prior(Z, theta.weights) == -np.inf
    assert complete_log_likelihood(X, Z, *theta) == -np.inf
    assert log_posterior(Z, X, *theta) == -np.inf
    assert np.isfinite(log_conditional(X, Z, theta.means, theta.covariances))


def test_log_posterior_of_far_points():
    """r_nk underflows to 0 where its logarithm is an honest -1e5."""
    X, theta, Z, _ = draw_problem(1)
    far = 300 * X
    found = log_posterior(Z, far, *theta)
    assert found < -1e5
    assert found == pytest.approx(oracles.log_posterior(Z, far, *theta), rel=1e-10)


def test_all_labellings_together_give_the_likelihood():
    """p(X) = sum_Z p(X, Z), and sum_Z p(Z) = sum_Z p(Z | X) = 1: 3^4 terms each."""
    X, theta, _, _ = draw_problem(8, N=4, K=3, D=2)
    labellings = [one_hot(z, 3) for z in product(range(3), repeat=4)]
    total = logsumexp([complete_log_likelihood(X, Z, *theta) for Z in labellings])
    assert total == pytest.approx(log_likelihood(X, *theta), rel=1e-12)
    assert logsumexp([log_prior(Z, theta.weights) for Z in labellings]) == pytest.approx(
        0, abs=1e-12
    )
    assert logsumexp([log_posterior(Z, X, *theta) for Z in labellings]) == pytest.approx(
        0, abs=1e-12
    )


@given(problems())
def test_bayes_theorem_for_the_data_set(problem):
    """log p(Z | X) = log p(X, Z) - log p(X), and also sum_n log r_{n, z_n}."""
    X, theta, Z, _ = problem
    complete = complete_log_likelihood(X, Z, *theta)
    posterior = log_posterior(Z, X, *theta)
    assert posterior == pytest.approx(complete - log_likelihood(X, *theta), rel=1e-9, abs=1e-9)
    with np.errstate(divide="ignore"):
        logs = np.log(responsibilities(X, *theta)[Z == 1])
    if np.isfinite(logs).all():
        assert posterior == pytest.approx(logs.sum(), rel=1e-9, abs=1e-9)
