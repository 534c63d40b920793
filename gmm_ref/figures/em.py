"""Pictures of 7.4.5: Q and its slope, the bound, the film, the climb, many ends, the collapse."""

from itertools import permutations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from gmm_ref import (
    Parameters,
    e_step,
    expected_complete_log_likelihood,
    log_density,
    log_likelihood,
    lower_bound,
    responsibilities,
)
from gmm_ref.figures.generative_model import components, ellipse_of, hidden_labels
from gmm_ref.figures.posterior import soft_points
from gmm_ref.figures.style import GREY, colour, fill, line

# Ends whose parameters differ by less, on data of spread about 1 to 10, are one.
SAME_END = 0.05


def q_slope(ax, X, R, theta):
    """Q along the first entry of the first mean, with its slope at theta, and its peak.

    X (N, D), R (N, K). The slope is that of the formula, sum_n r_nk Sigma_k^-1 (x_n - mu_k), at
    theta; the peak is the mean of the points weighed by r. Returns the curve and the tangent.
    """

    def Q(value):
        there = _with_first_mean(theta, value)
        return expected_complete_log_likelihood(X, R, *there)

    pull = np.linalg.solve(theta.covariances[0], R[:, 0] @ (X - theta.means[0]))
    here = theta.means[0, 0]
    peak = here + pull[0] / (np.linalg.inv(theta.covariances[0])[0, 0] * R[:, 0].sum())
    grid = here + np.linspace(-1.2, 2.2, 101) * (peak - here)
    (curve,) = ax.plot(grid, [Q(value) for value in grid], color="black", lw=2, label="$Q$")
    reach = 0.5 * abs(peak - here)
    ends = np.array([here - reach, here + reach])
    tangent = ax.plot(ends, Q(here) + pull[0] * (ends - here), **line(1), label="slope at the old")
    ax.plot(here, Q(here), "o", color=colour(1), ms=8, label="old mean")
    ax.plot(peak, Q(peak), "^", color=colour(0), ms=9, label="highest: slope 0")
    ax.set(xlabel="first entry of the mean of component 0", ylabel="$Q$, nats")
    ax.legend(loc="lower center", frameon=False)
    return [curve, *tangent]


def moments(ax, X, theta):
    """The spread of the data and that of the mixture theta, as ellipses of 2 sd, for D = 2.

    X (N, 2). Returns the ellipse of the data, that of the mixture, and those of the components.
    """
    weights, means, covariances = theta
    hidden_labels(ax, X)
    parts = components(ax, *theta)
    off = means - weights @ means
    whole = np.einsum("k,kij->ij", weights, covariances) + (off.T * weights) @ off
    data = ellipse_of(X.mean(axis=0), np.cov(X.T, bias=True), 2)
    mixture = ellipse_of(weights @ means, whole, 2)
    data.set(edgecolor=GREY, lw=6, alpha=0.5)
    mixture.set(edgecolor="black", lw=1.8, linestyle="--")
    for ellipse in (data, mixture):
        ax.add_patch(ellipse)
    keys = [Line2D([], [], color=GREY, lw=6, alpha=0.5, label="the data")]
    keys.append(Line2D([], [], color="black", lw=1.8, ls="--", label="the mixture"))
    ax.legend(handles=keys, loc="upper left", framealpha=0.9)
    return [data, mixture, *parts]


def bound(ax, X, theta, n_bounds, mean):
    """log p(X | theta) along the first mean, for D = 1, and the lower bounds by which EM climbs it.

    X (N, 1); theta, where the first bound touches; all but its first mean is held fast. A bound
    touches at a circle and has its peak at a triangle; there the next one of the ``n_bounds``
    touches. mean, where the gap to the last bound, KL(R || posterior), is marked.
    Returns the curve, the bounds, and the line of the gap.
    """
    grid = np.linspace(X.min() - 1, X.max() + 1, 121)
    heights = [log_likelihood(X, *_with_first_mean(theta, value)) for value in grid]
    drawn = ax.plot(grid, heights, color="black", lw=2, label="log-likelihood")
    for step in range(n_bounds):
        R = e_step(X, *theta)
        below = [lower_bound(X, R, *_with_first_mean(theta, value)) for value in grid]
        drawn += ax.plot(grid, below, **line(step), lw=1.6, label=f"bound {step + 1}")
        here = theta.means[0, 0]
        new = _with_first_mean(theta, R[:, 0] @ X[:, 0] / R[:, 0].sum())
        ax.plot(here, log_likelihood(X, *theta), "o", color="black", ms=7)
        ax.plot(new.means[0, 0], lower_bound(X, R, *new), "^", color="black", ms=7)
        theta = new
    there = _with_first_mean(theta, mean)
    low, high = lower_bound(X, R, *there), log_likelihood(X, *there)
    gap = max(high - low, 0)  # where both touch, rounding may be below 0
    drawn += ax.plot([mean, mean], [low, high], "s:", color=GREY, lw=2, ms=5, label="gap")
    top, spread = max(heights), max(heights) - min(heights)
    ax.set(ylim=(top - 1.6 * spread, top + 0.15 * spread), xlim=(grid[0], grid[-1]))
    ax.set(xlabel="mean of component 0, all else held fast", ylabel="nats")
    ax.set_title(f"gap to bound {n_bounds} = KL = {gap:.2f} nats", fontsize=10)
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


