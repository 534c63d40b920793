"""How a student's `fit_best` chooses among its runs: seen where the starts are known, else guessed.

Who draws the starts as the card says makes the runs that are made here, so that it is seen which
of them was returned. Who draws them in another way is looked at by chance: the same rng with one
start gives the first run, with two the better of two, and many such runs tell a rule.
"""

import copy
import functools
import itertools

import numpy as np

from gmm_ref import em
from gmm_ref.checks.em_trace import ends_fault
from gmm_ref.checks.mistakes.loop import FitBest
from nbjudge.checking.calls import attempt
from nbjudge.checking.case import Case
from nbjudge.checking.plan import Candidate, singles

# Points in three groups, two components: EM ends in one of several maxima, and does not notice a
# shift, a scale or the order of the points. Most runs end after six steps.
THREE_GROUPS = np.array(
    [0.3, 0.3, -0.2, 0.7, 0.6, 6.7, 7.7, 6.7, 17.4, 17.4, 16.7, 16.8, 16.7, 16.9]
)[:, None]
BEST_OF_THREE_GROUPS = -31.708

# Two groups that overlap: from whichever two points EM starts, it climbs for 16 to 135 steps, and
# each of the first six steps gains more than 0.001.
_LEFT = [-1, -0.9, -0.6, -0.5, -0.5, -0.3, 0, 0.1, 0.3, 0.4, 0.5, 0.6]
_RIGHT = [1.2, 1.2, 1.3, 1.6, 2, 2.5, 2.6, 3.2]
OVERLAPPING = np.array([*_LEFT, *_RIGHT])[:, None]

# Three groups of which two lie near each other: maxima differ in height by less than starts do,
# so that a run that gains much, or is high on the way, is not the one that ends the highest.
_UNEQUAL = [8.1, 8.9, 7.8, 16.5, 15.5, 15.4, 21.7, 21.0, 21.3, 22.9, 22.0]
UNEQUAL_GROUPS = np.array(_UNEQUAL)[:, None]

# Whatever is not exact in a height: the student's own tol, and where EM rests before a maximum.
NEAR = 0.1

# The number of starts in a call whose runs are told apart.
_STARTS = 5
# How many generators a function is looked at with whose starts are not known.
_LOOKS = 16


def restarts_case(rng, n_restarts, note="", like=None, rng_of_run=None, groups=THREE_GROUPS):
    """A case of `fit_best`: the groups moved and scaled, or the data of another case."""
    if like is not None:
        return Case(like.arguments | {"n_restarts": n_restarts, "rng": rng_of_run}, note)
    X = rng.permutation(groups) * rng.uniform(0.5, 2) + rng.normal(scale=5)
    return Case({"X": X, "n_components": 2, "n_restarts": n_restarts, "rng": fresh(rng)}, note)


def fresh(rng):
    """A generator of its own."""
    return np.random.default_rng(rng.integers(2**63))


def telling_cases(rng):
    """Cases in which no wrong rule returns the highest of the runs from the starts of the card.

    But for one rule each: whether the highest run is the last one or not, one rule finds it. The
    last case is for the rules that look at a whole trace.
    """
    spared = ("one_start_too_few", "returned_the_last_run")
    return [*(_telling_case(rng, rule) for rule in spared), _case_for_whole_traces(rng)]


def _telling_case(rng, spared):
    wrong = [name for name in _RULES if name not in ("highest", spared)]
    while True:
        case, runs = _draw_known(rng)
        if all(_apart("highest", name, runs) for name in wrong):
            return case


def _case_for_whole_traces(rng):
    """A case in which the highest run has neither the highest mean nor the largest gain."""
    while True:
        case = restarts_case(rng, _STARTS, groups=UNEQUAL_GROUPS)
        runs = runs_from(case.arguments["X"], starts_of(case))
        high = _RULES["highest"](runs)
        if not high & (_extreme(np.mean)(runs) | _extreme(np.ptp)(runs)):
            return case


def _cases_that_tell(rng):
    """Cases of which one at least tells apart every two rules."""
    cases, pairs = [], set(itertools.combinations(_RULES, 2))
    while pairs:
        case, runs = _draw_known(rng)
        told = {pair for pair in pairs if _apart(*pair, runs)}
        if 2 * len(told) >= len(pairs):
            cases.append(case)
            pairs -= told
    return cases


def _apart(one, other, runs):
    return not _RULES[one](runs) & _RULES[other](runs)


