"""Mistakes in the loop of 7.4.5, and in the choice among its runs."""

from functools import lru_cache, partial

import numpy as np

from gmm_ref.checks.mistakes.common import mean_for_sum
from gmm_ref.checks.mistakes.em import Maximisation
from gmm_ref.checks.mistakes.joint import Joint, forgot_the_weights
from gmm_ref.checks.mistakes.likelihood import expected_log_joint
from gmm_ref.checks.mistakes.posterior import changed_its_input, softmax
from gmm_ref.checks.mistakes.samples import again, global_generator
from nbjudge.checking import operators
from nbjudge.checking.plan import Plan, as_floats

TRACE = "the Returns line of the exercise: before the first step, and after each."
CLIMB = '7.4.5, "Each iteration increases the log-likelihood", the total of 7.4.2.'
LAST = "the Returns line of the exercise: theta after the last step."
STOP = "the Rules line of the exercise: stop after a step that gains less than tol, in total."
STEPS = "the Rules line of the exercise: at most max_iter steps."
CONVERGED = "the Returns line of the exercise: whether the last step gained less than tol."
FIRST_E = '7.4.5, "E-step: ... under the posterior p(z | x, theta^(t))": first E, then M.'

END = '7.4.5, "may converge to a local maximum": it is the last log-likelihood that counts.'
ONE_RUN = "the Returns line of the exercise: (theta, log_likelihoods, converged) of one run."
STARTS = "the Write line of the exercise: a random_start for each run, one after the other."


def _joint(X, theta):
    """The table of log joints; remembered, since most wrong loops come by the same theta."""
    return _joint_of(*_buffers(X, *theta))


@lru_cache(maxsize=512)
def _joint_of(*buffers):
    joint = Joint().joint(*_arrays(buffers))
    joint.flags.writeable = False
    return joint


def _buffers(*arrays):
    """The arrays as what a cache can look up."""
    return [(array.tobytes(), array.shape) for array in as_floats(*arrays)]


def _arrays(buffers):
    return [np.frombuffer(buffer).reshape(shape) for buffer, shape in buffers]


class EMRun(Maximisation):
    """The exercise `fit`: EM from theta."""

    def answer(self, X, theta, tol, max_iter):
        """The tuple (theta, log_likelihoods, converged)."""
        X = as_floats(X)[0]
        theta = as_floats(*theta)
        run, self.heights = [theta], {}
        R = self.posterior(X, theta)
        for _ in range(self.most_steps(max_iter)):
            R, used = self.e_step(X, theta, R)
            theta = self.update(X, used, theta)
            run.append(theta)
            if self.stops(X, run, tol):
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
        return _joint(X, theta)

    def e_step(self, X, theta, R):
        """The new R, and the R that the M-step gets; ``R``: that of the step before."""
        new = self.posterior(X, theta)
        return new, new

    def update(self, X, R, theta):
        """The M-step, which may keep parts of the old theta."""
        return self.maximise(X, R)

    def measure(self, X, theta):
        """The log-likelihood, computed once for each theta of the run."""
        if id(theta) not in self.heights:
            height = np.sum(np.logaddexp.reduce(_joint(X, theta), axis=1))
            self.heights[id(theta)] = height
        return self.heights[id(theta)]

    def gain(self, X, run):
        """What the last step gained."""
        return self.measure(X, run[-1]) - self.measure(X, run[-2])

    def stops(self, X, run, tol):
        """Whether the last step was the last."""
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


