"""The data sets: what they hold, and that a reader who changes one changes nobody else's."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from gmm_ref import datasets


def test_old_faithful_is_the_published_table():
    """R's `faithful`: its first and last row, its means and deviations."""
    X = datasets.old_faithful()
    assert X.shape == (272, 2)
    assert X.dtype == float
    assert_array_equal(X[[0, -1]], [[3.6, 79], [4.467, 74]])
    assert_allclose(X.mean(axis=0), [3.487783, 70.897059], rtol=1e-6)
    assert_allclose(X.std(axis=0, ddof=1), [1.141371, 13.594974], rtol=1e-6)


def test_seven_points_and_their_start():
    X, (weights, means, covariances) = datasets.seven_points()
    assert_array_equal(X.ravel(), [-3, -2.5, -1, 0, 2, 4, 5])
    assert_array_equal(weights, [1 / 3] * 3)
    assert_array_equal(means.ravel(), [-4, 0, 8])
    assert_array_equal(covariances.ravel(), [1, 0.2, 3])
    assert (X.shape, means.shape, covariances.shape) == ((7, 1), (3, 1), (3, 1, 1))


def test_every_call_gives_arrays_of_its_own():
    datasets.old_faithful()[:] = 0
    datasets.seven_points()[0][:] = 0
    assert np.all(datasets.old_faithful() > 0)
    assert datasets.seven_points()[0].min() == -3
