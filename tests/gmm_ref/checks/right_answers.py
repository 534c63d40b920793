"""Right answers in styles that differ from the reference: three and more for every exercise."""

import math

import numpy as np
from scipy import linalg, stats
from scipy.special import entr, log_softmax, logsumexp, softmax, xlogy

ANSWERS = {}


def answers(name):
    """Enter the decorated function as a right answer of an exercise."""

    def enter(function):
        ANSWERS.setdefault(name, []).append(function)
        return function

    return enter


# The Gaussian log densities, (N, K), by five methods.


def by_scipy(X, means, covariances):
    columns = [
        np.atleast_1d(stats.multivariate_normal(m, c).logpdf(X))
        for m, c in zip(means, covariances, strict=True)
    ]
    return np.column_stack(columns)


def by_inverse(X, means, covariances):
    table = np.zeros((len(X), len(means)))
    for k in range(len(means)):
        d = X - means[k]
        P = np.linalg.inv(covariances[k])
        q = np.einsum("ni,ij,nj->n", d, P, d)
        _, log_det = np.linalg.slogdet(2 * np.pi * np.asarray(covariances[k]))
        table[:, k] = -0.5 * (q + log_det)
    return table


def by_loops(X, means, covariances):
    rows = []
    for x in X:
        row = []
        for mean, covariance in zip(means, covariances, strict=True):
            d = np.asarray(x, dtype=float) - mean
            q = d @ np.linalg.solve(covariance, d)
            log_det = math.log(np.linalg.det(covariance))
            row.append(-0.5 * (len(d) * math.log(2 * math.pi) + log_det + q))
        rows.append(row)
    return np.array(rows)


def by_broadcasting(X, means, covariances):
    L = np.linalg.cholesky(np.asarray(covariances, dtype=float))
    d = np.asarray(X)[:, None, :] - np.asarray(means)[None]
    y = np.linalg.solve(L[None], d[..., None])[..., 0]
    log_det = np.log(np.diagonal(L, axis1=1, axis2=2)).sum(axis=1)
    return -0.5 * (y**2).sum(axis=2) - log_det - X.shape[1] / 2 * np.log(2 * np.pi)


def by_eigenvectors(X, means, covariances):
    columns = []
    for mean, covariance in zip(means, covariances, strict=True):
        values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=float))
        y = (X - mean) @ vectors / np.sqrt(values)
        columns.append(stats.norm.logpdf(y).sum(axis=1) - 0.5 * np.log(values).sum())
    return np.array(columns).T


def by_cho_solve(X, means, covariances):
    table = []
    for mean, covariance in zip(means, covariances, strict=True):
        factor = linalg.cho_factor(covariance)
        d = (X - mean).T
        q = (d * linalg.cho_solve(factor, d)).sum(axis=0)
        log_det = 2 * np.log(np.diag(factor[0])).sum()
        table += [-(q + log_det + len(d) * np.log(2 * np.pi)) / 2]
    return np.transpose(table)


DENSITIES = [by_scipy, by_inverse, by_loops, by_broadcasting, by_eigenvectors, by_cho_solve]


def joint_with(densities):
    """A `log_joint` that uses these log densities."""

    def log_joint(X, weights, means, covariances):
        with np.errstate(divide="ignore"):
            return np.log(weights) + densities(X, means, covariances)

    return log_joint


JOINTS = [joint_with(densities) for densities in DENSITIES]
ANSWERS["log_joint"] = JOINTS


def of_each_joint(*names):
    """Enter what the decorated function makes of each log joint."""

    def enter(make):
        for name in names:
            ANSWERS.setdefault(name, []).extend(make(joint) for joint in JOINTS)
        return make

    return enter


@of_each_joint("log_density")
def density_with(joint):
    return lambda *args: logsumexp(joint(*args), axis=1)


@answers("log_density")
def log_density_by_maximum(X, weights, means, covariances):
    a = JOINTS[0](X, weights, means, covariances)
    top = a.max(axis=1)
    return top + np.log(np.exp(a - top[:, None]).sum(axis=1))


@answers("log_density")
def log_density_pairwise(X, weights, means, covariances):
    total = np.full(len(X), -np.inf)
    for column in JOINTS[3](X, weights, means, covariances).T:
        total = np.logaddexp(total, column)
    return list(total)


@of_each_joint("log_likelihood")
def likelihood_with(joint):
    return lambda *args: logsumexp(joint(*args), axis=1).sum()


