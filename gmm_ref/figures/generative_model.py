"""Pictures of 7.4.1: plates, the ladder, how a point is drawn, labels hidden and shown, a sum."""

import numpy as np
from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, FancyBboxPatch

from gmm_ref import log_gaussian, log_joint, responsibilities, sample_mixture
from gmm_ref.figures.likelihood import mixture_density
from gmm_ref.figures.posterior import responsibility_curves
from gmm_ref.figures.style import GREY, colour, edge, fill, line, marker, theta_1d


def plate_diagram(ax):
    """The model of 7.4.1 as a graph: pi to z_n to x_n on a plate of N, mu and Sigma of K.

    What is seen is shaded, what is hidden is white. Returns the list of patches drawn.
    """
    ax.set(xlim=(0, 7), ylim=(0, 3), aspect="equal")
    ax.axis("off")
    nodes = {r"$\pi$": (0.8, 1.6), r"$z_n$": (2.8, 1.6), r"$\mathbf{x}_n$": (4.4, 1.6)}
    parameters = {r"$\mu_k$": (6.1, 2.2), r"$\mathbf{\Sigma}_k$": (6.1, 1.0)}
    patches = []
    for name, centre in {**nodes, **parameters}.items():
        seen = "x" in name
        patches.append(Circle(centre, 0.42, fc="#cccccc" if seen else "white", ec="black"))
        ax.text(*centre, name, ha="center", va="center", fontsize=14)
    pi, z, x = nodes.values()
    for start, end in [(pi, z), (z, x), *((point, x) for point in parameters.values())]:
        look = {"arrowstyle": "-|>", "mutation_scale": 14, "fc": "black"}
        patches.append(FancyArrowPatch(start, end, shrinkA=24, shrinkB=24, **look))
    plates = [((2.1, 0.6), 3.0, 1.9, "N"), ((5.5, 0.1), 1.3, 2.85, "K")]
    for corner, width, height, name in plates:
        plate = FancyBboxPatch(corner, width, height, "round,pad=0,rounding_size=0.1", fc="none")
        patches.append(plate)
        ax.text(corner[0] + width - 0.1, corner[1] + 0.08, f"${name}$", ha="right", fontsize=12)
    ax.text(2.8, 2.12, "hidden", ha="center", fontsize=10)
    ax.text(4.4, 2.12, "seen", ha="center", fontsize=10)
    for patch in patches:
        ax.add_patch(patch)
    return patches


def ladder(axes, weights, means, sds, x):
    """p(z), p(x | z), p(x) and p(z | x) one above the other, with one cursor at ``x``.

    axes, four; weights, means and sds (K,) of a mixture in one dimension; x, a number.
    In p(x) the cursor is a bar of the weighted heights, one on the other: their shares in it are
    p(z | x), which is Bayes' theorem. Returns the cursors, one line in each of the lower three.
    """
    prior, given, marginal, posterior = axes
    weights, mu, covariances = theta_1d(weights, means, sds)
    grid = np.linspace(min(means) - 4 * max(sds), max(means) + 4 * max(sds), 401)
    left = np.cumsum(weights) - weights
    for k, weight in enumerate(weights):
        prior.barh(0, weight, left=left[k], **fill(k))
        middle = np.clip(left[k] + weight / 2, 0.15, 0.85)  # all its letters inside the panel
        prior.text(middle, 0.65, f"weight {weight:.2f}", ha="center")
        bell = np.exp(log_gaussian(grid[:, None], mu[k], covariances[k]))
        given.plot(grid, bell, **line(k))
    prior.set(xlim=(0, 1), ylim=(-0.5, 1.2), xticks=[], yticks=[])
    prior.spines[:].set_visible(False)
    *_, total = mixture_density(marginal, weights, means, sds, grid)
    marginal.set_ylim(0, given.get_ylim()[1])  # p(x) is nowhere above the highest bell
    responsibility_curves(posterior, weights, means, sds, grid)
    point = np.array([[x]])
    heights = np.exp(log_joint(point, weights, mu, covariances))[0]
    bottoms = np.cumsum(heights) - heights
    r = responsibilities(point, weights, mu, covariances)[0]
    for k, height in enumerate(heights):
        marginal.bar(x, height, 0.025 * np.ptp(grid), bottom=bottoms[k], **fill(k))
        posterior.plot(x, r[k], marker(k), color=colour(k), markersize=8)
    shares = " and ".join(f"{share:.2f}" for share in r)
    posterior.set_title(f"at x = {x:.1f}, shares of p(x): {shares}", fontsize=10)
    names = [f"component {k}" for k in range(len(weights))]
    handles = [*given.lines, total]
    look = {"loc": "outside upper center", "ncols": len(handles), "frameon": False}
    prior.figure.legend(handles, [*names, "p(x)"], **look)
    for ax, name in zip(axes, ["p(z)", "p(x | z)", "p(x)", "p(z | x)"], strict=True):
        ax.set_ylabel(name, style="italic")
        if ax.get_legend():
            ax.get_legend().remove()
    posterior.set_xlabel("x", style="italic")
    for ax in axes[1:]:
        ax.set_xlim(grid[0], grid[-1])
    for ax in axes[1:3]:
        ax.set_xlabel("")
    return [ax.axvline(x, color=GREY, linestyle=":", zorder=0) for ax in axes[1:]]


