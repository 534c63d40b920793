"""Mistakes of any formula: operators, which are applied to places of a plan.

An operator knows no formula. The place brings the noun that a student reads, and the line of the
text to read again: ``SQUARED.at(Plan, "step", "weights", read="...")`` enters `weights_squared`.
"""

import copy
import dataclasses
import functools
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from nbjudge.checking.plan import Message, Mistake, mistake


class On(Enum):
    """What of a step an operator is applied to."""

    RESULT = auto()
    ARGUMENT = auto()  # the first that the step is given
    BOTH = auto()  # that argument, and the result


@dataclass(frozen=True)
class Operator:
    """A mistake that any formula can suffer.

    ``apply(value)``, or ``apply(value, variant)`` with each of ``variants``, makes the wrong value
    of the right one, and of each part of a tuple; whole: of the value as it is, which need be no
    array. ``when(given)``: whether it does so, by what the step is given. ``name`` and the texts
    may hold {place}, a noun.
    """

    name: str
    apply: object
    what: str
    why: str
    see: str
    line: str = ""
    variants: tuple = ()
    on: On = On.RESULT
    whole: bool = False
    when: object = lambda given: True

    def at(self, plan, step, place="", *, read, axis=0, **other):
        """Enter it in the place of a step of a plan, as a Mistake, which is returned.

        axis: the one along which an operator goes that takes some of several; other: the fields of
        the operator that are different at this place.
        """
        here = dataclasses.replace(self, **other)
        name = here.name.format(place=place.replace(" ", "_"))
        what, why, see = (text.format(place=place) for text in (here.what, here.why, here.see))
        message = Message(what, why, read, see, here.line)
        made = Mistake(name, here._in_place_of(step, axis), message, tuple(here.variants))
        return plan.suffers(step, made)

    def _in_place_of(self, step, axis):
        def function(plan, *given):
            right = getattr(type(plan), step)
            given, variant = (given[:-1], given[-1:]) if self.variants else (given, ())
            if not self.when(given):
                return right(plan, *given)
            change = functools.partial(self._change, axis, variant)
            if self.on is not On.RESULT:
                given = (change(given[0]), *given[1:])
            result = right(plan, *given)
            return result if self.on is On.ARGUMENT else change(result)

        return function

    def _change(self, axis, variant, value):
        if self.whole:
            return self.apply(value, *variant)
        if isinstance(value, tuple):
            return tuple(self._change(axis, variant, part) for part in value)
        if axis == 0:
            return self.apply(np.asarray(value), *variant)
        return np.moveaxis(self.apply(np.moveaxis(value, axis, 0), *variant), 0, axis)


# Of an answer as a whole: its type, its digits, its form.

ROUNDED_TO_FLOAT32 = Operator(
    "rounded_to_float32",
    lambda value: value.astype(np.float32),
    what="The answer is of dtype float32, which keeps 7 digits of 16.",
    why="Sums over many numbers and differences of near ones lose the rest.",
    see="np.float32(1e8 + 1) - np.float32(1e8) is 0, not 1.",
)

ROUNDED = Operator(
    "rounded",
    np.round,
    what="The answer is rounded to a few decimals: later steps need all its digits.",
    why="Round what you print, not what you return.",
    see="0.3337 + 0.3337 + 0.3327 are 1.0001 when each was rounded to 4 decimals.",
    variants=(3, 2, 4, 1, 6),
)


def _hold_whole_numbers(given):
    return any(np.asarray(one).dtype.kind in "iu" for one in given)


CUT_TO_WHOLE_NUMBERS = Operator(
    "cut_to_whole_numbers",
    np.trunc,
    what="Where whole numbers come in, what goes out is cut off to whole numbers, too.",
    why="np.zeros_like and np.empty_like take the dtype of their array: of integers, they keep "
    "integers.",
    see="a = np.zeros_like([3, 4]); a[0] = 2.7 leaves a[0] == 2.",
    when=_hold_whole_numbers,
)

