"""The exercise `fit_best`: many starts, of which the best run counts."""

import copy

import numpy as np

from gmm_ref import em
from gmm_ref.checks.account import ends_fault, run_fault
from gmm_ref.checks.calls import quiet
from gmm_ref.checks.choice import THREE_GROUPS, highest, recognise_choice, restarts_case
from gmm_ref.checks.compare import value_fault
from gmm_ref.checks.exercise import Exercise, aspect
from gmm_ref.parameters import Parameters

# Of the 91 starts from two different points of THREE_GROUPS, each run to its end, 46 reach the
# highest maximum. So 24 starts all miss it with a probability of (45/91)^24 = 4.6e-8, and
# 8 calls at 3.7e-7; a single run passes all 8 with a probability of 0.004.
N_RESTARTS, N_CALLS = 24, 8
# A fixed start, or a seed of its own, gives one run for all these rng; chance does not.
N_GENERATORS = 6


class Restarts(Exercise):
    """`fit_best`: the best of many runs, told from the last or the first of them.

    ``own`` of an aspect: the student's fit. Where the run returned is wrong, but is the highest
    that this fit reaches from the starts that the rng draws, the choice is right.
    """

    @aspect
    def form(self, function):
        """A tuple as that of `fit`, with the rng as its only source of chance."""
        case, *others = self.cases("form")
        first, *again = (self._run("form", function, case) for _ in range(N_GENERATORS))
        if not all(np.array_equal(_trace(first), _trace(one)) for one in again):
            raise self.fail(
                "form",
                function,
                case,
                first,
                "The same rng, in the same state, gave two different runs: draw with rng alone.",
            )
        traces = [_trace(self._run("form", function, other)) for other in others]
        if all(np.array_equal(trace, _trace(first)) for trace in traces):
            raise self.fail(
                "form",
                function,
                case,
                first,
                f"{N_GENERATORS} different rng all gave the same run: draw the starts with the "
                f"rng that is passed.",
            )

    @aspect
    def value(self, function, *own):
        """The highest maximum, which half of the starts reach and 24 starts do not miss."""
        for case in self.cases("value"):
            outcome = self._run("value", function, case)
            end, best = _trace(outcome)[-1], highest(case)
            fault = _account_fault(case, outcome)
            if fault is None and end < best - 0.1:
                fault = (
                    f"Of {N_RESTARTS} starts the best reaches a log-likelihood of {best:.2f}; "
                    f"the run it returned ends at {end:.2f}. Return the run whose "
                    f"last log-likelihood is the highest, and run each to its end."
                )
            if fault and not _follows(case, outcome, own):
                raise self.fail("value", function, case, outcome, fault)

    @aspect
    def hard(self, function, *own):
        """A single start, a single component, integers: the account must still be right."""
        for case in self.cases("hard"):
            outcome = self._run("hard", function, case)
            fault = _account_fault(case, outcome)
            if fault and not _follows(case, outcome, own):
                raise self.fail("hard", function, case, outcome, fault)

    def cases(self, aspect):
        """The calls that an aspect makes."""
        rng = self.rng(aspect)
        if aspect == "form":
            case = restarts_case(rng, 3)
            others = [np.random.default_rng(rng.integers(2**63)) for _ in range(N_GENERATORS - 1)]
            return [case, *(restarts_case(rng, 3, like=case, rng_of_run=other) for other in others)]
        if aspect == "value":
            return [restarts_case(rng, N_RESTARTS) for _ in range(N_CALLS)]
        single = restarts_case(rng, 1, "one start")
        alone = restarts_case(rng, 2, "one component")
        alone.arguments["n_components"] = 1
        integers = restarts_case(rng, 2, "X of integers")
        integers.arguments["X"] = np.round(10 * THREE_GROUPS).astype(int)
        return [single, alone, integers]

    def recognise(self, aspect, function, case, outcome):
        """By its form, and by how its runs with many starts differ from its runs with one."""
        return recognise_choice(self.plan, function, case, outcome, self.rng("naming"))

    def _run(self, aspect, function, case):
        outcome = self.call(aspect, function, case)
        K, D = case.arguments["n_components"], case.arguments["X"].shape[1]
        like = (np.empty(K), np.empty((K, D)), np.empty((K, D, D)))
        fault = run_fault(outcome.result, like)
        if fault:
            raise self.fail(aspect, function, case, outcome, fault)
        return outcome


def _follows(case, outcome, own):
    """Whether the run is the highest of those that the student's own fit makes of the starts."""
    if not own:
        return False
    X, n_components, n_restarts, rng = copy.deepcopy(list(case.arguments.values()))
    try:
        with quiet():
            wide = np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])
            starts = [em.random_start(X, wide, n_components, rng) for _ in range(n_restarts)]
            runs = [own[0](X, tuple(start), 1e-6, 500) for start in starts]
        theta, log_likelihoods, _ = max(runs, key=lambda run: run[1][-1])
        same = value_fault(outcome.result[0], Parameters(*theta), case) is None
        return same and np.allclose(_trace(outcome), np.asarray(log_likelihoods, dtype=float))
    except Exception:
        return False


def _account_fault(case, outcome):
    return ends_fault(case.arguments["X"], outcome.result[0], _trace(outcome))


def _trace(outcome):
    return np.asarray(outcome.result[1], dtype=float)
