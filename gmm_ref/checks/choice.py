"""Recognising how a student's `fit_best` chooses: its runs with many starts against those with one.

The starts are the student's own, so no mistake can be run beside them and compared. But the same
rng with one start gives the first run, and many such runs are what the choice is made from.
"""

from dataclasses import dataclass

import numpy as np

from gmm_ref.checks.account import ends_fault
from gmm_ref.checks.calls import attempt
from gmm_ref.checks.mistakes.plan import implementation, singles
from gmm_ref.checks.problems import Case

# Points in three groups, two components: EM ends in one of several maxima, and does not notice a
# shift, a scale or the order of the points.
THREE_GROUPS = np.array(
    [0.3, 0.3, -0.2, 0.7, 0.6, 6.7, 7.7, 6.7, 17.4, 17.4, 16.7, 16.8, 16.7, 16.9]
)[:, None]
BEST_OF_THREE_GROUPS = -31.708

# How many generators a function is looked at with, and how many starts it then makes.
_LOOKS, _STARTS = 24, 8


def restarts_case(rng, n_restarts, note="", like=None, rng_of_run=None):
    """A case of `fit_best`: the three groups moved and scaled, or the data of another case."""
    if like is not None:
        return Case(like.arguments | {"rng": rng_of_run}, note)
    X = rng.permutation(THREE_GROUPS) * rng.uniform(0.5, 2) + rng.normal(scale=5)
    run = np.random.default_rng(rng.integers(2**63))
    return Case({"X": X, "n_components": 2, "n_restarts": n_restarts, "rng": run}, note)


def highest(case):
    """The highest maximum of a case's data."""
    scale = np.ptp(case.arguments["X"]) / np.ptp(THREE_GROUPS)
    return BEST_OF_THREE_GROUPS - len(THREE_GROUPS) * np.log(scale)


@dataclass(frozen=True)
class Look:
    """What is seen of a function: flags, and shares between 0 and 1, unless said otherwise."""

    repeatable: bool
    consistent: bool  # the trace ends with the log-likelihood of the theta
    same_for_every_rng: bool
    steps: float  # of a run, the median
    climbs: float  # gained by a run, the largest
    as_with_one_start: float
    best: float  # ends at the highest maximum
    second: float  # the second of two runs is chosen
    # What a second run that is chosen has before the first: the share of strict differences,
    # or 0 where a single one goes the other way.
    by: dict

    def by_most(self, name):
        """Whether a rule explains the choices, and better than the other rules do."""
        return self.best < 0.95 and self.by[name] == max(self.by.values()) > 0


SIGNS = (
    ("global_generator", lambda look: not look.repeatable),
    ("trace_of_another_run", lambda look: not look.consistent),
    ("all_means_at_one_point", lambda look: look.climbs < 0.5),
    ("same_start_for_all", lambda look: look.same_for_every_rng),
    ("stopped_after_a_step", lambda look: look.steps <= 3),
    ("returned_the_first_run", lambda look: look.as_with_one_start > 0.95),
    ("returned_the_last_run", lambda look: look.best < 0.95 and look.second > 0.85),
    ("returned_the_lowest", lambda look: look.by_most("lower")),
    ("longest_run", lambda look: look.by_most("longer")),
    ("shortest_run", lambda look: look.by_most("shorter")),
    ("best_start_for_best_end", lambda look: look.by_most("start")),
)


def recognise_choice(plan, function, case, outcome, rng):
    """The mistake that a `fit_best` makes, as a tuple of one or none."""
    by_name = {mistake.name: mistake for mistake in plan.catalogue()}
    for mistakes, wrong in singles(plan):
        if mistakes[0].name == "returned_theta_only" and _like(wrong, plan, case, outcome):
            return mistakes
    try:
        look = observe(function, rng)
    except (TypeError, ValueError, IndexError):
        return ()
    return tuple(by_name[name] for name, sign in SIGNS if sign(look))[:1]


def observe(function, rng):
    """The Look at a function; TypeError and the like where it does not return runs."""
    first = restarts_case(rng, _STARTS)
    seeds = rng.integers(2**63, size=_LOOKS)
    many = [_run(function, first, _STARTS, seed) for seed in seeds]
    one = [_run(function, first, 1, seed) for seed in seeds]
    again = [_run(function, first, 1, seed) for seed in seeds[:6]]
    pairs = [_run(function, first, 2, seed)[1] for seed in seeds]
    traces, singles_ = [trace for _, trace in many], [trace for _, trace in one]
    second = [
        (two, alone)
        for two, alone in zip(pairs, singles_, strict=True)
        if not np.array_equal(two, alone)
    ]
    return Look(
        repeatable=all(
            np.array_equal(trace, before[1]) for (_, trace), before in zip(again, one, strict=False)
        ),
        consistent=all(ends_fault(first.arguments["X"], *run) is None for run in many),
        same_for_every_rng=all(np.array_equal(trace, traces[0]) for trace in traces),
        steps=float(np.median([len(trace) for trace in singles_])),
        climbs=max(trace[-1] - trace[0] for trace in [*traces, *singles_]),
        as_with_one_start=np.mean(list(map(np.array_equal, traces, singles_))),
        best=np.mean([trace[-1] > highest(first) - 0.1 for trace in traces]),
        second=len(second) / len(singles_),
        by={
            "lower": _rule(-two[-1] + one[-1] for two, one in second),
            "longer": _rule(len(two) - len(one) for two, one in second),
            "shorter": _rule(len(one) - len(two) for two, one in second),
            "start": _rule(two[0] - one[0] for two, one in second),
        },
    )


def _run(function, case, n_restarts, seed):
    arguments = case.arguments | {"n_restarts": n_restarts, "rng": np.random.default_rng(seed)}
    theta, log_likelihoods, _ = attempt(function, Case(arguments)).result
    return theta, np.asarray(log_likelihoods, dtype=float)


def _rule(gains):
    """The share of gains above 0, or 0 where one is below."""
    gains = list(gains)
    if not gains or min(gains) < -1e-6:
        return 0.0
    return sum(gain > 1e-6 for gain in gains) / len(gains)


def _like(wrong, plan, case, outcome):
    """Whether an outcome is nested as a mistake's, and not as a right answer is."""
    right = attempt(implementation(plan), case).result
    form = _form(outcome.result)
    return form == _form(attempt(wrong, case).result) and form != _form(right)


def _form(answer):
    if isinstance(answer, tuple) and isinstance(answer[0], (tuple, np.ndarray)):
        return tuple(map(_form, answer))
    return np.ndim(answer)
