"""7.4.5: EM as the climb on Q, the expected complete-data log-likelihood."""

import warnings
from typing import NamedTuple

import numpy as np
import scipy

from gmm_ref.block_em import Passes
from gmm_ref.generative_model import component_log_densities
from gmm_ref.posterior import posterior_entropy, responsibilities
from gmm_ref.theta import Parameters, as_theta
from gmm_ref.validation import (
    DegenerateComponent,
    as_count,
    as_generator,
    as_points,
    as_responsibilities,
    as_tolerance,
    as_weights,
    cholesky_factor,
    cholesky_factors,
)


class Fit(NamedTuple):
    """What a run of EM leaves.

    parameters, the last valid theta; log_likelihoods (T+1,), in nats: before the first step and
    after each of the T; converged, whether the last step gained less than the tolerance.
    """

    parameters: Parameters
    log_likelihoods: np.ndarray
    converged: bool


class CollapseWarning(UserWarning):
    """A component lost all its spread or all its points: the likelihood has no maximum there."""

    def __init__(self, step, component, reason):
        super().__init__(
            f"EM stopped: in step {step} component {component} collapsed ({reason}). "
            f"The parameters before that step are kept. "
            f"Start elsewhere, or use fewer components."
        )
        self.step = step
        self.component = component


def expected_complete_log_likelihood(X, R, weights, means, covariances):
    """Q = E[log p(X, Z | theta)] = sum_n sum_k r_nk [log pi_k + log N(x_n | mu_k, Sigma_k)].

    Section 7.4.5; the expectation is over z given x under the theta^(t) that made R.
    X (N, D), R (N, K), weights (K,), means (K, D), covariances (K, D, D).
    Returns a float, in nats; -inf if a component of weight 0 has a responsibility.
    Raises ValueError for bad arguments.
    """
    log_densities = component_log_densities(X, means, covariances)
    weights = as_weights(weights, log_densities.shape[1])
    R = _as_responsibilities_of(R, log_densities.shape)
    return float(scipy.special.xlogy(R, weights).sum() + (R * log_densities).sum())


def lower_bound(X, R, weights, means, covariances):
    """Q plus the entropy of R, -sum_n sum_k r_nk log r_nk: at most the log-likelihood.

    Section 7.4.5. The gap is KL(R || posterior), 0 when R is the posterior under theta.
    X (N, D), R (N, K), weights (K,), means (K, D), covariances (K, D, D).
    Returns a float, in nats; -inf if a component of weight 0 has a responsibility.
    Raises ValueError for bad arguments.
    """
    Q = expected_complete_log_likelihood(X, R, weights, means, covariances)
    return Q + float(posterior_entropy(R).sum())


def e_step(X, weights, means, covariances):
    """R = p(z_nk = 1 | x_n, theta^(t)): the E-step of section 7.4.5 is Bayes' theorem of 7.4.3.

    X (N, D), weights (K,), means (K, D), covariances (K, D, D). Returns R (N, K).
    Raises ValueError for bad arguments.
    """
    return responsibilities(X, weights, means, covariances)


def m_step(X, R):
    """The theta that maximises Q for given R (section 7.4.5), with N_k = sum_n r_nk:

    pi_k = N_k / N,  mu_k = sum_n r_nk x_n / N_k,
    Sigma_k = sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T / N_k  with the new mu_k.

    X (N, D), R (N, K) with rows that sum to 1. Returns Parameters.
    Raises ValueError for bad arguments and for a component without points (N_k = 0).
    A component whose points span fewer than D dimensions gets a singular covariance.
    """
    X = as_points(X)
    R = as_responsibilities(R, len(X))
    counts = R.sum(axis=0)
    _check_points(counts)
    centre = X.mean(axis=0)  # so that an offset in the data costs no digits in the sums
    X = X - centre
    means = R.T @ X / counts[:, None]
    covariances = np.stack(
        [_scatter(X - means[k], R[:, k]) / counts[k] for k in range(len(counts))]
    )
    return Parameters(counts / counts.sum(), centre + means, covariances)


def fit(X, theta, tol=1e-6, max_iter=1000):
    """Repeat E-step and M-step from theta (section 7.4.5).

    X (N, D); theta, Parameters or any (weights, means, covariances). Stops after a step that
    gains less than ``tol`` nats in the total log-likelihood, or after ``max_iter`` steps.
    Returns Fit(parameters, log_likelihoods, converged).
    Raises ValueError for bad arguments. A collapse on the way raises nothing: it issues
    CollapseWarning with the step and the component, and the parameters before it are kept.
    """
    theta = Parameters(*(part.copy() for part in as_theta(theta)))  # the result is no view of it
    X = as_points(X, theta.means.shape[1])
    max_iter = as_count(max_iter, "max_iter", 0)
    result, collapse = _run(X, theta, as_tolerance(tol), max_iter)
    if collapse is not None:
        warnings.warn(collapse, stacklevel=2)
    return result


