"""Mistakes in the loop of 7.4.5, and in the choice among its runs."""

import functools

import numpy as np

from gmm_ref.checks.mistakes.em import MStep
from gmm_ref.checks.mistakes.joint import Joint
from gmm_ref.checks.mistakes.posterior import softmax
from nbjudge.checking.plan import Plan, as_floats

# The mistakes of the M-step that are looked for in a whole run as well.
_STEP_MISTAKES = {
    "divided_by_n_instead_of_n_k",
    "divided_by_n_k_minus_one",
    "centred_on_all_the_data",
    "not_centred",
    "means_divided_by_n",
    "covariance_without_responsibilities",
    "hard_for_soft_assignment",
    "only_the_diagonal",
    "one_covariance_for_all",
    "something_added_to_the_diagonal",
    "one_pass_covariance",
}


def _joint(X, theta):
    """The table of log joints; remembered, since most wrong loops come by the same theta."""
    return _joint_of(*((part.tobytes(), part.shape) for part in (X, *theta)))


@functools.lru_cache(maxsize=512)
def _joint_of(*parts):
    joint = Joint().joint(*(np.frombuffer(buffer).reshape(shape) for buffer, shape in parts))
    joint.flags.writeable = False
    return joint


class Fit(MStep):
    """The exercise `fit`: EM from theta."""

    harmless = frozenset(mistake.name for mistake in MStep.catalogue()) - _STEP_MISTAKES

    def answer(self, X, theta, tol, max_iter):
        """The tuple (theta, log_likelihoods, converged)."""
        X = as_floats(X)[0]
        theta = as_floats(*theta)
        run, self.heights = [theta], {}
        R = self.first_responsibilities(X, theta)
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

    def first_responsibilities(self, X, theta):
        """R before the first step."""
        return softmax(self.joint(X, theta))

    def joint(self, X, theta):
        """The log joints that the E-step makes R of."""
        return _joint(X, theta)

    def e_step(self, X, theta, R):
        """The new R, and the R that the M-step gets."""
        new = softmax(self.joint(X, theta))
        return new, new

    def update(self, X, R, theta):
        """The M-step, which may keep parts of the old theta."""
        return MStep.answer(self, X, R)

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


@Fit.mistake("trace")
def trace_without_the_start(plan, X, run, values):
    """The trace begins after the first step: the log-likelihood before it is missing.

    Then nobody sees what the first step, often the largest, has gained.
    Read again: the Returns line of the exercise: before the first step, and after each.
    See it: 3 steps make 4 numbers; max_iter = 0 makes 1.
    """
    return np.array(values[1:])


@Fit.mistake("trace", variants=(1, 0))
def trace_without_the_end(plan, X, run, values, least):
    """The trace ends before the last step: the log-likelihood of the returned theta is missing.

    It was computed at the head of the loop, before the step, and never after the last one.
    Read again: the Returns line of the exercise: before the first step, and after each.
    See it: 3 steps make 4 numbers; max_iter = 0 makes 1.
    """
    return np.array(values[: max(least, len(values) - 1)])


@Fit.mistake("trace")
def trace_one_step_behind(plan, X, run, values):
    """The trace is one step behind: after each step the old theta is measured, not the new one.

    Compute the log-likelihood after theta was replaced.
    Read again: the Returns line of the exercise: before the first step, and after each.
    See it: a trace that begins -90, -90 says that the first step gained nothing.
    """
    return np.array([*values[:1], *values[:-1]])


@Fit.mistake("trace")
def mean_in_the_trace(plan, X, run, values):
    """The trace holds means per point, not totals: each number is N times too small.

    Read again: 7.4.2, "p(X | theta) = prod_n ...", whose log is a sum over all points.
    See it: 3 points with -1 each: -3, not -1.
    """
    return np.array(values) / len(X)


