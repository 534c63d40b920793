"""Mistakes in the choice among the runs of 7.4.5, from many starts."""

from functools import partial

import numpy as np

from gmm_ref.checks.mistakes.loop import EMRun
from gmm_ref.checks.mistakes.samples import RNG
from nbjudge.checking import operators
from nbjudge.checking.plan import Plan, as_floats, remembered

END = '7.4.5, "may converge to a local maximum": it is the last log-likelihood that counts.'
ONE_RUN = "the Returns line of the exercise: (theta, log_likelihoods, converged) of one run."
STARTS = "the Write line of the exercise: a random_start for each run, one after the other."

# As the card says.
TOL, MAX_ITER = 1e-6, 500


@remembered
def _run(X, tol, max_iter, *theta):
    return EMRun().answer(X, theta, float(tol), int(max_iter))


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
        return _run(X, tol, max_iter, *theta)

    def choose(self, runs):
        """The run with the highest last log-likelihood."""
        return max(runs, key=lambda run: run[1][-1])


operators.GLOBAL_GENERATOR.at(FitBest, "source", read=RNG)

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
    what="The run that is returned is the first, perhaps by a return inside the loop.",
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
    what="The runs are compared by their first value, their mean, their gain or their length.",
    see="-39, -38 begins and lies the higher, -90, -50, -45 gains the most; -60, -31 is the best.",
    variants=(
        lambda trace: trace[0],
        np.mean,
        lambda trace: trace[-1] - trace[0],
        len,
        lambda trace: -len(trace),
    ),
)
def runs_compared_by_another_number(plan, runs, number):
    return max(runs, key=lambda run: number(run[1]))


@_choose(
    what="One run too few is made or compared: the last start never counts.",
    read="the Write line of the exercise: n_restarts starts, range(n_restarts).",
    see="with n_restarts = 2 and ends of -38 and -31, return the run that ends at -31.",
)
def one_start_too_few(plan, runs):
    return FitBest.choose(plan, runs[:-1] or runs)


@_return(
    what="The theta that is returned is not the one that its trace ends at.",
    why="It is overwritten while the best is remembered, or an average: keep the three together.",
    see="a trace that ends at -31 must come with the theta whose log-likelihood is -31.",
    variants=(
        lambda thetas: thetas[-1],
        lambda thetas: thetas[0],
        lambda thetas: tuple(np.mean(part, axis=0) for part in zip(*thetas, strict=True)),
    ),
)
def trace_of_another_run(plan, runs, other):
    return other([theta for theta, _, _ in runs]), *FitBest.choose(plan, runs)[1:]


@_return(
    what="The trace holds the values of several runs, one after the other.",
    why="It must be the trace of the run that is returned: make a new list for each run.",
    see="runs -49, -38 and -45, -31: the trace is -45, -31, not all four.",
)
def traces_glued(plan, runs):
    theta, _, converged = FitBest.choose(plan, runs)
    return theta, np.concatenate([trace for _, trace, _ in runs]), converged


@_return(
    what="It is no whole run: theta alone, or only the last value of its trace.",
    see="a run -49, -40, -31 comes as three parts, the second of which holds all three numbers.",
    variants=(
        lambda theta, trace, converged: theta,
        lambda theta, trace, converged: (theta, trace[-1], converged),
    ),
)
def parts_of_a_run(plan, runs, parts):
    return parts(*FitBest.choose(plan, runs))


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
    why="Perhaps they are the first points, or drawn from a generator that is made anew.",
    see="X[:2] are the same two points each time, X[rng.choice(N, 2, replace=False)] are not.",
)
def same_start_for_all(plan, X, n_components, rng):
    return FitBest.start(plan, X, n_components, np.random.default_rng(1))


@_start(
    what="All components start at the same place: EM cannot tell them apart, and they stay equal.",
    see="two components at 0: r = 0.5, 0.5 for every point, in every step.",
)
def all_means_at_one_point(plan, X, n_components, rng):
    weights, means, covariances = FitBest.start(plan, X, n_components, rng)
    return weights, np.ones_like(means) * X.mean(axis=0), covariances


@FitBest.mistake(
    "run",
    what="The runs stop long before they converge: after a step or a few.",
    read="the Write line of the exercise: fit with tol=1e-6 and max_iter=500.",
    see="a run at -49, -45 after one step may still reach -31.",
    variants=(1, 2, 3),
)
def stopped_after_a_step(plan, X, theta, steps):
    return FitBest.run(plan, X, theta, max_iter=steps)