@answers("log_likelihood")
def log_likelihood_in_a_loop(X, weights, means, covariances):
    total = 0.0
    for row in JOINTS[1](X, weights, means, covariances):
        total += max(row) + math.log(sum(math.exp(a - max(row)) for a in row))
    return float(total)


@answers("log_likelihood")
def log_likelihood_as_an_array(X, weights, means, covariances):
    return np.asarray(logsumexp(JOINTS[4](X, weights, means, covariances), axis=1).sum())


@of_each_joint("responsibilities", "e_step")
def responsibilities_with(joint):
    return lambda *args: softmax(joint(*args), axis=1)


@answers("e_step")
@answers("responsibilities")
def responsibilities_in_a_loop(X, weights, means, covariances):
    R = np.zeros((len(X), len(weights)))
    for n, row in enumerate(JOINTS[5](X, weights, means, covariances)):
        e = np.exp(row - row.max())
        R[n] = e / e.sum()
    return R


@answers("e_step")
@answers("responsibilities")
def responsibilities_by_ratios(X, weights, means, covariances):
    a = JOINTS[2](X, weights, means, covariances)
    with np.errstate(all="ignore"):
        return 1 / np.nansum(np.exp(a[:, None, :] - a[:, :, None]), axis=2)


@answers("e_step")
@answers("responsibilities")
def responsibilities_as_lists(X, weights, means, covariances):
    a = JOINTS[0](X, weights, means, covariances)
    return np.exp(a - logsumexp(a, axis=1, keepdims=True)).tolist()


@answers("most_probable_component")
def most_probable_by_sorting(R):
    return np.argsort(-R, axis=1, kind="stable")[:, 0]


@answers("most_probable_component")
def most_probable_in_a_loop(R):
    return [max(range(len(row)), key=lambda k: row[k]) for row in R]


@answers("most_probable_component")
def most_probable_of_the_transpose(R):
    return R.T.argmax(axis=0).astype(np.int32)


@answers("most_probable_component")
def most_probable_by_comparison(R):
    return np.where(R.max(axis=1, keepdims=True) == R, np.arange(R.shape[1]), 99).min(axis=1)


@answers("posterior_entropy")
def entropy_by_entr(R):
    return entr(R).sum(axis=1)


@answers("posterior_entropy")
def entropy_by_stats(R):
    return stats.entropy(R, axis=1)


@answers("posterior_entropy")
def entropy_by_nansum(R):
    with np.errstate(all="ignore"):
        return -np.nansum(R * np.log(R), axis=1)


@answers("posterior_entropy")
def entropy_in_a_loop(R):
    return np.array([-sum(r * math.log(r) for r in row if r > 0) for row in R])


@answers("posterior_entropy")
def entropy_with_a_smallest_number(R):
    return -np.sum(R * np.log(np.clip(R, 1e-300, 1)), axis=1)


@answers("one_hot")
def one_hot_by_comparison(z, n_components):
    return (z[:, None] == np.arange(n_components)).astype(int)


@answers("one_hot")
def one_hot_of_booleans(z, n_components):
    return z[:, None] == np.arange(n_components)


@answers("one_hot")
def one_hot_by_indexing(z, n_components):
    Z = np.zeros((len(z), n_components))
    Z[np.arange(len(z)), z] = 1
    return Z


@answers("one_hot")
def one_hot_as_lists(z, n_components):
    return [[1 if k == label else 0 for k in range(n_components)] for label in z]


@answers("one_hot")
def one_hot_by_rows_of_the_identity(z, n_components):
    return np.identity(n_components)[z, :]


@answers("log_prior")
def log_prior_by_xlogy(Z, weights):
    return xlogy(Z, weights).sum()


@answers("log_prior")
def log_prior_by_labels(Z, weights):
    return np.log(np.asarray(weights)[Z.argmax(axis=1)]).sum()


@answers("log_prior")
def log_prior_by_counts(Z, weights):
    counts = Z.sum(axis=0)
    return sum(n * math.log(w) for n, w in zip(counts, weights, strict=True) if n)


@answers("log_prior")
def log_prior_by_products(Z, weights):
    return np.sum(np.log(Z @ weights))


@of_each_joint("complete_log_likelihood")
def complete_with(joint):
    return lambda X, Z, *theta: joint(X, *theta)[Z == 1].sum()


