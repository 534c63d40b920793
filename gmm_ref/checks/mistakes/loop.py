"""Mistakes in the loop of 7.4.5."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes.common import mean_for_sum
from gmm_ref.checks.mistakes.em import Maximisation
from gmm_ref.checks.mistakes.joint import Joint, forgot_the_weights
from gmm_ref.checks.mistakes.likelihood import averaged, expected_log_joint, softmax
from nbjudge.checking import operators
from nbjudge.checking.plan import as_floats, remembered

TRACE = "the Returns line of the exercise: before the first step, and after each."
CLIMB = '7.4.5, "Each iteration increases the log-likelihood", the total of 7.4.2.'
LAST = "the Returns line of the exercise: theta after the last step."
STOP = "the Rules line of the exercise: stop after a step that gains less than tol, in total."
CONVERGED = "the Returns line of the exercise: whether the last step gained less than tol."


@remembered
def _joint(X, *theta):
    return Joint().joint(X, *theta)


@remembered
def _height(X, *theta):
    return np.sum(np.logaddexp.reduce(_joint(X, *theta), axis=1))


class EMRun(Maximisation):
    """The exercise `fit`: EM from theta."""

    def answer(self, X, theta, tol, max_iter):
        """The tuple (theta, log_likelihoods, converged)."""
        X = as_floats(X)[0]
        theta = as_floats(*theta)
        run = [theta]
        R = self.posterior(X, theta)
        for _ in range(self.most_steps(max_iter)):
            R, used = self.e_step(X, theta, R)
            theta = self.update(X, used, theta)
            run.append(theta)
            if self.leaves(X, run, tol):
                break
        trace = [self.measure(X, theta) for theta in run]
        return self.result(X, run, self.trace(X, run, trace), self.verdict(X, run, tol, max_iter))

    def most_steps(self, max_iter):
        """The number of steps at most."""
        return max_iter

    def posterior(self, X, theta):
        """The responsibilities that theta gives."""
        return softmax(self.joint(X, theta))

    def joint(self, X, theta):
        """The log joints that the E-step makes R of."""
        return _joint(X, *theta)

    def e_step(self, X, theta, R):
        """The new R, and the R that the M-step gets; ``R``: that of the step before."""
        new = self.posterior(X, theta)
        return new, new

    def update(self, X, R, theta):
        """The M-step, which may keep parts of the old theta."""
        return self.maximise(X, R)

    def measure(self, X, theta):
        """The log-likelihood."""
        return _height(X, *theta)

    def gain(self, X, run):
        """What the last step gained."""
        return self.measure(X, run[-1]) - self.measure(X, run[-2])

    def leaves(self, X, run, tol):
        """Whether the loop is left."""
        return self.stops(X, run, tol)

    def stops(self, X, run, tol):
        """Whether a step was the last, of which the verdict speaks as well."""
        return self.gain(X, run) < tol

    def trace(self, X, run, values):
        """The trace that is returned, made of the log-likelihoods of all thetas."""
        return np.array(values)

    def verdict(self, X, run, tol, max_iter):
        """Whether the run converged."""
        return bool(len(run) > 1 and self.stops(X, run, tol))

    def result(self, X, run, trace, converged):
        """What is returned."""
        return run[-1], trace, converged


EMRun.suffers("take", operators.changed_its_input)
EMRun.suffers(
    "joint",
    forgot_the_weights.again(
        lambda plan, X, theta: _joint(X, np.ones(len(theta[0])), *theta[1:]),
        what="The E-step leaves the weights out: r is made of the densities alone.",
        read='7.4.3, the numerator "pi_k N(x_n | mu_k, Sigma_k)".',
    ),
)
operators.WRONG_SIGN.at(EMRun, "trace", read=CLIMB)
EMRun.suffers(
    "trace",
    mean_for_sum.again(
        lambda plan, X, run, values: np.array(values) / len(X),
        read=CLIMB,
    ),
)
EMRun.suffers(
    "trace",
    expected_log_joint.again(
        lambda plan, X, run, values: np.array(
            [np.sum(averaged(_joint(X, *theta))) for theta in run]
        ),
        what="The trace holds Q, not the log-likelihood.",
        why="Q is what a step maximises; what EM promises to increase is the log-likelihood.",
        read=CLIMB,
        see="r = 0.5, 0.5, joints 0.2 and 0.2: Q = -1.61, the log-likelihood log 0.4 = -0.92.",
    ),
)


_trace = partial(EMRun.mistake, "trace", read=TRACE)


@_trace(
    what="The trace begins after the first step: the log-likelihood before it is missing.",
    see="3 steps make 4 numbers; max_iter = 0 makes 1.",
)
def trace_without_the_start(plan, X, run, values):
    return np.array(values[1:])


@_trace(
    what="The trace ends too early: the log-likelihood of the returned theta is missing.",
    why="Perhaps it is kept before each step, not after; or the loop is left before it is kept.",
    see="3 steps make 4 numbers; max_iter = 0 makes 1.",
    variants=(1, 0),
)
def trace_without_the_end(plan, X, run, values, least):
    return np.array(values[: max(least, len(values) - 1)])


@_trace(
    what="The trace is one step behind: after each step the old theta is measured.",
    see="a trace that begins -90, -90 says that the first step gained nothing.",
)
def trace_one_step_behind(plan, X, run, values):
    return np.array([*values[:1], *values[:-1]])


@_trace(
    what="Only the last log-likelihood is returned, not the trace of all.",
    see="3 steps make 4 numbers, the last of them the highest.",
    variants=(slice(-1, None), -1),
)
def only_the_last_value(plan, X, run, values, last):
    return np.array(values[last])


_stops = partial(EMRun.mistake, "stops", read=STOP)


@_stops(
    what="The loop stops after a step that gains more than tol: > stands for <.",
    see="tol = 0.01: a gain of 5 goes on, a gain of 0.001 stops.",
)
def stops_on_the_wrong_side(plan, X, run, tol):
    return plan.gain(X, run) > tol


@_stops(
    what="The gain is divided before it is compared with tol, by N or by the log-likelihood.",
    why="tol is meant for the total. A log-likelihood may be 0: a share of it has no meaning.",
    see="60 points, from -300 to -299.7: a gain of 0.3, not of 0.005 or 0.001; tol = 0.01 goes on.",
    variants=(lambda X, height: len(X), lambda X, height: abs(height)),
)
def stops_by_a_share_of_the_gain(plan, X, run, tol, whole):
    return plan.gain(X, run) / whole(X, plan.measure(X, run[-2])) < tol


@_stops(
    what="The new log-likelihood is compared with the very first one, not with the one before.",
    see="-90, -80, -79.999: the last step gained 0.001, all steps together 10.",
)
def gain_since_the_start(plan, X, run, tol):
    return plan.measure(X, run[-1]) - plan.measure(X, run[0]) < tol


@_stops(
    what="The loop looks at how far the means move, not at what the log-likelihood gains.",
    why="The means have the units of X: a small move in km is a large one in cm.",
    see="means that move by 0.001 can still gain 1 nat, if the component is narrow.",
)
def stops_by_the_parameters(plan, X, run, tol):
    return np.abs(run[-1][1] - run[-2][1]).max() < tol


@_stops(
    what="tol is not used: the loop goes on until max_iter, or until a bound of its own.",
    why="A number of your own, or an exact comparison (==, np.allclose), may stand for tol.",
    see="gains 5, 1, 0.001 and tol = 0.01: it stops after 3 steps.",
)
def never_stops(plan, X, run, tol):
    return False


@_stops(
    what="The loop makes one more step after the one that gained less than tol.",
    why="Perhaps the test sees the gain of the step before, or asks for two small gains in a row.",
    see="gains 5, 1, 0.001, 0.0001 and tol = 0.01: it stops after 3 steps, not 4.",
)
def stops_one_step_late(plan, X, run, tol):
    return len(run) > 2 and plan.gain(X, run[:-1]) < tol


@_stops(
    what="The loop makes a single step and returns.",
    why="A return or a break stands inside the loop where no condition guards it.",
    read='7.4.5, "Each iteration increases the log-likelihood": there are many.',
    see="max_iter = 3 and tol = 0: three steps.",
)
def stops_at_once(plan, X, run, tol):
    return True


EMRun.suffers(
    "result",
    trace_without_the_end.again(
        lambda plan, X, run, trace, converged: (
            run[-1],
            trace[:-1] if converged else trace,
            converged,
        )
    ),
)
# Some say rightly all the same whether the last step gained less.
for _some in (stops_on_the_wrong_side, never_stops, stops_at_once):
    EMRun.suffers("leaves", _some)


@EMRun.mistake(
    "most_steps",
    what="The loop makes one step more than max_iter allows, or one less.",
    why="Perhaps the first step is made before the loop, or range(1, max_iter) leaves one out.",
    read="the Rules line of the exercise: at most max_iter steps.",
    see="max_iter = 3 and tol = 0: three steps; max_iter = 0 returns theta as it came.",
    variants=(1, -1),
)
def steps_off_by_one(plan, max_iter, more):
    return max_iter + more


_verdict = partial(EMRun.mistake, "verdict", read=CONVERGED)


@_verdict(
    what="converged is the same however the run ended: always True, or always False.",
    see="tol = 0 and max_iter = 3 end in False; gains 5, 1, 0.001 and tol = 0.01 in True.",
    variants=(True, False),
)
def converged_always_the_same(plan, X, run, tol, max_iter, converged):
    return converged


@_verdict(
    what="converged is True where it must be False, and False where it must be True.",
    see="gains 5, 1, 0.001 and tol = 0.01: True; gains 5, 1 and max_iter = 2: False.",
)
def converged_turned_round(plan, X, run, tol, max_iter):
    return not EMRun.verdict(plan, X, run, tol, max_iter)


@_verdict(
    what="converged says whether max_iter was reached, or was not, whatever the last gain was.",
    why="The last step that is allowed may be the one that gains less than tol.",
    see="max_iter = 1 and a first step that gains less than tol: one step, and converged.",
    variants=(np.less, np.equal),
)
def converged_by_max_iter(plan, X, run, tol, max_iter, verdict):
    return bool(verdict(len(run) - 1, max_iter))


_result = partial(EMRun.mistake, "result", read=LAST)


@_result(
    what="The theta that is returned is that before the last step, or that of the start.",
    why="Perhaps the new parameters have another name than those that are returned.",
    see="-90, -80, -75: the theta returned must be the one of -75.",
    variants=(-2, 0),
)
def theta_of_an_earlier_step(plan, X, run, trace, converged, place):
    return run[max(place, -len(run))], trace, converged


@_result(
    what="The step that gained less than tol is thrown away, its theta and its value.",
    why="The test stands before both are kept. A step that gains little is still a step up.",
    read=STOP,
    see="-90, -80, -79.999 with tol = 0.01: the trace holds all three.",
)
def last_step_thrown_away(plan, X, run, trace, converged):
    if not converged:
        return run[-1], trace, converged
    return run[-2], trace[:-1], converged


@EMRun.mistake(
    "e_step",
    what="The M-step gets old responsibilities: those of the start, or of the step before.",
    why="R is computed once before the loop, or at the end of the turn, or after the M-step.",
    read='7.4.5, "E-step: ... under the posterior p(z | x, theta^(t))": first E, then M.',
    see="the M-step of step 2 needs the R of the theta that step 1 left.",
    variants=(True, False),
)
def old_responsibilities(plan, X, theta, R, of_the_start):
    return (R if of_the_start else plan.posterior(X, theta)), R


@EMRun.mistake(
    "update",
    what="The covariances are taken about the old means, those before the step.",
    why="The maximum of Q has the new mu_k in both places; the old ones make them too wide.",
    read="the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T with the new mu_k.",
    see="points 4 and 6, old mean 3, new mean 5: the variance is 1, not 5.",
)
def old_means_in_covariance(plan, X, R, theta):
    weights, means, _ = plan.maximise(X, R)
    d = X - theta[1][:, None]
    scatter = np.einsum("nk,kni,knj->kij", R, d, d)
    return weights, means, scatter / R.sum(axis=0)[:, None, None]


@EMRun.mistake(
    "update",
    what="A part of theta stays as it was at the start: the weights, the means or the covariances.",
    read='7.4.5, "maximize this expectation with respect to theta": all three are theta.',
    see="points 4 and 6, start at 3 with variance 9: after a step the mean is 5, the variance 1.",
    variants=(0, 1, 2),
)
def part_of_theta_not_updated(plan, X, R, theta, part):
    new = plan.maximise(X, R)
    return (*new[:part], theta[part], *new[part + 1 :])
