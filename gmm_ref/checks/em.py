"""The exercises of 7.4.5: Q, the two steps, the loop, and the best of many starts."""

import warnings

import numpy as np

from gmm_ref import em
from gmm_ref.checks.compare import form_fault, value_fault
from gmm_ref.checks.exercise import Exercise, Formula
from gmm_ref.checks.posterior import responsibilities
from gmm_ref.checks.problems import Case, draw_problem, hard_problems
from gmm_ref.likelihood import log_likelihood
from gmm_ref.parameters import Parameters

# Points in three groups, two components: of the 91 starts from two different points, each run to
# its end, 46 reach the highest maximum. EM does not notice a shift, a scale or the order of points.
THREE_GROUPS = np.array(
    [0.3, 0.3, -0.2, 0.7, 0.6, 6.7, 7.7, 6.7, 17.4, 17.4, 16.7, 16.8, 16.7, 16.9]
)[:, None]
BEST_OF_THREE_GROUPS = -31.708
# So 24 starts all miss it with a probability of (45/91)^24 = 4.6e-8, and 6 calls at 3e-7 at most.
N_RESTARTS, N_CALLS = 24, 6


def _step_problems(rng):
    """The edges of an M-step: no dead component, but hard, tiny and single responsibilities."""
    usual = [entry for entry in hard_problems(rng) if "weight 0" not in entry[0]]
    sure = draw_problem(rng, 12, 2, 3)
    sure["R"] = np.eye(3)[np.arange(12) % 3]
    tiny = draw_problem(rng, 13, 2, 3)
    tiny["R"] = tiny["R"] * [1, 1, 1e-9]
    tiny["R"] /= tiny["R"].sum(axis=1, keepdims=True)
    return [
        *usual,
        ("responsibilities of exactly 0 and 1", sure, {}),
        ("a component of tiny responsibilities", tiny, {}),
    ]


def _parameters_fault(theta):
    """What is wrong with the sums and the symmetry of an M-step's answer, or None."""
    weights, _, covariances = map(np.asarray, theta)
    if abs(weights.sum() - 1) > 1e-8:
        return f"The weights must sum to 1, but sum to {weights.sum():.6g}."
    if np.any(np.diagonal(covariances, axis1=1, axis2=2) < 0):
        return "A covariance has a negative entry on its diagonal."
    if not np.allclose(covariances, np.swapaxes(covariances, 1, 2)):
        return "The covariances must be symmetric."
    return None


class Loop(Exercise):
    """`fit`: what it returns, its own account of the run, and where the run ends.

    ``own`` of an aspect: the student's e_step and m_step. Where the result is wrong, but is what
    a right loop makes of those two, the loop is right.
    """

    aspects = ("form", "loop", "value", "hard")

    def form(self, function):
        """A tuple (theta, log_likelihoods, converged), of the right shapes."""
        self._run("form", function, _loop_case(self.rng("form"), tol=1e-3, max_iter=4))

    def loop(self, function):
        """The trace and the stop: before the first step, after each, and not one too many."""
        rng = self.rng("loop")
        for case in (
            _loop_case(rng, tol=1e-3, max_iter=0, note="max_iter = 0"),
            _loop_case(rng, tol=0.0, max_iter=3, note="tol = 0, max_iter = 3"),
            _between_gains(_loop_case(rng, tol=0.0, max_iter=12)),
        ):
            fault = _account_fault(case.arguments, *self._run("loop", function, case))
            if fault:
                raise self.fail("loop", case, fault)

    def value(self, function, *own):
        """The parameters after five steps."""
        rng = self.rng("value")
        for sizes in ((40, 2, 3), (50, 3, 2)):
            case = _loop_case(rng, tol=0.0, max_iter=5, sizes=sizes)
            self._compare("value", function, case, own)

    def hard(self, function, *own):
        """One component, data near 1e8, integers."""
        rng = self.rng("hard")
        for note, shift, sizes, tolerances in (
            ("one component", 0, (9, 2, 1), {}),
            # A double near 1e8 is known to 1.5e-8; five steps make more of it.
            ("data and means near 1e8", 1e8, (40, 2, 3), {"rtol": 1e-12, "atol": 1e-4}),
        ):
            case = _loop_case(rng, 0.0, 5, sizes, note, shift, **tolerances)
            self._compare("hard", function, case, own)
        case = _loop_case(rng, 0.0, 5, note="X of integers")
        X = np.round(10 * case.arguments["X"]).astype(int)
        weights, means, covariances = case.arguments["theta"]
        theta = (weights, 10 * means, 100 * covariances)
        case = Case(case.arguments | {"X": X, "theta": theta}, case.note)
        self._compare("hard", function, case, own)

    def _compare(self, aspect, function, case, own):
        theta, _, _ = self._run(aspect, function, case)
        fault = value_fault(theta, self.reference(**case.arguments).parameters, case)
        if fault and not self._follows(theta, case, own):
            raise self.fail(aspect, case, f"The parameters it ends with: {fault}")

    def _follows(self, theta, case, own):
        if not own:
            return False
        try:
            expected = _loop_of(*own, **case.arguments)
            return value_fault(theta, Parameters(*expected), case) is None
        except Exception:
            return False

    def _run(self, aspect, function, case):
        answer = self.call(aspect, function, case)
        fault = _run_fault(answer, case.arguments["theta"])
        if fault:
            raise self.fail(aspect, case, fault)
        theta, log_likelihoods, converged = answer
        return theta, np.asarray(log_likelihoods, dtype=float), bool(converged)