@answers("complete_log_likelihood")
def complete_from_parts(X, Z, weights, means, covariances):
    return log_prior_by_xlogy(Z, weights) + conditional_by_labels(X, Z, means, covariances)


@answers("log_conditional")
def conditional_by_labels(X, Z, means, covariances):
    z = Z.argmax(axis=1)
    terms = [
        stats.multivariate_normal.logpdf(x, means[k], covariances[k])
        for x, k in zip(X, z, strict=True)
    ]
    return float(np.sum(terms))


@answers("log_conditional")
def conditional_by_groups(X, Z, means, covariances):
    total = 0
    for k in range(Z.shape[1]):
        own = X[Z[:, k] == 1]
        if len(own):
            total += by_inverse(own, means[k][None], covariances[k][None]).sum()
    return total


@answers("log_conditional")
def conditional_by_table(X, Z, means, covariances):
    return np.vdot(Z, by_broadcasting(X, means, covariances))


@answers("log_conditional")
def conditional_by_choice(X, Z, means, covariances):
    table = by_eigenvectors(X, means, covariances)
    return np.take_along_axis(table, Z.argmax(axis=1)[:, None], axis=1).sum()


@of_each_joint("log_posterior")
def posterior_with(joint):
    return lambda Z, X, *theta: log_softmax(joint(X, *theta), axis=1)[Z > 0].sum()


@answers("log_posterior")
def posterior_by_difference(Z, X, weights, means, covariances):
    a = JOINTS[5](X, weights, means, covariances)
    return a[np.arange(len(X)), Z.argmax(axis=1)].sum() - logsumexp(a, axis=1).sum()


def masked(R, table):
    """sum r a, where r = 0 makes the term 0 whatever a is."""
    return np.sum(np.where(R > 0, R * np.where(R > 0, table, 0), 0))


@of_each_joint("expected_complete_log_likelihood")
def expectation_with(joint):
    return lambda X, R, *theta: masked(R, joint(X, *theta))


@answers("expected_complete_log_likelihood")
def expectation_from_parts(X, R, weights, means, covariances):
    return xlogy(R.sum(axis=0), weights).sum() + np.sum(R * by_scipy(X, means, covariances))


@of_each_joint("lower_bound")
def bound_with(joint):
    return lambda X, R, *theta: masked(R, joint(X, *theta)) + entr(R).sum()


@answers("lower_bound")
def bound_by_the_gap(X, R, *theta):
    """The log-likelihood less the KL divergence of R from the posterior."""
    joint = JOINTS[0](X, *theta)
    log_posterior = log_softmax(joint, axis=1)
    gap = -entr(R).sum() - masked(R, log_posterior)
    return logsumexp(joint, axis=1).sum() - gap


@answers("lower_bound")
def bound_term_by_term(X, R, weights, means, covariances):
    table, total = by_scipy(X, means, covariances), 0.0
    for n, k in zip(*np.nonzero(R), strict=True):
        total += R[n, k] * (math.log(weights[k]) + table[n, k] - math.log(R[n, k]))
    return total


@answers("m_step")
def m_step_by_einsum(X, R):
    counts = R.sum(axis=0)
    means = np.einsum("nk,nd->kd", R, X) / counts[:, None]
    d = X[:, None, :] - means
    covariances = np.einsum("nk,nki,nkj->kij", R, d, d) / counts[:, None, None]
    return counts / len(X), means, covariances


@answers("m_step")
def m_step_by_numpy(X, R):
    K = R.shape[1]
    means = [np.average(X, axis=0, weights=R[:, k]) for k in range(K)]
    covariances = [
        np.atleast_2d(np.cov(X, rowvar=False, aweights=R[:, k], bias=True)) for k in range(K)
    ]
    return R.mean(axis=0), np.array(means), np.array(covariances)


@answers("m_step")
def m_step_in_loops(X, R):
    (N, D), K = X.shape, R.shape[1]
    weights, means, covariances = np.zeros(K), np.zeros((K, D)), np.zeros((K, D, D))
    for k in range(K):
        total = sum(R[n, k] for n in range(N))
        weights[k] = total / N
        means[k] = sum(R[n, k] * X[n] for n in range(N)) / total
        for n in range(N):
            d = X[n] - means[k]
            covariances[k] += R[n, k] * np.outer(d, d) / total
    return weights, means, covariances