def drawn_points(axes, means, covariances, n_samples, rng):
    """How a Gaussian point is drawn, for D = 2: noise e, and mu_k + L_k e with the same noise.

    axes, two: e ~ N(0, I) with its circles of one and two standard deviations; the same e moved
    and stretched by each component, with its ellipses. means (K, 2), covariances (K, 2, 2).
    Returns the collections of dots: that of e, then one for each component.
    """
    noise = rng.standard_normal((n_samples, 2))
    left, right = axes
    drawn = [left.scatter(*noise.T, s=12, c=GREY)]
    for radius in (1, 2):
        left.add_patch(Circle((0, 0), radius, fill=False, lw=1.8))
    for k, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
        x = mean + noise @ np.linalg.cholesky(covariance).T
        look = {"s": 12, "c": colour(k), "marker": marker(k), "label": f"component {k}"}
        drawn.append(right.scatter(*x.T, **look))
    components(right, np.ones(len(means)), means, covariances)
    left.set(title=r"$\mathbf{e}$", aspect="equal", xlabel="$e_1$", ylabel="$e_2$")
    right.set(title=r"$\mu_k + \mathbf{L}_k \mathbf{e}$", aspect="equal")
    right.set(xlabel="$x_1$", ylabel="$x_2$")
    right.legend(loc="best", framealpha=0.9)
    return drawn


def hidden_labels(ax, X):
    """The points X (N, 2) as they are seen: in grey, all alike. Returns the dots."""
    dots = ax.scatter(*X.T, s=22, c=GREY, linewidths=0)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    return dots


def labelled_points(ax, X, z):
    """The points X (N, 2) in the colour and marker of their labels z (N,).

    Returns one collection of dots for each component.
    """
    drawn = []
    for k in range(max(z) + 1):
        look = {"s": 24, "c": colour(k), "marker": marker(k), "label": f"component {k}"}
        drawn.append(ax.scatter(*X[z == k].T, **look))
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.legend(loc="best", framealpha=0.9)
    return drawn


def scored_guess(ax, X, guess, z=None):
    """The points X (N, 2) in the colour and marker of a guess (N,) at their labels.

    Given the labels z (N,), the points take the colour and marker of these, a cross stands on each
    wrong guess, and the title is the score.
    Returns one collection of dots for each component, and then that of the crosses.
    """
    drawn = labelled_points(ax, X, guess if z is None else z)
    if z is None:
        ax.set_title("your guess")
    else:
        wrong = X[guess != z]
        drawn.append(ax.scatter(*wrong.T, s=80, c="black", marker="x", label="wrong guess"))
        ax.set_title(f"{len(z) - len(wrong)} of {len(z)} right")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)  # off the points
    return drawn


def components(ax, weights, means, covariances):
    """The ellipses of one and two standard deviations of each component, for D = 2.

    weights (K,), means (K, 2), covariances (K, 2, 2). The outlines are darker than the points of
    the same component, and lie over them. Returns the ellipses.
    """
    ellipses = []
    for k in range(len(weights)):
        for sd in (1, 2):
            ellipse = ellipse_of(means[k], covariances[k], sd)
            ellipse.set(edgecolor=edge(k), linestyle=line(k)["linestyle"], lw=1.8, zorder=3)
            ellipses.append(ax.add_patch(ellipse))
    ax.autoscale_view()
    return ellipses


def ellipse_of(mean, covariance, sd):
    """The `Ellipse` of ``sd`` standard deviations around mean (2,) under covariance (2, 2)."""
    variances, directions = np.linalg.eigh(covariance)
    width, height = 2 * sd * np.sqrt(variances[::-1])
    angle = np.degrees(np.arctan2(*directions[::-1, 1]))
    return Ellipse(mean, width, height, angle=angle, fill=False)


def sum_or_mixture(axes, weights, means, sds, rng):
    """Two histograms: sum_k pi_k x_k of Gaussian variables, and the mixture of section 7.4.1.

    axes, two; weights, means and sds (K,); rng, a numpy Generator. Returns the two sets of bars.
    """
    n_samples = 4000
    weights, mu, covariances = theta_1d(weights, means, sds)
    each = rng.normal(means, sds, size=(n_samples, len(weights)))
    X, _ = sample_mixture(weights, mu, covariances, n_samples, rng)
    bins = np.linspace(min(means) - 4 * max(sds), max(means) + 4 * max(sds), 61)
    drawn = []
    names = ["weighted sum of two variables", "mixture: one of the two, by chance"]
    for k, (ax, x, name) in enumerate(zip(axes, [each @ weights, X[:, 0]], names, strict=True)):
        drawn.append(ax.hist(x, bins, density=True, histtype="stepfilled", **fill(k))[2])
        ax.set(title=name, xlabel="$x$", ylabel="density")
    return drawn
