"""How `fit_best` may choose among its runs: by where they end, and by nothing else."""

import numpy as np
import pytest

from gmm_ref import em
from gmm_ref.checks import CheckFailed, check, seeded


def chooses_by(value):
    """A `fit_best` that draws its starts as the card says, and returns the run of highest value."""

    def fit_best(X, n_components, n_restarts, rng):
        wide = np.cov(X.T, bias=True).reshape(X.shape[1], X.shape[1])
        starts = [em.random_start(X, wide, n_components, rng) for _ in range(n_restarts)]
        best = max((em.fit(X, start) for start in starts), key=lambda r: value(r.log_likelihoods))
        return tuple(best.parameters), best.log_likelihoods, best.converged

    return fit_best


@pytest.mark.parametrize("value", [np.mean, np.ptp, len])
@pytest.mark.parametrize("seed", range(3))
def test_a_run_that_others_end_above_is_not_the_best(value, seed):
    with seeded(seed), pytest.raises(CheckFailed, match="others of them end above"):
        check.fit_best.value(chooses_by(value))


def test_the_run_that_ends_highest_is():
    check.fit_best.value(chooses_by(lambda trace: trace[-1]))