SQUEEZED = Operator(
    "squeezed",
    np.squeeze,
    what="An axis of length 1 is lost: where there is one of something the shape is another.",
    why="squeeze(), [0] and some functions of scipy take such axes away.",
    see="np.squeeze of the shape (1, 3) is (3,); np.atleast_2d and reshape bring it back.",
)

TRANSPOSED = Operator(
    "transposed",
    np.transpose,
    what="The answer lies on its side: its rows stand where its columns should.",
    why="Of a square table nobody would notice, and every later sum runs over the wrong things.",
    see="np.ones((2, 3)) has 2 rows of 3; stack columns with axis=1, or turn it with .T.",
)

RESHAPED_FOR_TRANSPOSED = Operator(
    "reshaped_for_transposed",
    lambda value, turned: turned(value),
    what="A table was turned by reshape, which breaks its rows up; .T would turn it.",
    why="reshape reads on line by line and fills the new lines: entries change their place.",
    see="[[1, 2, 3], [4, 5, 6]]: .T begins with 1, 4; .reshape(3, 2) with 1, 2.",
    variants=(
        lambda value: value.T.reshape(value.shape),
        lambda value: value.reshape(value.shape[::-1]).T,
    ),
)

KEPT_THE_AXIS = Operator(
    "kept_the_axis",
    lambda value: value[:, None],
    what="The answer is a column (N, 1), where (N,), one number a row, is asked for.",
    why="A column minus a row of N numbers makes an (N, N) table without any error.",
    see="np.ones((3, 1)) - np.ones(3) has shape (3, 3), not (3,).",
)

AXIS_SWAPPED = Operator(
    "axis_swapped",
    np.transpose,
    what="The sum, or the search, runs down the columns, not along the rows.",
    why="The axis that is named is the one that is summed over, or searched, and goes away.",
    see="of [[1, 2, 3], [4, 5, 6]] the rows have the sums 6 and 15, the columns 5, 7 and 9.",
    line="of an array with one row a point, axis=1 runs along each row.",
    on=On.BOTH,
)

PARTS_IN_ANOTHER_ORDER = Operator(
    "parts_in_another_order",
    lambda parts: (*parts[1:], parts[0]),
    what="The parts of the tuple come in another order than asked for.",
    why="",
    see="of (table, labels) the shapes may be (40, 2), (40,): print that of each part.",
    whole=True,
)

LAST_PART_MISSING = Operator(
    "last_part_missing",
    lambda parts: parts[:-1] if len(parts) > 2 else parts[0],
    what="The last part of the tuple is missing.",
    why="",
    see="(table, labels) has 2 parts; the table alone is no tuple.",
    whole=True,
)


@mistake(
    what="An argument is changed in place: the caller still needs it.",
    why="X -= mean writes into the caller's array, and whoever reads X next gets something else.",
    read="the Rules line of the exercise: inputs stay unchanged.",
    see="X = [5], X -= 5 leaves X = [0]; X = X - 5 leaves it alone.",
    variants=(0, 1),
)
def changed_its_input(plan, *given):
    """In the place of `Plan.take`; a variant is the position of the argument."""
    *arguments, position = given
    kept, changed = copy.deepcopy(arguments), arguments[position]
    for part in changed if isinstance(changed, tuple) else (changed,):
        part += 1
    return kept


# Of draws by chance, from an rng.

GLOBAL_GENERATOR = Operator(
    "global_generator",
    lambda rng: np.random.default_rng(),
    what="Chance does not come from the rng that is passed: the same rng gives other draws.",
    why="np.random, random and a new generator draw on their own: nobody can repeat the draw.",
    see="np.random.default_rng(7) draws 0.625, 0.897 and 0.776 first, every time it is made.",
    whole=True,
)

FIXED_SEED = Operator(
    "fixed_seed",
    lambda rng: np.random.default_rng(0),
    what='Every call gives the same "random" numbers, whatever rng is passed.',
    why="Perhaps a generator with a fixed seed is made inside: two samples are then one sample.",
    see="np.random.default_rng(0) draws 0.637, 0.270, 0.041 every time.",
    whole=True,
)

