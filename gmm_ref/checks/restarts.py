"""The exercise `fit_best`: many starts, known from the rng, of which the best run counts."""

import copy
import itertools

import numpy as np

from gmm_ref.checks.em_trace import ends_fault, run_fault
from gmm_ref.checks.mistakes.restarts import MAX_ITER, TOL, FitBest
from nbjudge.checking.calls import Outcome, attempt, quiet
from nbjudge.checking.case import Case
from nbjudge.checking.diagnosis.computed import same
from nbjudge.checking.earlier import judge_apart
from nbjudge.checking.exceptions import why_no_result
from nbjudge.checking.exercise import Exercise, aspect
from nbjudge.checking.plan import Candidate, by_name, pairs, singles

# Three groups of which two lie near each other, for two components: EM ends in one of two maxima,
# 0.58 apart, after 9 to 44 steps. They differ in height by less than starts do, so that a run that
# gains much, or is high on the way, need not be the one that ends the highest.
GROUPS = np.array([[8.1, 8.9, 7.8, 16.5, 15.5, 15.4, 21.7, 21.0, 21.3, 22.9, 22.0]]).T
# Two groups that overlap: from whichever two points EM starts, it climbs for 109 to 245 steps.
OVERLAPPING = np.array([[-1.6, -1, -0.7, -0.4, -0.1, 0.1, 0.4, 0.7, 1, 1.3, 1.6, 1.9, 2.2]]).T

# How far rounding takes two ends apart, and how much a run that stops early may still climb.
TIE, NEAR = 1e-9, 0.1
# Two calls with chance of their own return one run with a probability of 1.3 %, so many with 2e-6.
N_CALLS = 4


class Restarts(Exercise):
    """`fit_best`: the highest of the runs from the starts that the card draws.

    ``own`` of an aspect: the student's fit and its steps, of the exercises ``builds_on``.
    """

    def __init__(self, *arguments, builds_on):
        super().__init__(*arguments)
        self.builds_on = builds_on

    @aspect
    def form(self, function, *own):
        """A tuple as that of `fit`, with the rng as its only source of chance."""
        self._judge("form", function, own)

    @aspect
    def value(self, function, *own):
        """Which of the runs it returns."""
        self._judge("value", function, own)

    @aspect
    def hard(self, function, *own):
        """One start, one component, integers, a long climb: each run to its end, and no further."""
        self._judge("hard", function, own)

    def diagnose(self, aspect, function, case, outcome):
        """As of a formula, if it accounts for all of the telling cases; else by the use of rng."""
        misuse = self._misuse_of_rng(function)
        if misuse != "global_generator":
            found = super().diagnose(aspect, function, case, outcome)
            if found and self._always_does(function, found):
                return found
        return by_name(self.plan)[misuse].mistakes if misuse else ()

    def _always_does(self, function, mistakes):
        known = singles(self.plan)
        answers = [(case, attempt(function, case)) for case in self.cases("value")]
        return any(
            all(same(attempt(candidate, case), answer, case) for case, answer in answers)
            for candidate in (*known, *pairs(known))
            if {*candidate.mistakes} == {*mistakes}
        )

    def _judge(self, aspect, function, own):
        def look(function):
            for case in self.cases(aspect):
                outcome = attempt(function, case)
                fault = self._fault(aspect, case, outcome)
                if fault:
                    raise self._failure(aspect, function, case, fault)
            if aspect == "form" and self._misuse_of_rng(function):
                words = "One rng must give one run, and another rng another: draw with rng alone."
                raise self._failure("form", function, self.cases("form")[0], words)

        judge_apart(look, function, self.builds_on, own)

    @quiet()
    def _fault(self, aspect, case, outcome):
        """What is wrong with an outcome as the best of the runs from the card's starts, or None."""
        runs = known_runs(FitBest().run, **case.arguments)
        highest = np.nanmax([run[1][-1] for run in runs])
        best = [run for run in runs if not run[1][-1] < highest - TIE]
        if any(same(Outcome(run), outcome, case) for run in best):
            return None
        if why_no_result(self, outcome, case):
            return "It gave no answer."
        fault = run_fault(outcome.result, runs[0][0])
        if fault or aspect == "form":
            return fault
        return _run_fault(case.arguments["X"], outcome.result, runs, highest, aspect == "hard")

    def _failure(self, aspect, function, case, *sentences):
        outcome = self.call(aspect, function, case)
        return self.fail(aspect, function, case, outcome, *sentences)

    def _misuse_of_rng(self, function):
        """The name of the mistake, or None: where one rng gives two runs, or two give one run."""
        case, elsewhere = self.cases("form")
        first, *again = (attempt(function, case) for _ in range(N_CALLS))
        theta = _right(case).result[0]
        if first.changed or any(run_fault(one.result, theta) for one in (first, *again)):
            return None
        if not all(same(first, one, case) for one in again):
            return "global_generator"
        is_fixed = same(first, attempt(function, elsewhere), case)
        return "same_start_for_all" if is_fixed else None


