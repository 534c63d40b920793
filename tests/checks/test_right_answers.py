"""Every right answer, in whatever style, passes every aspect of its check."""

import os

import numpy as np
import pytest
from right_answers import ANSWERS

import gmm_ref
from gmm_ref.checks import CheckFailed, check, seeded

# The false alarms are counted with 200 seeds by `make gate`; every suite runs one.
SEEDS = int(os.environ.get("RIGHT_SEEDS", "1"))


def as_student(name):
    """The reference as a student would write it, with plain tuples."""
    reference = getattr(gmm_ref, name)
    if name not in ("fit", "fit_best"):
        return reference

    def function(*arguments):
        run = reference(*arguments)
        return tuple(run.parameters), run.log_likelihoods, run.converged

    return function


@pytest.mark.parametrize("name", vars(check))
def test_three_styles_besides_the_reference(name):
    assert len(ANSWERS[name]) >= 3


@pytest.mark.parametrize(
    ("name", "number"), [(name, i) for name in vars(check) for i in range(1 + len(ANSWERS[name]))]
)
def test_right_answers_pass_every_aspect(name, number):
    exercise, alarms = getattr(check, name), []
    function = [as_student(name), *ANSWERS[name]][number]
    for seed in range(SEEDS):
        with seeded(seed), np.errstate(all="ignore"):
            for aspect in exercise.aspects:
                try:
                    getattr(exercise, aspect)(function)
                except CheckFailed as failed:
                    alarms.append(f"seed {seed}, {aspect}:\n{failed}")
    assert not alarms, alarms[0]
