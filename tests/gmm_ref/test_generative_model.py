"""7.4.1: the samplers, log_gaussian, log_joint.

A sampler is judged by its distribution. Each such test takes p-values, among them some that are
small where draws vary too little, and fails where the smallest is below 1e-6 / (number of
p-values): a right sampler, whatever its method, has a chance of at most 1e-6 to fail, and with
the seed fixed it fails always or never.
"""

import numpy as np
import oracles
import pytest
from hypothesis import given
from inputs import draw_affine, draw_problem, problems, seeds
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from scipy.linalg import hadamard

from gmm_ref import log_gaussian, log_joint, sample_gaussian, sample_labels, sample_mixture

pytestmark = pytest.mark.filterwarnings("error")

N_DRAWS = 20_000
WEIGHTS = np.array([0.0, 0.55, 0.13, 0.0, 0.32, 0.0])
# Full, and in units so unlike that 1e-6 on the diagonal is a hundred times the first variance.
SCALES = np.array([1e-4, 3.0, 20.0])
COVARIANCE = np.outer(SCALES, SCALES) * [[1, 0.7, -0.4], [0.7, 1, 0.1], [-0.4, 0.1, 1]]
MEAN = np.array([1e-3, -2.0, 50.0])
MIXTURE = (
    np.array([0.25, 0.6, 0.15]),
    np.array([MEAN, MEAN + 2 * SCALES, -MEAN]),
    np.array([COVARIANCE, 4 * COVARIANCE[::-1, ::-1], np.diag(SCALES**2)]),
)
SAMPLERS = {
    "sample_labels": lambda n, rng: (sample_labels(WEIGHTS, n, rng),),
    "sample_gaussian": lambda n, rng: (sample_gaussian(MEAN, COVARIANCE, n, rng),),
    "sample_mixture": lambda n, rng: sample_mixture(*MIXTURE, n, rng),
}
every_sampler = pytest.mark.parametrize("sample", SAMPLERS.values(), ids=SAMPLERS)


def assert_plausible(p_values):
    assert min(p_values) > 1e-6 / len(p_values), p_values


def both_tails(distribution, value):
    """p-value of a statistic that may be neither too large nor too small."""
    return 2 * min(distribution.cdf(value), distribution.sf(value))


def label_p_values(z, weights):
    """p(z = k) = pi_k, and neighbours in the order drawn know nothing of each other."""
    possible = np.flatnonzero(weights)
    counts = np.bincount(z, minlength=len(weights))
    assert_array_equal(np.flatnonzero(counts), possible)
    misfit = stats.chisquare(counts[possible], len(z) * weights[possible]).statistic
    pairs = np.zeros((len(weights), len(weights)))
    np.add.at(pairs, (z[0::2], z[1::2]), 1)
    independence = stats.chi2_contingency(pairs[np.ix_(possible, possible)])
    return [both_tails(stats.chi2(len(possible) - 1), misfit), independence.pvalue]


def noise_p_values(X, mean, covariance):
    """L^-1 (x - mu) is standard normal: each coordinate, pairs of them, and neighbouring rows."""
    noise = np.linalg.solve(np.linalg.cholesky(covariance), (X - mean).T)
    n_features, n = noise.shape
    even = n - n % 2
    standard = [
        *noise,
        *((noise[i] + noise[j]) / np.sqrt(2) for i in range(n_features) for j in range(i)),
        *((noise[:, 0:even:2] + noise[:, 1:even:2]) / np.sqrt(2)),
    ]
    return [
        p
        for values in standard
        for p in (
            stats.kstest(values, "norm").pvalue,
            both_tails(stats.norm(scale=len(values) ** -0.5), values.mean()),
            both_tails(stats.chi2(len(values)), np.sum(values**2)),
        )
    ]


def test_labels_are_categorical_and_independent():
    z = sample_labels(WEIGHTS, N_DRAWS, np.random.default_rng(1))
    assert np.issubdtype(z.dtype, np.integer)
    assert_plausible(label_p_values(z, WEIGHTS))


def test_gaussian_sample_is_gaussian_and_independent():
    X = sample_gaussian(MEAN, COVARIANCE, N_DRAWS, np.random.default_rng(2))
    assert_plausible(noise_p_values(X, MEAN, COVARIANCE))


def test_mixture_sample_is_labels_first_then_their_gaussians():
    X, z = sample_mixture(*MIXTURE, N_DRAWS, np.random.default_rng(3))
    weights, means, covariances = MIXTURE
    p_values = label_p_values(z, weights)
    for k in range(len(weights)):
        p_values += noise_p_values(X[z == k], means[k], covariances[k])
    assert_plausible(p_values)


@every_sampler
def test_rng_is_the_only_source_of_chance(sample):
    before = np.random.get_state(legacy=False)["state"]
    rng = np.random.default_rng(4)
    first, second = sample(50, rng), sample(50, rng)
    np.testing.assert_equal(sample(50, np.random.default_rng(4)), first)
    for drawn in (second, sample(50, np.random.default_rng(5))):
        assert not np.array_equal(drawn[0], first[0])
    np.testing.assert_equal(np.random.get_state(legacy=False)["state"], before)


