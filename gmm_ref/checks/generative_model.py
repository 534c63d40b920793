"""The exercises of 7.4.1: the two steps of a draw, both together, and the joint density."""

import numpy as np

from gmm_ref import generative_model
from gmm_ref.checks.mistakes.joint import LogJoint
from gmm_ref.checks.mistakes.samples import SampleGaussian, SampleLabels, SampleMixture
from gmm_ref.checks.problems import cases_with, draw_problem
from gmm_ref.checks.subject import MIXTURES
from nbjudge.checking.case import Case
from nbjudge.checking.diagnosis.signature import labels_signature, noise_signature
from nbjudge.checking.distribution import labels_fault, noise_fault, samples_fault, totals_fault
from nbjudge.checking.formula import Formula
from nbjudge.checking.sampler import Sampler

SECTION = "7.4.1"

# The number of draws that a test of the distribution looks at: in the first place, and at an edge
# that needs fewer.
N_DRAWS, N_FEWER = 4000, 2000


def form_cases(rng):
    """Few draws, for the form."""
    return [Case(_problem(rng, 3, 2, 40)), Case(_problem(rng, 2, 3, 30))]


def edges_of_the_weights(rng):
    """A component that is never drawn, and one that always is."""
    return [
        Case(_zero_weights(rng), "a component of weight 0"),
        # Of three features: in two a rotation may be its own transpose.
        Case(_problem(rng, 1, 3, N_FEWER), "one component"),
    ]


def edges_of_the_draws(rng):
    """One draw, one feature, parameters of integers."""
    return [
        Case(_problem(rng, 3, 2, 1), "one draw"),
        Case(_problem(rng, 3, 1, N_FEWER), "one feature"),
        Case(_integers(rng), "means and covariances of integers"),
    ]


def sampling_cases(rng, aspect):
    """Theta and the number of draws: few for the form, many for the distribution."""
    if aspect == "form":
        return form_cases(rng)
    if aspect == "value":
        return [Case(_problem(rng, 3, 2, N_DRAWS))]
    return [*edges_of_the_weights(rng), *edges_of_the_draws(rng)]


def gaussian_cases(rng, aspect):
    """As `sampling_cases`, without those whose edge is in the weights."""
    if aspect == "form":
        return form_cases(rng)
    if aspect == "value":
        return [Case(_problem(rng, 2, 3, N_DRAWS))]
    return edges_of_the_draws(rng)


def _problem(rng, n_components, n_features, n_samples):
    return draw_problem(rng, 1, n_features, n_components) | {"n_samples": n_samples}


def _zero_weights(rng):
    problem = _problem(rng, 5, 2, N_DRAWS)
    weights = problem["weights"].copy()
    weights[[0, 3]] = 0
    return problem | {"weights": weights / weights.sum()}


def _integers(rng):
    means = np.array([[-3, 2], [40, -10]])
    covariances = np.array([[[2, 1], [1, 3]], [[1, 0], [0, 5]]])
    return _problem(rng, 2, 2, N_FEWER) | {
        "means": means,
        "covariances": covariances,
        "mean": means[0],
        "covariance": covariances[0],
    }


def _labels_fault(z, arguments):
    return drawn_labels_fault(z, arguments["weights"], "weight", N_FEWER)


def drawn_labels_fault(z, weights, noun, enough):
    """What is wrong with labels drawn with these weights, their distribution if there are enough.

    noun: what a student calls a weight.
    """
    if len(z) and (z.min() < 0 or z.max() >= len(weights)):
        return (
            f"Labels run from 0 to {len(weights) - 1}, but the answer runs "
            f"from {z.min()} to {z.max()}."
        )
    used = weights > 0
    if not used[z].all():
        k = int(z[~used[z]][0])
        return f"Component {k} has {noun} 0, but it was drawn."
    if len(z) < enough or used.sum() == 1:
        return None
    return labels_fault(np.cumsum(used)[z] - 1, weights[used])


