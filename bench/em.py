"""What an iteration of EM costs: `gmm_ref.fit` beside scikit-learn's GaussianMixture.

    python bench/em.py

Both from the same start, as many steps, no regularisation, the same number of threads; their
log-likelihoods at the end must agree. Milliseconds an iteration, the best of several runs.
"""

import os
import platform
import time
import tracemalloc
import warnings

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

import gmm_ref

# N, D, K.
SIZES = [
    (272, 2, 2),
    (100_000, 2, 3),
    (100_000, 8, 8),
    (100_000, 32, 16),
    (500_000, 4, 4),
    (1_000_000, 8, 8),
]
GROWTH = [10_000, 100_000, 1_000_000, 10_000_000]
RUNS = 3


def data_and_start(n_samples, n_features, n_components):
    """Points of overlapping groups, and a theta near none of the maxima."""
    rng = np.random.default_rng(n_samples + n_features)
    means = rng.normal(scale=0.8, size=(n_components, n_features))
    covariances = np.stack([0.5 + 0.5 * np.eye(n_features)] * n_components)
    weights = rng.dirichlet(np.full(n_components, 5.0))
    X, _ = gmm_ref.sample_mixture(weights, means, covariances, n_samples, rng)
    equal = np.full(n_components, 1 / n_components)
    wide = np.stack([np.cov(X[:10_000].T)] * n_components)
    return X, gmm_ref.Parameters(equal, means + 0.3, wide)


def ours(X, theta, steps):
    """Seconds, and the log-likelihood after so many steps."""
    begun = time.perf_counter()
    result = gmm_ref.fit(X, theta, tol=0.0, max_iter=steps)
    seconds = time.perf_counter() - begun
    assert len(result.log_likelihoods) == steps + 1
    return seconds, result.log_likelihoods[-1]


def theirs(X, theta, steps):
    """The same of scikit-learn."""
    model = GaussianMixture(
        len(theta.weights),
        tol=0.0,
        reg_covar=0,
        max_iter=steps,
        init_params="random_from_data",
        weights_init=theta.weights,
        means_init=theta.means,
        precisions_init=np.linalg.inv(theta.covariances),
    )
    begun = time.perf_counter()
    model.fit(X)
    seconds = time.perf_counter() - begun
    assert model.n_iter_ == steps
    return seconds, len(X) * model.score(X)


def compare(size, threads):
    """A line of the table."""
    X, theta = data_and_start(*size)
    steps = 200 if len(X) < 10_000 else 8
    times = {ours: [], theirs: []}
    with threadpool_limits(threads):
        for _ in range(RUNS):
            ends = []
            for run in times:
                seconds, end = run(X, theta, steps)
                times[run].append(1000 * seconds / steps)
                ends.append(end)
            np.testing.assert_allclose(*ends, rtol=1e-9)
    a, b = min(times[theirs]), min(times[ours])
    N, D, K = size
    return f"| {N:>9,} | {D:>2} | {K:>2} | {threads} | {a:9.2f} | {b:9.2f} | {b / a:.2f} |"


def growth(n_samples):
    """Microseconds a point and step, and the memory beyond X, at D = 2, K = 3."""
    X, theta = data_and_start(n_samples, 2, 3)
    with threadpool_limits(1):
        seconds, _ = ours(X, theta, 5)
    tracemalloc.start()
    gmm_ref.fit(X, theta, tol=0.0, max_iter=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"| {n_samples:>10,} | {1e6 * seconds / 6 / n_samples:.4f} | {peak / 1e6:.1f} |"


def main():
    """Print both tables."""
    warnings.simplefilter("ignore")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ",
        end="",
    )
    print(f"numpy {np.__version__}, scikit-learn {sklearn.__version__}\n")
    print("|         N |  D |  K | threads | scikit-learn, ms | fit, ms | ratio |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for threads in (1, 2):
        for size in SIZES:
            print(compare(size, threads), flush=True)
    print("\n|          N | microseconds a point and pass | MB beyond X |")
    print("| ---: | ---: | ---: |")
    for n_samples in GROWTH:
        print(growth(n_samples), flush=True)


if __name__ == "__main__":
    main()
