"""Every mistake of the catalogue fails its function's checks, and by its own name first."""

import os
import re

import pytest

from gmm_ref.checks import check
from nbjudge.checking.plan import implementation, singles
from nbjudge.checking.table import first_ways, judge

# All 20 seeds take many minutes: `make gate` runs them, every suite one.
SEEDS = range(int(os.environ.get("CATALOGUE_SEEDS", "1")))
EXERCISES = vars(check)
CATALOGUE = [(name, m.name) for name, e in EXERCISES.items() for m, _ in first_ways(e.plan)]


def test_the_catalogue_is_large_enough():
    distinct = {m.function for e in EXERCISES.values() for m in e.plan.catalogue()}
    assert len(distinct) >= 100
    assert min(len(e.plan.catalogue()) for e in EXERCISES.values()) >= 4


@pytest.mark.parametrize(("exercise", "name"), CATALOGUE)
def test_a_mistake_fails_with_its_own_name_first(exercise, name):
    exercise = EXERCISES[exercise]
    function = next(f for m, f in first_ways(exercise.plan) if m.name == name)
    for seed in SEEDS:
        judged = judge(exercise, function, seed)
        failed = (entry for entry in judged if entry[1] is not None)
        aspect, ids = next(failed, ("it passes", ()))
        assert ids[:1] == (name,), f"seed {seed}, {aspect}: {ids}"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_names_and_steps_are_unique_and_real(exercise):
    catalogue = EXERCISES[exercise].plan.catalogue()
    assert len({m.name for m in catalogue}) == len(catalogue)
    assert all(hasattr(EXERCISES[exercise].plan, m.step) for m in catalogue)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_messages_say_what_why_where_and_show_numbers(exercise):
    for mistake in EXERCISES[exercise].plan.catalogue():
        text = " ".join(mistake.message.split())
        assert text.index("Read again:") < text.index("See it:"), mistake.name
        assert re.search(r"\d", text.split("See it:")[1]), mistake.name
        assert len(text) < 700, mistake.name


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_plan_without_mistakes_is_right(exercise):
    exercise = EXERCISES[exercise]
    assert set(dict(judge(exercise, implementation(exercise.plan), 3)).values()) == {None}


@pytest.mark.parametrize(
    ("exercise", "names"),
    [
        ("log_joint", ("forgot_two_pi", "forgot_the_weights")),
        ("log_likelihood", ("mean_for_sum", "sum_of_logs")),
        ("responsibilities", ("forgot_the_weights", "hard_for_soft")),
        ("posterior_entropy", ("forgot_the_minus", "entropy_in_bits")),
        ("m_step", ("weights_not_divided_by_n", "divided_by_n_k_minus_one")),
        ("log_prior", ("mean_for_sum", "uniform_prior")),
        ("sample_gaussian", ("covariance_for_factor", "mean_forgotten")),
    ],
)
def test_two_mistakes_together_are_both_named(exercise, names):
    exercise = EXERCISES[exercise]
    steps = [
        (m.step, m.ways[0]) for name in names for m in exercise.plan.catalogue() if m.name == name
    ]
    judged = dict(judge(exercise, implementation(exercise.plan, *steps), 5))
    assert set(judged["value"]) == set(names)


def test_every_variant_of_a_mistake_is_caught_where_it_matters():
    """A log to base 2 and one to base 10 are one mistake, and both have its name."""
    ways = [f for (m,), f in singles(check.posterior_entropy.plan) if m.name == "entropy_in_bits"]
    assert len(ways) == 2
    for function in ways:
        judged = dict(judge(check.posterior_entropy, function, 1))
        assert judged["value"] == ("entropy_in_bits",)