@Fit.mistake("trace")
def loss_in_the_trace(plan, X, run, values):
    """The trace holds minus the log-likelihood: a loss that falls.

    Read again: 7.4.5, "Each iteration increases the log-likelihood".
    See it: -90, -80, -75 climbs; 90, 80, 75 falls.
    """
    return -np.array(values)


@Fit.mistake("trace")
def q_in_the_trace(plan, X, run, values):
    """The trace holds Q, not the log-likelihood.

    Q is what a step maximises; what EM promises to increase is the log-likelihood.
    Read again: 7.4.5, "Each iteration increases the log-likelihood".
    See it: r = 0.5, 0.5, joints 0.2 and 0.2: Q = -1.61, the log-likelihood log 0.4 = -0.92.
    """
    joints = [Joint().joint(X, *theta) for theta in run]
    return np.array([np.sum(softmax(joint) * joint) for joint in joints])


@Fit.mistake("trace", variants=(slice(-1, None), -1))
def only_the_last_value(plan, X, run, values, last):
    """Only the last log-likelihood is returned, not the trace of all.

    Read again: the Returns line of the exercise: before the first step, and after each.
    See it: 3 steps make 4 numbers, the last of them the highest.
    """
    return np.array(values[last])


@Fit.mistake("stops")
def stops_on_the_wrong_side(plan, X, run, tol):
    """The loop stops after a step that gains more than tol: the comparison is the wrong way round.

    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: tol = 0.01: a gain of 5 goes on, a gain of 0.001 stops.
    """
    return plan.gain(X, run) > tol


@Fit.mistake("stops")
def stops_by_the_mean(plan, X, run, tol):
    """The gain is divided by N before it is compared with tol: it stops too early.

    tol is meant for the total log-likelihood, not for the mean per point.
    Read again: the Rules line of the exercise: the total, not per point.
    See it: 60 points, a gain of 0.3 in all is 0.005 a point; tol = 0.01 must go on.
    """
    return plan.gain(X, run) / len(X) < tol


@Fit.mistake("stops")
def stops_by_the_relative_gain(plan, X, run, tol):
    """The gain is divided by the log-likelihood before it is compared with tol.

    A log-likelihood can be anything, 0 as well: a share of it has no meaning.
    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: from -300 to -299 is a gain of 1, not of 0.003.
    """
    return plan.gain(X, run) / abs(plan.measure(X, run[-2])) < tol


@Fit.mistake("stops")
def gain_since_the_start(plan, X, run, tol):
    """The new log-likelihood is compared with the very first one, not with the one before.

    What was gained since the start only grows, so the loop runs on to max_iter.
    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: -90, -80, -79.999: the last step gained 0.001, all steps together 10.
    """
    return plan.measure(X, run[-1]) - plan.measure(X, run[0]) < tol


@Fit.mistake("stops")
def stops_by_the_parameters(plan, X, run, tol):
    """The loop looks at how far the means move, not at what the log-likelihood gains.

    The means have the units of X: whether a move is small depends on whether it is in cm or km.
    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: means that move by 0.001 can still gain 1 nat, if the component is narrow.
    """
    return np.abs(run[-1][1] - run[-2][1]).max() < tol


@Fit.mistake("stops")
def never_stops(plan, X, run, tol):
    """tol is not used: the loop goes on until max_iter, or until a bound of its own.

    A number of your own, or an exact comparison (==, np.allclose), may stand in the place of tol.
    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: gains 5, 1, 0.001 and tol = 0.01: it stops after 3 steps.
    """
    return False


@Fit.mistake("stops")
def stops_one_step_late(plan, X, run, tol):
    """The loop makes one more step after the one that gained less than tol.

    Perhaps the test stands before the step and sees the gain of the step before, or two small
    gains in a row are asked for.
    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: gains 5, 1, 0.001, 0.0001 and tol = 0.01: it stops after 3 steps, not 4.
    """
    return len(run) > 2 and plan.gain(X, run[:-1]) < tol


