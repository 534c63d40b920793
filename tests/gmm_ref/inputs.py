"""The inputs of these tests, lopsided: N, K and D differ, weights are unequal, covariances full.

With N = K or K = D a transposed answer passes, with equal weights a forgotten pi does, with round
covariances a forgotten term.
"""

import inspect
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

import gmm_ref
from gmm_ref import Parameters

FUNCTIONS = {
    name: getattr(gmm_ref, name)
    for name in gmm_ref.__all__
    if inspect.isfunction(getattr(gmm_ref, name))
}


class Problem(NamedTuple):
    """X (N, D); theta; Z (N, K) one-hot; R (N, K), which is not the posterior of theta."""

    X: np.ndarray
    theta: Parameters
    Z: np.ndarray
    R: np.ndarray


def draw_problem(seed, N=7, K=3, D=2):
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(K, D, D))
    scales = rng.uniform(0.5, 3, size=(K, 1, 1))
    theta = Parameters(
        weights=rng.dirichlet(np.full(K, 2.0)),
        means=rng.normal(scale=3, size=(K, D)),
        covariances=scales * (factors @ factors.mT + 0.3 * np.eye(D)),
    )
    return Problem(
        X=rng.normal(scale=4, size=(N, D)),
        theta=theta,
        Z=np.eye(K)[rng.integers(K, size=N)],
        R=rng.dirichlet(np.ones(K), size=N),
    )


def with_dead_component(problem, k=1):
    """The same with pi_k = 0: no label, no responsibility and no chance for component k."""
    weights = np.delete(problem.theta.weights, k)
    R = np.delete(problem.R, k, axis=1)
    return problem._replace(
        theta=problem.theta._replace(weights=np.insert(weights / weights.sum(), k, 0)),
        Z=np.insert(np.eye(len(weights))[R.argmax(axis=1)], k, 0, axis=1),
        R=np.insert(R / R.sum(axis=1, keepdims=True), k, 0, axis=1),
    )


def arguments_of(function, problem):
    """Good arguments for any public function: one name means one thing everywhere."""
    weights, means, covariances = problem.theta
    values = {
        "X": problem.X,
        "weights": weights,
        "means": means,
        "covariances": covariances,
        "mean": means[0],
        "covariance": covariances[0],
        "Z": problem.Z,
        "z": problem.Z.argmax(axis=1),
        "R": problem.R,
        "theta": problem.theta,
        "n_components": len(weights),
        "n_samples": 5,
        "n_restarts": 2,
        "tol": 1e-3,
        "max_iter": 2,
        "rng": np.random.default_rng(1),
    }
    return {name: values[name] for name in inspect.signature(function).parameters}


def call(name, problem, source=gmm_ref):
    """The function of that name, or another source's answer to it, on good arguments."""
    return getattr(source, name)(**arguments_of(FUNCTIONS[name], problem))


seeds = st.integers(0, 2**32 - 1)


@st.composite
def problems(draw, min_points=1):
    """Problems of every size, with one point, one component or one feature among them."""
    N = draw(st.integers(min_points, min_points + 11))
    K, D = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return draw_problem(draw(seeds), N, K, D)


class Affine(NamedTuple):
    """x -> A x + b, with singular values of A from 1/2 to 2."""

    A: np.ndarray
    b: np.ndarray

    def points(self, X):
        return X @ self.A.T + self.b

    def parameters(self, theta):
        return Parameters(
            theta.weights, self.points(theta.means), self.A @ theta.covariances @ self.A.T
        )

    def log_stretch(self):
        """log |det A|, what a log density loses."""
        return np.linalg.slogdet(self.A).logabsdet


def draw_affine(seed, D):
    rng = np.random.default_rng(seed)
    left, right = np.linalg.qr(rng.normal(size=(2, D, D))).Q
    return Affine(left * rng.uniform(0.5, 2, size=D) @ right, rng.normal(scale=5, size=D))
