"""The arguments that the formulas share (X, the parts of theta, Z, R, rng): what makes each valid.

Every public function passes its arguments through this door once and trusts them afterwards.
What comes out is float64 (labels: integers), finite, of the right shape, and never written to.
"""

import numbers
import operator

import numpy as np

# Weights and responsibilities may miss 1, and covariances may miss symmetry, by what float32
# rounding leaves behind; more than that is a mistake of the caller.
ROUNDING = 1e-6

# A Cholesky pivot below this share of its variance is rounding error of a singular matrix.
# A covariance of condition number c has no pivot share below 1/c, so 1e12 stays well clear of it.
SMALLEST_PIVOT = 1e-14


class DegenerateComponent(ValueError):
    """A component that is no Gaussian any more: no points left, or no spread left."""

    def __init__(self, message, component):
        super().__init__(message)
        self.component = component


def as_points(X, n_features=None):
    """X as a float array of shape (N, D); ``n_features`` is the D that the parameters ask for."""
    X = _as_floats(X, "X")
    if X.ndim != 2 or X.shape[1] == 0:
        hint = "; use X.reshape(-1, 1) for N points of one feature" if X.ndim == 1 else ""
        raise ValueError(
            f"X must have shape (N, D), one row a point, but has shape {X.shape}{hint}"
        )
    if n_features is not None and X.shape[1] != n_features:
        raise ValueError(
            f"X has shape {X.shape}, {X.shape[1]} features a point, but the parameters "
            f"describe {n_features}; columns of X are features, rows are points"
        )
    return X


def as_weights(weights, n_components=None):
    """The weights as a float array (K,), none negative, with sum 1."""
    weights = _as_floats(weights, "weights")
    if weights.ndim != 1 or weights.size == 0:
        raise ValueError(f"weights must have shape (K,), but has shape {weights.shape}")
    if n_components is not None and len(weights) != n_components:
        raise ValueError(
            f"weights has shape {weights.shape}, but the other arguments have "
            f"{n_components} components; give one weight a component"
        )
    if weights.min() < 0:
        k = int(weights.argmin())
        raise ValueError(f"weights must not be negative, but weights[{k}] = {weights[k]:.6g}")
    if abs(weights.sum() - 1) > ROUNDING:
        raise ValueError(
            f"weights must sum to 1, but sum to {weights.sum():.10g}; use weights / weights.sum()"
        )
    return weights


def as_means(means):
    """The means as a float array (K, D)."""
    means = _as_floats(means, "means")
    if means.ndim != 2 or 0 in means.shape:
        raise ValueError(
            f"means must have shape (K, D), one row a component, but has shape {means.shape}"
        )
    return means


def as_covariances(covariances, means):
    """The covariances as a float array (K, D, D), symmetric; D and K are those of ``means``.

    That they are positive definite is seen by `cholesky_factors`, which needs the factors anyway.
    """
    covariances = _as_floats(covariances, "covariances")
    n_components, n_features = means.shape
    expected = (n_components, n_features, n_features)
    if covariances.shape != expected:
        raise ValueError(
            f"covariances must have shape (K, D, D) = {expected} to go with means of shape "
            f"{means.shape}, but has shape {covariances.shape}"
        )
    for k, covariance in enumerate(covariances):
        _check_symmetric(covariance, f"covariances[{k}]")
    return covariances


def as_mean_and_covariance(mean, covariance):
    """One Gaussian's mean (D,) and covariance (D, D)."""
    mean = _as_floats(mean, "mean")
    if mean.ndim != 1 or mean.size == 0:
        raise ValueError(f"mean must have shape (D,), but has shape {mean.shape}")
    covariance = _as_floats(covariance, "covariance")
    if covariance.shape != (mean.size, mean.size):
        raise ValueError(
            f"covariance must have shape (D, D) = {(mean.size, mean.size)} to go with mean of "
            f"shape {mean.shape}, but has shape {covariance.shape}"
        )
    _check_symmetric(covariance, "covariance")
    return mean, covariance


def cholesky_factor(covariance, name="covariance", component=0):
    """The lower triangular L with L L^T = covariance.

    Raises DegenerateComponent (a ValueError) if the covariance is not positive definite.
    """
    try:
        factor = np.linalg.cholesky(covariance)
        singular = np.any(np.diag(factor) ** 2 <= SMALLEST_PIVOT * np.diag(covariance))
    except np.linalg.LinAlgError:
        singular = True
    if singular:
        smallest = np.linalg.eigvalsh(covariance)[0]
        raise DegenerateComponent(
            f"{name} must be positive definite, but its smallest eigenvalue is {smallest:.3g}; "
            f"check how it was made, or add a small multiple of the identity",
            component,
        )
    return factor


def cholesky_factors(covariances):
    """The Cholesky factor of each covariance, (K, D, D); errors as of `cholesky_factor`."""
    try:
        factors = np.linalg.cholesky(covariances)
        pivots = np.diagonal(factors, axis1=1, axis2=2) ** 2
        if np.all(pivots > SMALLEST_PIVOT * np.diagonal(covariances, axis1=1, axis2=2)):
            return factors
    except np.linalg.LinAlgError:
        pass  # one of them: which, is seen one by one
    return np.stack([cholesky_factor(C, f"covariances[{k}]", k) for k, C in enumerate(covariances)])


