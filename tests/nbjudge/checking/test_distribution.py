"""Judging draws: what should be independent draws of N(0, I), and what is said where it is not."""

import numpy as np
import pytest

from nbjudge.checking import noise_fault, samples_fault, totals_fault

N = 2000


def draws(n_samples=N):
    return np.random.default_rng(5).normal(size=(n_samples, 2))


FAULTS = {
    "NaN": lambda E: np.where(E > 3, np.nan, E),
    "mean": lambda E: E + np.array([0, 0.2]),
    "nearer to the right one": lambda E: np.concatenate([E[: N // 2], -E[: N // 2]]),
    "covariance": lambda E: E * np.array([1, 1.3]),
    "not Gaussian": lambda E: np.sqrt(3) * (2 * np.random.default_rng(1).random(E.shape) - 1),
    "not independent": lambda E: np.concatenate([E[:-1], E[:1]]),
}


def test_right_draws_have_no_fault():
    assert noise_fault(draws()) is None


@pytest.mark.parametrize("words", FAULTS)
def test_a_fault_is_told_in_words(words):
    assert words in noise_fault(FAULTS[words](draws()))


def test_a_few_rows_say_nothing_but_that_they_are_numbers():
    assert noise_fault(draws(3) + 2) is None
    assert noise_fault(draws(1)) is None
    assert "NaN" in noise_fault(np.full((1, 2), np.nan))


SIZES = [100] * 40 + [1, 2, 3, 5, 8, 13, 21, 34]


def fresh(rng, n):
    return rng.normal(size=(n, 2))


def test_right_samples_have_no_fault():
    """Over 200 classes of samples; at most one in a million should have one."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        assert samples_fault([fresh(rng, n) for n in SIZES]) is None, seed


TABLE = np.random.default_rng(8).normal(size=(4000, 2))
MANY = [np.random.default_rng(seed).normal(size=(100, 2)) for seed in range(25)]


def moved(rng, E):
    """A table in another order, moved, stretched and turned so that no one sample gives it away."""
    n = len(E)
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    centred = rng.permutation(E) - E.mean(axis=0)
    return (1 + rng.normal() / np.sqrt(4 * n)) * centred @ turn + rng.normal(size=2) / np.sqrt(n)


DISGUISES = {
    "as it is, permuted": lambda rng, n: rng.permutation(TABLE[:n]),
    "permuted and moved": lambda rng, n: rng.permutation(TABLE[:n]) + rng.normal(size=2) / 10,
    "with noise of 1e-9": lambda rng, n: TABLE[:n] + 1e-9 * rng.normal(size=(n, 2)),
    "turned and stretched": lambda rng, n: moved(rng, TABLE[:n]),
    "one of 25 tables, moved": lambda rng, n: moved(rng, MANY[rng.integers(25)][:n]),
    "wrong where there are few": lambda rng, n: fresh(rng, n) + 3 * (n < 30),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_numbers_made_beforehand_are_seen(disguise):
    rng = np.random.default_rng(2)
    assert samples_fault([DISGUISES[disguise](rng, n) for n in SIZES]) is not None


def test_labels_of_small_samples_follow_the_weights_as_well():
    rng, weights = np.random.default_rng(4), np.array([0.6, 0.3, 0.1])
    right = [rng.choice(3, size=n, p=weights) for n in SIZES]
    assert totals_fault(right, weights) is None
    wrong = [z if len(z) > 50 else np.zeros(len(z), dtype=int) for z in right]
    assert "In small samples" in totals_fault(wrong, weights)
