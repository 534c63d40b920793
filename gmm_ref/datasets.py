"""The two data sets that the companion works on, shipped inside the package."""

from pathlib import Path

import numpy as np

from gmm_ref.theta import Parameters


def old_faithful():
    """272 eruptions of the geyser Old Faithful: X (272, 2), both columns in minutes.

    Column 0, the length of an eruption; column 1, the wait until the next one.
    Source: Azzalini and Bowman (1990), "A look at some data on the Old Faithful geyser",
    Applied Statistics 39, 357-365.
    """
    path = Path(__file__).with_name("data") / "old_faithful.csv"
    return np.loadtxt(path, delimiter=",", skiprows=1)


def seven_points():
    """The seven points of the example in Mathematics for Machine Learning, chapter 11.

    Returns X (7, 1) and the start of its EM run, Parameters with K = 3.
    Source: Deisenroth, Faisal and Ong (2020), Mathematics for Machine Learning, example 11.1.
    """
    X = np.array([-3, -2.5, -1, 0, 2, 4, 5])[:, None]
    start = Parameters(
        weights=np.full(3, 1 / 3),
        means=np.array([[-4.0], [0.0], [8.0]]),
        covariances=np.array([[[1.0]], [[0.2]], [[3.0]]]),
    )
    return X, start
