"""The trace of a run of EM: its form, its numbers, and whether it stopped where it should."""

import numpy as np
import scipy

from gmm_ref.generative_model import component_log_densities
from gmm_ref.theta import Parameters
from nbjudge.checking.compare import form_fault


def log_likelihood_of(X, weights, means, covariances):
    """The log-likelihood of 7.4.2, also for weights that a wrong M-step left without a sum of 1.

    So that a run's trace can be right where its steps are not.
    Raises ValueError where a covariance is not positive definite.
    """
    with np.errstate(all="ignore"):
        joint = np.log(weights) + component_log_densities(X, means, covariances)
    return float(scipy.special.logsumexp(joint, axis=1).sum())


def run_fault(answer, theta):
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
    if trace.ndim != 1:
        return f"log_likelihoods must have one axis, but has shape {trace.shape}."
    if not len(trace):
        return "log_likelihoods is empty: it begins with the height before the first step."
    if not isinstance(answer[2], (bool, np.bool_)):
        return f"converged must be True or False, but is {type(answer[2]).__name__}."
    return None


def trace_fault(arguments, theta, log_likelihoods, converged):
    """What is wrong with the trace and the stop of a run, whatever its steps were, or None."""
    X, tol, max_iter = (arguments[name] for name in ("X", "tol", "max_iter"))
    before = log_likelihood_of(X, *arguments["theta"])
    if not np.isclose(log_likelihoods[0], before):
        return (
            f"log_likelihoods must begin with the log-likelihood before the first step, "
            f"{before:.6g}, but begins with {log_likelihoods[0]:.6g}."
        )
    fault = ends_fault(X, theta, log_likelihoods)
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


def ends_fault(X, theta, log_likelihoods):
    try:
        after = log_likelihood_of(X, *theta)
    except ValueError as error:
        return f"The parameters it returned are no mixture: {error}"
    if not np.isclose(log_likelihoods[-1], after):
        return (
            f"log_likelihoods must end with that of the theta that is returned, {after:.6g}, "
            f"but ends with {log_likelihoods[-1]:.6g}."
        )
    return None
