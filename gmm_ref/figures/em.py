"""Pictures of 7.4.5: the bound, the film, the climb, its several summits, and the collapse."""

import numpy as np

from gmm_ref import Parameters, log_likelihood, lower_bound, responsibilities
from gmm_ref.figures.generative_model import components
from gmm_ref.figures.posterior import soft_points
from gmm_ref.figures.style import GREY, colour, line


def bound(ax, X, theta, R):
    """log p(X | theta) and the lower bound for fixed R, both along the first mean, for D = 1.

    X (N, 1); theta, whose first mean is the place where the gap is marked; R (N, K).
    The gap is KL(R || posterior); where R is the posterior, bound and log-likelihood touch.
    Returns the two curves and the line of the gap.
    """
    grid = np.linspace(X.min() - 1, X.max() + 1, 161)
    curves = {"log-likelihood": [], "lower bound": []}
    for mean in grid:
        there = _with_first_mean(theta, mean)
        curves["log-likelihood"].append(log_likelihood(X, *there))
        curves["lower bound"].append(lower_bound(X, R, *there))
    drawn = [
        ax.plot(grid, values, **line(k), lw=2, label=name)[0]
        for k, (name, values) in enumerate(curves.items())
    ]
    here = theta.means[0, 0]
    heights = lower_bound(X, R, *theta), log_likelihood(X, *theta)
    gap = max(heights[1] - heights[0], 0)  # where both touch, rounding may be below 0
    label = f"gap = KL = {gap:.2f} nats"
    drawn += ax.plot([here, here], heights, "o-", color="black", lw=2, ms=6, label=label)
    top = max(curves["log-likelihood"])
    spread = top - min(curves["log-likelihood"])
    ax.set(ylim=(top - 1.6 * spread, top + 0.1 * spread), xlim=(grid[0], grid[-1]))
    ax.set(xlabel=r"$\mu_0$, all else held fast", ylabel="nats")
    ax.legend(loc="lower left", framealpha=0.95)
    return drawn


def em_film(axes, X, thetas):
    """One frame a theta, for D = 2: the points in soft colours and the components' ellipses.

    axes and thetas, a sequence of (weights, means, covariances), of the same length.
    Returns the ellipses of each frame.
    """
    frames = []
    for ax, theta in zip(axes, thetas, strict=True):
        soft_points(ax, X, responsibilities(X, *theta))
        frames.append(components(ax, *theta))
        margin = 0.3 * np.ptp(X, axis=0)
        low, high = X.min(axis=0) - margin, X.max(axis=0) + margin
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.label_outer()
    return frames


def log_likelihood_trace(ax, log_likelihoods):
    """The log-likelihood before the first step of EM and after each. Returns the line."""
    (trace,) = ax.plot(log_likelihoods, ".-", color="black")
    ax.set(xlabel="step", ylabel="log-likelihood")
    ax.xaxis.get_major_locator().set_params(integer=True)
    return trace


def local_maxima(axes, X, fits):
    """Where many runs of EM end, for D = 2: one summit in each of the axes, the highest first.

    fits, a sequence of `Fit`. Runs whose last log-likelihoods agree to 0.1 share a summit; its
    height and the number of its runs are the title, the first of them is drawn. Axes to spare stay
    empty. Returns, for each summit, the ellipses of its components.
    """
    ends = np.array([np.round(run.log_likelihoods[-1], 1) for run in fits])
    drawn = []
    for ax, height in zip(axes, np.unique(ends)[::-1], strict=False):
        runs = np.flatnonzero(ends == height)
        drawn += em_film([ax], X, [fits[runs[0]].parameters])
        ax.set_title(f"{height:.1f}: {len(runs)} of {len(ends)} runs")
    return drawn


def collapse(ax, X, sds):
    """The log-likelihood as component 0 stands on the first point and narrows to each of ``sds``.

    X (N, D); sds, standard deviations. Component 1 holds the mean and covariance of all points;
    the weights are a half each. Returns the line.
    """
    D = X.shape[1]
    covariance = np.cov(X.T, bias=True).reshape(D, D)
    heights = []
    for sd in sds:
        covariances = np.stack([sd**2 * np.eye(D), covariance])
        means = np.stack([X[0], X.mean(axis=0)])
        heights.append(log_likelihood(X, np.array([0.5, 0.5]), means, covariances))
    (curve,) = ax.plot(sds, heights, "o-", color=colour(1))
    ax.set(xscale="log", xlabel=r"standard deviation of component 0", ylabel="log-likelihood")
    ax.invert_xaxis()
    ax.grid(axis="y", color=GREY, alpha=0.3)
    return curve


def _with_first_mean(theta, mean):
    means = theta.means.copy()
    means[0] = mean
    return Parameters(theta.weights, means, theta.covariances)