def known_runs(fit, X, n_components, n_restarts, rng):
    """The runs of a fit from the starts of the card."""
    rng = copy.deepcopy(rng)
    starts = [FitBest().start(X, n_components, rng) for _ in range(n_restarts)]
    return [fit(X.copy(), start, TOL, MAX_ITER) for start in starts]


def _run_fault(X, answer, runs, highest, is_exact):
    """Which line of the card a run does not follow, or None; is_exact: to the step."""
    theta, trace, _ = answer
    alike = [run for run in runs if np.isclose(run[1][0], trace[0], equal_nan=True)]
    if not alike:
        firsts = ", ".join(f"{run[1][0]:.6g}" for run in runs)
        return (
            f"The run it returned begins at a log-likelihood of {trace[0]:.6g}. Those from the "
            f"starts that random_start draws of this rng begin at {firsts}. The Write line of the "
            f"exercise: draw the starts one after the other with random_start(X, n_components, "
            f"rng). Nothing else draws with rng."
        )
    best = max(alike, key=lambda run: run[1][-1])
    steps, end = len(best[1]) - 1, best[1][-1]
    is_lower, is_early = end < highest - TIE, len(trace) - 1 != steps
    if abs(trace[-1] - end) > NEAR or (is_early and (is_lower or is_exact)):
        return (
            f"The run it returned makes {len(trace) - 1} steps and ends at {trace[-1]:.9g}. From "
            f"this start it takes {steps}, with tol=1e-6 and max_iter=500, and ends at {end:.9g}. "
            f"The Write line of the exercise: these two go to fit. If they do, look at where fit "
            f"stops."
        )
    if is_lower:
        return (
            f"The run it returned ends at {trace[-1]:.6g}, another of its {len(runs)} runs at "
            f"{highest:.6g}. The Returns line of the exercise: the run whose last log-likelihood "
            f"is the highest."
        )
    return None if ends_fault(X, *best[:2]) else ends_fault(X, theta, trace)


def restarts_cases(rng, aspect):
    """The calls that an aspect of `fit_best` makes."""
    X = rng.permutation(GROUPS) * rng.uniform(0.5, 2) + rng.normal(scale=5)
    if aspect == "value":
        return _telling_cases(rng, X)
    if aspect == "form":
        case = other = _draw(rng, X, 2, 2)
        while same(_right(case), _right(other), case):
            other = _draw(rng, X, 2, 2)
        return [case, other]
    integers = np.round(10 * rng.permutation(GROUPS)).astype(int)
    return [
        _draw(rng, X, 2, 1, "one start"),
        _draw(rng, X, 1, 1, "one component"),
        _draw(rng, integers, 2, 2, "X of integers"),
        _draw(rng, rng.permutation(OVERLAPPING), 2, 1, "two groups that overlap, one start"),
    ]


def _telling_cases(rng, X):
    """Cases of which one at least tells apart every two known ways to choose, the right one too."""
    choices = [Candidate(FitBest), *(c for c in singles(FitBest) if c.changes[0].step == "choose")]
    cases, alike = [], set(itertools.combinations(choices, 2))
    # Each two differ in a fifth of the cases or more: in one of 100, unless they never do.
    for _ in range(100):
        case = _draw(rng, X, 2, 4)
        answers = {choice: attempt(choice, case) for choice in choices}
        told = {(a, b) for a, b in alike if not same(answers[a], answers[b], case)}
        if 2 * len(told) >= len(alike):
            cases.append(case)
            alike -= told
        if not alike:
            break
    return cases


def _draw(rng, X, n_components, n_restarts, note=""):
    """A case in which rounding decides neither where a run stops nor which one is the highest."""
    while True:
        generator = np.random.default_rng(rng.integers(2**63))
        sizes = {"n_components": n_components, "n_restarts": n_restarts}
        case = Case({"X": X, **sizes, "rng": generator}, note, rtol=1e-6, atol=1e-6)
        traces = [run[1] for run in known_runs(FitBest().run, **case.arguments)]
        gains = np.concatenate([np.diff(trace) for trace in traces])
        firsts, lasts = np.sort([(trace[0], trace[-1]) for trace in traces], axis=0).T
        clear_stops = np.all(abs(gains - TOL) > TOL / 100)
        if clear_stops and np.all(np.diff(firsts) > 1e-3) and np.all(np.diff(lasts)[-1:] > NEAR):
            return case


def _right(case):
    return attempt(Candidate(FitBest), case)
