"""The fast path of `fit` against the plain functions, which are its oracle."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import draw_problem, seeds

from gmm_ref import Parameters, e_step, fit, log_likelihood, m_step, sample_mixture
from gmm_ref.block_em import POINTS, Passes
from gmm_ref.validation import cholesky_factors


def one_step(X, theta):
    """The log-likelihood of theta and the next theta, by passes."""
    passes, factors = Passes(X, len(theta.weights)), cholesky_factors(theta.covariances)
    sums = passes.sums(theta, factors)
    if sums.lose_digits:
        sums = passes.sums(theta, factors, about=sums.moves)
    return sums.log_likelihood, sums.maximised(theta, factors)


def assert_same(X, theta, rtol=1e-10):
    """By both ways, up to rounding: means in units of their component's width."""
    value, new = one_step(X, theta)
    expected = m_step(X, e_step(X, *theta))
    assert value == pytest.approx(log_likelihood(X, *theta), rel=rtol)
    np.testing.assert_allclose(new.weights, expected.weights, rtol=rtol)
    for k, L in enumerate(cholesky_factors(expected.covariances)):
        off = np.linalg.solve(L, new.means[k] - expected.means[k])
        whitened = np.linalg.solve(L, np.linalg.solve(L, new.covariances[k]).T)
        np.testing.assert_allclose(off, 0, atol=1e3 * rtol)
        np.testing.assert_allclose(whitened, np.eye(len(L)), atol=1e3 * rtol)


@given(seed=seeds, N=st.integers(20, 60), K=st.integers(1, 4), D=st.integers(1, 3))
def test_a_step_is_e_step_and_m_step(seed, N, K, D):
    problem = draw_problem(seed, N=N, K=K, D=D)
    assert_same(problem.X, problem.theta)


def big_problem(n_samples=3 * POINTS + 17, n_features=3, n_components=4, seed=3):
    problem = draw_problem(seed, N=1, K=n_components, D=n_features)
    X, _ = sample_mixture(*problem.theta, n_samples, np.random.default_rng(seed))
    return X, problem.theta


def test_the_last_block_may_be_a_short_one():
    assert_same(*big_problem())


def test_an_offset_of_1e8():
    X, theta = big_problem(500)
    assert_same(X + 1e8, theta._replace(means=theta.means + 1e8), rtol=1e-8)


def test_condition_1e12():
    """One feature in metres, another in micrometres, and the cloud at a slant."""
    X, theta = big_problem(500, n_features=2)
    A = np.array([[1.0, 0.0], [1.0, 1e-6]])
    covariances = A @ theta.covariances @ A.T
    assert np.linalg.cond(covariances).max() > 1e12
    assert_same(X @ A.T, Parameters(theta.weights, theta.means @ A.T, covariances), rtol=1e-5)


def test_points_1000_standard_deviations_away():
    X, theta = big_problem(500)
    X[7] += 1000 * np.sqrt(np.trace(theta.covariances[0]))
    assert_same(X, theta)


def test_a_weight_of_0_is_no_component():
    X, theta = big_problem(500)
    zero = theta._replace(weights=np.array([0.5, 0.0, 0.3, 0.2]))
    passes, factors = Passes(X, 4), cholesky_factors(zero.covariances)
    sums = passes.sums(zero, factors)
    assert sums.counts[1] == 0
    assert sums.log_likelihood == pytest.approx(log_likelihood(X, *zero), rel=1e-12)


def test_50_features():
    assert_same(*big_problem(900, n_features=50, n_components=3))


def test_a_mean_that_moves_far_keeps_the_digits_of_its_covariance():
    """A start 1e6 widths away: sums about the old mean have lost them, those about the new not."""
    rng = np.random.default_rng(5)
    X = 1e-6 * rng.standard_normal((400, 2)) + 3.0
    theta = Parameters(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
    passes, factors = Passes(X, 1), np.eye(2)[None]
    once = passes.sums(theta, factors)
    right = m_step(X, np.ones((400, 1))).covariances
    assert once.lose_digits
    assert not np.allclose(once.maximised(theta, factors).covariances, right, rtol=1e-6, atol=0)
    twice = passes.sums(theta, factors, about=once.moves)
    np.testing.assert_allclose(twice.maximised(theta, factors).covariances, right, rtol=1e-9)


def test_raw_moments_would_lose_a_covariance_at_an_offset():
    """What the passes do not do: the mean of x x^T less mu mu^T, near 1e8, is all rounding."""
    X, theta = big_problem(500)
    X, theta = X + 1e8, theta._replace(means=theta.means + 1e8)
    R = e_step(X, *theta)
    new = m_step(X, R)
    second = np.einsum("nk,ni,nj->kij", R, X, X) / R.sum(axis=0)[:, None, None]
    raw = second - new.means[:, :, None] * new.means[:, None, :]
    assert np.abs(raw - new.covariances).max() > 0.1


def test_memory_does_not_grow_with_the_data(tmp_path):
    """Of a memmap, no more than blocks are ever held: 64 MB would hold the whole of it."""
    X, theta = big_problem(500_000, n_features=8, n_components=8)
    path = tmp_path / "X.npy"
    np.save(path, X)
    mapped = np.load(path, mmap_mode="r")
    tracemalloc.start()
    fit(mapped, theta, tol=0.0, max_iter=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12e6


def test_theta_is_no_view_of_the_start():
    X, theta = big_problem(50)
    result = fit(X, theta, max_iter=0)
    assert not any(map(np.shares_memory, result.parameters, theta))