def as_responsibilities(R, n_samples=None):
    """R as a float array (N, K) with entries in [0, 1] and rows that sum to 1."""
    R = _as_floats(R, "R")
    if R.ndim != 2 or R.shape[1] == 0:
        raise ValueError(f"R must have shape (N, K), but has shape {R.shape}")
    if n_samples is not None and len(R) != n_samples:
        raise ValueError(f"R has {len(R)} rows, but X has {n_samples} points; give one row a point")
    if R.size and R.min() < 0:
        n, k = np.unravel_index(R.argmin(), R.shape)
        raise ValueError(f"R must not be negative, but R[{n}, {k}] = {R[n, k]:.6g}")
    off = np.abs(R.sum(axis=1) - 1)
    if R.size and off.max() > ROUNDING:
        n = int(off.argmax())
        raise ValueError(
            f"each row of R must sum to 1, but row {n} sums to {R[n].sum():.10g}; "
            f"use R / R.sum(axis=1, keepdims=True)"
        )
    return R


def as_one_hot(Z, n_components=None, n_samples=None):
    """Z as a float array (N, K): one 1 a row, 0 elsewhere."""
    Z = _as_floats(Z, "Z")
    if Z.ndim != 2:
        raise ValueError(
            f"Z must be one-hot, of shape (N, K), but has shape {Z.shape}; "
            f"use one_hot(z, n_components) on labels"
        )
    if n_components is not None and Z.shape[1] != n_components:
        raise ValueError(
            f"Z has shape {Z.shape}, {Z.shape[1]} columns, but there are {n_components} components"
        )
    if n_samples is not None and len(Z) != n_samples:
        raise ValueError(f"Z has {len(Z)} rows, but X has {n_samples} points; give one row a point")
    wrong = (np.count_nonzero(Z == 1, axis=1) != 1) | (np.count_nonzero(Z, axis=1) != 1)
    if wrong.any():
        n = int(wrong.argmax())
        raise ValueError(f"each row of Z must hold one 1 and 0 elsewhere, but row {n} is {Z[n]}")
    return Z


def as_labels(z, n_components):
    """z as an integer array (N,) with entries in 0 ... K-1."""
    z = _as_array(z, "z")
    if z.ndim != 1:
        raise ValueError(f"z must have shape (N,), one label a point, but has shape {z.shape}")
    if z.size == 0:
        return z.astype(int)
    if z.dtype.kind not in "iu":
        raise ValueError(f"z must hold integers, but its dtype is {z.dtype}; use z.astype(int)")
    if z.min() < 0 or z.max() >= n_components:
        raise ValueError(
            f"z must hold labels from 0 to {n_components - 1}, "
            f"but its values run from {z.min()} to {z.max()}"
        )
    return z


def as_count(value, name, smallest):
    """``value`` as an int of at least ``smallest``."""
    try:
        count = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, but is {value!r}") from None
    if count < smallest:
        raise ValueError(f"{name} must be at least {smallest}, but is {count}")
    return count


def as_tolerance(tol):
    """``tol`` itself, if it is a number of at least 0."""
    if not isinstance(tol, numbers.Real) or not tol >= 0:
        raise ValueError(f"tol must be a number of at least 0, but is {tol!r}")
    return tol


def as_generator(rng):
    """``rng`` itself, if it is a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng must be a numpy.random.Generator, but is {type(rng).__name__}; "
            f"use np.random.default_rng(seed)"
        )
    return rng


def _as_array(values, name):
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} must be an array, but is {type(values).__name__} with parts of unequal "
            f"length; give every row the same length"
        ) from None


def _as_floats(values, name):
    array = _as_array(values, name)
    if array.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} must be an array of numbers, but is {type(values).__name__} "
            f"that numpy reads as dtype {array.dtype}"
        )
    array = np.asarray(array, dtype=float)  # no copy of what is float64 already
    # By its ends, which no NaN passes: a table of all entries would need an eighth of their memory.
    if array.size and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = f"{name}[{', '.join(map(str, index))}]" if index else name
        raise ValueError(
            f"{name} must be finite, but {where} = {array[index]}; remove or repair such entries"
        )
    return array


def _check_symmetric(covariance, name):
    scale = np.sqrt(np.abs(np.diag(covariance)))
    excess = np.abs(covariance - covariance.T) - ROUNDING * np.outer(scale, scale)
    if excess.max() > 0:
        i, j = (int(i) for i in np.unravel_index(excess.argmax(), excess.shape))
        raise ValueError(
            f"{name} must be symmetric, but its entries [{i}, {j}] and [{j}, {i}] are "
            f"{covariance[i, j]:.6g} and {covariance[j, i]:.6g}; "
            f"use (covariance + covariance.T) / 2 if that is rounding"
        )
