"""What the package shows: the functions of the section, each with a docstring that says enough."""

import inspect

import pytest
from inputs import FUNCTIONS

from gmm_ref.checks import check

# What is promised; a function more breaks no promise.
SIGNATURES = {
    "sample_labels": "weights n_samples rng",
    "sample_gaussian": "mean covariance n_samples rng",
    "sample_mixture": "weights means covariances n_samples rng",
    "log_gaussian": "X mean covariance",
    "log_joint": "X weights means covariances",
    "log_density": "X weights means covariances",
    "log_likelihood": "X weights means covariances",
    "responsibilities": "X weights means covariances",
    "most_probable_component": "R",
    "posterior_entropy": "R",
    "sample_posterior_labels": "R rng",
    "one_hot": "z n_components",
    "log_prior": "Z weights",
    "log_conditional": "X Z means covariances",
    "complete_log_likelihood": "X Z weights means covariances",
    "log_posterior": "Z X weights means covariances",
    "expected_complete_log_likelihood": "X R weights means covariances",
    "lower_bound": "X R weights means covariances",
    "e_step": "X weights means covariances",
    "m_step": "X R",
    "fit": "X theta tol max_iter",
    "fit_best": "X n_components n_restarts rng",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_promised_functions_are_there_with_their_arguments(name):
    assert " ".join(inspect.signature(FUNCTIONS[name]).parameters) == SIGNATURES[name]


@pytest.mark.parametrize("exercise", vars(check).values(), ids=vars(check))
def test_the_function_of_each_exercise_is_shown(exercise):
    assert FUNCTIONS.get(exercise.name) is exercise.reference, f"gmm_ref shows no {exercise.name}"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_docstring_names_the_section_the_arguments_and_the_error(function):
    text = inspect.getdoc(function)
    words = ["7.4.", "Raises ValueError", "Return", *inspect.signature(function).parameters]
    assert [word for word in words if word not in text] == []