EMRun.suffers("take", changed_its_input)
EMRun.suffers(
    "joint",
    again(
        forgot_the_weights,
        lambda plan, X, theta: _joint(X, (np.ones(len(theta[0])), *theta[1:])),
        what="The E-step leaves the weights out: r is made of the densities alone.",
        read='7.4.3, the numerator "pi_k N(x_n | mu_k, Sigma_k)".',
        see="equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 0.5 twice.",
    ),
)
operators.WRONG_SIGN.at(
    EMRun,
    "trace",
    read=CLIMB,
    what="The trace holds minus the log-likelihood: a loss that falls.",
    why="",
    see="-90, -80, -75 climbs; 90, 80, 75 falls.",
)
EMRun.suffers(
    "trace",
    again(
        mean_for_sum,
        lambda plan, X, run, values: np.array(values) / len(X),
        what="The trace holds means per point, not totals: each number is N times too small.",
        read=CLIMB,
    ),
)
EMRun.suffers(
    "trace",
    again(
        expected_log_joint,
        lambda plan, X, run, values: np.array(
            [np.sum(softmax(joint) * joint) for joint in (_joint(X, theta) for theta in run)]
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
    why="Then nobody sees what the first step, often the largest, has gained.",
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
    why="Compute the log-likelihood after theta was replaced.",
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
    why="What was gained since the start only grows, so the loop runs on to max_iter.",
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


@EMRun.mistake(
    "most_steps",
    what="The loop makes one step more than max_iter allows, or one less.",
    why="Perhaps the first step is made before the loop, or range(1, max_iter) leaves one out.",
    read=STEPS,
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
    read=FIRST_E,
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


# As the card says.
TOL, MAX_ITER = 1e-6, 500


@lru_cache(maxsize=512)
def _run_of(tol, max_iter, *buffers):
    """EM from one start; remembered, since most wrong choices are among the same runs."""
    X, *theta = _arrays(buffers)
    return EMRun().answer(X, theta, tol, max_iter)


class FitBest(Plan):
    """The exercise `fit_best`: the best of many runs of EM."""

    def answer(self, X, n_components, n_restarts, rng):
        """The tuple (theta, log_likelihoods, converged) of one run."""
        X = as_floats(X)[0]
        rng = self.source(rng)
        starts = [self.start(X, n_components, rng) for _ in range(n_restarts)]
        return self.choose([self.run(X, theta) for theta in starts])

    def source(self, rng):
        """Where the starts come from."""
        return rng

    def start(self, X, n_components, rng):
        """K different points as means, equal weights, the covariance of the data."""
        means = X[rng.choice(len(X), size=n_components, replace=False)]
        covariance = np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])
        weights = np.full(n_components, 1 / n_components)
        return weights, means, np.stack([covariance] * n_components)

    def run(self, X, theta, tol=TOL, max_iter=MAX_ITER):
        """EM from one start."""
        return _run_of(tol, max_iter, *_buffers(X, *theta))

    def choose(self, runs):
        """The run with the highest last log-likelihood."""
        return max(runs, key=lambda run: run[1][-1])


_choose = partial(FitBest.mistake, "choose", read=END)
_return = partial(FitBest.mistake, "choose", read=ONE_RUN)
_start = partial(FitBest.mistake, "start", read=STARTS)


@_choose(
    what="The run that is returned is the last one, not the best one.",
    why="Each restart overwrites the one before, without a comparison.",
    see="runs that end at -40, -31, -38: return the one at -31.",
)
def returned_the_last_run(plan, runs):
    return runs[-1]


@_choose(
    what="The run that is returned is the first: the others are not made, or change nothing.",
    why="Perhaps a return stands inside the loop, or every restart begins at the same place.",
    see="runs that end at -40, -31, -38: return the one at -31.",
)
def returned_the_first_run(plan, runs):
    return runs[0]


@_choose(
    what="The run with the lowest log-likelihood is returned: minimum for maximum.",
    see="runs that end at -40, -31, -38: return the one at -31, not at -40.",
)
def returned_the_lowest(plan, runs):
    return min(runs, key=lambda run: run[1][-1])


@_choose(
    what="The runs are compared by their first log-likelihood, before EM has done anything.",
    why="Where a run begins says little about where it ends.",
    see="-50 ... -38 and -60 ... -31: return the second, though it starts lower.",
)
def best_start_for_best_end(plan, runs):
    return max(runs, key=lambda run: run[1][0])


@_choose(
    what="The run with the most steps is returned, not the one with the highest log-likelihood.",
    see="30 steps to -38 and 5 steps to -31: return the second.",
)
def longest_run(plan, runs):
    return max(runs, key=lambda run: len(run[1]))


@_choose(
    what="The run with the fewest steps is returned, not the one with the highest log-likelihood.",
    see="5 steps to -38 and 30 steps to -31: return the second.",
)
def shortest_run(plan, runs):
    return min(runs, key=lambda run: len(run[1]))


@_choose(
    what="The run whose log-likelihoods are the highest on average is returned.",
    why="What a run passes on its way says little about where it ends.",
    see="-40, -38 has the mean -39, and -60, -31 the mean -45.5: return the second.",
)
def highest_on_average(plan, runs):
    return max(runs, key=lambda run: np.mean(run[1]))


@_choose(
    what="The run that gains the most is returned, not the one that ends the highest.",
    why="Who starts low has much to gain.",
    see="-90 ... -38 gains 52, and -60 ... -31 gains 29: return the second.",
)
def largest_gain(plan, runs):
    return max(runs, key=lambda run: run[1][-1] - run[1][0])


@_choose(
    what="One run too few is made or compared: the last start never counts.",
    read="the Write line of the exercise: n_restarts starts, range(n_restarts).",
    see="with n_restarts = 2 and ends of -38 and -31, return the run that ends at -31.",
)
def one_start_too_few(plan, runs):
    return max(runs[:-1] or runs, key=lambda run: run[1][-1])


@_return(
    what="The theta that is returned is not the one that its trace ends at.",
    why="Theta is that of another run, overwritten while the best was remembered, or an average "
    "of the runs, which is no maximum: return the three parts of one run together.",
    see="a trace that ends at -31 must come with the theta whose log-likelihood is -31.",
    variants=(
        lambda thetas: thetas[-1],
        lambda thetas: thetas[0],
        lambda thetas: tuple(np.mean(part, axis=0) for part in zip(*thetas, strict=True)),
    ),
)
def trace_of_another_run(plan, runs, other):
    best = max(runs, key=lambda run: run[1][-1])
    return other([theta for theta, _, _ in runs]), best[1], best[2]


@_return(
    what="The trace holds the values of several runs, one after the other.",
    why="It must be the trace of the run that is returned: make a new list for each run.",
    see="runs -49, -38 and -45, -31: the trace is -45, -31, not all four.",
)
def traces_glued(plan, runs):
    best = max(runs, key=lambda run: run[1][-1])
    return best[0], np.concatenate([trace for _, trace, _ in runs]), best[2]


@_return(
    what="The last log-likelihood is returned where the whole trace of the run belongs.",
    see="a run -49, -40, -31 comes with all three numbers, not with -31.",
)
def height_for_trace(plan, runs):
    theta, trace, converged = max(runs, key=lambda run: run[1][-1])
    return theta, trace[-1], converged


@_return(
    what="Only theta is returned: the trace and converged are missing.",
    see="the tuple has 3 parts, and the first of them, theta, has 3 parts again.",
)
def returned_theta_only(plan, runs):
    return max(runs, key=lambda run: run[1][-1])[0]


@FitBest.mistake(
    "answer",
    what="Each run begins where the one before ended: there is only one start.",
    why="A run that goes on from a maximum stays there. A new start must be drawn inside the loop.",
    read=STARTS,
    see="the second trace begins at -38, where the first one ended; a new start lies at -49.",
)
def begins_where_the_last_run_ended(plan, X, n_components, n_restarts, rng):
    theta, runs = plan.start(X, n_components, rng), []
    for _ in range(n_restarts):
        runs.append(plan.run(X, theta))
        theta = runs[-1][0]
    return plan.choose(runs)


@_start(
    what="Every call begins at the same places: the starts are not drawn from rng.",
    why="Runs from one start end in one maximum, and a fixed seed repeats itself.",
    see="X[:2] are the same two points each time, X[rng.choice(N, 2, replace=False)] are not.",
)
def same_start_for_all(plan, X, n_components, rng):
    return FitBest.start(plan, X, n_components, np.random.default_rng(1))


@_start(
    what="All components start at the same place: EM cannot tell them apart, and they stay equal.",
    why="Equal components get equal responsibilities, and so equal updates, for ever.",
    see="two components at 0: r = 0.5, 0.5 for every point, in every step.",
)
def all_means_at_one_point(plan, X, n_components, rng):
    weights, means, covariances = FitBest.start(plan, X, n_components, rng)
    return weights, np.ones_like(means) * X.mean(axis=0), covariances


FitBest.suffers("source", global_generator)


@FitBest.mistake(
    "run",
    what="The runs stop long before they converge: after a step or a few.",
    why="Then they are compared on their way, and the highest so far need not end the highest.",
    read="the Write line of the exercise: fit with tol=1e-6 and max_iter=500.",
    see="a run at -49, -45 after one step may still reach -31.",
    variants=(1, 2, 3),
)
def stopped_after_a_step(plan, X, theta, steps):
    return FitBest.run(plan, X, theta, max_iter=steps)
