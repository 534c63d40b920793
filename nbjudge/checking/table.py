"""The catalogue against the checks: which aspect catches which mistake, and by what name.

``python -m nbjudge.checking.table [SEEDS] [EXERCISE ...]``
"""

import importlib
import sys
from collections import Counter

from nbjudge.checking.failure import CheckFailed
from nbjudge.checking.plan import implementation, singles
from nbjudge.checking.seed import seeded


def judge(exercise, function, seed):
    """(aspect, None where the function passes, else the ids of what was recognised), in turn."""
    for aspect in exercise.aspects:
        ids = None
        with seeded(seed):
            try:
                getattr(exercise, aspect)(function)
            except CheckFailed as failed:
                ids = failed.mistakes
        yield aspect, ids


def rows(exercise, seeds):
    """For each mistake: (name, aspect -> times caught, times caught, times named first)."""
    for mistake, function in first_ways(exercise.plan):
        per_aspect, caught, named = Counter(), 0, 0
        for seed in seeds:
            found = {a: ids for a, ids in judge(exercise, function, seed) if ids is not None}
            per_aspect.update(found.keys())
            caught += bool(found)
            named += bool(found) and next(iter(found.values()))[:1] == (mistake.name,)
        yield mistake.name, per_aspect, caught, named


def first_ways(plan):
    """(mistake, function) for each mistake of a plan, in its first variant."""
    ways = {}
    for (mistake,), function in singles(plan):
        ways.setdefault(mistake.name, (mistake, function))
    return ways.values()


def false_alarms(exercise, seeds):
    """How often the plan without any mistake fails."""
    right = implementation(exercise.plan)
    return sum(any(ids is not None for _, ids in judge(exercise, right, s)) for s in seeds)


def main(checks, n_seeds=1, *names):
    """Print the table, and the rates in its last line."""
    seeds, totals = range(n_seeds), Counter()
    for name, exercise in vars(importlib.import_module(checks).check).items():
        if names and name not in names:
            continue
        print(f"\n{name:<52}" + "".join(f"{aspect:>7}" for aspect in exercise.aspects) + "  named")
        for mistake, per_aspect, caught, named in rows(exercise, seeds):
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
