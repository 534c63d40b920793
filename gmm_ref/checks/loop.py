"""The exercise `fit`: the loop over both steps, judged by its trace and by where it ends."""

import contextlib
import functools
import warnings
from dataclasses import dataclass

import numpy as np

from gmm_ref import em
from gmm_ref.checks.em_trace import breaks_down, log_likelihood_of, run_fault, trace_fault
from gmm_ref.checks.problems import draw_problem
from gmm_ref.theta import Parameters
from nbjudge.checking.case import Case
from nbjudge.checking.compare import value_fault
from nbjudge.checking.earlier import followed, not_followed
from nbjudge.checking.exercise import Exercise, aspect
from nbjudge.checking.message import CheckFailed


class Loop(Exercise):
    """`fit`: what it returns, the trace of the run, and where the run ends.

    ``own`` of an aspect: the student's e_step and m_step, of the exercises ``builds_on``. Where the
    result is wrong, but is what a right loop makes of those two, the loop is right; where a right
    loop over them breaks down as well, the call says nothing of this loop, and the others must.
    """

    aspects = ("form", "loop", "value", "hard")

    def __init__(self, *arguments, builds_on):
        super().__init__(*arguments)
        self.builds_on = builds_on

    @aspect
    def form(self, function, *own):
        """A tuple (theta, log_likelihoods, converged), of the right shapes."""
        for _ in self._runs("form", function, own):
            pass

    @aspect
    def loop(self, function, *own):
        """The trace and the stop: before the first step, after each, and not one too many."""
        for case, outcome, _ in self._runs("loop", function, own):
            fault = trace_fault(case.arguments, *_parts(outcome))
            if fault:
                raise self.fail("loop", function, case, outcome, fault)

    @aspect
    def value(self, function, *own):
        """The parameters after three steps."""
        self._compare("value", function, own)

    @aspect
    def hard(self, function, *own):
        """One component, data near 1e8, integers."""
        self._compare("hard", function, own)

    def hints(self, function, case, outcome):
        """Whether it is the steps or the loop that go wrong."""
        if outcome.changed:
            return []
        try:
            theta, log_likelihoods, converged = _parts(outcome)
            fault = trace_fault(case.arguments, theta, log_likelihoods, converged)
        except (TypeError, ValueError):
            return []
        if fault or not np.all(np.isfinite(log_likelihoods)):
            return []
        falls = np.any(np.diff(log_likelihoods) < -1e-9)
        return [
            "Its account of the run is right: the trace fits the theta that is returned. "
            + (
                "But the log-likelihood falls on the way, which EM never does: a step is wrong, "
                "the E-step or the M-step."
                if falls
                else "The log-likelihood climbs, but not as in EM: is a part of theta not updated, "
                "or does R not hold the posterior (but labels of 0 and 1, for instance)?"
            )
        ]

    def accepts(self, outcome, case):
        """Whether an outcome is a right answer to a case."""
        if outcome.error is not None or run_fault(outcome.result, case.arguments["theta"]):
            return False
        theta, log_likelihoods, converged = _parts(outcome)
        expected = self.reference(**case.arguments).parameters
        return (
            value_fault(theta, expected, case) is None
            and trace_fault(case.arguments, theta, log_likelihoods, converged) is None
        )

    def _compare(self, aspect, function, own):
        for case, outcome, own_steps in self._runs(aspect, function, own):
            theta = outcome.result[0]
            fault = value_fault(theta, self.reference(**case.arguments).parameters, case)
            if not fault:
                continue
            theirs, remark = own_steps()
            if not (theirs and theirs.lead_to(outcome, case)):
                words = f"The parameters it ends with: {fault}"
                raise self.fail(aspect, function, case, outcome, words, *remark)

    def _runs(self, aspect, function, own):
        """Each call of the aspect with its outcome, but for those in which the steps break down.

        And a function that looks up the student's OwnSteps for it. One step must have come through
        at least: else the first failure stands.
        """
        cases, failed, stepped = self.cases(aspect), None, False
        theirs = functools.cache(lambda: followed(self.builds_on, own, _own_steps, cases))

        def own_steps(i):
            known = [entry for entry in zip(theirs().answers, cases, strict=True) if entry[0]]
            if known and not any(s.break_down or s.go_on(case) for s, case in known):
                return None, not_followed(self.builds_on)
            return theirs().answers[i], theirs().remark

        for i, case in enumerate(cases):
            try:
                outcome = self._run(aspect, function, case)
            except CheckFailed as error:
                steps, _ = own_steps(i)
                if not (steps and steps.break_down):
                    raise
                failed = failed or error
                continue
            stepped = stepped or case.arguments["max_iter"] > 0
            yield case, outcome, functools.partial(own_steps, i)
        if failed and not stepped:
            raise failed

    def _run(self, aspect, function, case):
        outcome = self.call(aspect, function, case)
        fault = run_fault(outcome.result, case.arguments["theta"])
        if fault:
            raise self.fail(aspect, function, case, outcome, fault)
        return outcome


def _parts(outcome):
    theta, log_likelihoods, converged = outcome.result
    return theta, np.asarray(log_likelihoods, dtype=float), bool(converged)


def _form_cases(rng):
    return [_loop_case(rng, tol=1e-3, max_iter=4)]