ONE_DRAW_ONLY = Operator(
    "one_draw_only",
    lambda draws: draws[0],
    what="A single draw is returned, not n_samples of them: size is missing.",
    why="",
    see="rng.choice(3) is one number, rng.choice(3, size=5) are five.",
)


def _sorted_by_the_last(draws):
    if not isinstance(draws, tuple):
        return np.sort(draws, axis=0)
    order = np.argsort(draws[-1], kind="stable")
    return tuple(part[order] for part in draws)


SORTED_OUTPUT = Operator(
    "sorted_output",
    _sorted_by_the_last,
    what="The draws come sorted, by size or by label.",
    why="Neighbours are then not independent: the first half is not like the second.",
    see="0, 2, 1, 0 is as drawn; 0, 0, 1, 2 is sorted.",
    whole=True,
)

# Of an answer of integers.

COUNTED_FROM_ONE = Operator(
    "counted_from_one",
    lambda value: value + 1,
    what="The {place} run from 1: in code they are counted from 0.",
    why="As an index, each would look one too far, and the last past the end.",
    see="3 of them have the numbers 0, 1, 2.",
)

OFF_BY_ONE = Operator(
    "{place}_off_by_one",
    lambda value, step: np.roll(value, step, axis=-1),
    what="The {place} is off by one: it stands for the number before its own, or after it.",
    why="In code the first has the number 0, not 1; number -1 is the last one.",
    see="of 3, the first has the number 0 and the last has the number 2.",
    variants=(-1, 1),
)

FLOATS_FOR_INTEGERS = Operator(
    "floats_for_integers",
    lambda value: value.astype(float),
    what="The {place} are floats: an index must be an integer.",
    why="np.zeros makes floats; np.zeros(N, dtype=int) makes integers.",
    see="a[1.0] is an IndexError, a[1] is the second entry.",
)

# Of a logarithm, of the answer or of a part of it.

WRONG_SIGN = Operator(
    "wrong_sign",
    np.negative,
    what="The answer has the opposite sign: it is minus the logarithm.",
    why="That is the loss that an optimiser makes small; here the logarithm itself is asked for.",
    see="log 0.5 = -0.69, log 1 = 0, log 2 = +0.69: small probabilities go down, not up.",
)

WRONG_LOG_BASE = Operator(
    "wrong_log_base",
    lambda value, base: value / np.log(base),
    what="The logarithm is to base 2 or 10, not the natural one.",
    why="Only the natural one, np.log, undoes an exp; the answer is off by a factor.",
    see="log 10 is 2.303 by np.log, 1 by np.log10 and 3.322 by np.log2.",
    variants=(2, 10),
)

LOG_BASE_OF = Operator(
    "log_base_of_the_{place}",
    lambda value, base: value / np.log(base),
    what="The logarithm of the {place} is to base 2 or 10, the others are natural.",
    why="Logarithms add up to that of the product only when all have one base: np.log.",
    see="log 0.1 is -2.30 by np.log, -1 by np.log10, -3.32 by np.log2.",
    variants=(2, 10),
)

LOG_NOT_TAKEN = Operator(
    "log_not_taken",
    np.exp,
    what="The logarithm is not taken: the answer is what it should be the logarithm of.",
    why="Of many or far points it is smaller than the smallest float and becomes 0.",
    see="0.05 must come back as log 0.05 = -3.00.",
)

WITHOUT_LOGARITHM = Operator(
    "{place}_without_logarithm",
    np.exp,
    what="The {place} are added up without their logarithm.",
    why="Probabilities multiply; only their logarithms add up.",
    see="two probabilities of 0.5: log 0.25 = -0.69 - 0.69 = -1.39, not 0.5 + 0.5.",
)

UNDERFLOW = Operator(
    "underflow",
    lambda value: np.log(np.exp(value)),
    what="The {place} is computed first and its logarithm taken afterwards: far away it is 0.",
    why="exp(-800) is smaller than the smallest float, and log 0 = -inf. Stay in logarithms.",
    see="np.log(np.exp(-800)) is -inf, though -800 is a perfectly good number.",
)


def _lifts(*constants):
    """What students do to a number before its logarithm: functions of the right logarithm."""
    return tuple(
        functools.partial(_lifted, lift, small)
        for lift in (np.add, np.maximum)
        for small in constants
    )


