"""The exercise `fit`: the loop over both steps, judged by its trace and by where it ends."""

import warnings

import numpy as np

from gmm_ref import em
from gmm_ref.checks.em_trace import run_fault, trace_fault
from gmm_ref.checks.problems import draw_problem
from nbjudge.checking.case import Case
from nbjudge.checking.compare import value_fault
from nbjudge.checking.earlier import judge_apart
from nbjudge.checking.exercise import Exercise, aspect
from nbjudge.checking.message import check_failed

TOO_MANY_STEPS = (
    "Whatever the steps gain, the loop must end after max_iter of them: a while that looks at the "
    "gain alone may never end."
)


class Loop(Exercise):
    """`fit`: what it returns, the trace of the run, and where the run ends.

    ``own`` of an aspect: the student's e_step and m_step, of the exercises ``builds_on``.
    """

    aspects = ("form", "loop", "value", "hard")

    def __init__(self, *arguments, builds_on):
        super().__init__(*arguments)
        self.builds_on = builds_on

    @property
    def lent(self):
        """The reference, with an end to its steps."""
        return _fit

    @aspect
    def form(self, function, *own):
        """A tuple (theta, log_likelihoods, converged), of the right shapes."""
        self._judge("form", function, own, lambda case, outcome: None)

    @aspect
    def loop(self, function, *own):
        """The trace and the stop: before the first step, after each, and not one too many."""
        self._judge("loop", function, own, self._trace_fault)

    @aspect
    def value(self, function, *own):
        """The parameters after three steps."""
        self._judge("value", function, own, self._end_fault)

    @aspect
    def hard(self, function, *own):
        """One component, data near 1e8, integers."""
        self._judge("hard", function, own, self._end_fault)

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

    def _judge(self, aspect, function, own, fault_of):
        def look(function):
            for case in self.cases(aspect):
                outcome = self._run(aspect, function, case)
                fault = fault_of(case, outcome)
                if fault:
                    raise self.fail(aspect, function, case, outcome, fault)

        judge_apart(look, function, self.builds_on, own)

    def _run(self, aspect, function, case):
        """The outcome of a call, of the right form."""
        outcome = self.call(aspect, function, case)
        fault = run_fault(outcome.result, case.arguments["theta"])
        if fault:
            raise self.fail(aspect, function, case, outcome, fault)
        steps, allowed = len(outcome.result[1]) - 1, case.arguments["max_iter"]
        if aspect != "form" and steps > allowed + 1:
            # Any wrong stop comes to this, and to try them all would take as many steps each.
            words = f"It made {steps} steps, but max_iter is {allowed}. {TOO_MANY_STEPS}"
            raise check_failed(self, aspect, [words], case, id="max_iter_ignored")
        return outcome

    def _trace_fault(self, case, outcome):
        return trace_fault(case.arguments, *_parts(outcome))

    def _end_fault(self, case, outcome):
        expected = self.reference(**case.arguments).parameters
        fault = value_fault(outcome.result[0], expected, case)
        return fault and f"The parameters it ends with: {fault}"


def _fit(X, theta, tol=1e-6, max_iter=500):
    return em.fit(X, theta, tol, min(max_iter, 500))


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
