"""7.4.2: log_density and log_likelihood."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import draw_affine, draw_problem, problems, seeds
from numpy.testing import assert_allclose

from gmm_ref import log_density, log_gaussian, log_joint, log_likelihood

pytestmark = pytest.mark.filterwarnings("error")


def test_log_density_is_the_log_of_the_sum_over_components(problem):
    X, theta = problem.X, problem.theta
    assert_allclose(log_density(X, *theta), oracles.log_density(X, *theta), rtol=1e-11)


def test_log_likelihood_is_the_log_of_the_product_over_points(problem):
    total = log_likelihood(problem.X, *problem.theta)
    assert type(total) is float
    assert total == pytest.approx(oracles.log_likelihood(problem.X, *problem.theta), rel=1e-11)


def test_log_density_agrees_with_scikit_learn(lopsided):
    X, theta = lopsided.X, lopsided.theta
    assert_allclose(
        log_density(X, *theta), oracles.sklearn_mixture(theta).score_samples(X), rtol=1e-10
    )


def test_log_density_1000_standard_deviations_away(lopsided):
    """Every density there is e^-500000, a 0 in floats."""
    theta = lopsided.theta
    sd = np.sqrt(np.diagonal(theta.covariances, axis1=1, axis2=2).max())
    X = 1000 * sd * np.array([[1, 1], [-1, 0], [0, 1], [1, -1.0]])
    found = log_density(X, *theta)
    assert found.max() < -1e5
    assert_allclose(found, oracles.log_density(X, *theta), rtol=1e-12)


def test_log_density_is_positive_where_the_density_is_above_1(lopsided):
    theta = lopsided.theta
    narrow = theta._replace(covariances=theta.covariances * 1e-8)
    assert log_density(theta.means, *narrow).min() > 10


def test_density_integrates_to_1():
    theta = draw_problem(4, K=3, D=1).theta
    x, step = np.linspace(-60, 60, 200_001, retstep=True)
    # The trapezoid rule is exact to rounding for smooth functions that vanish at both ends.
    assert np.exp(log_density(x[:, None], *theta)).sum() * step == pytest.approx(1, abs=1e-12)


def test_weight_of_0_is_as_good_as_no_component(lopsided):
    X, (weights, means, covariances) = lopsided.X, lopsided.theta
    without = log_density(X, weights[:2] / weights[:2].sum(), means[:2], covariances[:2])
    zeroed = np.append(weights[:2] / weights[:2].sum(), 0)
    assert_allclose(log_density(X, zeroed, means, covariances), without, rtol=1e-14)


def test_one_component_is_a_gaussian(lopsided):
    X, (_, means, covariances) = lopsided.X, lopsided.theta
    alone = log_density(X, [1], means[:1], covariances[:1])
    assert_allclose(alone, log_gaussian(X, means[0], covariances[0]), rtol=1e-14)


def test_no_points_have_likelihood_1(lopsided):
    assert log_likelihood(np.empty((0, 2)), *lopsided.theta) == 0.0


@given(problems(), st.data())
def test_label_and_row_changes(problem, data):
    X, theta = problem.X, problem.theta
    rows = data.draw(st.permutations(range(len(X))))
    labels = list(data.draw(st.permutations(range(len(theta.weights)))))
    relabelled = [part[labels] for part in theta]
    assert_allclose(log_density(X[rows], *relabelled), log_density(X, *theta)[rows], rtol=1e-12)
    assert_allclose(log_joint(X, *relabelled), log_joint(X, *theta)[:, labels], rtol=1e-12)


@given(problems(), seeds)
def test_affine_change_costs_log_det_a_point(problem, seed):
    X, theta = problem.X, problem.theta
    change = draw_affine(seed, X.shape[1])
    moved = log_likelihood(change.points(X), *change.parameters(theta))
    expected = log_likelihood(X, *theta) - len(X) * change.log_stretch()
    assert moved == pytest.approx(expected, rel=1e-8, abs=1e-8)
