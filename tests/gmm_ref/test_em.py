"""7.4.5: Q, the lower bound, the two steps, and the runs `fit` and `fit_best`."""

import warnings

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import call, draw_affine, draw_problem, problems, seeds
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import rel_entr
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmm_ref import (
    CollapseWarning,
    Fit,
    Parameters,
    datasets,
    e_step,
    expected_complete_log_likelihood,
    fit,
    fit_best,
    log_likelihood,
    lower_bound,
    m_step,
    responsibilities,
    sample_mixture,
)

pytestmark = pytest.mark.filterwarnings("error")

# Of 300 points of a mixture with K = 3, D = 2, a run from the wrong place: slow, no collapse.
SLOW_START = Parameters(
    np.array([0.2, 0.5, 0.3]),
    np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]),
    np.array([[[2.0, 0.3], [0.3, 1.0]], [[1.0, -0.2], [-0.2, 3.0]], [[1.5, 0.1], [0.1, 1.2]]]),
)
SLOW_X = sample_mixture(*draw_problem(11).theta, 300, np.random.default_rng(11))[0]
# One far point, which component 1 will have for itself in its third step.
LONELY_X = np.array(
    [[0, 0], [1, 0.3], [0.2, 1.1], [-1, 0.5], [0.4, -0.9], [-0.7, -0.6], [5, 5], [2, 1]]
)
LONELY_START = Parameters(
    np.array([0.6, 0.4]),
    np.array([[0.0, 0.0], [4.0, 4.0]]),
    np.array([[[1.8, 0.3], [0.3, 1.8]], [[2.1, 0.1], [0.1, 2.1]]]),
)


def assert_parameters_close(found, expected, rtol=1e-10, atol=1e-12):
    for name, a, b in zip(Parameters._fields, found, expected, strict=True):
        assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=name)


# Q and the lower bound


@pytest.mark.parametrize("name", ["expected_complete_log_likelihood", "lower_bound", "e_step"])
def test_agrees_with_the_sums(name, problem):
    # atol: a responsibility that no float can tell from 0 beside 1
    assert_allclose(call(name, problem), call(name, problem, oracles), rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("function", [expected_complete_log_likelihood, lower_bound])
def test_bounds_are_plain_floats_and_minus_infinity_for_the_impossible(function, lopsided):
    X, theta, _, R = lopsided
    assert type(function(X, R, *theta)) is float
    assert function(X, R, np.array([0.0, 0.7, 0.3]), *theta[1:]) == -np.inf


@given(problems())
def test_lower_bound_is_the_likelihood_less_the_divergence(problem):
    """For any R: log p(X) - bound = sum_n KL(R_n || posterior_n), never negative."""
    X, theta, _, R = problem
    gap = log_likelihood(X, *theta) - lower_bound(X, R, *theta)
    divergence = rel_entr(R, responsibilities(X, *theta)).sum()
    if np.isfinite(divergence):  # a posterior that underflows has none
        assert gap == pytest.approx(divergence, rel=1e-8, abs=1e-8)


@given(problems())
def test_likelihood_is_q_plus_entropy_at_the_posterior(problem):
    X, theta, _, _ = problem
    bound = lower_bound(X, e_step(X, *theta), *theta)
    assert bound == pytest.approx(log_likelihood(X, *theta), rel=1e-10, abs=1e-10)


@given(st.integers(2, 4), st.integers(1, 3), seeds)
def test_fishers_identity(K, D, seed):
    """At theta^(t) log p(X | theta) and Q(theta | theta^(t)) have one slope in each direction."""
    X, theta, _, _ = draw_problem(seed, 9, K, D)
    R = e_step(X, *theta)
    rng = np.random.default_rng(seed)
    direction = rng.normal(size=K), rng.normal(size=(K, D)), rng.normal(size=(K, D, D))
    tilt = theta.weights * (direction[0] - theta.weights @ direction[0])  # keeps the sum at 1
    turn = theta.covariances @ direction[2] @ theta.covariances
    direction = Parameters(tilt, direction[1], (turn + turn.mT) / np.abs(turn).max())

    def moved(h):
        return [part + h * change for part, change in zip(theta, direction, strict=True)]

    # Central differences: error h^2 times a third derivative, and rounding eps / h times |log p|.
    h = 1e-6 * min(1, np.linalg.eigvalsh(theta.covariances).min())
    slopes = [
        (function(h) - function(-h)) / (2 * h)
        for function in (
            lambda t: log_likelihood(X, *moved(t)),
            lambda t: expected_complete_log_likelihood(X, R, *moved(t)),
        )
    ]
    scale = abs(log_likelihood(X, *theta))
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-4, abs=1e-15 * scale / h + 1e-5 * scale)