@Fit.mistake("stops")
def stops_at_once(plan, X, run, tol):
    """The loop makes a single step and returns.

    A return or a break stands inside the loop where no condition guards it.
    Read again: 7.4.5, "Each iteration increases the log-likelihood": there are many.
    See it: max_iter = 3 and tol = 0: three steps.
    """
    return True


@Fit.mistake("most_steps")
def one_step_too_many(plan, max_iter):
    """The loop makes one step more than max_iter allows.

    Perhaps the first step is made before max_iter is looked at.
    Read again: the Rules line of the exercise: at most max_iter steps.
    See it: max_iter = 0 returns theta as it came, with one log-likelihood.
    """
    return max_iter + 1


@Fit.mistake("most_steps")
def one_step_too_few(plan, max_iter):
    """The loop makes max_iter - 1 steps: range(1, max_iter) leaves one out.

    Read again: the Rules line of the exercise: at most max_iter steps.
    See it: list(range(1, 3)) is [1, 2]: two steps, where range(3) makes three.
    """
    return max_iter - 1


@Fit.mistake("verdict")
def always_converged(plan, X, run, tol, max_iter):
    """converged is always True, also where max_iter ended the run.

    Read again: the Returns line of the exercise: whether the last step gained less than tol.
    See it: tol = 0 and max_iter = 3: three steps, each with a gain, so False.
    """
    return True


@Fit.mistake("verdict")
def never_converged(plan, X, run, tol, max_iter):
    """converged is always False, also where the last step gained less than tol.

    Read again: the Returns line of the exercise: whether the last step gained less than tol.
    See it: gains 5, 1, 0.001 and tol = 0.01: it stops after 3 steps and says True.
    """
    return False


@Fit.mistake("verdict")
def converged_turned_round(plan, X, run, tol, max_iter):
    """converged is True where it must be False, and False where it must be True.

    Read again: the Returns line of the exercise: whether the last step gained less than tol.
    See it: gains 5, 1, 0.001 and tol = 0.01: True; gains 5, 1 and max_iter = 2: False.
    """
    return not Fit.verdict(plan, X, run, tol, max_iter)


@Fit.mistake("verdict")
def converged_at_max_iter(plan, X, run, tol, max_iter):
    """converged says whether max_iter was reached, not whether the last gain was below tol.

    Read again: the Returns line of the exercise: whether the last step gained less than tol.
    See it: tol = 0 and max_iter = 3: all three steps are made, and converged is False.
    """
    return len(run) - 1 == max_iter


@Fit.mistake("verdict")
def converged_before_max_iter(plan, X, run, tol, max_iter):
    """converged says whether fewer than max_iter steps were made, not whether the last was small.

    The last step allowed may be the one that gains less than tol.
    Read again: the Returns line of the exercise: True if the last step gained less than tol.
    See it: max_iter = 1 and a first step that gains less than tol: one step, and converged.
    """
    return len(run) - 1 < max_iter


@Fit.mistake("result")
def theta_before_the_last_step(plan, X, run, trace, converged):
    """The theta that is returned is the one before the last step.

    The trace ends with a log-likelihood that this theta does not have.
    Read again: the Returns line of the exercise: theta after the last step.
    See it: -90, -80, -75: the theta returned must be the one of -75.
    """
    return run[-2] if len(run) > 1 else run[-1], trace, converged


@Fit.mistake("result")
def last_step_thrown_away(plan, X, run, trace, converged):
    """The step that gained less than tol is thrown away: its theta and its value do not come back.

    The test stands before both are kept. A step that gains little is still a step up.
    Read again: the Rules line of the exercise: stop after a step that gains less than tol.
    See it: -90, -80, -79.999 with tol = 0.01: the trace holds all three.
    """
    if not converged:
        return run[-1], trace, converged
    return run[-2], trace[:-1], converged