@answers("m_step")
def m_step_as_lists(X, R):
    share = R / R.sum(axis=0)
    means = share.T @ X
    roots = [np.sqrt(share[:, [k]]) * (X - means[k]) for k in range(R.shape[1])]
    return [R.mean(axis=0).tolist(), means.tolist(), [(r.T @ r).tolist() for r in roots]]


def run(X, theta, tol, max_iter, joint=JOINTS[0], step=m_step_by_einsum):
    """EM with one of the joints and M-steps above."""
    trace = [logsumexp(joint(X, *theta), axis=1).sum()]
    for _ in range(max_iter):
        theta = step(X, softmax(joint(X, *theta), axis=1))
        trace.append(logsumexp(joint(X, *theta), axis=1).sum())
        if trace[-1] - trace[-2] < tol:
            return theta, trace, True
    return theta, trace, False


@answers("fit")
def fit_by_einsum(X, theta, tol, max_iter):
    return run(X, theta, tol, max_iter)


@answers("fit")
def fit_by_inverse(X, theta, tol, max_iter):
    theta, trace, converged = run(X, theta, tol, max_iter, JOINTS[1], m_step_by_numpy)
    return theta, np.array(trace), np.bool_(converged)


@answers("fit")
def fit_with_while(X, theta, tol, max_iter):
    joint, trace, steps, gain = JOINTS[3], [], 0, np.inf
    a = joint(X, *theta)
    trace.append(float(logsumexp(a, axis=1).sum()))
    while steps < max_iter and not gain < tol:
        theta = m_step_by_einsum(X, softmax(a, axis=1))
        a = joint(X, *theta)
        trace.append(float(logsumexp(a, axis=1).sum()))
        gain, steps = trace[-1] - trace[-2], steps + 1
    return theta, trace, bool(gain < tol)


def random_start(X, K, rng):
    means = X[rng.choice(len(X), K, replace=False)].astype(float)
    covariance = np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])
    return np.full(K, 1 / K), means, np.array([covariance] * K)


@answers("fit_best")
def best_by_max(X, n_components, n_restarts, rng):
    runs = [
        run(X, random_start(X, n_components, rng), 1e-6, 500, JOINTS[3]) for _ in range(n_restarts)
    ]
    return max(runs, key=lambda one: one[1][-1])


@answers("fit_best")
def best_so_far(X, n_components, n_restarts, rng):
    best, highest = None, -np.inf
    while n_restarts > 0:
        theta, trace, converged = run(
            X, random_start(X, n_components, rng), 1e-6, 500, JOINTS[1], m_step_by_numpy
        )
        if trace[-1] >= highest:
            best, highest = (theta, np.array(trace), np.bool_(converged)), trace[-1]
        n_restarts -= 1
    return best


@answers("fit_best")
def best_of_starts_drawn_first(X, n_components, n_restarts, rng):
    starts = [random_start(X, n_components, rng) for _ in range(n_restarts)]
    runs = [run(X, theta, 1e-6, 500, JOINTS[4]) for theta in starts[::-1]]
    return runs[int(np.argmax([trace[-1] for _, trace, _ in runs]))]


@answers("fit_best")
def best_by_sorting(X, n_components, n_restarts, rng):
    means = [X[rng.choice(len(X), n_components, replace=False)] for _ in range(n_restarts)]
    weights, centred = [1 / n_components] * n_components, X - X.mean(axis=0)
    covariances = [centred.T @ centred / len(X)] * n_components
    runs = [run(X, (weights, m, covariances), 1e-6, 500, JOINTS[5]) for m in means]
    return sorted(runs, key=lambda one: one[1][-1])[-1]


@answers("sample_labels")
def labels_by_choice(weights, n_samples, rng):
    return rng.choice(len(weights), n_samples, p=weights)


@answers("sample_labels")
def labels_by_inverse_distribution(weights, n_samples, rng):
    borders = np.cumsum(weights)
    return np.searchsorted(borders / borders[-1], rng.random(n_samples), side="right")


@answers("sample_labels")
def labels_by_multinomial_rows(weights, n_samples, rng):
    return rng.multinomial(1, weights, size=n_samples).argmax(axis=1)


@answers("sample_labels")
def labels_by_counts_and_shuffle(weights, n_samples, rng):
    z = np.repeat(np.arange(len(weights)), rng.multinomial(n_samples, weights))
    rng.shuffle(z)
    return z