# The M-step


@pytest.mark.parametrize(
    "sizes", [(7, 3, 2), (1, 3, 2), (7, 1, 2), (5, 3, 1), (1, 1, 1), (3, 2, 50)]
)
def test_m_step_agrees_with_the_sums(sizes):
    problem = draw_problem(12, *sizes)
    assert_parameters_close(call("m_step", problem), call("m_step", problem, oracles))


def test_m_step_with_known_labels_is_a_table_of_groups(lopsided):
    X, Z = lopsided.X, np.eye(2)[[0, 1, 1, 0, 1, 1, 1]]
    weights, means, covariances = m_step(X, Z)
    assert_allclose(weights, [2 / 7, 5 / 7], rtol=1e-14)
    for k, group in enumerate([X[[0, 3]], X[[1, 2, 4, 5, 6]]]):
        assert_allclose(means[k], group.mean(axis=0), rtol=1e-13)
        assert_allclose(covariances[k], np.cov(group.T, bias=True), rtol=1e-12)


@given(problems(min_points=2))
def test_moments_survive_any_m_step(problem):
    """sum pi_k mu_k = mean of X, and within + between = total covariance, whatever R is."""
    X, R = problem.X, problem.R
    weights, means, covariances = m_step(X, R)
    mean = X.mean(axis=0)
    assert weights.sum() == pytest.approx(1, rel=1e-14)
    assert_allclose(weights @ means, mean, rtol=1e-10, atol=1e-12)
    assert_array_equal(covariances, covariances.mT)
    within = np.einsum("k,kij->ij", weights, covariances)
    between = (weights[:, None] * (means - mean)).T @ (means - mean)
    total = (X - mean).T @ (X - mean) / len(X)
    assert_allclose(within + between, total, rtol=1e-10, atol=1e-10)


@given(st.integers(1, 3), st.integers(1, 2), seeds)
def test_m_step_is_the_maximum_of_q(K, D, seed):
    X, _, _, R = draw_problem(seed, 30, K, D)
    best = m_step(X, R)
    rng = np.random.default_rng(seed)
    stretch = np.eye(D) + 0.05 * rng.normal(size=(K, D, D))
    other = Parameters(
        weights=0.9 * best.weights + 0.1 * rng.dirichlet(np.ones(K)),
        means=best.means + 0.1 * rng.normal(size=(K, D)),
        covariances=stretch @ best.covariances @ stretch.mT,
    )
    highest = expected_complete_log_likelihood(X, R, *best)
    for field in Parameters._fields:  # each part alone, so that no loss hides another's gain
        worse = best._replace(**{field: getattr(other, field)})
        assert expected_complete_log_likelihood(X, R, *worse) <= highest + 1e-9 * abs(highest)


@given(problems(), seeds, st.data())
def test_m_step_follows_row_label_and_affine_changes(problem, seed, data):
    X, R = problem.X, problem.R
    rows = data.draw(st.permutations(range(len(X))))
    labels = data.draw(st.permutations(range(R.shape[1])))
    change = draw_affine(seed, X.shape[1])
    expected = change.parameters(m_step(X, R))
    found = m_step(change.points(X)[rows], R[np.ix_(rows, labels)])
    assert_parameters_close(found, [part[labels] for part in expected], rtol=1e-9, atol=1e-9)


def test_m_step_with_an_offset_of_1e8():
    """The means are as near as numbers of 1e8 can be, half a unit of 1.5e-8; a plain sum over
    these points misses by ten units. The covariances do not feel the offset."""
    X, _, _, R = draw_problem(16, N=2000)
    X = np.round(X * 2**20) / 2**20  # so that X + 1e8 is exact
    near, far = m_step(X, R), m_step(X + 1e8, R)
    assert_allclose(far.means - 1e8, near.means, rtol=0, atol=8e-9)
    assert_allclose(far.covariances, near.covariances, rtol=1e-12)