def ends_of_runs(ax, fits):
    """Where many runs of EM end: a bar for each end, the highest first, as long as it has runs.

    fits, a sequence of `Fit`. Two ends are one if their parameters are, whatever the components are
    called. At each bar stands the width of the narrowest component; a run that collapsed has a bar
    of its own colour. Returns the bars of runs that came to rest, and those of runs that did not.
    """
    ends = _ends(fits)
    rests = np.array([end.converged for end, _ in ends])
    drawn = []
    for k, mine in enumerate([rests, ~rests]):
        places, counts = np.flatnonzero(mine), [count for _, count in ends]
        drawn.append(ax.barh(places, np.array(counts)[mine], 0.7, **fill(k)))
    for row, (end, count) in enumerate(ends):
        narrow = min(np.linalg.eigvalsh(S)[0] for S in end.parameters.covariances) ** 0.5
        said = f" {count} runs, sd {narrow:.2g}" if count > 1 else f" 1 run, sd {narrow:.2g}"
        ax.text(count, row, said, va="center")
    ax.set(yticks=range(len(ends)), ylim=(len(ends) - 0.4, -0.6), xlabel="runs", ylabel="end, nats")
    ax.set_yticklabels([f"{end.log_likelihoods[-1]:.2f}" for end, _ in ends])
    ax.set_xlim(0, 2 * max(count for _, count in ends))
    ax.xaxis.get_major_locator().set_params(integer=True)
    names = ["came to rest", "collapsed"][: 1 + (not rests.all())]
    keys = [Patch(**fill(k), label=name) for k, name in enumerate(names)]
    ax.legend(handles=keys, loc="lower right", frameon=False)
    return drawn


def local_maxima(axes, X, fits):
    """What the highest ends of many runs look like, for D = 2: one in each of the axes.

    fits, a sequence of `Fit`; ends are told apart as in `ends_of_runs`. The height of an end is
    its title. Axes to spare stay empty. Returns, for each end, the ellipses of its components.
    """
    drawn = []
    for ax, (end, _) in zip(axes, _ends(fits), strict=False):
        drawn += em_film([ax], X, [end.parameters])
        ax.set_title(f"{end.log_likelihoods[-1]:.2f}")
    return drawn


def collapse(axes, X, sds):
    """Component 0 stands on the first point and narrows to each of ``sds``, for D = 1.

    axes, two: the density for the first three of sds, a spike that rises, and the log-likelihood
    for all of them. X (N, 1); sds, standard deviations. Component 1 holds the mean and covariance
    of all points; the weights are a half each. Returns the lines, that of the log-likelihood last.
    """
    spikes, climb = axes
    thetas = [_on_first_point(X, sd) for sd in sds]
    grid = np.sort(np.append(np.linspace(X.min() - 2, X.max() + 2, 4001), X[0]))
    drawn = []
    for k, (sd, theta) in enumerate(zip(sds[:3], thetas, strict=False)):
        density = np.exp(log_density(grid[:, None], *theta))
        drawn += spikes.plot(grid, density, **line(k), label=f"sd {sd:g}")
    spikes.plot(X[:, 0], np.full(len(X), 2e-3), "|", color="black", ms=12)
    spikes.set(xlabel="$x$", ylabel="$p(x)$, log scale", yscale="log", ylim=(1e-3, 1e2))
    spikes.legend(loc="upper right", frameon=False)
    drawn += climb.plot(sds, [log_likelihood(X, *theta) for theta in thetas], "o-", color=colour(1))
    climb.set(xscale="log", xlabel="standard deviation of component 0", ylabel="log-likelihood")
    climb.invert_xaxis()
    climb.grid(axis="y", color=GREY, alpha=0.3)
    return drawn


def _on_first_point(X, sd):
    covariances = np.array([[[sd**2]], [[X.var()]]])
    return Parameters(np.array([0.5, 0.5]), np.stack([X[0], X.mean(axis=0)]), covariances)


def _ends(fits):
    """The different ends of the fits, each with the number of its runs, the highest first."""
    ends = []
    for run in sorted(fits, key=lambda run: -run.log_likelihoods[-1]):
        for end in ends:
            if _same(end[0], run.parameters):
                end[1] += 1
                break
        else:
            ends.append([run.parameters, 1, run])
    return [(run, count) for _, count, run in ends]


def _same(a, b):
    """Whether two thetas agree, for some order of the components of the second."""
    return any(
        all(
            np.allclose(one, other[list(order)], rtol=0.02, atol=SAME_END)
            for one, other in zip(a, b, strict=True)
        )
        for order in permutations(range(len(a.weights)))
    )


def _with_first_mean(theta, value):
    """theta with ``value`` as the first entry of its first mean."""
    means = theta.means.copy()
    means[0, 0] = value
    return Parameters(theta.weights, means, theta.covariances)
