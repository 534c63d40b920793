"""The exercise `fit_best`: many starts, of which the best run counts."""

import numpy as np

from gmm_ref.checks.choice import (
    NEAR,
    OVERLAPPING,
    THREE_GROUPS,
    chose_the_highest,
    fresh,
    highest,
    recognise_choice,
    restarts_case,
    starts_of,
    telling_cases,
)
from gmm_ref.checks.em_trace import breaks_down, climbs_on_fault, ends_fault, run_fault
from nbjudge.checking.calls import Outcome, attempt, quiet
from nbjudge.checking.diagnosis.computed import same
from nbjudge.checking.exercise import Exercise, aspect
from nbjudge.checking.message import CheckFailed

# There are calls of which the starts are known, if drawn as the card says. Before a wrong choice
# among those counts, so many calls with one start, to be sure that they are drawn so. A right
# answer that draws in another way comes upon the same starts in all of these with a probability
# below 1e-7.
N_SURE = 4
# Of the 91 starts from two different points of THREE_GROUPS, each run to its end, 48 reach the
# highest maximum. So 24 starts all miss it with a probability of (43/91)^24 = 1.5e-8.
N_RESTARTS = 24
# Where the starts are not known: single runs, until so many of them reach the highest maximum;
# and, where the best of two is not a sure sign, so many calls with 24 starts.
MOST_SINGLES, ENOUGH_HIGH, N_CALLS = 14, 6, 6
# A generator of its own gives other runs in repeated calls. A fixed start gives one run for all of
# these rng; by chance they draw one start with a probability of (4/91)^5 = 1.6e-7: up to four of
# the 91 starts are alike, since some points are.
N_REPEATS, N_GENERATORS = 4, 6


class Restarts(Exercise):
    """`fit_best`: the best of many runs, told from the last or the first of them.

    ``own`` of an aspect: the student's fit. Where the run returned is wrong, but is the highest
    that this fit reaches from the starts of the card, the choice is right; where this fit breaks
    down as well, the call says nothing of the choice, and the others must.
    """

    @aspect
    def form(self, function, *own):
        """A tuple as that of `fit`, with the rng as its only source of chance."""
        case, *others = self.cases("form")
        again = [trace for *_, trace in self._runs("form", function, [case] * N_REPEATS, own)]
        if not _all_equal(again):
            words = "The same rng, in the same state, gave two different runs: draw with rng alone."
            raise self.fail("form", function, case, attempt(function, case), words)
        traces = [trace for *_, trace in self._runs("form", function, others, own)]
        if len(traces) == N_GENERATORS and _all_equal(traces):
            words = (
                f"{N_GENERATORS} different rng all gave the same run: draw the starts with the "
                f"rng that is passed."
            )
            raise self.fail("form", function, case, attempt(function, case), words)

    @aspect
    def value(self, function, *own):
        """The run that ends highest, be the starts those of the card or others."""
        doubts = []
        for case, outcome, trace in self._runs("value", function, self.cases("value"), own):
            fault = ends_fault(case.arguments["X"], outcome.result[0], trace)
            right = not fault and chose_the_highest(case, trace)
            if right or _follows(case, outcome, own):
                continue
            if fault:
                raise self.fail("value", function, case, outcome, fault)
            doubts.append((case, outcome, right))
        if all(right is False for *_, right in doubts) and self._draws_as_the_card_says(function):
            for case, outcome, _ in doubts:
                words = (
                    f"It made {case.arguments['n_restarts']} runs, and returned one that others "
                    f"of them end above: return the run whose last log-likelihood is the highest."
                )
                raise self.fail("value", function, case, outcome, words)
        if doubts:
            self._judge_by_chance(function)

    @aspect
    def hard(self, function, *own):
        """One start, one component, integers, a long climb: its account is right, it is at rest."""
        for case, outcome, trace in self._runs("hard", function, self.cases("hard"), own):
            X, theta = case.arguments["X"], outcome.result[0]
            fault = ends_fault(X, theta, trace) or climbs_on_fault(X, theta)
            if fault and not _follows(case, outcome, own):
                raise self.fail("hard", function, case, outcome, fault)

    def diagnose(self, aspect, function, case, outcome):
        """By its form, by which known runs it returns, or by what many runs have in common."""
        return recognise_choice(self.plan, function, case, outcome, self.rng("naming"))

    def _runs(self, aspect, function, cases, own):
        """(case, outcome, trace) of each call but those that fail as the student's fit makes them.

        One call at least must not break down: else the first failure stands.
        """
        failed, judged = None, False
        for case in cases:
            try:
                outcome = self._run(aspect, function, case)
            except CheckFailed as error:
                follows = _follows(case, attempt(function, case), own)
                if not follows and not (own and breaks_down(_runs_of, own[0], case)):
                    raise
                failed, judged = failed or error, judged or follows
                continue
            judged = True
            yield case, outcome, np.asarray(outcome.result[1], dtype=float)
        if failed and not judged:
            raise failed

    def _run(self, aspect, function, case):
        outcome = self.call(aspect, function, case)
        K, D = case.arguments["n_components"], case.arguments["X"].shape[1]
        like = (np.empty(K), np.empty((K, D)), np.empty((K, D, D)))
        fault = run_fault(outcome.result, like)
        if fault:
            raise self.fail(aspect, function, case, outcome, fault)
        return outcome

    def _draws_as_the_card_says(self, function):
        """Whether with one start it returns the run from the start that the card's way draws."""
        rng = self.rng("single")
        cases = [restarts_case(rng, 1) for _ in range(N_SURE)]
        return all(chose_the_highest(c, t) for c, _, t in self._runs("value", function, cases, ()))

    def _judge_by_chance(self, function):
        """Starts drawn in some way: whether many reach the highest maximum, and none is lost.

        A run that is the highest remains so when a second one is made, if starts are drawn one
        by one; whoever draws them otherwise must reach the highest maximum from 24, often.
        """
        low, high = self._single_runs(function)
        cases = [_with_starts(low[0] if low else high[0], N_RESTARTS)]
        if not all(self._is_highest(function, _with_starts(case, 2)) for case in high):
            rng = self.rng("many")
            cases += [restarts_case(rng, N_RESTARTS) for _ in range(N_CALLS)]
        for case in cases:
            ((_, outcome, trace),) = self._runs("value", function, [case], ())
            if trace[-1] < highest(case) - NEAR:
                words = (
                    f"Of {N_RESTARTS} starts the best reaches a log-likelihood of "
                    f"{highest(case):.2f}; the run it returned ends at {trace[-1]:.2f}. Return the "
                    f"run whose last log-likelihood is the highest, and run each to its end."
                )
                raise self.fail("value", function, case, outcome, words)

    def _single_runs(self, function):
        """The cases with one start whose run is not the highest possible, and those where it is."""
        rng, low, high = self.rng("single"), [], []
        for _ in range(MOST_SINGLES):
            case = restarts_case(rng, 1)
            (high if self._is_highest(function, case) else low).append(case)
            if len(high) == ENOUGH_HIGH:
                break
        return low, high

    def _is_highest(self, function, case):
        ((_, _, trace),) = self._runs("value", function, [case], ())
        return trace[-1] > highest(case) - NEAR