def _draw_known(rng):
    """A case, and the traces of its runs from the starts of the card."""
    order, generator = rng.permutation(len(THREE_GROUPS)), fresh(rng)
    # random_start draws points: given their numbers, it tells which.
    drawn = copy.deepcopy(generator)
    starts = [em.random_start(order[:, None], np.eye(1), 2, drawn) for _ in range(_STARTS)]
    runs = [_run_of_groups(*sorted(map(int, start.means.ravel()))) for start in starts]
    X = THREE_GROUPS[order] * rng.uniform(0.5, 2) + rng.normal(scale=5)
    arguments = {"X": X, "n_components": 2, "n_restarts": _STARTS, "rng": generator}
    return Case(arguments), runs


@functools.cache
def _run_of_groups(first, second):
    means = THREE_GROUPS[[first, second]]
    return runs_from(THREE_GROUPS, [(np.full(2, 0.5), means, np.stack([_wide(THREE_GROUPS)] * 2))])[
        0
    ]


def _wide(X):
    return np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])


def starts_of(case):
    """The starts that are drawn in a case as the card says."""
    X, n_components, n_restarts, rng = copy.deepcopy(list(case.arguments.values()))
    X = X.astype(float)
    return [em.random_start(X, _wide(X), n_components, rng) for _ in range(n_restarts)]


def runs_from(X, starts):
    """The traces of EM from each start."""
    return [FitBest().run(X, start)[1] for start in starts]


def _extreme(value, sign=1):
    """A rule: the runs whose value is the highest, or with sign -1 the lowest, up to rounding."""

    def rule(runs):
        values = sign * np.array([value(run) for run in runs])
        return set(np.flatnonzero(values > values.max() - NEAR).tolist())

    return rule


# The name of a rule of choice, or of the mistake -> the runs that it may return, by their number.
_RULES = {
    "highest": _extreme(lambda run: run[-1]),
    "returned_the_first_run": lambda runs: {0},
    "returned_the_last_run": lambda runs: {len(runs) - 1},
    "returned_the_lowest": _extreme(lambda run: run[-1], -1),
    "longest_run": _extreme(len),
    "shortest_run": _extreme(len, -1),
    "best_start_for_best_end": lambda runs: {int(np.argmax([run[0] for run in runs]))},
    "one_start_too_few": lambda runs: _extreme(lambda run: run[-1])(runs[:-1]),
}


def returned_runs(case, trace):
    """(the traces of the runs from the starts of the card, which of them may be this one)."""
    runs = runs_from(case.arguments["X"], starts_of(case))
    same = {
        i
        for i, run in enumerate(runs)
        if np.isclose(run[0], trace[0]) and abs(run[-1] - trace[-1]) < NEAR
    }
    return runs, same


def chose_the_highest(case, trace):
    """True or False where a known run was returned; None where none was."""
    runs, same = returned_runs(case, trace)
    return bool(same & _RULES["highest"](runs)) if same else None


def highest(case):
    """The highest maximum of a case's data."""
    scale = np.ptp(case.arguments["X"]) / np.ptp(THREE_GROUPS)
    return BEST_OF_THREE_GROUPS - len(THREE_GROUPS) * np.log(scale)


def recognise_choice(plan, function, case, outcome, rng):
    """The mistake that a `fit_best` makes, as a tuple of one or none."""
    by_name = {mistake.name: mistake for _, mistake in plan.catalogue()}
    for wrong in singles(plan):
        if wrong.mistakes[0].name in _FORMS and _like(wrong, plan, case, outcome):
            return wrong.mistakes
    try:
        look = _Look(function, rng)
        name = next((name for name, sign in _SIGNS if sign(look)), None)
        name = name or look.rule_seen or look.rule_guessed
    except (TypeError, ValueError, IndexError):
        return ()
    return (by_name[name],) if name in by_name else ()


# The mistakes that the form of the answer gives away.
_FORMS = ("returned_theta_only", "height_for_trace")
_SIGNS = (
    ("global_generator", lambda look: not look.repeatable),
    ("traces_glued", lambda look: look.glued),
    ("begins_where_the_last_run_ended", lambda look: look.continued),
    ("trace_of_another_run", lambda look: not look.consistent),
    ("all_means_at_one_point", lambda look: look.climbs < 0.5),
    ("same_start_for_all", lambda look: look.same_for_every_rng),
    ("stopped_after_a_step", lambda look: look.steps <= 3),
)