class Restarts(Exercise):
    """`fit_best`: the best of many runs, told from the last or the first of them."""

    def form(self, function):
        """A tuple as that of `fit`, with the rng as its only source of chance."""
        case = self._case(self.rng("form"), 3)
        first, again = (self._run("form", function, case) for _ in range(2))
        if not np.array_equal(first[1], again[1]):
            raise self.fail(
                "form",
                case,
                "The same rng, in the same state, gave two different runs: draw with rng alone.",
            )

    def value(self, function):
        """The highest maximum, which half of the starts reach and 24 starts do not miss."""
        rng = self.rng("value")
        for _ in range(N_CALLS):
            case = self._case(rng, N_RESTARTS)
            _, log_likelihoods, _ = self._run("value", function, case)
            scale = np.ptp(case.arguments["X"]) / np.ptp(THREE_GROUPS)
            best = BEST_OF_THREE_GROUPS - len(THREE_GROUPS) * np.log(scale)
            if log_likelihoods[-1] < best - 0.1:
                raise self.fail(
                    "value",
                    case,
                    f"Of {N_RESTARTS} starts the best reaches a log-likelihood of {best:.3f}; "
                    f"the run it returned ends at {log_likelihoods[-1]:.3f}. Return the run whose "
                    f"last log-likelihood is the highest, not the first or the last run.",
                )

    def hard(self, function):
        """A single start, a single component, integers: the account must still be right."""
        rng = self.rng("hard")
        single = self._case(rng, 1, note="one start")
        alone = self._case(rng, 2, note="one component")
        alone.arguments["n_components"] = 1
        integers = self._case(rng, 2, note="X of integers")
        integers.arguments["X"] = np.round(10 * THREE_GROUPS).astype(int)
        for case in (single, alone, integers):
            X = case.arguments["X"]
            theta, log_likelihoods, _ = self._run("hard", function, case)
            fault = _ends_fault(X, theta, log_likelihoods)
            if fault:
                raise self.fail("hard", case, fault)

    def _case(self, rng, n_restarts, note=""):
        X = rng.permutation(THREE_GROUPS) * rng.uniform(0.5, 2) + rng.normal(scale=5)
        problem = {"X": X, "n_components": 2, "n_restarts": n_restarts}
        return Case(problem | {"rng": np.random.default_rng(rng.integers(2**63))}, note)

    def _run(self, aspect, function, case):
        answer = self.call(aspect, function, case)
        K, D = case.arguments["n_components"], case.arguments["X"].shape[1]
        fault = _run_fault(answer, (np.empty(K), np.empty((K, D)), np.empty((K, D, D))))
        if fault:
            raise self.fail(aspect, case, fault)
        theta, log_likelihoods, converged = answer
        return theta, np.asarray(log_likelihoods, dtype=float), bool(converged)


def _loop_case(rng, tol, max_iter, sizes=(60, 2, 3), note="", shift=0, **tolerances):
    """A data set and a start near none of its maxima: means at points, one wide covariance."""
    n_samples, n_features, n_components = sizes
    while True:
        problem = draw_problem(rng, n_samples, n_features, n_components)
        X = problem["X"] + shift
        means = X[rng.choice(n_samples, size=n_components, replace=False)] + 0.1
        wide = np.cov(problem["X"].T).reshape(n_features, n_features)
        theta = (problem["weights"], means, np.stack([0.8 * wide] * n_components))
        case = Case({"X": X, "theta": theta, "tol": tol, "max_iter": max_iter}, note, **tolerances)
        if _is_tame(X, theta, max_iter):
            return case