def _lifted(lift, small, logarithm):
    return np.log(lift(np.exp(logarithm), small))


_FLOAT = np.finfo(float)
TINY = _lifts(1e-300, _FLOAT.tiny, 1e-100, 1e-20, 1e-16, _FLOAT.eps, 1e-15, 1e-12)
TINY += _lifts(1e-10, 1e-9, 1e-8, 1e-6)
# And to a probability, which is not as small.
LARGER = TINY + _lifts(1e-5, 1e-4, 1e-3, 1e-2)

TINY_NUMBER_ADDED = Operator(
    "tiny_number_added_to_the_{place}",
    lambda logarithm, lifted: lifted(logarithm),
    what="A tiny number is added to the {place} before the logarithm, or stands in for less.",
    why="What is 0 as a float then becomes the log of that number, and the rest is slightly wrong.",
    see="log(0 + 1e-10) = -23, not -inf; log(0.1 + 1e-6) is 1e-5 more than log 0.1.",
    variants=TINY,
)

# Of several of a kind: their order, their number, one for another.

REVERSED = Operator(
    "{place}_reversed",
    lambda value: value[::-1],
    what="The {place} are in reverse order, so that each meets what belongs to another.",
    why="A slice [::-1], or a loop that counts down, turns them round.",
    see="7, 2, 1 in reverse is 1, 2, 7: number 0 was 7, and is 1.",
)

SORTED = Operator(
    "{place}_sorted",
    lambda value, step: np.sort(value, axis=0)[::step],
    what="The {place} are sorted by size, so that each meets what belongs to another.",
    why="Once sorted, nobody knows any more which of them was which.",
    see="2, 7, 1 sorted is 1, 2, 7: number 0 was 2, and is 1.",
    variants=(1, -1),
)

SQUARED = Operator(
    "{place}_squared",
    np.square,
    what="The {place} are multiplied in twice: they enter squared.",
    why="",
    see="0.8 and 0.2 are 4 to 1; squared they are 16 to 1.",
    on=On.ARGUMENT,
)

FIRST_MISSING = Operator(
    "first_{place}_missing",
    lambda value: value[1:],
    what="The loop begins one {place} late: the first {place} is left out.",
    why="The text counts from 1, Python from 0: range(1, N) and [1:] leave number 0 out.",
    see="list(range(1, 3)) is [1, 2]; number 0 is never seen.",
)

LAST_MISSING = Operator(
    "last_{place}_missing",
    lambda value: value[:-1],
    what="The loop stops one {place} early: the last {place} is left out.",
    why="range(N - 1) and [:-1] both leave it out.",
    see="list(range(3 - 1)) is [0, 1]; number 2 is never seen.",
)

FIRST_ONLY = Operator(
    "first_{place}_only",
    lambda value: value[:1],
    what="Only the first {place} counts: the function returns before the others are added.",
    why="A return inside the loop ends the loop in its first turn.",
    see="-1, -2 and -3 add up to -6; returning inside the loop gives -1.",
)

LAST_ONLY = Operator(
    "last_{place}_only",
    lambda value: value[-1:],
    what="Only the last {place} counts: each turn of the loop overwrites the total.",
    why="total = 0 belongs before the loop, and += inside of it.",
    see="-1, -2 and -3 add up to -6; set back or overwritten each time, -3 is left.",
)

FIRST_FOR_ALL = Operator(
    "first_{place}_for_all",
    lambda value: np.broadcast_to(value[:1], value.shape),
    what="The first {place} is used for all: each has one of its own.",
    why="An index 0 stands where the loop variable belongs, or the loop variable is not used.",
    see="in zip(a, b), number 1 of a must meet b[1], not b[0].",
)

PILED_UP = Operator(
    "{place}_pile_up",
    lambda value: np.cumsum(value, axis=0),
    what="Each of the {place} holds those before it as well: nothing is set back in between.",
    why="What is begun anew for each, as total = 0, belongs inside the loop.",
    see="1 and 4 stay 1 and 4, and do not become 1 and 5.",
)
