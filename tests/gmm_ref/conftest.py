"""What these tests share: the problems as fixtures, and hypothesis without chance or clock."""

import pytest
from hypothesis import settings
from inputs import draw_problem, with_dead_component

settings.register_profile("same every time", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("same every time")

PROBLEMS = {
    "lopsided": lambda: draw_problem(1, N=7, K=3, D=2),
    "one point": lambda: draw_problem(2, N=1, K=3, D=2),
    "one component": lambda: draw_problem(3, N=7, K=1, D=2),
    "one feature": lambda: draw_problem(4, N=5, K=3, D=1),
    "one of each": lambda: draw_problem(5, N=1, K=1, D=1),
    "50 features": lambda: draw_problem(6, N=3, K=2, D=50),
    "a weight of 0": lambda: with_dead_component(draw_problem(7, N=7, K=4, D=2)),
}


@pytest.fixture(params=PROBLEMS)
def problem(request):
    """Each size and edge in turn; see `lopsided` for the one that most tests want."""
    return PROBLEMS[request.param]()


@pytest.fixture
def lopsided():
    """N = 7, K = 3, D = 2."""
    return PROBLEMS["lopsided"]()