def test_m_step_of_groups_far_apart():
    """Spread 1 at a distance of 1e6: the mean square less the squared mean loses 12 digits."""
    X, _, Z, _ = draw_problem(17, N=20)
    X = np.round(X * 2**20) / 2**20  # so that the distances, whole numbers, add up exactly
    near, far = m_step(X, Z), m_step(X + 1e6 * Z @ [[0, 1], [3, 0], [2, 5]], Z)
    assert_allclose(far.covariances, near.covariances, rtol=1e-8)


def test_m_step_of_a_dead_component(lopsided):
    R = np.insert(lopsided.R, 2, 0, axis=1)
    with pytest.raises(ValueError, match=r"R\[:, 2\] sums to 0.*no points.*drop the column"):
        m_step(lopsided.X, R)


def test_m_step_of_a_nearly_dead_component_is_still_a_mean(lopsided):
    X, R = lopsided.X, np.array([[1, 1e-300]] * 7)
    assert_allclose(m_step(X, R).means, [X.mean(axis=0)] * 2, rtol=1e-12)


# fit


@pytest.fixture(scope="module")
def slow():
    return fit(SLOW_X, SLOW_START)


def test_fit_is_e_step_and_m_step_in_turn():
    theta, trace = SLOW_START, [log_likelihood(SLOW_X, *SLOW_START)]
    for _ in range(4):
        theta = m_step(SLOW_X, e_step(SLOW_X, *theta))
        trace.append(log_likelihood(SLOW_X, *theta))
    result = fit(SLOW_X, SLOW_START, tol=0, max_iter=4)
    assert isinstance(result, Fit)
    # `fit` adds up in another order: four steps of rounding.
    assert_allclose(result.log_likelihoods, trace, rtol=1e-13)
    for part, expected in zip(result.parameters, theta, strict=True):
        assert_allclose(part, expected, rtol=1e-11)
    assert result.converged is False


def test_fit_of_no_steps_holds_the_start():
    result = fit(SLOW_X, tuple(SLOW_START), max_iter=0)
    np.testing.assert_equal(result.parameters, SLOW_START)
    assert isinstance(result.parameters, Parameters)
    assert not np.shares_memory(result.parameters.means, SLOW_START.means)
    assert_array_equal(result.log_likelihoods, [log_likelihood(SLOW_X, *SLOW_START)])
    assert result.converged is False


def test_fit_agrees_with_scikit_learn():
    theta, steps = SLOW_START, 20
    model = GaussianMixture(
        len(theta.weights),
        tol=0,
        reg_covar=0,
        max_iter=steps,
        weights_init=theta.weights,
        means_init=theta.means,
        precisions_init=np.linalg.inv(theta.covariances),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(SLOW_X)
    found = fit(SLOW_X, theta, tol=0, max_iter=steps).parameters
    expected = (model.weights_, model.means_, model.covariances_)
    assert_parameters_close(found, expected, rtol=1e-7, atol=1e-9)


def test_fit_stops_at_the_first_gain_below_tol(slow):
    assert slow.converged is True
    gains = np.diff(slow.log_likelihoods)
    assert gains[-1] < 1e-6 <= gains[:-1].min()
    assert len(gains) > 20
    # The total over 300 points is meant: per point some earlier gain is below tol by now.
    assert gains[-2] / len(SLOW_X) < 1e-6


def test_fit_goes_on_at_a_gain_of_exactly_tol(slow):
    gains = np.diff(slow.log_likelihoods)
    step = int(np.argmin(gains[:10]))
    result = fit(SLOW_X, SLOW_START, tol=gains[step])
    later = int(np.argmax(gains < gains[step]))
    assert later > step
    assert_array_equal(result.log_likelihoods, slow.log_likelihoods[: later + 2])


def test_fit_takes_max_iter_steps_at_the_most(slow):
    steps = len(slow.log_likelihoods) - 1
    assert fit(SLOW_X, SLOW_START, max_iter=steps).converged is True
    short = fit(SLOW_X, SLOW_START, max_iter=steps - 1)
    assert short.converged is False
    assert_array_equal(short.log_likelihoods, slow.log_likelihoods[:-1])


@given(st.integers(1, 4), st.integers(1, 3), seeds)
def test_em_never_descends(K, D, seed):
    X = sample_mixture(*draw_problem(seed, K=K, D=D).theta, 60, np.random.default_rng(seed))[0]
    start = draw_problem(seed + 1, K=K, D=D).theta
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollapseWarning)  # the trace before it counts
        trace = fit(X, start, tol=0, max_iter=25).log_likelihoods
    # tol = 0 ends the run at the first loss, and rounding may be that loss.
    assert np.all(np.diff(trace) >= -1e-9 * np.abs(trace[:-1]))