@Fit.mistake("result")
def theta_of_the_start(plan, X, run, trace, converged):
    """The theta that is returned is the one that was passed: the steps are lost.

    The loop keeps its new parameters under another name than the one that is returned.
    Read again: the Returns line of the exercise: theta after the last step.
    See it: -90, -80, -75: the theta returned must be the one of -75.
    """
    return run[0], trace, converged


@Fit.mistake("e_step")
def responsibilities_of_the_start(plan, X, theta, R):
    """R is computed once, before the loop: every M-step gets the same.

    The first step is right; from the second on nothing moves.
    Read again: 7.4.5, "E-step: ... under the posterior p(z | x, theta^(t))": of this iteration.
    See it: r = 0.6 under the start may be 0.8 after step 1: compute R inside the loop.
    """
    return R, R


@Fit.mistake("e_step")
def responsibilities_of_the_step_before(plan, X, theta, R):
    """The M-step gets the responsibilities of the iteration before.

    R is computed at the end of the turn, or after the M-step: EM limps one step behind.
    Read again: 7.4.5, "E-step: ... under the posterior p(z | x, theta^(t))": first E, then M.
    See it: the M-step of step 2 needs the R of the theta that step 1 left.
    """
    return softmax(plan.joint(X, theta)), R


@Fit.mistake("joint")
def weights_forgotten_in_the_e_step(plan, X, theta):
    """The E-step leaves the weights out: r is made of the densities alone.

    Read again: 7.4.3, the numerator "pi_k N(x_n | mu_k, Sigma_k)".
    See it: equal densities, weights 0.9 and 0.1: r = 0.9 and 0.1, not 0.5 twice.
    """
    weights, means, covariances = theta
    return Joint().joint(X, np.ones(len(weights)), means, covariances)


@Fit.mistake("update")
def old_means_in_covariance(plan, X, R, theta):
    """The covariances are taken about the old means, those before the step.

    The maximum of Q has the new mu_k in both places; the old ones make the covariances too wide.
    Read again: the formula of the M-step: (x_n - mu_k)(x_n - mu_k)^T with the new mu_k.
    See it: points 4 and 6, old mean 3, new mean 5: the variance is 1, not 5.
    """
    weights, means, _ = MStep.answer(plan, X, R)
    d = X - theta[1][:, None]
    scatter = np.einsum("nk,kni,knj->kij", R, d, d)
    return weights, means, scatter / R.sum(axis=0)[:, None, None]


@Fit.mistake("update")
def weights_not_updated(plan, X, R, theta):
    """The weights stay as they were at the start: only means and covariances are updated.

    Read again: 7.4.5, "maximize this expectation with respect to theta": pi is part of theta.
    See it: N_k = 6, 3, 1 of N = 10 points give 0.6, 0.3, 0.1.
    """
    _, means, covariances = MStep.answer(plan, X, R)
    return theta[0], means, covariances


@Fit.mistake("update")
def means_not_updated(plan, X, R, theta):
    """The means stay as they were at the start.

    Read again: 7.4.5, "maximize this expectation with respect to theta": mu is part of theta.
    See it: points 4 and 6, start at 3: after a step the mean is 5.
    """
    weights, _, covariances = MStep.answer(plan, X, R)
    return weights, theta[1], covariances


@Fit.mistake("update")
def covariances_not_updated(plan, X, R, theta):
    """The covariances stay as they were at the start.

    Read again: 7.4.5, "maximize this expectation with respect to theta": Sigma is part of theta.
    See it: points 4 and 6, start with variance 9: after a step the variance is 1.
    """
    weights, means, _ = MStep.answer(plan, X, R)
    return weights, means, theta[2]