def _trace_cases(rng):
    return [
        _loop_case(rng, tol=1e-3, max_iter=0, note="max_iter = 0"),
        _loop_case(rng, tol=0.0, max_iter=3, note="tol = 0, max_iter = 3"),
        _between_gains(_loop_case(rng, tol=0.0, max_iter=12)),
        # These tell one wrong stop from another. In smaller units the parameters change less, and
        # the log-likelihood gains the same.
        _between_gains(_loop_case(rng, tol=0.0, max_iter=12, scale=1e-4), share=1 / 60),
        _below_all_gains(_loop_case(rng, tol=0.0, max_iter=12)),
        _loop_case(rng, tol=1e6, max_iter=3, note="tol = 1e6, max_iter = 3"),
        _loop_case(rng, tol=1e6, max_iter=1, note="tol = 1e6, max_iter = 1"),
    ]


def _value_cases(rng):
    return [_loop_case(rng, 0.0, 3, sizes) for sizes in ((40, 2, 3), (50, 3, 2))]


def _hard_cases(rng):
    """One component; data near 1e8, of which a double knows 1.5e-8, and three steps make more."""
    integers = _loop_case(rng, 0.0, 3, note="X of integers")
    weights, means, covariances = integers.arguments["theta"]
    return [
        _loop_case(rng, 0.0, 3, (9, 2, 1), "one component"),
        _loop_case(rng, 0.0, 3, (40, 2, 3), "data and means near 1e8", 1e8, rtol=1e-12, atol=1e-4),
        integers.but(
            X=np.round(10 * integers.arguments["X"]).astype(int),
            theta=(weights, 10 * means, 100 * covariances),
        ),
    ]


_CASES = {
    "form": _form_cases,
    "loop": _trace_cases,
    "value": _value_cases,
    "hard": _hard_cases,
}


def loop_cases(rng, aspect):
    """The calls that an aspect of `fit` makes."""
    return _CASES[aspect](rng)


def _loop_case(rng, tol, max_iter, sizes=(60, 2, 3), note="", shift=0, scale=1, **tolerances):
    """A data set and a start near none of its maxima: means at points, one wide covariance."""
    n_samples, n_features, n_components = sizes
    while True:
        problem = draw_problem(rng, n_samples, n_features, n_components)
        X = scale * problem["X"] + shift
        means = X[rng.choice(n_samples, size=n_components, replace=False)] + 0.1 * scale
        wide = np.cov(X.T).reshape(n_features, n_features)
        theta = (problem["weights"], means, np.stack([0.8 * wide] * n_components))
        arguments = {"X": X, "theta": theta, "tol": tol, "max_iter": max_iter}
        case = Case(arguments, note, **tolerances)
        if _is_tame(X, theta, max_iter, 0.1 * scale):
            return case


def _is_tame(X, theta, max_iter, smallest):
    """Whether no component's standard deviation falls below ``smallest`` in any direction.

    Near a collapse rounding would grow without bound.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", em.CollapseWarning)
        end = em.fit(X, theta, 0.0, max_iter)
    variance = np.linalg.eigvalsh(end.parameters.covariances).min()
    return len(end.log_likelihoods) == max_iter + 1 and variance > smallest**2


def _between_gains(case, share=1):
    """The case with a tol that lies well between the gains of two steps, so that it stops there."""
    gains = np.diff(em.fit(**case.arguments).log_likelihoods)
    step = min(6, len(gains) - 1)
    tol = share * float(np.sqrt(gains[step - 1] * gains[step]))
    return case.but(f"tol = {tol:.4g}", tol=tol)


def _below_all_gains(case):
    """The case with a tol that no gain falls below, but the smallest one does if it is divided by
    the log-likelihood, and not if by N: so the two wrong stops are told apart.
    """
    log_likelihoods = em.fit(**case.arguments).log_likelihoods
    smallest = np.diff(log_likelihoods).min()
    tol = float(smallest / np.sqrt(len(case.arguments["X"]) * abs(log_likelihoods[-1])))
    return case.but(f"tol = {tol:.4g}", tol=tol)


@dataclass(frozen=True)
class OwnSteps:
    """What a student's own steps make of a case: theta before the first and after each of them.

    break_down: whether a right loop over them stops with an error of the numbers.
    """

    thetas: list
    break_down: bool

    def lead_to(self, outcome, case):
        """Whether an outcome's theta is what they lead to, in as many steps as its trace says.

        By that trace and not by ours: where wrong steps leave a covariance at the edge of what is
        positive definite, one density still takes it and another does not.
        """
        end, log_likelihoods, _ = _parts(outcome)
        gains, tol = np.diff(log_likelihoods), case.arguments["tol"]
        stopped = len(gains) == case.arguments["max_iter"] or (len(gains) and gains[-1] < tol)
        if not stopped or len(gains) >= len(self.thetas):
            return False
        return value_fault(end, Parameters(*self.thetas[len(gains)]), case) is None

    def go_on(self, case):
        """Whether they lead on after the first: else a loop over them is as good as none."""
        return len(self.thetas) > 2 and (
            value_fault(self.thetas[1], Parameters(*self.thetas[-1]), case) is not None
        )


def _own_steps(case, e_step, m_step):
    thetas = [case.arguments["theta"]]
    with contextlib.suppress(Exception):
        for _ in range(case.arguments["max_iter"]):
            thetas.append(m_step(case.arguments["X"], e_step(case.arguments["X"], *thetas[-1])))
    return OwnSteps(thetas, breaks_down(_loop_of, e_step, m_step, **case.arguments))


def _loop_of(e_step, m_step, X, theta, tol, max_iter):
    """A right loop over the student's own steps, and a look at where it ends."""
    log_likelihoods = [log_likelihood_of(X, *theta)]
    for _ in range(max_iter):
        theta = m_step(X, e_step(X, *theta))
        log_likelihoods.append(log_likelihood_of(X, *theta))
        if log_likelihoods[-1] - log_likelihoods[-2] < tol:
            break
    # By the student's density: it may give up where ours does not.
    e_step(X, *theta)