def test_fit_follows_label_row_and_affine_changes(slow):
    change = draw_affine(13, 2)
    labels, rows = [2, 0, 1], np.random.default_rng(13).permutation(len(SLOW_X))
    start = change.parameters(SLOW_START)
    moved = fit(change.points(SLOW_X)[rows], [part[labels] for part in start], max_iter=30)
    plain = fit(SLOW_X, SLOW_START, max_iter=30)
    cost = len(SLOW_X) * change.log_stretch()
    assert_allclose(moved.log_likelihoods, plain.log_likelihoods - cost, rtol=1e-10)
    expected = [part[labels] for part in change.parameters(plain.parameters)]
    assert_parameters_close(moved.parameters, expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("scale", [2.0**-60, 2.0**60])
def test_fit_is_the_same_in_any_unit(scale, slow):
    """No spread is too small in itself. Powers of 2 scale without rounding."""
    weights, means, covariances = SLOW_START
    result = fit(scale * SLOW_X, (weights, scale * means, scale**2 * covariances))
    cost = SLOW_X.size * np.log(scale)
    assert_allclose(result.log_likelihoods, slow.log_likelihoods - cost, rtol=1e-12)


def test_fit_with_an_offset_of_1e8():
    """Means are rounded to 1e-8 there, and the covariance of 30 minutes has an error of 1e-9."""
    X = np.round(datasets.old_faithful() * 2**20) / 2**20  # so that X + 1e8 is exact
    theta = Parameters(np.array([0.3, 0.7]), X[[1, 0]], np.array([[[0.2, 0.5], [0.5, 30]]] * 2))
    near = fit(X, theta)
    far = fit(X + 1e8, theta._replace(means=theta.means + 1e8))
    assert_allclose(far.log_likelihoods, near.log_likelihoods, rtol=1e-8)
    moved_back = far.parameters._replace(means=far.parameters.means - 1e8)
    assert_parameters_close(moved_back, near.parameters, rtol=1e-6, atol=5e-8)


# Collapse


def run_to_collapse(X, theta, **options):
    with pytest.warns(CollapseWarning) as caught:
        result = fit(X, theta, **options)
    (warning,) = caught
    assert warning.filename == __file__  # it points at the call of fit
    return result, warning.message


def test_collapse_is_reported_and_what_was_before_is_kept():
    result, warning = run_to_collapse(LONELY_X, LONELY_START)
    assert (warning.step, warning.component) == (3, 1)
    assert "step 3" in str(warning)
    assert "component 1 collapsed" in str(warning)
    np.testing.assert_equal(result, fit(LONELY_X, LONELY_START, max_iter=2))
    assert len(result.log_likelihoods) == 3
    assert result.converged is False


def test_collapse_onto_a_line_is_a_collapse():
    """Two points for two dimensions: the covariance has spread, but in one direction only."""
    X = np.vstack([LONELY_X, [5.5, 5.8]])
    result, warning = run_to_collapse(X, LONELY_START)
    assert warning.component == 1
    assert np.linalg.eigvalsh(result.parameters.covariances).min() > 0


@pytest.mark.parametrize("offset", [0, 1e8])
def test_collapse_onto_the_rounding_of_the_data(offset):
    """Five points alike, and one feature: a covariance of 2e-31, rounding, is not kept as one."""
    X = np.array([[-1.3], [-0.4], [0.2], [0.7], [1.9], *[[5.1]] * 5]) + offset
    start = ([0.7, 0.3], np.array([[0.1], [4.9]]) + offset, [[[1.2]], [[0.3]]])
    result, warning = run_to_collapse(X, start)
    assert warning.component == 1
    assert result.parameters.covariances.min() > 1e-16


def test_weight_of_0_at_the_start_is_a_component_without_points():
    theta = SLOW_START._replace(weights=np.array([0.4, 0.6, 0.0]))
    result, warning = run_to_collapse(SLOW_X, theta)
    assert (warning.step, warning.component) == (1, 2)
    np.testing.assert_equal(result.parameters, theta)


def test_narrow_component_is_no_collapse():
    """A cluster of deviation 1e-6 beside one of deviation 1 is data, not rounding."""
    rng = np.random.default_rng(14)
    X = np.vstack([rng.normal(size=(40, 1)), 3 + 1e-6 * rng.normal(size=(20, 1))])
    result = fit(X, ([0.5, 0.5], [[0.0], [3.0]], [[[1.0]], [[0.1]]]))
    assert result.converged is True
    assert result.parameters.covariances[1, 0, 0] == pytest.approx(X[40:].var(), rel=1e-6)


# fit_best


def test_fit_best_is_the_highest_of_its_runs():
    """The same rng draws the same starts first. Of these three the second climbs the highest,
    the third starts the highest, and the first takes the most steps."""
    X = datasets.old_faithful()
    tops = [fit_best(X, 3, n, np.random.default_rng(13)).log_likelihoods[-1] for n in (1, 2, 3)]
    assert tops[0] < tops[1] == tops[2]


def test_fit_best_draws_its_starts_from_rng():
    X = datasets.old_faithful()
    starts = [
        fit_best(X, 2, 1, np.random.default_rng(seed)).log_likelihoods[0] for seed in (1, 1, 2)
    ]
    assert starts[0] == starts[1] != starts[2]


def test_fit_best_ignores_runs_that_collapse():
    """The first start ends in a collapse, higher than any maximum; it must not win."""
    with pytest.warns(CollapseWarning):
        alone = fit_best(LONELY_X, 2, 1, np.random.default_rng(5))
    best = fit_best(LONELY_X, 2, 5, np.random.default_rng(5))  # a warning would be an error
    assert best.converged is True
    assert best.log_likelihoods[-1] < alone.log_likelihoods[-1]


def test_fit_best_reports_a_collapse_if_nothing_else_happened():
    """Two points and two components: every run ends with a component a point."""
    with pytest.warns(CollapseWarning) as caught:
        result = fit_best([[0.0], [1.0]], 2, 3, np.random.default_rng(1))
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert result.converged is False
    assert_allclose(np.sort(result.parameters.means.ravel()), [0, 1], atol=1e-3)


def test_fit_best_with_one_component_needs_one_step():
    X = datasets.old_faithful()
    theta = fit_best(X, 1, 1, np.random.default_rng(1)).parameters
    expected = [1], [X.mean(axis=0)], [np.cov(X.T, bias=True)]
    assert_parameters_close(theta, expected)


# Published numbers


def assert_printed(found, printed, decimals):
    """Equal as far as the decimals go, and half a unit of the last."""
    assert_allclose(np.ravel(found), printed, rtol=0, atol=0.51 * 10.0**-decimals)


def test_example_of_mathematics_for_machine_learning():
    X, start = datasets.seven_points()
    after_one = fit(X, start, max_iter=1)
    assert_printed(-after_one.log_likelihoods, [28.3255356559, 14.4104852931], 10)
    weights, means, covariances = after_one.parameters
    assert_printed(weights, [0.293890, 0.287001, 0.419109], 6)
    assert_printed(means, [-2.701230, -0.403411, 3.704287], 6)
    assert_printed(covariances, [0.144000, 0.438492, 1.526594], 6)

    at_the_end = fit(X, start, tol=1e-9)  # at 1e-6 the last mean is still 1e-4 away
    weights, means, covariances = at_the_end.parameters
    assert at_the_end.converged is True
    assert_printed(-at_the_end.log_likelihoods[-1], [13.9733], 4)
    assert_printed(weights, [0.2857, 0.2832, 0.4311], 4)
    assert_printed(means, [-2.7500, -0.5041, 3.6446], 4)
    assert_printed(covariances, [0.0625, 0.2506, 1.6289], 4)


def test_old_faithful_with_two_components():
    """The maximum that scikit-learn and R's mclust find."""
    best = fit_best(datasets.old_faithful(), 2, 2, np.random.default_rng(15))
    assert best.log_likelihoods[-1] == pytest.approx(-1130.263960, abs=2e-6)


@pytest.mark.parametrize(
    ("rows", "maximum"),
    [([138, 127, 205], -1114.44), ([23, 48, 219], -1119.21), ([196, 239, 255], -1127.07)],
)
def test_old_faithful_with_three_components_has_several_maxima(rows, maximum):
    X = datasets.old_faithful()
    start = (np.full(3, 1 / 3), X[rows], [np.cov(X.T, bias=True)] * 3)
    assert fit(X, start).log_likelihoods[-1] == pytest.approx(maximum, abs=6e-3)
