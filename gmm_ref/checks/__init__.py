"""What each exercise must do: ``from gmm_ref.checks import check``.

In a test cell, ``check.responsibilities.value(responsibilities)`` draws inputs, calls the function,
compares with the reference, and raises `CheckFailed` with a message in words if it is wrong.
"""

from types import SimpleNamespace

from gmm_ref.checks import em, full_dataset, generative_model, likelihood, posterior
from nbjudge.checking.message import CheckFailed
from nbjudge.checking.seed import seeded

check = SimpleNamespace(
    **{
        exercise.name: exercise
        for section in (generative_model, likelihood, posterior, full_dataset, em)
        for exercise in section.EXERCISES
    }
)

__all__ = ["CheckFailed", "check", "seeded"]