@Fit.mistake("take")
def changed_its_input(plan, X, theta, tol, max_iter):
    """The parameters of the start are changed in place: the caller still needs them.

    Whoever starts a second run from the same theta starts somewhere else.
    Read again: the Rules line of the exercise: inputs stay unchanged.
    See it: means[:] = ... writes into the caller's array, means = ... does not.
    """
    before = tuple(np.copy(part) for part in theta)
    for part in theta:
        part += 1
    return X, before, tol, max_iter


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

    def run(self, X, theta):
        """EM from one start."""
        trace = []
        for _ in range(200):
            joint = _joint(X, theta)
            trace.append(np.sum(np.logaddexp.reduce(joint, axis=1)))
            if len(trace) > 1 and trace[-1] - trace[-2] < 1e-6:
                return theta, np.array(trace), True
            theta = MStep().answer(X, softmax(joint))
        return theta, np.array([*trace, trace[-1]]), False

    def choose(self, runs):
        """The run with the highest last log-likelihood."""
        return max(runs, key=lambda run: run[1][-1])


@FitBest.mistake("choose")
def returned_the_last_run(plan, runs):
    """The run that is returned is the last one, not the best one.

    Each restart overwrites the one before, without a comparison.
    Read again: 7.4.5, "may converge to a local maximum, depending on initialization".
    See it: runs that end at -40, -31, -38: return the one at -31.
    """
    return runs[-1]


@FitBest.mistake("choose")
def returned_the_first_run(plan, runs):
    """The run that is returned is the first one: the other starts are not made, or change nothing.

    Perhaps a return stands inside the loop, or every restart begins at the same place.
    Read again: 7.4.5, "may converge to a local maximum, depending on initialization".
    See it: runs that end at -40, -31, -38: return the one at -31.
    """
    return runs[0]


@FitBest.mistake("choose")
def returned_the_lowest(plan, runs):
    """The run with the lowest log-likelihood is returned: minimum for maximum.

    Read again: 7.4.5, "maximize": a higher log-likelihood is better.
    See it: runs that end at -40, -31, -38: return the one at -31, not at -40.
    """
    return min(runs, key=lambda run: run[1][-1])


@FitBest.mistake("choose")
def best_start_for_best_end(plan, runs):
    """The runs are compared by their first log-likelihood, before EM has done anything.

    Where a run begins says little about where it ends.
    Read again: 7.4.5, "may converge to a local maximum": it is the end that counts, [-1].
    See it: -50 ... -38 and -60 ... -31: return the second, though it starts lower.
    """
    return max(runs, key=lambda run: run[1][0])


@FitBest.mistake("choose")
def longest_run(plan, runs):
    """The run with the most steps is returned, not the one with the highest log-likelihood.

    Read again: 7.4.5, "may converge to a local maximum": it is the height that counts.
    See it: 30 steps to -38 and 5 steps to -31: return the second.
    """
    return max(runs, key=lambda run: len(run[1]))


@FitBest.mistake("choose")
def shortest_run(plan, runs):
    """The run with the fewest steps is returned, not the one with the highest log-likelihood.

    Read again: 7.4.5, "may converge to a local maximum": it is the height that counts.
    See it: 5 steps to -38 and 30 steps to -31: return the second.
    """
    return min(runs, key=lambda run: len(run[1]))


@FitBest.mistake("choose")
def one_start_too_few(plan, runs):
    """One run too few is made or compared: the last start never counts.

    Read again: the Write line of the exercise: n_restarts runs, range(n_restarts).
    See it: with n_restarts = 2 and ends of -38 and -31, return the run that ends at -31.
    """
    return max(runs[:-1] or runs, key=lambda run: run[1][-1])


@FitBest.mistake("choose")
def trace_of_another_run(plan, runs):
    """The theta that is returned is not the one that its trace ends at.

    Theta is that of another run, overwritten while the best was remembered, or an average of the
    runs, which is no maximum: return the three parts of one run together.
    Read again: the Returns line of the exercise: the run with the highest last log-likelihood.
    See it: a trace that ends at -31 must come with the theta whose log-likelihood is -31.
    """
    best = max(runs, key=lambda run: run[1][-1])
    return runs[-1][0], best[1], best[2]