def fit_best(X, n_components, n_restarts, rng):
    """Run `fit` from ``n_restarts`` random starts: EM may end in a local maximum (section 7.4.5).

    X (N, D); n_components, K >= 1; n_restarts >= 1; rng, a numpy Generator.
    Returns the Fit of the run with the highest last log-likelihood.
    A start: K different points drawn as means, equal weights, the covariance of all the data.
    Runs that collapse climb without bound, so they count only if every run collapsed;
    then CollapseWarning is issued. Raises ValueError for bad arguments, for N < K,
    and for points that do not span all D dimensions.
    """
    X = as_points(X)
    n_components = as_count(n_components, "n_components", 1)
    n_restarts = as_count(n_restarts, "n_restarts", 1)
    rng = as_generator(rng)
    if len(X) < n_components:
        raise ValueError(
            f"X has {len(X)} points, but n_components = {n_components} needs as many; "
            f"use fewer components, or more points"
        )
    covariance = _scatter(X - X.mean(axis=0), np.ones(len(X))) / len(X)
    cholesky_factor(covariance, "the covariance of X")
    starts = [random_start(X, covariance, n_components, rng) for _ in range(n_restarts)]
    runs = [_run(X, start) for start in starts]
    best, collapse = max(runs, key=lambda run: (run[1] is None, run[0].log_likelihoods[-1]))
    if collapse is not None:
        warnings.warn(collapse, stacklevel=2)
    return best


def _run(X, theta, tol=1e-6, max_iter=1000):
    """EM from theta, all valid: its Fit, and the CollapseWarning of the step that failed, or None.

    A step is a pass over X, whose sums say how likely theta is and which theta comes next.
    """
    passes, rounding = Passes(X, len(theta.weights)), _rounding(X)
    factors = cholesky_factors(theta.covariances)
    sums = passes.sums(theta, factors)
    log_likelihoods = [sums.log_likelihood]
    converged, collapse = False, None
    for step in range(1, max_iter + 1):
        try:
            _check_points(sums.counts)
            if sums.lose_digits:
                sums = passes.sums(theta, factors, about=sums.moves)
            new = sums.maximised(theta, factors)
            new_factors = _wide_factors(new.covariances, rounding)
        except DegenerateComponent as error:
            collapse = CollapseWarning(step, error.component, str(error))
            break
        theta, factors = new, new_factors
        sums = passes.sums(theta, factors)
        log_likelihoods.append(sums.log_likelihood)
        if log_likelihoods[-1] - log_likelihoods[-2] < tol:
            converged = True
            break
    return Fit(theta, np.array(log_likelihoods), converged), collapse


def _check_points(counts):
    """Raise DegenerateComponent for a component without points, N_k = 0."""
    for k in np.flatnonzero(counts < np.finfo(float).tiny):
        raise DegenerateComponent(
            f"R[:, {k}] sums to {counts[k]:.3g}: component {k} has no points, so its mean is "
            f"0 / 0; drop the column, or start EM elsewhere",
            int(k),
        )


def _rounding(X):
    """The spread in each feature, (D,), that the rounding of the data alone can make."""
    return 16 * np.finfo(float).eps * np.maximum(X.max(axis=0), -X.min(axis=0))


def _wide_factors(covariances, rounding):
    """Their Cholesky factors; DegenerateComponent for one as narrow as the data's rounding."""
    factors = cholesky_factors(covariances)
    narrow = np.any(np.diagonal(factors, axis1=1, axis2=2) <= rounding, axis=1)
    for k in np.flatnonzero(narrow):
        raise DegenerateComponent(f"covariances[{k}] is 0 up to rounding", int(k))
    return factors


def random_start(X, covariance, n_components, rng):
    """A start of `fit_best`: K different points as means, equal weights, one covariance for all.

    X (N, D) and covariance (D, D), both valid; rng, a numpy Generator. Returns Parameters.
    """
    means = X[rng.choice(len(X), size=n_components, replace=False)]
    weights = np.full(n_components, 1 / n_components)
    return Parameters(weights, means, np.stack([covariance] * n_components))


def _scatter(centred, r):
    """sum_n r_n c_n c_n^T, symmetric to the last bit."""
    weighted = np.sqrt(r)[:, None] * centred
    return weighted.T @ weighted


def _as_responsibilities_of(R, shape):
    R = as_responsibilities(R, shape[0])
    if R.shape != shape:
        raise ValueError(f"R must have shape (N, K) = {shape}, but has shape {R.shape}")
    return R
