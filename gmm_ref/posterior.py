"""7.4.3: Bayes' theorem gives back the label, as far as the point tells it."""

import numpy as np
import scipy

from gmm_ref.generative_model import log_joint
from gmm_ref.validation import as_generator, as_responsibilities


def responsibilities(X, weights, means, covariances):
    """r_nk = p(z_k = 1 | x_n) = pi_k N(x_n | mu_k, Sigma_k) / sum_j pi_j N(x_n | mu_j, Sigma_j).

    Section 7.4.3. X (N, D), weights (K,), means (K, D), covariances (K, D, D).
    Returns R (N, K): entries in [0, 1], rows sum to 1.
    The quotient is a softmax of the log joints over k, right also where every density underflows.
    Raises ValueError for bad arguments.
    """
    return scipy.special.softmax(log_joint(X, weights, means, covariances), axis=1)


def most_probable_component(R):
    """argmax_k r_nk: the label with the highest posterior probability (section 7.4.3).

    R (N, K), rows sum to 1. Returns (N,), integers from 0 to K-1; the lowest k at a tie.
    This is a guess at z, not z: it is wrong with probability 1 - max_k r_nk.
    Raises ValueError for a bad R.
    """
    return as_responsibilities(R).argmax(axis=1)


def posterior_entropy(R):
    """H_n = - sum_k r_nk log r_nk, with 0 log 0 = 0: how unsure the posterior is (section 7.4.3).

    R (N, K), rows sum to 1. Returns (N,), in nats: 0 when sure, log K when all are alike.
    Raises ValueError for a bad R.
    """
    return scipy.special.entr(as_responsibilities(R)).sum(axis=1)


def sample_posterior_labels(R, rng):
    """z_n ~ Categorical(r_n1, ..., r_nK): a label for each point, drawn from its posterior (7.4.3).

    R (N, K), rows sum to 1; rng, the only source of chance. Returns (N,), integers from 0 to K-1.
    A label is the number of borders r_n1 + ... + r_nk, k < K, at or below a uniform number.
    Raises ValueError for bad arguments.
    """
    R, rng = as_responsibilities(R), as_generator(rng)
    borders = np.cumsum(R, axis=1)
    u = rng.random((len(R), 1)) * borders[:, -1:]  # the last may miss 1 by rounding
    return (u >= borders[:, :-1]).sum(axis=1)
