"""7.4.3: responsibilities, most_probable_component, posterior_entropy, the labels drawn."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from inputs import draw_affine, problems, seeds
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

from gmm_ref import (
    log_density,
    log_joint,
    most_probable_component,
    posterior_entropy,
    responsibilities,
    sample_posterior_labels,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_responsibilities_are_bayes_theorem(problem):
    X, theta = problem.X, problem.theta
    # atol: what no float can tell from 0 beside 1
    expected = oracles.responsibilities(X, *theta)
    assert_allclose(responsibilities(X, *theta), expected, rtol=1e-10, atol=1e-300)


def test_responsibilities_agree_with_scikit_learn(lopsided):
    X, theta = lopsided.X, lopsided.theta
    expected = oracles.sklearn_mixture(theta).predict_proba(X)
    assert_allclose(responsibilities(X, *theta), expected, rtol=1e-9)


def test_responsibilities_1000_standard_deviations_away(lopsided):
    """All densities underflow, and yet the point has a posterior; two points where it is mixed."""
    weights, means, _ = lopsided.theta
    covariances = np.stack([[[2.0, 0.6], [0.6, 1.0]]] * 3)
    a, b = means[0], means[1]
    along = np.linalg.solve(covariances[0], a - b)
    middle = (a + b) / 2
    sideways = np.array([-along[1], along[0]]) / np.linalg.norm(along)  # the boundary's direction
    X = np.array([middle + 2000 * sideways, middle - 2000 * sideways, [3000.0, 50.0]])
    found = responsibilities(X, weights, means, covariances)
    # Log joints of 1e6 carry rounding of 1e-10, and R has it as relative error.
    assert_allclose(
        found, oracles.responsibilities(X, weights, means, covariances), rtol=1e-8, atol=1e-300
    )
    assert np.any((found > 0.01) & (found < 0.99))


def test_two_components_of_one_covariance_make_a_logistic_function(lopsided):
    """r_n0 = sigmoid(w x + c): worked out by hand, without a density."""
    X, (_, means, covariances) = lopsided.X, lopsided.theta
    precision = np.linalg.inv(covariances[0])
    w = precision @ (means[0] - means[1])
    c = np.log(0.2 / 0.8) - (means[0] @ precision @ means[0] - means[1] @ precision @ means[1]) / 2
    R = responsibilities(X, [0.2, 0.8], means[:2], covariances[[0, 0]])
    assert_allclose(R[:, 0], expit(X @ w + c), rtol=1e-9)


def test_components_alike_share_by_their_weights(lopsided):
    X, (weights, means, covariances) = lopsided.X, lopsided.theta
    R = responsibilities(X, weights, means[[0, 0, 0]], covariances[[0, 0, 0]])
    assert_allclose(R, np.tile(weights, (len(X), 1)), rtol=1e-12)


@given(problems())
def test_posterior_times_density_is_the_joint(problem):
    X, theta = problem.X, problem.theta
    R = responsibilities(X, *theta)
    assert_allclose(R.sum(axis=1), 1, rtol=1e-14)
    assert_allclose(
        R, np.exp(log_joint(X, *theta) - log_density(X, *theta)[:, None]), rtol=1e-10, atol=1e-300
    )


@given(problems(), seeds)
def test_responsibilities_do_not_feel_an_affine_change(problem, seed):
    X, theta = problem.X, problem.theta
    change = draw_affine(seed, X.shape[1])
    moved = responsibilities(change.points(X), *change.parameters(theta))
    assert_allclose(moved, responsibilities(X, *theta), rtol=1e-6, atol=1e-9)


def test_most_probable_component():
    labels = most_probable_component([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.6, 0.3, 0.1]])
    assert_array_equal(labels, [1, 2, 0])
    assert np.issubdtype(labels.dtype, np.integer)


def test_most_probable_component_is_the_lowest_at_a_tie():
    assert_array_equal(most_probable_component([[0.2, 0.4, 0.4], [0.5, 0, 0.5]]), [1, 0])


def test_posterior_entropy_is_the_sum_over_components(problem):
    assert_allclose(
        posterior_entropy(problem.R), oracles.posterior_entropy(problem.R), rtol=1e-12, atol=1e-15
    )


def test_posterior_entropy_of_the_sure_and_of_the_clueless():
    found = posterior_entropy([[0, 1, 0, 0], [0.5, 0, 0.5, 0], [0.25, 0.25, 0.25, 0.25]])
    assert found[0] == 0
    assert_allclose(found[1:], np.log([2, 4]), rtol=1e-14)


def test_posterior_labels_come_as_often_as_they_are_probable():
    """By counts over many draws of each row, within five standard deviations."""
    rows = np.array([[0.7, 0.2, 0.1], [0.05, 0.0, 0.95], [0.0, 1.0, 0.0]])
    N = 20000
    z = sample_posterior_labels(np.repeat(rows, N, axis=0), np.random.default_rng(3))
    for row, labels in zip(rows, z.reshape(3, N), strict=True):
        shares = np.bincount(labels, minlength=3) / N
        assert_array_equal(shares[row == 0], 0)
        assert np.all(np.abs(shares - row) <= 5 * np.sqrt(row * (1 - row) / N))


def test_posterior_labels_follow_the_rng_alone_and_are_independent():
    R = np.full((2000, 2), 0.5)
    one, same, other = (
        sample_posterior_labels(R, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert abs(np.mean(one[1:] == one[:-1]) - 0.5) < 0.06
    assert one.dtype.kind == "i"
    assert sample_posterior_labels([[1.0]], np.random.default_rng(1)).tolist() == [0]