@answers("sample_labels")
def labels_by_gumbel(weights, n_samples, rng):
    with np.errstate(divide="ignore"):
        return np.argmax(np.log(weights) + rng.gumbel(size=(n_samples, len(weights))), axis=1)


@answers("sample_labels")
def labels_in_a_loop(weights, n_samples, rng):
    z = []
    for _ in range(n_samples):
        u, k = rng.random(), 0
        while u >= weights[k] and k < len(weights) - 1:
            u, k = u - weights[k], k + 1
        z.append(k)
    return np.array(z)


@answers("sample_gaussian")
def gaussian_by_generator(mean, covariance, n_samples, rng):
    return rng.multivariate_normal(mean, covariance, size=n_samples)


@answers("sample_gaussian")
def gaussian_by_eigenvectors(mean, covariance, n_samples, rng):
    values, vectors = np.linalg.eigh(covariance)
    return mean + rng.standard_normal((n_samples, len(mean))) * np.sqrt(values) @ vectors.T


@answers("sample_gaussian")
def gaussian_by_columns(mean, covariance, n_samples, rng):
    L = np.linalg.cholesky(covariance)
    return (np.asarray(mean)[:, None] + L @ rng.normal(size=(len(mean), n_samples))).T


@answers("sample_gaussian")
def gaussian_by_scipy(mean, covariance, n_samples, rng):
    draws = stats.multivariate_normal(mean, covariance).rvs(n_samples, random_state=rng)
    return np.reshape(draws, (n_samples, len(mean)))


@answers("sample_gaussian")
def gaussian_by_inverse_distribution(mean, covariance, n_samples, rng):
    e = stats.norm.ppf(rng.random((n_samples, len(mean))))
    return mean + e @ linalg.sqrtm(covariance).real


def mixture_with(labels, gaussian):
    """A `sample_mixture` that draws component by component."""

    def sample_mixture(weights, means, covariances, n_samples, rng):
        z = labels(weights, n_samples, rng)
        X = np.zeros((n_samples, np.shape(means)[1]))
        for k in np.unique(z):
            X[z == k] = gaussian(means[k], covariances[k], int(np.sum(z == k)), rng)
        return X, z

    return sample_mixture


ANSWERS["sample_mixture"] = [
    mixture_with(labels_by_multinomial_rows, gaussian_by_generator),
    mixture_with(labels_by_counts_and_shuffle, gaussian_by_eigenvectors),
    mixture_with(labels_by_gumbel, gaussian_by_columns),
]


@answers("sample_mixture")
def mixture_point_by_point(weights, means, covariances, n_samples, rng):
    roots = [np.linalg.cholesky(c) for c in covariances]
    X, z = [], []
    for _ in range(n_samples):
        k = int(np.searchsorted(np.cumsum(weights), rng.random(), side="right"))
        k = min(k, len(weights) - 1)
        X.append(means[k] + roots[k] @ rng.standard_normal(len(means[k])))
        z.append(k)
    return np.array(X), np.array(z)


@answers("sample_mixture")
def mixture_shuffled_together(weights, means, covariances, n_samples, rng):
    counts = rng.multinomial(n_samples, weights)
    X = np.concatenate(
        [gaussian_by_generator(*one, rng) for one in zip(means, covariances, counts, strict=True)]
    )
    order = rng.permutation(n_samples)
    return X[order], np.repeat(np.arange(len(counts)), counts)[order]


@answers("sample_posterior_labels")
def posterior_labels_by_choice(R, rng):
    return np.array([rng.choice(R.shape[1], p=row) for row in R])


@answers("sample_posterior_labels")
def posterior_labels_by_multinomial(R, rng):
    return rng.multinomial(1, R).argmax(axis=1)


@answers("sample_posterior_labels")
def posterior_labels_by_gumbel(R, rng):
    with np.errstate(divide="ignore"):
        return np.argmax(np.log(R) + rng.gumbel(size=R.shape), axis=1)


@answers("sample_posterior_labels")
def posterior_labels_by_borders(R, rng):
    u = rng.random(len(R))
    return np.array(
        [np.searchsorted(np.cumsum(r)[:-1], v, "right") for r, v in zip(R, u, strict=True)]
    )


@answers("sample_posterior_labels")
def posterior_labels_by_exponential_clocks(R, rng):
    """The first of K clocks that ring at the rates r_nk."""
    with np.errstate(divide="ignore"):
        return np.argmin(rng.exponential(size=R.shape) / R, axis=1)
