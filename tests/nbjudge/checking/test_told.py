"""The same is said once of one function; of a next version with the same mistake, more."""

import pytest
from scipy.special import logsumexp, softmax

from gmm_ref import log_joint
from gmm_ref.checks import CheckFailed, check
from nbjudge.checking import told


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr(told, "_said", {})
    monkeypatch.setattr(told, "_tries", type(told._tries)())


def text_of(aspect, function):
    with pytest.raises(CheckFailed) as caught:
        aspect(function)
    assert caught.value.mistakes == ("axis_swapped",)
    return " ".join(str(caught.value).split())


def over_the_points(X, *theta):
    return softmax(log_joint(X, *theta), axis=0)


def by_difference(X, *theta):
    joint = log_joint(X, *theta)
    return softmax(joint - logsumexp(joint), axis=0)


def third_version(X, *theta):
    return softmax(log_joint(X, *theta) + 1, axis=0)


def test_the_same_of_one_function_is_said_once():
    first = text_of(check.responsibilities.form, over_the_points)
    assert "normalised over the points" in first and "means =" in first
    for aspect in (check.responsibilities.value, check.responsibilities.hard):
        again = text_of(aspect, over_the_points)
        assert "The same as above, in form: axis swapped." in again
        assert "normalised over the points" not in again and "means =" not in again
    assert "What is new: it was called with" in again
    assert text_of(check.responsibilities.form, over_the_points) == first


def test_a_mistake_that_comes_back_is_told_more_of_each_time():
    first, second, third = (
        text_of(check.responsibilities.form, function)
        for function in (over_the_points, by_difference, third_version)
    )
    assert "Read again" in first and "See it" not in first
    assert "See it" in second and "Nearly the line" not in second
    assert "See it" in third and "axis=1, keepdims=True" in third


def test_what_is_told_at_grading_does_not_grow():
    class StandIn:
        __name__ = "responsibilities"

        def __init__(self, version):
            self.version = version

        def __call__(self, X, *theta):
            return over_the_points(X, *theta)

    texts = [text_of(check.responsibilities.form, StandIn(version)) for version in range(4)]
    assert len(set(texts)) == 1
    assert "See it" in texts[0] and "Nearly the line" not in texts[0]
