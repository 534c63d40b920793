"""What each exercise must do: ``from gmm_ref.checks import check``.

In a test cell, ``check.responsibilities.value(responsibilities)`` draws inputs, calls the function,
compares with the reference, and raises `CheckFailed` with a message in words if it is wrong.
"""

from gmm_ref.checks import em, full_dataset, generative_model, likelihood, posterior
from nbjudge.checking import CheckFailed, checks_of, seeded

check = checks_of(
    *generative_model.EXERCISES,
    *likelihood.EXERCISES,
    *posterior.EXERCISES,
    *full_dataset.EXERCISES,
    *em.EXERCISES,
)

__all__ = ["CheckFailed", "check", "seeded"]
