"""Pictures of 7.4.2: the marginal density as a sum over the components."""

import numpy as np

from gmm_ref import log_density, log_joint
from gmm_ref.figures.style import line, theta_1d


def mixture_density(ax, weights, means, sds, x):
    """The weighted bells pi_k N(x | mu_k, sigma_k^2) and their sum p(x), over the grid x.

    weights, means and sds (K,); x (M,). Returns the K lines of the bells and the line of the sum.
    """
    theta = theta_1d(weights, means, sds)
    points = np.asarray(x)[:, None]
    bells = np.exp(log_joint(points, *theta))
    lines = [
        ax.plot(x, bells[:, k], **line(k), label=f"$\\pi_{k} \\, N_{k}(x)$")[0]
        for k in range(len(weights))
    ]
    total = np.exp(log_density(points, *theta))
    lines += ax.plot(x, total, color="black", linewidth=2.5, alpha=0.6, label="$p(x)$")
    ax.set(xlabel="$x$", ylabel="$p(x)$", ylim=(0, None))
    ax.legend(loc="upper right", frameon=False)
    return lines
