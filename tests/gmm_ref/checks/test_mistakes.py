"""Every mistake of the catalogue fails its function's checks, and by its own name first."""

import os
import re

import pytest

from gmm_ref.checks import CheckFailed, check, seeded
from nbjudge.checking.plan import Candidate, by_name, singles
from nbjudge.checking.table import alike, first_failure, judge

# All 20 seeds take many minutes: `make gate` runs them, every suite one.
SEEDS = range(int(os.environ.get("CATALOGUE_SEEDS", "1")))
EXERCISES = vars(check)
CATALOGUE = [(name, mistake) for name, e in EXERCISES.items() for mistake in by_name(e.plan)]


@pytest.mark.parametrize(("exercise", "name"), CATALOGUE)
def test_a_mistake_fails_with_its_own_name_first(exercise, name):
    """Or it is no mistake here, since the answers are right; or it does what the one named does."""
    exercise = EXERCISES[exercise]
    known = by_name(exercise.plan)
    for seed in SEEDS:
        failure = first_failure(exercise, known[name], seed)
        if failure is None:
            assert alike(exercise, known[name], Candidate(exercise.plan), seed), f"seed {seed}"
        elif failure.mistakes[:1] != (name,):
            named = known.get(next(iter(failure.mistakes), None))
            assert named and alike(exercise, known[name], named, seed), f"seed {seed}: {failure}"


@pytest.mark.skipif(len(SEEDS) == 1, reason="a minute or two: `make gate` runs it")
@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_way_of_a_mistake_fails_with_its_name_first(exercise):
    """What the catalogue holds as variants of one mistake, constants and all, with one seed."""
    exercise = EXERCISES[exercise]
    ways = {}
    for candidate in singles(exercise.plan):
        ways.setdefault(candidate.mistakes[0].name, []).append(candidate)
    right = [Candidate(exercise.plan)]
    for name, candidates in ways.items():
        for candidate in candidates:
            failure = first_failure(exercise, candidate, 0)
            found = next(iter(failure.mistakes), None) if failure else None
            if found != name:
                known = ways.get(found, []) if failure else right
                assert any(alike(exercise, candidate, other, 0) for other in known), name


def test_every_mistake_makes_a_difference_somewhere():
    idle = {name for _, name in CATALOGUE}
    for exercise in EXERCISES.values():
        known = by_name(exercise.plan)
        right = Candidate(exercise.plan)
        idle -= {name for name in idle & set(known) if not alike(exercise, known[name], right, 0)}
    assert idle == set()


def test_one_misconception_has_one_name_and_one_name_one_text():
    texts = {}
    for exercise in EXERCISES.values():
        for _, mistake in exercise.plan.catalogue():
            texts.setdefault(mistake.message.what, set()).add(mistake.name)
    assert {what: names for what, names in texts.items() if len(names) > 1} == {}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_messages_say_what_why_where_and_show_numbers(exercise):
    for _, mistake in EXERCISES[exercise].plan.catalogue():
        message = mistake.message
        assert message.what.endswith(".") and message.read, mistake.name
        assert re.search(r"\d", message.see), mistake.name
        whole = (message.what, message.why, message.read, message.see)
        assert sum(map(len, whole)) < 650, mistake.name


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_plan_without_mistakes_is_right(exercise):
    exercise = EXERCISES[exercise]
    assert first_failure(exercise, Candidate(exercise.plan), 3) is None


@pytest.mark.parametrize(
    ("exercise", "names"),
    [
        ("log_joint", ("forgot_two_pi", "forgot_the_weights")),
        ("log_likelihood", ("mean_for_sum", "sum_of_logs")),
        ("responsibilities", ("diagonal_only", "hard_for_soft")),
        ("posterior_entropy", ("forgot_the_minus", "wrong_log_base")),
        ("m_step", ("weights_not_divided_by_n", "unbiased_covariances")),
        ("log_prior", ("mean_for_sum", "weights_reversed")),
        ("sample_gaussian", ("variance_for_standard_deviation", "mean_not_added")),
    ],
)
def test_two_mistakes_together_are_both_named(exercise, names):
    exercise = EXERCISES[exercise]
    one, other = (by_name(exercise.plan)[name] for name in names)
    [value] = [j for j in judge(exercise, one.joined(other), 5) if j.aspect == "value"]
    assert set(value.mistakes) == set(names)


@pytest.mark.parametrize(
    ("exercise", "told", "other"),
    [
        # Of labels without the weights nobody can tell where the weights were lost.
        ("responsibilities", "hard_for_soft", "forgot_the_weights"),
        # All terms are equal: their mean is the first of them, and the last.
        ("log_prior", "equal_weights", "mean_for_sum"),
    ],
)
def test_of_two_mistakes_the_one_that_the_answer_does_not_tell_is_not_named(exercise, told, other):
    exercise = EXERCISES[exercise]
    one, two = (by_name(exercise.plan)[name] for name in (told, other))
    with seeded(5), pytest.raises(CheckFailed, match=r"There\s+is\s+another\s+mistake") as caught:
        exercise.value(one.joined(two))
    assert caught.value.mistakes == (told,)


def test_every_variant_of_a_mistake_is_caught_where_it_matters():
    """A log to base 2 and one to base 10 are one mistake, and both have its name."""
    exercise = check.posterior_entropy
    ways = [c for c in singles(exercise.plan) if c.mistakes[0].name == "wrong_log_base"]
    assert len(ways) == 2
    for candidate in ways:
        [value] = [j for j in judge(exercise, candidate, 1) if j.aspect == "value"]
        assert value.mistakes == ("wrong_log_base",)