class _Look:
    """What is seen of a function, each part when it is first asked for.

    TypeError and the like where it does not return runs.
    """

    def __init__(self, function, rng):
        self.function = function
        self.case = restarts_case(rng, 1)
        self.generators = [fresh(rng) for _ in range(_LOOKS)]
        self.telling = _cases_that_tell(rng)

    def run(self, n_restarts, generator):
        """(theta, trace) of a call."""
        return self.run_case(restarts_case(None, n_restarts, like=self.case, rng_of_run=generator))

    def run_case(self, case):
        """(theta, trace) of a call."""
        theta, log_likelihoods, _ = attempt(self.function, case).result
        return theta, np.asarray(log_likelihoods, dtype=float)

    @functools.cached_property
    def one(self):
        """The traces of single runs."""
        return [self.run(1, generator)[1] for generator in self.generators]

    @functools.cached_property
    def two(self):
        """The traces that are returned of two runs."""
        return [self.run(2, generator)[1] for generator in self.generators]

    @functools.cached_property
    def told(self):
        """(theta, trace) of the calls whose runs are told apart."""
        return [self.run_case(case) for case in self.telling]

    @property
    def repeatable(self):
        again = [self.run(1, generator)[1] for generator in self.generators[:6]]
        return all(map(np.array_equal, again, self.one))

    @property
    def consistent(self):
        return all(
            ends_fault(case.arguments["X"], *run) is None
            for case, run in zip(self.telling, self.told, strict=True)
        )

    @property
    def climbs(self):
        """What a run gains, the largest."""
        return max(trace[-1] - trace[0] for trace in self.one)

    @property
    def same_for_every_rng(self):
        return all(np.array_equal(t, ts[0]) for ts in (self.one, self.two) for t in ts)

    @property
    def glued(self):
        """Whether the trace of two runs goes on after that of the first, from another place."""
        return all(
            len(two) > len(one) and np.array_equal(two[: len(one)], one) and two[len(one)] < one[-1]
            for two, one in zip(self.two, self.one, strict=True)
        )

    @property
    def continued(self):
        """Whether every second run that is returned begins where the first ended."""
        return bool(self.second) and all(
            abs(two[0] - one[-1]) < NEAR and one[-1] - one[0] > 2 * NEAR for two, one in self.second
        )

    @property
    def steps(self):
        """The steps of a run, the median."""
        return np.median([len(trace) for trace in self.one])

    @property
    def rule_seen(self):
        """The rule by which known runs were returned in every call, or None."""
        seen = [
            returned_runs(case, trace)
            for case, (_, trace) in zip(self.telling, self.told, strict=True)
        ]
        return next(
            (n for n, rule in _RULES.items() if all(same & rule(runs) for runs, same in seen)), None
        )

    @property
    def second(self):
        """(its trace, that of the first) wherever the second of two runs is returned."""
        pairs = zip(self.two, self.one, strict=True)
        return [(two, one) for two, one in pairs if not np.array_equal(two, one)]

    @property
    def rule_guessed(self):
        """The rule that best explains when the second of two runs is returned, or None."""
        chosen = self.second
        if not chosen:
            return "returned_the_first_run"
        if len(chosen) > 0.85 * _LOOKS:
            return "returned_the_last_run"
        shares = {
            name: _share_above_zero(sign * (value(two) - value(one)) for two, one in chosen)
            for name, sign, value in (
                ("highest", 1, lambda run: run[-1]),
                ("returned_the_lowest", -1, lambda run: run[-1]),
                ("longest_run", 1, len),
                ("shortest_run", -1, len),
                ("best_start_for_best_end", 1, lambda run: run[0]),
            )
        }
        best = max(shares, key=shares.get)
        return best if shares[best] else None


def _share_above_zero(gains):
    """The share of gains above 0, or 0 where one is below."""
    gains = list(gains)
    return 0.0 if min(gains) < -1e-6 else np.mean([gain > 1e-6 for gain in gains])


def _like(wrong, plan, case, outcome):
    """Whether an outcome is nested as a mistake's, and not as a right answer is."""
    right = attempt(Candidate(plan), case).result
    form = _form(outcome.result)
    return form == _form(attempt(wrong, case).result) and form != _form(right)


def _form(answer):
    if isinstance(answer, tuple) and isinstance(answer[0], (tuple, np.ndarray)):
        return tuple(map(_form, answer))
    return np.ndim(answer)