def _whitened(X, mean, covariance):
    return np.linalg.solve(np.linalg.cholesky(covariance), (X - mean).T).T


def _gaussian_fault(X, arguments):
    return noise_fault(_whitened(X, arguments["mean"], arguments["covariance"]))


def _samples_of_points_fault(samples, arguments):
    mean, covariance = arguments["mean"], arguments["covariance"]
    return samples_fault([_whitened(X, mean, covariance) for X in samples])


def _whitened_by_label(X, z, arguments):
    E = np.zeros(X.shape)
    for k, theta in enumerate(zip(arguments["means"], arguments["covariances"], strict=True)):
        E[z == k] = _whitened(X[z == k], *theta)
    return E


def _mixture_fault(answer, arguments):
    X, z = answer
    fault = _labels_fault(z, arguments)
    if fault:
        return f"The labels z: {fault}"
    if not np.isfinite(X).all():
        return "X holds NaN or infinity."
    E = _whitened_by_label(X, z, arguments)
    for k in range(len(arguments["weights"])):
        fault = noise_fault(E[z == k])
        if fault:
            return f"The rows of X with label {k}: {fault}"
    fault = noise_fault(E)
    return fault and f"X: {fault}"


def _samples_of_pairs_fault(samples, arguments):
    fault = totals_fault([z for _, z in samples], arguments["weights"])
    if fault:
        return f"The labels z: {fault}"
    fault = samples_fault([_whitened_by_label(X, z, arguments) for X, z in samples])
    return fault and f"X: {fault}"


def _signature_of_labels(z, arguments):
    return labels_signature(z, arguments["weights"])


def _signature_of_points(X, arguments):
    return noise_signature(_whitened(X, arguments["mean"], arguments["covariance"]))


def _signature_of_pairs(answer, arguments):
    """The statistics one after another: who compares them may stop at the first that differs."""
    X, z = answer
    n_components = len(arguments["weights"])
    yield from labels_signature(z, arguments["weights"])
    E = _whitened_by_label(X, z, arguments)
    noise = noise_signature(E)
    yield from noise
    if len(np.unique(z)) == 1:
        # One label for all, a different one each time: what follows would tell only which.
        yield from [0.0] * len(noise) * (1 + n_components)
        return
    yield from noise_signature((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-300))
    for k in range(n_components):
        yield from noise_signature(E[z == k]) or [0.0] * len(noise)


sample_labels = Sampler(
    generative_model.sample_labels,
    SECTION,
    "step 1: z ~ Categorical(pi)",
    SampleLabels,
    sampling_cases,
    MIXTURES,
    parts={"z": "integer"},
    distribution_fault=_labels_fault,
    signature=_signature_of_labels,
    samples_fault=lambda samples, arguments: totals_fault(samples, arguments["weights"]),
)

sample_gaussian = Sampler(
    generative_model.sample_gaussian,
    SECTION,
    "step 2: x ~ N(mu_k, Sigma_k)",
    SampleGaussian,
    gaussian_cases,
    MIXTURES,
    parts={"X": "number"},
    distribution_fault=_gaussian_fault,
    signature=_signature_of_points,
    samples_fault=_samples_of_points_fault,
)

sample_mixture = Sampler(
    generative_model.sample_mixture,
    SECTION,
    "for each point: 1. z ~ Categorical(pi), 2. x ~ N(mu_z, Sigma_z)",
    SampleMixture,
    sampling_cases,
    MIXTURES,
    parts={"X": "number", "z": "integer"},
    distribution_fault=_mixture_fault,
    signature=_signature_of_pairs,
    samples_fault=_samples_of_pairs_fault,
)

log_joint = Formula(
    generative_model.log_joint,
    SECTION,
    "p(x_n, z_k = 1) = pi_k N(x_n | mu_k, Sigma_k), here its logarithm",
    LogJoint,
    cases_with(),
    MIXTURES,
    index=("n", "k"),
)

EXERCISES = [sample_labels, sample_gaussian, sample_mixture, log_joint]