def _all_equal(traces):
    return all(np.array_equal(trace, traces[0]) for trace in traces)


def _with_starts(case, n_restarts):
    return restarts_case(None, n_restarts, "", case, case.arguments["rng"])


def _runs_of(fit, case):
    """The runs of a fit from the starts of the card."""
    starts = starts_of(case)
    return [fit(case.arguments["X"].copy(), tuple(start), 1e-6, 500) for start in starts]


def _follows(case, outcome, own):
    """Whether the answer is the highest of those that the student's own fit makes of the starts."""
    if not own or outcome.error is not None:
        return False
    try:
        with quiet():
            runs = _runs_of(own[0], case)
        ends = [run[1][-1] for run in runs]
        best = np.nanmax(ends)
    except Exception:
        return False
    # Of runs that end alike, any may be returned; where NaN is among them, no rule can be asked.
    tops = [run for run, end in zip(runs, ends, strict=True) if not end < best - 1e-9]
    return any(same(Outcome(run), outcome, case) for run in tops)


def restarts_cases(rng, aspect):
    """The calls that an aspect of `fit_best` makes."""
    if aspect == "form":
        case = restarts_case(rng, 2)
        others = [restarts_case(rng, 1, "", case, fresh(rng)) for _ in range(N_GENERATORS)]
        return [case, *others]
    if aspect == "value":
        return telling_cases(rng)
    single = restarts_case(rng, 1, "one start")
    alone = restarts_case(rng, 2, "one component")
    alone.arguments["n_components"] = 1
    integers = restarts_case(rng, 2, "X of integers")
    integers.arguments["X"] = np.round(10 * THREE_GROUPS).astype(int)
    long = restarts_case(rng, 1, "two groups that overlap, one start")
    long.arguments["X"] = rng.permutation(OVERLAPPING)
    return [single, alone, integers, long]