@every_sampler
@pytest.mark.parametrize("n", [0, 1, np.int64(4)])
def test_sample_has_n_rows(sample, n):
    drawn = sample(n, np.random.default_rng(6))
    assert [part.shape for part in drawn] == [(n,) if part.ndim == 1 else (n, 3) for part in drawn]


def test_sample_of_one_component_with_one_feature():
    X, z = sample_mixture([1], [[3.0]], [[[4.0]]], 6, np.random.default_rng(7))
    assert X.shape == (6, 1)
    assert_array_equal(z, 0)


def test_weights_need_no_more_than_float32_precision():
    """3 times 1/3 in float32 misses 1 by more than numpy's own `choice` would take."""
    weights = np.full(3, 1 / 3, dtype=np.float32)
    with pytest.raises(ValueError):
        np.random.default_rng(8).choice(3, p=weights.astype(float))
    assert sample_labels(weights, 5, np.random.default_rng(8)).shape == (5,)


def test_log_gaussian_is_the_log_of_the_density(problem):
    X, (_, means, covariances) = problem.X, problem.theta
    expected = oracles.log_gaussian(X, means[0], covariances[0])
    assert_allclose(log_gaussian(X, means[0], covariances[0]), expected, rtol=1e-11)


def test_log_joint_is_the_log_of_weight_times_density(problem):
    X, theta = problem.X, problem.theta
    assert_allclose(log_joint(X, *theta), oracles.log_joint(X, *theta), rtol=1e-11)


def test_log_gaussian_agrees_with_scipy(lopsided):
    X, mean, covariance = lopsided.X, lopsided.theta.means[1], lopsided.theta.covariances[1]
    expected = stats.multivariate_normal(mean, covariance).logpdf(X)
    assert_allclose(log_gaussian(X, mean, covariance), expected, rtol=1e-11)


def test_determinant_may_underflow():
    """In 50 dimensions with deviations of 1e-8 the determinant is 1e-800."""
    X, (_, means, covariances), _, _ = draw_problem(6, N=2, K=1, D=50)
    narrow = (1e-8 * X, 1e-8 * means[0], 1e-16 * covariances[0])
    assert_allclose(log_gaussian(*narrow), oracles.log_gaussian(*narrow), rtol=1e-11)


def test_condition_1e12():
    """Cholesky solves exactly for a matrix eps away, and condition 1e12 makes 1e12 eps of that.

    That is 2e-4 of the quadratic form, and as much in the log determinant, absolutely. A ridge of
    1e-6 on the diagonal, the cure of many libraries, would be wrong by a factor of 1e6.
    """
    rng = np.random.default_rng(9)
    Q = hadamard(4) / 2  # every axis mixes all deviations: the smallest pivots there are
    deviations = np.array([1e3, 30, 0.1, 1e-3])
    covariance = (Q * deviations**2) @ Q.T
    assert 5e11 < np.linalg.cond(covariance) < 2e12
    X = rng.normal(size=(6, 4)) * deviations @ Q.T
    expected = oracles.log_gaussian(X, np.zeros(4), covariance)
    assert_allclose(log_gaussian(X, np.zeros(4), covariance), expected, rtol=1e-3, atol=1e-3)


def test_condition_1e12_from_units_costs_nothing():
    """A metre beside a micrometre: Cholesky does not feel the scale of a feature."""
    rng = np.random.default_rng(10)
    scales = np.array([1e6, 1.0, 30.0])
    covariance = np.outer(scales, scales) * [[1, 0.6, 0.3], [0.6, 1, -0.2], [0.3, -0.2, 1]]
    assert np.linalg.cond(covariance) > 1e12
    X = scales * rng.normal(size=(6, 3))
    expected = oracles.log_gaussian(X, np.zeros(3), covariance)
    assert_allclose(log_gaussian(X, np.zeros(3), covariance), expected, rtol=1e-12)


def test_offset_of_1e8_cancels(lopsided):
    """On a grid of 2^-20 the offset itself is exact, so the answer is too."""
    X, mean, covariance = lopsided.X, lopsided.theta.means[0], lopsided.theta.covariances[0]
    X, mean = np.round(X * 2**20) / 2**20, np.round(mean * 2**20) / 2**20
    assert_array_equal(
        log_gaussian(X + 1e8, mean + 1e8, covariance), log_gaussian(X, mean, covariance)
    )


@given(problems(), seeds)
def test_affine_change_of_a_gaussian(problem, seed):
    X, theta = problem.X, problem.theta
    change = draw_affine(seed, X.shape[1])
    moved = change.parameters(theta)
    assert_allclose(
        log_gaussian(change.points(X), moved.means[0], moved.covariances[0]),
        log_gaussian(X, theta.means[0], theta.covariances[0]) - change.log_stretch(),
        rtol=1e-8,
        atol=1e-8,
    )
