"""Judging a sample by its distribution, whatever the method that drew it.

Each check makes a few dozen tests; a test fails at a p-value below ALPHA, so that by the union
bound a right sampler fails a whole check with a probability below one in a million.
"""

import itertools

import numpy as np

# Where a test is not exact but nearly chi-square (counts of 9 and more expected), 400 000 samples
# of each gave p-values below 1e-4 and 1e-5 in 1.2 and 1.0 times the share they should, so that
# ALPHA holds up to a small factor, for which the union bound leaves room.
ALPHA = 1e-8
# So few rows say nothing of their distribution; a sample has a shape if it has so many.
FEW_ROWS, SHAPED = 100, 50
# Where so many of each label are expected, a sample's counts are nearly normal.
EXPECTED = 5


def labels_fault(z, weights):
    """What is wrong with labels that should be independent draws from Categorical(weights)."""
    from scipy import stats  # not before a sampler is judged: it takes long to import

    z = np.asarray(z)
    n_components = len(weights)
    batches = np.array_split(z, 20)
    counts = np.stack([np.bincount(batch, minlength=n_components) for batch in batches])
    expected = np.array([len(batch) for batch in batches])[:, None] * weights
    total, total_expected = counts.sum(axis=0), expected.sum(axis=0)
    if stats.chisquare(total, total_expected).pvalue < ALPHA:
        shares = ", ".join(f"{c / len(z):.3f}" for c in total)
        wanted = ", ".join(f"{w:.3f}" for w in weights)
        return f"In {len(z)} draws the labels occur in shares {shares}, not near {wanted}."
    # Each batch must scatter as multinomial counts do: too much is dependence or sorting,
    # too little is a fixed number a component. The sum of 20 statistics is close to chi-square.
    scatter = ((counts - expected) ** 2 / expected).sum()
    degrees = len(batches) * (n_components - 1)
    if stats.chi2.sf(scatter, degrees) < ALPHA:
        return "The labels are not independent of their place: are they sorted, or in blocks?"
    if stats.chi2.cdf(scatter, degrees) < ALPHA:
        return "The counts scatter less than chance does: each label must be drawn on its own."
    pairs = np.sum(z[1:] == z[:-1])
    if abs(pairs - _mean_pairs(weights, len(z))) > 7 * np.sqrt(_variance_pairs(weights, len(z))):
        return "Neighbouring labels are not independent: are they sorted, or in a pattern?"
    return None


def totals_fault(samples, weights):
    """What is wrong with how often each label occurs in many samples, each of another rng; or None.

    Where each label is expected often enough, the samples' statistics sum to nearly a chi-square;
    the labels of the smaller samples, which must follow the weights as well, are pooled.
    """
    from scipy import stats

    large = [z for z in samples if len(z) * weights.min() >= EXPECTED]
    counts = np.stack([np.bincount(z, minlength=len(weights)) for z in large])
    expected = np.array([len(z) for z in large])[:, None] * weights
    scatter = ((counts - expected) ** 2 / expected).sum()
    degrees = len(large) * (len(weights) - 1)
    if stats.chi2.cdf(scatter, degrees) < ALPHA:
        return (
            "From one sample to the next the counts scatter less than chance does: each label "
            "must be drawn on its own, not dealt out by share."
        )
    if stats.chi2.sf(scatter, degrees) < ALPHA:
        return "From one sample to the next the counts scatter more than chance does."
    small = [z for z in samples if len(z) * weights.min() < EXPECTED]
    pooled = np.bincount(np.concatenate(small or [[]]).astype(int), minlength=len(weights))
    if len(small) and stats.chisquare(pooled, pooled.sum() * weights).pvalue < ALPHA:
        return "In small samples the labels do not occur in the shares that the weights say."
    return None


