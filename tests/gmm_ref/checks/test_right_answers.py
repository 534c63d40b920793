"""Every right answer, in whatever style, passes every aspect of its check."""

import itertools
import os

import numpy as np
import pytest
from right_answers import ANSWERS
from solved import SOLUTIONS, functions_of

import gmm_ref
from gmm_ref.checks import CheckFailed, check, seeded

# The false alarms are counted with 200 seeds by `make gate`; every suite runs one.
SEEDS = int(os.environ.get("RIGHT_SEEDS", "1"))


def as_student(reference):
    """The reference as a student would write it, with plain tuples."""
    if reference not in (gmm_ref.fit, gmm_ref.fit_best):
        return reference

    def function(*arguments):
        run = reference(*arguments)
        return tuple(run.parameters), run.log_likelihoods, run.converged

    return function


SOLVED = {
    name: function
    for folder in SOLUTIONS.iterdir()
    for name, function in functions_of(folder.name).items()
}
RIGHT = {
    name: [as_student(exercise.reference), SOLVED[name], *ANSWERS.get(name, [])]
    for name, exercise in vars(check).items()
}


def test_three_styles_besides_reference_and_solution():
    """For each exercise that has any; one that is new needs none."""
    assert ANSWERS.keys() <= vars(check).keys()
    assert len(ANSWERS) >= 19
    assert min(map(len, ANSWERS.values())) >= 3


# The answers to one seed after another: what is drawn for it is drawn, and remembered, once.
BLOCKS = [range(first, min(first + 20, SEEDS)) for first in range(0, SEEDS, 20)]


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_pass_every_aspect(name, seeds):
    exercise, alarms = getattr(check, name), []
    for seed, (number, function) in itertools.product(seeds, enumerate(RIGHT[name])):
        with seeded(seed), np.errstate(all="ignore"):
            for aspect in exercise.aspects:
                try:
                    getattr(exercise, aspect)(function)
                except CheckFailed as failed:
                    alarms.append(f"answer {number}, seed {seed}, {aspect}:\n{failed}")
    assert not alarms, alarms[0]
