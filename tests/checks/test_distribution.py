"""Judging draws: what should be independent draws of N(0, I), and what is said where it is not."""

import numpy as np
import pytest

from nbjudge.checking import noise_fault

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