def samples_fault(samples):
    """What is wrong with samples (n, D), each of another rng, of draws from N(0, I); or None.

    Together they are one sample. No row comes twice. And their shapes, which neither order nor
    place, scale, sign or direction changes, scatter as chance has it: those of one table do not.
    """
    from scipy import stats

    pooled = np.concatenate(samples)
    fault = noise_fault(pooled)
    if fault:
        return f"Of many samples, small ones among them: {fault}"
    if len(np.unique(np.round(pooled, 9), axis=0)) < len(pooled):
        return (
            "Points of one sample come again in the next, with another rng: draw the noise, too, "
            "with the rng that is passed."
        )
    shapes = np.array([_shape(E) for E in samples if len(E) >= SHAPED])
    for scores in shapes[:, :2].T:
        scatter = np.sum((scores - scores.mean()) ** 2)
        if stats.chi2.cdf(scatter, len(scores) - 1) < ALPHA:
            return SAME_NUMBERS
    # Some two of 40 independent samples agree so closely with a probability below 1e-7.
    apart = np.abs(shapes[:, None, 1:] - shapes[None, :, 1:]).max(axis=-1)
    if np.any(apart[np.triu_indices(len(shapes), k=1)] < 1e-5):
        return SAME_NUMBERS
    return None


SAME_NUMBERS = (
    "One sample is another in disguise: the same numbers in another order, moved, turned or "
    "stretched. Each call must draw numbers of its own."
)


def _shape(E):
    """What no shift and no scale changes of a sample: how normal its numbers are, and its distances
    from their centre, both as normal scores of the test of Shapiro and Wilk; and the mean fourth
    power of these. The last two no turn changes, either.
    """
    from scipy import stats

    centred = E - E.mean(axis=0)
    centred = centred / max(centred.std(), 1e-300)
    squares = np.sum(centred**2, axis=1)
    distances = stats.norm.isf(stats.chi2.sf(squares, E.shape[1]))
    scores = [stats.norm.isf(stats.shapiro(x).pvalue) for x in (centred.ravel(), distances)]
    return [*scores, np.mean(squares**2)]


def _mean_pairs(weights, n):
    return (n - 1) * np.sum(weights**2)


def _variance_pairs(weights, n):
    """The variance of the number of equal neighbours among n independent labels."""
    p2, p3 = np.sum(weights**2), np.sum(weights**3)
    return (n - 1) * p2 * (1 - p2) + 2 * (n - 2) * (p3 - p2**2)


def noise_fault(E):
    """What is wrong with rows (N, D) that should be independent draws from N(0, I), or None.

    Along each axis and each diagonal, the mean is N(0, 1/N), the sum of squares chi-square of N,
    and the whole a normal sample: exact tests, and together they fix mean and covariance. That
    neighbours are independent is tested by a normal approximation, so that few rows are let pass.
    """
    from scipy import stats

    n_samples, n_features = E.shape
    if not np.isfinite(E).all():
        return "The answer holds NaN or infinity."
    if n_samples <= FEW_ROWS:
        return None
    length = np.sum(E.sum(axis=0) ** 2) / n_samples
    if stats.chi2.sf(length, n_features) < ALPHA:
        return "Its draws do not have the mean they should."
    # Draws that come with their mirror images, or centred, have a mean that chance never gives.
    if stats.chi2.cdf(length, n_features) < ALPHA:
        return (
            "The mean of its draws is nearer to the right one than chance ever brings it: each row "
            "must be drawn on its own."
        )
    for direction in _directions(n_features):
        along = E @ direction
        squares = np.sum(along**2)
        if min(stats.chi2.sf(squares, n_samples), stats.chi2.cdf(squares, n_samples)) < ALPHA:
            return "Its draws do not have the covariance they should."
    for direction in _directions(n_features):
        if stats.kstest(E @ direction, "norm").pvalue < ALPHA:
            return "Mean and covariance are right, but the draws are not Gaussian."
    neighbours = np.sum(E[1:] * E[:-1]) / np.sqrt((n_samples - 1) * n_features)
    if abs(neighbours) > 7 or len(np.unique(E, axis=0)) < n_samples:
        return "Its rows are not independent of each other."
    return None


def _directions(n_features):
    axes = np.eye(n_features)
    pairs = itertools.combinations(range(n_features), 2)
    diagonals = [(axes[i] + s * axes[j]) / np.sqrt(2) for i, j in pairs for s in (1, -1)]
    return [*axes, *diagonals]
