"""Recognising a wrong sampler by what its draws look like, whatever the method that drew them.

A signature is a list of statistics, each scaled so that chance moves it by about 1. A sampler
agrees with a mistake where the signatures of both agree; the mistake is run a few times for that.
"""

import numpy as np

# How far chance may move a statistic, and what share of a large statistic it may move.
FARTHEST, LOOSE = 6, 0.03


def labels_signature(z, weights):
    """Shares, order and scatter of labels that should follow these weights."""
    z, n_components = np.asarray(z), len(weights)
    root = np.sqrt(len(z))
    shares = np.array([np.mean(z == k) for k in range(-1, n_components + 2)])
    # One label for all, a different one each time: only that it is one can be compared.
    alike = shares.max() == 1
    batches = np.stack([np.mean(b[:, None] == np.arange(n_components), axis=0) for b in _split(z)])
    usual = np.sqrt(20 / len(z)) * np.sqrt(shares * (1 - shares)).sum() + 1e-12
    return [
        *(2 * root * shares * (not alike)),
        *(2 * root * np.sort(shares)),
        10 * min(batches.std(axis=0).sum() / usual, 10),
        # A label of weight 0, however seldom.
        20 * np.any(shares[1:-2][np.asarray(weights) == 0] > 0),
        # Shares that are exact, as chance never makes them.
        20 * np.all(np.abs(shares[1:-2] - weights) * len(z) < 1.5),
        root * np.mean(z[1:] == z[:-1]),
        root * np.mean(z[1:] >= z[:-1]),
    ]


def noise_signature(E):
    """Moments, order and repetition of rows that should be independent draws of N(0, I)."""
    if len(E) < 10:
        return []
    root = np.sqrt(len(E))
    # How many rows differ: by one number each, which no two rows share by chance.
    along = np.unique(np.round(E @ np.sqrt(np.arange(1, E.shape[1] + 1)), 9))
    values = len(along)
    # And how many do when a row and its mirror image count as one.
    left, right = -along[along < 0][::-1], along[along > 0]
    unlike = values - np.sum(np.append(left, np.inf)[np.searchsorted(left, right)] == right)
    # A few rows again and again, others each time: only how many they are can be compared.
    E = E if values > 9 else np.zeros(E.shape)
    centred = E - E.mean(axis=0)
    moments = centred.T @ centred / len(E)
    # Without their scale, which the variances have: else a wide answer scatters the more.
    wide = np.sqrt(np.maximum(1, np.diag(moments)))
    moments = moments / np.where(np.eye(len(wide)), 1, np.outer(wide, wide))
    scaled = centred / np.maximum(centred.std(axis=0), 1e-6)
    return [
        *(root * E.mean(axis=0)),
        *(root / np.sqrt(2) * moments[np.triu_indices(E.shape[1])]),
        *(root / np.sqrt(15) * np.mean(scaled**3, axis=0)),
        *(root / np.sqrt(96) * np.mean(scaled**4, axis=0)),
        root * np.mean(scaled[1:] * scaled[:-1]),
        2 * root * np.mean(E[1:, 0] >= E[:-1, 0]),
        2 * root * np.mean(E < 0),
        10 * values / len(E) + 10 * (values < 10),
        20 * unlike / max(values, 1),
        # With mirror images the mean is 0 only where the rows are even in number.
        20 * (np.all(np.abs(E.mean(axis=0)) < 1e-6) and unlike > 0.9 * values),
    ]


def distance(signature, runs):
    """How far a signature lies from those of a mistake's runs, or None if beyond chance.

    The wider a mistake scatters, the less it says to agree with it.
    """
    if any(len(run) != len(signature) for run in runs):
        return None
    runs = np.array(runs)
    centre = runs.mean(axis=0)
    width = np.maximum(np.maximum(1, LOOSE * np.abs(centre)), 0.8 * np.ptp(runs, axis=0))
    off = np.abs(np.asarray(signature) - centre) / width
    if not np.all(off < FARTHEST):
        return None
    return float(np.sum(off**2 / 2 + np.log(width)))


def begins_like(signature, runs, tolerance):
    """Whether no statistic is so different that a closer look is not worth while.

    runs: of a mistake, one or more, iterables; none after the first that differs is computed.
    """
    for a, *others in zip(signature, *runs, strict=False):
        centre, low, high = sum(others) / len(others), min(others), max(others)
        width = max(1, LOOSE * abs(centre), 0.8 * (high - low))
        if not abs(a - centre) < tolerance * FARTHEST * width:
            return False
    return True


def shows(signature, seen, usual):
    """Whether a mistake moves a statistic from its usual value that stays there in what is seen."""
    if not len(signature) == len(seen) == len(usual):
        return False
    signature, seen, usual = map(np.array, (signature, seen, usual))
    chance = FARTHEST * (1 + LOOSE * np.abs(usual))
    return bool(np.any((np.abs(signature - usual) > 2 * chance) & (np.abs(seen - usual) < chance)))


def _split(z):
    return [batch for batch in np.array_split(z, 20) if len(batch)]
