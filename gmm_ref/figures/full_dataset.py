"""A picture of 7.4.4: one label for the whole data set, against one label for each point."""

import numpy as np

from gmm_ref import sample_gaussian, sample_labels, sample_mixture
from gmm_ref.figures.style import colour, marker, theta_1d

DATA_SETS = 6


def one_label_or_many(axes, weights, means, sds, n_samples, rng):
    """Six data sets a side, a row each: z drawn once for all points, and z_n for each point.

    axes, two; weights, means and sds (K,); n_samples, points in a data set; rng, a numpy Generator.
    A single point has the same distribution on both sides. Returns the list of dots drawn.
    """
    theta = theta_1d(weights, means, sds)
    drawn = []
    for row in range(DATA_SETS):
        k = sample_labels(weights, 1, rng)[0]
        shared = sample_gaussian(theta[1][k], theta[2][k], n_samples, rng), np.full(n_samples, k)
        own = sample_mixture(*theta, n_samples, rng)
        for ax, (X, z) in zip(axes, [shared, own], strict=True):
            for label in np.unique(z):
                x = X[z == label, 0]
                drawn += ax.plot(x, np.full(len(x), row), marker(label), color=colour(label), ms=5)
    for ax, title in zip(axes, ["one z for all points", "a $z_n$ for each point"], strict=True):
        ax.set(title=title, xlabel="$x$", yticks=range(DATA_SETS), ylabel="data set")
    return drawn