@FitBest.mistake("choose")
def traces_glued(plan, runs):
    """The trace holds the values of several runs, one after the other.

    It must be the trace of the run that is returned: make a new list for each run.
    Read again: the Returns line of the exercise: the run with the highest last log-likelihood.
    See it: runs -49, -38 and -45, -31: the trace is -45, -31, not all four.
    """
    best = max(runs, key=lambda run: run[1][-1])
    return best[0], np.concatenate([trace for _, trace, _ in runs]), best[2]


@FitBest.mistake("answer")
def begins_where_the_last_run_ended(plan, X, n_components, n_restarts, rng):
    """Each run begins where the one before ended: there is only one start.

    A run that goes on from a maximum stays there. A new start must be drawn inside the loop.
    Read again: 7.4.5, "depending on initialization": draw the means anew for each start.
    See it: the second trace begins at -38, where the first one ended; a new start lies at -49.
    """
    theta, runs = plan.start(X, n_components, rng), []
    for _ in range(n_restarts):
        runs.append(plan.run(X, theta))
        theta = runs[-1][0]
    return plan.choose(runs)


@FitBest.mistake("start")
def same_start_for_all(plan, X, n_components, rng):
    """Every call begins at the same places: the starts are not drawn from rng.

    Runs from one start end in one maximum, and a fixed seed repeats itself.
    Read again: 7.4.5, "depending on initialization": draw the means anew for each start.
    See it: X[:2] are the same two points each time, X[rng.choice(N, 2, replace=False)] are not.
    """
    return FitBest.start(plan, X, n_components, np.random.default_rng(1))


@FitBest.mistake("start")
def all_means_at_one_point(plan, X, n_components, rng):
    """All components start at the same place: EM cannot tell them apart, and they stay equal.

    Equal components get equal responsibilities, and so equal updates, for ever.
    Read again: 7.4.5, "depending on initialization": the starts must differ in their means.
    See it: two components at 0: r = 0.5, 0.5 for every point, in every step.
    """
    weights, means, covariances = FitBest.start(plan, X, n_components, rng)
    return weights, np.ones_like(means) * X.mean(axis=0), covariances


@FitBest.mistake("source")
def global_generator(plan, rng):
    """The starts are drawn with np.random or a new generator, not with the rng that is passed.

    Then nobody can repeat the run, and neither can you, when you look for an error.
    Read again: the Rules line of the exercise: rng is the only source of chance.
    See it: np.random.default_rng(7) draws 0.625, 0.897 and 0.776 first, every time it is made.
    """
    return np.random.default_rng()


@FitBest.mistake("run")
def stopped_after_a_step(plan, X, theta):
    """The runs stop long before they converge: after a step or a few.

    Then they are compared on their way, and the highest so far need not end the highest.
    Read again: 7.4.5, "Each iteration increases the log-likelihood": go on until tol.
    See it: a run at -49, -45 after one step may still reach -31.
    """
    after = MStep().answer(X, softmax(Joint().joint(X, *theta)))
    trace = [np.sum(np.logaddexp.reduce(Joint().joint(X, *t), axis=1)) for t in (theta, after)]
    return after, np.array(trace), False


@FitBest.mistake("choose")
def height_for_trace(plan, runs):
    """The last log-likelihood is returned where the whole trace of the run belongs.

    Read again: the Returns line of the exercise: (theta, log_likelihoods, converged).
    See it: a run -49, -40, -31 comes with all three numbers, not with -31.
    """
    theta, trace, converged = max(runs, key=lambda run: run[1][-1])
    return theta, trace[-1], converged


@FitBest.mistake("choose")
def returned_theta_only(plan, runs):
    """Only theta is returned: the trace and converged are missing.

    Read again: the Returns line of the exercise: (theta, log_likelihoods, converged).
    See it: the tuple has 3 parts, and the first of them, theta, has 3 parts again.
    """
    return max(runs, key=lambda run: run[1][-1])[0]
