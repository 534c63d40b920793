"""Pictures of 7.4.4: labels as a table, all labellings, one label for all points or for each."""

import numpy as np

from gmm_ref import sample_gaussian, sample_labels, sample_mixture
from gmm_ref.figures.style import GREY, colour, fill, marker, theta_1d

DATA_SETS = 6


def label_table(ax, Z):
    """Z or R (N, K) as a table, a point a row: each entry a bar of its share, and its number.

    Returns the bars, one container a component.
    """
    rows = np.arange(len(Z))
    drawn = []
    for k in range(Z.shape[1]):
        seen = np.where(Z[:, k] < 0.005, 0, 1)  # a bar of no length would still have an outline
        drawn.append(ax.barh(rows, 0.8 * Z[:, k], 0.6, left=k, linewidth=seen, **fill(k)))
        for row in rows:
            share = f"{Z[row, k]:.0f}" if Z[row, k] in (0, 1) else f"{Z[row, k]:.2f}"
            ax.text(k + 0.4, row, share, ha="center", va="center")
    ax.set(xlim=(-0.1, Z.shape[1]), ylim=(len(Z) - 0.5, -0.5), ylabel="point")
    ax.set(xticks=np.arange(Z.shape[1]) + 0.4, yticks=rows, xlabel="component")
    ax.set_xticklabels([str(k) for k in range(Z.shape[1])])
    ax.set_yticklabels([str(row + 1) for row in rows])
    return drawn


def labellings(axes, before, after):
    """The probability of each labelling of the data set, before and after the points are seen.

    axes, two, one above the other; before and after, one probability for each labelling.
    The most probable after is marked in both. Returns the two sets of bars.
    """
    top, drawn = np.argmax(after), []
    for ax, chances, name in zip(axes, [before, after], ["p(Z)", "p(Z | X)"], strict=True):
        bars = ax.bar(range(len(chances)), chances, color=GREY)
        bars[top].set(**fill(1))
        ax.set_ylabel(name, style="italic")
        place, look = (top, 1.05 * max(chances)), {"arrowstyle": "-", "shrinkB": 0}
        ax.annotate(f"{chances[top]:.2g}", (top, chances[top]), place, ha="center", arrowprops=look)
        ax.margins(y=0.25)
        drawn.append(bars)
    axes[-1].set_xlabel("labelling")
    return drawn


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
