"""The catalogue against the checks: which aspect catches which mistake, and by what name.

``python -m nbjudge.checking.table CHECKS [SEEDS] [EXERCISE ...]``; CHECKS: the checks' package.
"""

import importlib
import sys
from collections import Counter
from dataclasses import dataclass

from nbjudge.checking.calls import attempt
from nbjudge.checking.diagnosis.computed import same
from nbjudge.checking.message import CheckFailed
from nbjudge.checking.plan import Candidate, by_name
from nbjudge.checking.sampler import Sampler
from nbjudge.checking.seed import seeded


@dataclass(frozen=True)
class Judgement:
    """What one aspect made of a function: whether it failed, and the ids of what was recognised."""

    aspect: str
    failed: bool
    mistakes: tuple = ()


def judge(exercise, function, seed):
    """A Judgement for each aspect, in turn."""
    for aspect in exercise.aspects:
        failed = None
        with seeded(seed):
            try:
                getattr(exercise, aspect)(function)
            except CheckFailed as error:
                failed = error
        yield Judgement(aspect, failed is not None, failed.mistakes if failed else ())


def first_failure(exercise, function, seed):
    """The Judgement of the first aspect that fails, or None."""
    return next((j for j in judge(exercise, function, seed) if j.failed), None)


def alike(exercise, one, other, seed):
    """Whether two functions give the same answer in every case of an exercise.

    With no mistake for the other: whether a mistake makes no difference here.
    """
    with seeded(seed):
        cases = [case for aspect in exercise.aspects for case in exercise.cases(aspect)]
    return all(same(attempt(one, c), attempt(other, c), c, exercise.kind) for c in cases)


def telling(exercise, seed):
    """The Candidates that make a difference in an exercise, each another: name -> Candidate.

    Of those that are alike in every case the first stands for all. What draws is never alike.
    """
    if isinstance(exercise, Sampler):
        return by_name(exercise.plan)
    chosen = {}
    for name, candidate in by_name(exercise.plan).items():
        known = (Candidate(exercise.plan), *chosen.values())
        if not any(alike(exercise, candidate, other, seed) for other in known):
            chosen[name] = candidate
    return chosen


def row(exercise, name, seeds):
    """How often each aspect catches a mistake, how often it is caught, and named first."""
    per_aspect, caught, named = Counter(), 0, 0
    for seed in seeds:
        failed = [j for j in judge(exercise, by_name(exercise.plan)[name], seed) if j.failed]
        per_aspect.update(j.aspect for j in failed)
        caught += bool(failed)
        named += bool(failed) and failed[0].mistakes[:1] == (name,)
    return per_aspect, caught, named


def false_alarms(exercise, seeds):
    """How often the plan without any mistake fails."""
    return sum(first_failure(exercise, Candidate(exercise.plan), s) is not None for s in seeds)


def main(checks, n_seeds=1, *names):
    """Print the table, and the rates in its last line."""
    seeds, totals = range(n_seeds), Counter()
    for name, exercise in vars(importlib.import_module(checks).check).items():
        if names and name not in names:
            continue
        print(f"\n{name:<52}" + "".join(f"{aspect:>7}" for aspect in exercise.aspects) + "  named")
        for mistake in telling(exercise, seed=0):
            per_aspect, caught, named = row(exercise, mistake, seeds)
            cells = "".join(f"{per_aspect[a] or '-':>7}" for a in exercise.aspects)
            print(f"  {mistake:<50}{cells}{named:>7}", flush=True)
            totals.update(runs=n_seeds, caught=caught, named=named, mistakes=1)
        totals.update(alarms=false_alarms(exercise, seeds), right=n_seeds)
    print(
        f"\n{totals['mistakes']} mistakes, {n_seeds} seeds: "
        f"caught {totals['caught'] / totals['runs']:.2%}, "
        f"named {totals['named'] / totals['runs']:.2%}, "
        f"false alarms {totals['alarms']} of {totals['right']}."
    )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:])
