"""numpy's index has 32 bits here. Two of its functions refuse what Generator counts in 64."""

import functools

import numpy as np


def mend():
    """np.repeat and np.bincount take counts of 64 bits, as they do on any desk."""
    np.repeat = _with_index(np.repeat, 1, "repeats")
    np.bincount = _with_index(np.bincount, 0, "x")


def _with_index(function, position, name):
    """The function, with one of its arguments, if it is whole numbers, as an array of indices."""

    @functools.wraps(function)
    def mended(*arguments, **named):
        arguments = list(arguments)
        where, key = (named, name) if name in named else (arguments, position)
        value = np.asarray(where[key])
        if value.dtype == np.int64:
            where[key] = value.astype(np.intp)
        return function(*arguments, **named)

    return mended
