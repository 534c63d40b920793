"""Pictures of 7.4.2: the density as a sum over the components, and its logarithm."""

import numpy as np
from scipy.stats import norm

from gmm_ref import log_density, log_joint
from gmm_ref.figures.style import GREY, colour, line, marker, theta_1d

LEVELS = 8


def mixture_density(ax, weights, means, sds, x):
    """The weighted bells pi_k N(x | mu_k, sigma_k^2) and their sum p(x), over the grid x.

    weights, means and sds (K,); x (M,). Returns the K lines of the bells and the line of the sum.
    """
    theta = theta_1d(weights, means, sds)
    points = np.asarray(x)[:, None]
    bells = np.exp(log_joint(points, *theta))
    lines = [
        ax.plot(x, bells[:, k], **line(k), label=f"component {k}, weighted")[0]
        for k in range(len(weights))
    ]
    total = np.exp(log_density(points, *theta))
    lines += ax.plot(x, total, color="black", linewidth=2.5, alpha=0.6, label="their sum, $p(x)$")
    ax.set(xlabel="$x$", ylabel="$p(x)$", ylim=(0, 1.35 * total.max()))
    ax.legend(loc="upper right", frameon=False)  # in the room above the curve
    return lines


def density_map(ax, weights, means, covariances):
    """p(x) of a mixture for D = 2, as shades and as lines of equal height.

    weights (K,), means (K, 2), covariances (K, 2, 2). Returns the shades and the lines.
    """
    reach = 3.5 * np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    low, high = (means - reach).min(axis=0), (means + reach).max(axis=0)
    x, y = np.meshgrid(*np.linspace(low, high, 121).T)
    points = np.column_stack([x.ravel(), y.ravel()])
    height = np.exp(log_density(points, weights, means, covariances)).reshape(x.shape)
    levels = np.linspace(0, height.max(), LEVELS + 1)
    shades = ax.contourf(x, y, height, levels, cmap="Greys")
    lines = ax.contour(x, y, height, levels[1:-1], colors=colour(0), linewidths=1)
    ax.figure.colorbar(shades, ax=ax, ticks=levels[::2], label=r"$p(\mathbf{x})$", format="%.3f")
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    return [shades, lines]


def jensen(ax, weights, densities):
    """Jensen's inequality for the logarithm: on the chord the mean of logs, above it the log.

    weights and densities (2,): the chord joins the logs of the two densities; the weights divide
    it. Returns the curve, the chord, and the line between the two heights.
    """
    weights, densities = np.asarray(weights), np.asarray(densities)
    mean = weights @ densities
    inside, outside = weights @ np.log(densities), np.log(mean)
    grid = np.geomspace(0.6 * densities.min(), 1.15 * densities.max(), 201)
    (curve,) = ax.plot(grid, np.log(grid), color="black", lw=2, label="the logarithm")
    (chord,) = ax.plot(densities, np.log(densities), "--", color=colour(1), label="its chord")
    for k, density in enumerate(densities):
        ax.plot(density, np.log(density), marker(k), color=colour(k), ms=8)
        ax.annotate(
            f"density {k}", (density, np.log(density)), (6, -14), textcoords="offset points"
        )
    (gap,) = ax.plot([mean, mean], [inside, outside], ":", marker="D", color=GREY, lw=2)
    gap.set_label(f"gap: {outside - inside:.2f} nats")
    ax.annotate("log of the mean", (mean, outside), (8, -5), textcoords="offset points")
    ax.annotate("mean of the logs", (mean, inside), (6, -14), textcoords="offset points")
    ax.set(xlabel="density", ylabel="logarithm", xlim=(0, 1.45 * densities.max()))
    ax.legend(loc="lower right", frameon=False)
    return [curve, chord, gap]


def far_density(ax, weights, means, sds, x):
    """log p(x) by log-sum-exp over the grid x (M,), and by the logarithm of the sum itself.

    weights, means and sds (K,). Returns both lines; the second ends where all densities round to 0.
    """
    exact = log_density(np.asarray(x)[:, None], *theta_1d(weights, means, sds))
    density = norm.pdf(np.asarray(x)[:, None], means, sds) @ weights
    with np.errstate(divide="ignore"):
        naive = np.log(density)
    naive[np.isinf(naive)] = np.nan
    drawn = ax.plot(x, exact, color="black", lw=2, label="log-sum-exp")
    drawn += ax.plot(x, naive, **line(1) | {"lw": 4}, label="log of the sum of densities")
    ax.set(xlabel="$x$", ylabel=r"$\log\, p(x)$, nats")
    ax.legend(loc="upper right", frameon=False)
    return drawn