def _is_tame(X, theta, max_iter):
    """Whether no component comes near a collapse, where rounding would grow without bound."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", em.CollapseWarning)
        end = em.fit(X, theta, 0.0, max_iter)
    smallest = np.linalg.eigvalsh(end.parameters.covariances).min()
    return len(end.log_likelihoods) == max_iter + 1 and smallest > 0.01


def _between_gains(case):
    """The case with a tol that lies well between the gains of two steps, so that it stops there."""
    gains = np.diff(em.fit(**case.arguments).log_likelihoods)
    step = min(6, len(gains) - 1)
    tol = float(np.sqrt(gains[step - 1] * gains[step]))
    return Case(case.arguments | {"tol": tol}, f"tol = {tol:.4g}")


def _run_fault(answer, theta):
    """What is wrong with the form of (theta, log_likelihoods, converged), or None."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return "It must return the tuple (theta, log_likelihoods, converged)."
    fault = form_fault(answer[0], Parameters(*theta))
    if fault:
        return f"theta: {fault}"
    try:
        trace = np.asarray(answer[1], dtype=float)
    except (TypeError, ValueError):
        return "log_likelihoods must be a list or an array of numbers."
    if trace.ndim != 1 or not len(trace):
        return f"log_likelihoods must have one axis, but has shape {trace.shape}."
    if not isinstance(answer[2], (bool, np.bool_)):
        return f"converged must be True or False, but is {type(answer[2]).__name__}."
    return None


def _account_fault(arguments, theta, log_likelihoods, converged):
    """What is wrong with the run's account of itself, whatever its steps were, or None."""
    X, start, tol, max_iter = arguments.values()
    before = log_likelihood(X, *start)
    if not np.isclose(log_likelihoods[0], before):
        return (
            f"log_likelihoods must begin with the log-likelihood before the first step, "
            f"{before:.6g}, but begins with {log_likelihoods[0]:.6g}."
        )
    fault = _ends_fault(X, theta, log_likelihoods)
    if fault:
        return fault
    steps = len(log_likelihoods) - 1
    if steps > max_iter:
        return f"It made {steps} steps, but max_iter is {max_iter}."
    gains = np.diff(log_likelihoods)
    if np.any(gains[:-1] < tol):
        step = int(np.argmax(gains[:-1] < tol)) + 1
        return (
            f"Step {step} gained {gains[step - 1]:.4g}, less than tol = {tol:.4g}, "
            f"but it went on after it."
        )
    stopped = steps > 0 and gains[-1] < tol
    if converged != stopped:
        return (
            f"converged is {converged}, but must be True exactly when the last step gained less "
            f"than tol; the last gain is {gains[-1] if steps else 'none'}, tol {tol:.4g}."
        )
    if not stopped and steps < max_iter:
        return (
            f"It stopped after {steps} steps with a last gain of {gains[-1] if steps else 0:.4g}: "
            f"neither is that less than tol = {tol:.4g}, nor was max_iter = {max_iter} reached."
        )
    return None


def _ends_fault(X, theta, log_likelihoods):
    try:
        after = log_likelihood(X, *theta)
    except ValueError as error:
        return f"The parameters it returned are no mixture: {error}"
    if not np.isclose(log_likelihoods[-1], after):
        return (
            f"log_likelihoods must end with that of the theta that is returned, {after:.6g}, "
            f"but ends with {log_likelihoods[-1]:.6g}."
        )
    return None


def _loop_of(e_step, m_step, X, theta, tol, max_iter):
    """A right loop over the student's own steps."""
    log_likelihoods = [log_likelihood(X, *theta)]
    for _ in range(max_iter):
        theta = m_step(X, e_step(X, *theta))
        log_likelihoods.append(log_likelihood(X, *theta))
        if log_likelihoods[-1] - log_likelihoods[-2] < tol:
            break
    return theta


expected_complete_log_likelihood = Formula(
    em.expected_complete_log_likelihood,
    "Q = sum_n sum_k r_nk [log pi_k + log N(x_n | mu_k, Sigma_k)]",
)

e_step = Formula(
    em.e_step,
    "E-step: the posterior p(z | x, theta^(t)), the responsibilities of 7.4.3",
    index=("n", "k"),
    property_fault=responsibilities.property_fault,
)

m_step = Formula(
    em.m_step,
    "M-step: the theta that maximises Q. With N_k = sum_n r_nk: pi_k = N_k / N, "
    "mu_k = sum_n r_nk x_n / N_k, Sigma_k = sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T / N_k",
    property_fault=_parameters_fault,
    hard=_step_problems,
)

fit = Loop(em.fit, "each iteration: E-step, then M-step; the log-likelihood never falls")

fit_best = Restarts(em.fit_best, "EM may end in a local maximum, depending on where it starts")

EXERCISES = [expected_complete_log_likelihood, e_step, m_step, fit, fit_best]
