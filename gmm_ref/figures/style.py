"""What tells components apart: the Okabe-Ito colours, and with each a marker, line and hatch."""

import numpy as np
from matplotlib.colors import to_rgb

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
MARKERS = ("o", "^", "s", "D")
LINES = ("-", "--", "-.", ":")
HATCHES = ("//", "..", "xx", "++")
GREY = "#666666"


def colour(k):
    """The colour of component k; with more than four they begin again."""
    return COLOURS[k % len(COLOURS)]


def marker(k):
    """The marker of component k."""
    return MARKERS[k % len(MARKERS)]


def edge(k):
    """The colour of component k, darker: an outline that is seen on points of the same colour."""
    return tuple(0.6 * part for part in to_rgb(colour(k)))


def line(k):
    """Colour and line style of component k, as keywords of `Axes.plot`."""
    return {"color": colour(k), "linestyle": LINES[k % len(LINES)]}


def fill(k):
    """Colour and hatch of component k, as keywords of a patch."""
    return {
        "facecolor": (*to_rgb(colour(k)), 0.25),
        "edgecolor": colour(k),
        "hatch": HATCHES[k % len(HATCHES)],
    }


def mixed_colours(R):
    """R (N, K) to colours (N, 3): those of the components, mixed in the share of each r_nk."""
    palette = np.array([to_rgb(colour(k)) for k in range(R.shape[1])])
    return np.clip(R @ palette, 0, 1)


def theta_1d(weights, means, sds):
    """weights, means and sds (K,) as (weights, means, covariances) for D = 1."""
    means, sds = np.asarray(means, float), np.asarray(sds, float)
    return np.asarray(weights, float), means[:, None], (sds**2)[:, None, None]
