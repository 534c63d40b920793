"""A picture of 7.4.5 gone wrong: what each wrong M-step does to the climb and to the moments."""

import numpy as np

from gmm_ref import e_step, log_likelihood, m_step
from gmm_ref.figures.style import GREY, line

STEPS = 15
# Gains below this are drawn in proportion, larger ones by their logarithm.
SMALLEST_GAIN = 1e-3
# Moments that differ by less are equal: how much less depends on the machine.
ROUNDING = 1e-14


def bug_zoo(axes, X, theta, wrong_m_step, name):
    """Two accounts of EM from theta, with the right M-step and with ``wrong_m_step``.

    axes, two: what each step gains in log-likelihood, on a scale that shows a thousandth and a
    hundred, below 0 in grey; and how far the mean and covariance of the mixture are from those of
    the data, which every right M-step makes equal:
    sum_k pi_k mu_k = mean, sum_k pi_k (Sigma_k + mu_k mu_k^T) - mean mean^T = covariance.
    X (N, D); wrong_m_step(X, R) -> (weights, means, covariances); name, what the legend calls it.
    A distance that is rounding alone is drawn as ROUNDING. A wrong run ends where its theta is no
    mixture any more. Returns the lines drawn.
    """
    climb, moments = axes
    drawn = []
    for j, (step, label) in enumerate([(m_step, "right"), (wrong_m_step, name)]):
        thetas, heights = _run(X, theta, step)
        gaps = np.maximum(ROUNDING, [_moment_gap(X, *there) for there in thetas[1:]])
        steps = range(1, len(thetas))
        drawn += climb.plot(steps, np.diff(heights), **line(j), marker=".", label=label)
        drawn += moments.plot(steps, gaps, **line(j), marker=".", label=label)
    climb.axhspan(-100, 0, color=GREY, alpha=0.2, lw=0)
    climb.set_yscale("symlog", linthresh=SMALLEST_GAIN)
    climb.set(xlabel="step", ylabel="gain in log-likelihood", xlim=(0.5, STEPS + 0.5))
    climb.set(ylim=(-100, 1000), yticks=[-10, -0.1, 0, 0.1, 10, 1000])
    climb.text(STEPS, -2, "falls", ha="right", va="center")
    moments.set(xlabel="step", ylabel="distance of the moments", xlim=(0.5, STEPS + 0.5))
    moments.set(yscale="log", ylim=(1e-15, 1e2))
    for ax in axes:
        ax.minorticks_off()
        ax.set_xticks(range(1, STEPS + 1, 2))
    climb.figure.legend(handles=drawn[::2], loc="outside upper center", ncols=2)
    return drawn


def _run(X, theta, step):
    """theta and what follows from it, with the log-likelihood of each.

    Up to STEPS steps, or to the first that gives no mixture.
    """
    thetas, heights = [theta], [log_likelihood(X, *theta)]
    for _ in range(STEPS):
        new = step(X, e_step(X, *thetas[-1]))
        try:
            heights.append(log_likelihood(X, *new))
        except ValueError:
            break
        thetas.append(new)
    return thetas, heights


def _moment_gap(X, weights, means, covariances):
    """The greatest difference of the moments of mixture and data, in spreads of X."""
    scale = X.std(axis=0)
    offsets = (means - X.mean(axis=0)) / scale
    within = np.einsum("k,kij->ij", weights, covariances / np.outer(scale, scale))
    between = np.einsum("k,ki,kj->ij", weights, offsets, offsets)
    of_means = np.abs(weights @ offsets).max()
    return max(of_means, np.abs(within + between - np.corrcoef(X.T)).max())
