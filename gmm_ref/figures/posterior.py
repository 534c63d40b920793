"""Pictures of 7.4.3: responsibilities as curves, as colours, and how unsure they are."""

import numpy as np

from gmm_ref import most_probable_component, posterior_entropy, responsibilities
from gmm_ref.figures.style import line, marker, mixed_colours, theta_1d


def responsibility_curves(ax, weights, means, sds, x):
    """r_k(x) = p(z_k = 1 | x) over the grid x, with a cross where the most probable k changes.

    weights, means and sds (K,); x (M,), increasing. Returns the K lines and that of the crosses.
    """
    x = np.asarray(x)
    R = responsibilities(x[:, None], *theta_1d(weights, means, sds))
    lines = [ax.plot(x, R[:, k], **line(k), label=f"component {k}")[0] for k in range(R.shape[1])]
    changes = np.diff(most_probable_component(R))
    crossings = np.array([_crossing(x, R, i) for i in np.flatnonzero(changes)])
    look = {"color": "black", "markersize": 9, "label": "crossing"}
    lines += ax.plot(*crossings.reshape(-1, 2).T, "x", **look)
    ax.set(ylabel=r"$p(z \mid x)$", xlabel="$x$", ylim=(-0.05, 1.05))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(lines), frameon=False)
    return lines


def _crossing(x, R, i):
    """(x, r) where the two most probable components change places between x[i] and x[i + 1]."""
    before, after = most_probable_component(R[i : i + 2])
    lead = R[i : i + 2, before] - R[i : i + 2, after]
    share = lead[0] / (lead[0] - lead[1])
    return np.array([1 - share, share]) @ np.column_stack([x[i : i + 2], R[i : i + 2, before]])


def posterior_entropy_curve(ax, weights, means, sds, x):
    """The entropy of p(z | x), in nats, over the grid x, and its greatest possible value log K.

    weights, means and sds (K,); x (M,). Returns the curve and the line of log K.
    """
    R = responsibilities(np.asarray(x)[:, None], *theta_1d(weights, means, sds))
    (curve,) = ax.plot(x, posterior_entropy(R), color="black", label="entropy")
    limit = ax.axhline(np.log(R.shape[1]), color="black", linestyle=":", label="log K")
    ax.set(xlabel="$x$", ylabel="entropy, nats", ylim=(0, 1.6 * np.log(R.shape[1])))
    ax.legend(loc="upper right", frameon=False)
    return [curve, limit]


def soft_points(ax, X, R):
    """The points X (N, 2), coloured by their responsibilities R (N, K).

    The marker is that of the most probable component. The nearer the entropy of its
    responsibilities to log K, the larger the point, and the thicker the black ring around it.
    Returns one collection of dots for each component that is the most probable of some point.
    """
    likely, colours = most_probable_component(R), mixed_colours(R)
    doubt = posterior_entropy(R) / np.log(max(2, R.shape[1]))
    drawn = []
    for k in np.unique(likely):
        mine = likely == k
        sizes = 22 + 26 * doubt[mine]
        look = {"c": colours[mine], "marker": marker(k), "edgecolors": "black"}
        drawn.append(ax.scatter(*X[mine].T, sizes, **look, linewidths=1.2 * doubt[mine]))
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return drawn
