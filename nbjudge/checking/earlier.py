"""A student's earlier functions, on which a later one builds: when its answer may follow theirs.

A mistake made in an earlier function has cost its mark already. So a later answer counts as right
where it is what the later step makes of the earlier ones' answers, right or wrong. That asks the
student for the expected answer, and so there are conditions: the earlier ones are asked in a
process in which the later one has not been called since it began, they are wrong by their own
exercise as well, and what they return depends on what they are given. Else a function that does
nothing would follow another that returns zeros.
"""

from dataclasses import dataclass

import numpy as np

from nbjudge.checking.calls import attempt, quiet
from nbjudge.checking.diagnosis.computed import same

NOT_FOLLOWED = (
    "A mistake made in {names} does not count here once more, where this function can be seen to "
    "do its own part all the same. Here that cannot be seen: mend {names} first."
)


@dataclass(frozen=True)
class Followed:
    """What a later function should return, given its student's earlier ones.

    answers: one for each case, None where there is nothing to follow; remark: why not, as a list of
    no sentence or one, for a message that an answer is wrong.
    """

    answers: list
    remark: tuple = ()


def followed(exercises, own, expect, cases):
    """The Followed of the cases: expect(case, *own) is the answer for one of them.

    exercises, own: of the earlier functions, in the same order.
    """
    nothing = [None] * len(cases)
    if not own:
        return Followed(nothing)
    # Where they have a process of their own.
    getattr(own[0], "begin_anew", lambda: None)()
    with quiet():
        pairs = list(zip(exercises, own, strict=True))
        if not any(_is_wrong(*pair) for pair in pairs):
            return Followed(nothing)
        if not all(_answers_to_its_input(*pair) for pair in pairs):
            return Followed(nothing, not_followed(exercises))
        return Followed([_without_errors(expect, case, *own) for case in cases])


def not_followed(exercises):
    """The remark that the mistakes made in these exercises may count once more."""
    return (NOT_FOLLOWED.format(names=" and ".join(exercise.name for exercise in exercises)),)


def _is_wrong(exercise, function):
    return any(
        not exercise.accepts(attempt(function, case), case)
        for aspect in exercise.aspects
        for case in exercise.cases(aspect)
    )


def _answers_to_its_input(exercise, function):
    """Whether two inputs of the same shapes have two answers, neither of them without a number."""
    one = exercise.cases("value")[0]
    other = exercise.cases("value", exercise.rng("another"))[0]
    answers = attempt(function, one), attempt(function, other)
    return not same(*answers, one, exercise.kind) and not any(map(_says_nothing, answers))


def _says_nothing(outcome):
    parts = outcome.result if isinstance(outcome.result, (tuple, list)) else (outcome.result,)
    try:
        return all(np.isnan(np.asarray(part, dtype=float)).all() for part in parts)
    except (TypeError, ValueError):
        return False


def _without_errors(expect, *arguments):
    try:
        return expect(*arguments)
    except Exception:
        return None
