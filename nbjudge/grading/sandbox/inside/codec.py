"""What crosses between a student's process and its judge: plain data, never objects.

A frame is two lengths, a JSON header and a body of bytes. None, bools, numbers and strings stand in
the header as themselves; all else as a list that begins with its kind. Arrays lie in the body as
bare numbers. Nothing is unpickled, evaluated or imported, and every reader counts before it builds.
"""

import json
import math
import re
import struct

import numpy as np

LENGTHS = struct.Struct("!II")
MAX_HEADER = 8 * 2**20
# The most that a length can tell.
MAX_BODY = 2**32 - 1
MAX_NODES = 200_000
MAX_DEPTH = 20
# Numbers and nothing else: bool, integers, floats, complex. Dates, text, records, objects are not.
NUMERIC_KINDS = "biufc"
_DTYPE = re.compile(r"[<>|=][biufc][0-9]{1,2}")


class Refused(ValueError):
    """A value that may not cross. ``str()`` says what it is, to follow "returned"."""


def pack(message, max_body=MAX_BODY):
    """The frame of a message, or Refused."""
    writer = _Writer(max_body)
    header = json.dumps(writer.plain(message), separators=(",", ":")).encode()
    if len(header) > MAX_HEADER:
        raise Refused(f"an answer of {in_words(len(header))} of text and lists, which is too large")
    return b"".join([LENGTHS.pack(len(header), writer.size), header, *writer.chunks])


def unpack(header, body, from_judge=False):
    """The message of a header and a body, built anew from exact types, or Refused."""
    try:
        plain = json.loads(header)
    except (ValueError, RecursionError):
        raise Refused("something that is not in the agreed form") from None
    return _Reader(body, from_judge).value(plain)


class _Writer:
    """Turns values into plain JSON and chunks of the body."""

    def __init__(self, max_body):
        self.chunks = []
        self.size = 0
        self.max_body = max_body
        self.nodes = 0

    def plain(self, value, depth=0):
        self._count(depth)
        if value is None or type(value) in (bool, str, float):
            return value
        if isinstance(value, np.ndarray):
            return self._array(np.asarray(value))
        if isinstance(value, np.generic):
            return ["number", *self._numbers(np.asarray(value))]
        if isinstance(value, int):
            return value if abs(value) < 2**63 else ["integer", self._hex(value)]
        if isinstance(value, np.random.Generator):
            return ["rng", self.plain(value.bit_generator.state, depth + 1)]
        return self._container(value, depth + 1)

    def _container(self, value, depth):
        if isinstance(value, bytes):
            return ["bytes", self._chunk(value), len(value)]
        if isinstance(value, (tuple, list)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return [kind, [self.plain(part, depth) for part in self._counted(value)]]
        if isinstance(value, dict):
            pairs = self._counted(value).items()
            return ["dict", [[self.plain(k, depth), self.plain(v, depth)] for k, v in pairs]]
        if isinstance(value, complex):
            return ["complex", float(value.real), float(value.imag)]
        return self._other(value)

    def _other(self, value):
        """What numpy can read as numbers is an array, as it would be at the student's desk."""
        named = f"an object of type {type(value).__name__[:40]}, which is not made of plain numbers"
        if not (hasattr(value, "__array__") or isinstance(value, float)):
            raise Refused(named)
        try:
            array = np.asarray(value)
        except Exception:
            raise Refused(named) from None
        return self._array(array)

    def _array(self, array):
        return ["array", *self._numbers(array)]

    def _numbers(self, array):
        if array.dtype.kind not in NUMERIC_KINDS:
            raise Refused(f"an array of dtype {array.dtype}, which is not made of numbers")
        self._room(array.nbytes)
        start = self._chunk(np.ascontiguousarray(array).tobytes())
        return [array.dtype.str, list(array.shape), start]

    def _chunk(self, content):
        self._room(len(content))
        start, self.size = self.size, self.size + len(content)
        self.chunks.append(content)
        return start

    def _room(self, count):
        if self.size + count > self.max_body:
            size, most = in_words(self.size + count), in_words(self.max_body)
            raise Refused(f"an answer of {size}, more than the {most} that may cross")

    def _hex(self, value):
        if value.bit_length() > 10_000:
            raise Refused(f"an integer of {value.bit_length()} bits")
        return hex(value)

    def _counted(self, values):
        if len(values) > MAX_NODES:
            raise Refused(f"a {type(values).__name__[:40]} of {len(values)} entries, too many")
        return values

    def _count(self, depth):
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused(f"more than {MAX_NODES} values in lists and dicts")
        if depth > MAX_DEPTH:
            raise Refused(f"lists within lists, more than {MAX_DEPTH} deep")


class _Reader:
    """Builds values from plain JSON and the body, whoever wrote them."""

    def __init__(self, body, from_judge):
        self.body = body
        self.from_judge = from_judge
        self.nodes = 0
        self.used = 0

    def value(self, plain, depth=0):
        self.nodes += 1
        if self.nodes > 2 * MAX_NODES or depth > 2 * MAX_DEPTH:
            raise Refused("more values, or deeper ones, than may cross")
        if type(plain) is str:
            # A lone surrogate could not be written into a notebook.
            return plain.encode("utf-8", "replace").decode()
        if plain is None or type(plain) in (bool, float):
            return plain
        if type(plain) is int:
            return self._small(plain)
        if type(plain) is list and plain and type(plain[0]) is str:
            builder = getattr(self, f"_build_{plain[0]}", None) if plain[0].isidentifier() else None
            if builder:
                try:
                    return builder(depth + 1, *plain[1:])
                except (TypeError, ValueError, OverflowError) as error:
                    if isinstance(error, Refused):
                        raise
        raise Refused("something that is not in the agreed form")

    def _build_list(self, depth, parts):
        return [self.value(part, depth) for part in self._plain_list(parts)]

    def _build_tuple(self, depth, parts):
        return tuple(self._build_list(depth, parts))

    def _build_dict(self, depth, pairs):
        built = {}
        for key, value in self._plain_list(pairs):
            built[self._key(self.value(key, depth))] = self.value(value, depth)
        return built

    def _build_integer(self, depth, digits):
        if type(digits) is not str or len(digits) > 3000:
            raise Refused("an integer that is too long")
        return int(digits, 16)

    def _build_complex(self, depth, real, imag):
        return complex(float(real), float(imag))

    def _build_bytes(self, depth, start, count):
        return self._slice(start, count)

    def _build_array(self, depth, dtype, shape, start):
        return self._numbers(dtype, shape, start).copy()

    def _build_number(self, depth, dtype, shape, start):
        if shape != []:
            raise Refused("a number with a shape")
        return self._numbers(dtype, shape, start)[()]

    def _build_rng(self, depth, state):
        if not self.from_judge:
            raise Refused("a random generator")
        state = self.value(state, depth)
        # Streams spawned from it must depend on the state too.
        seeds = np.random.SeedSequence([value % 2**64 for value in state["state"].values()])
        generator = np.random.Generator(np.random.PCG64(seeds))
        generator.bit_generator.state = state
        return generator

    def _numbers(self, dtype, shape, start):
        if type(dtype) is not str or not _DTYPE.fullmatch(dtype):
            raise Refused("an array that is not made of numbers")
        dtype = np.dtype(dtype)
        shape = [self._small(size) for size in self._plain_list(shape)]
        if len(shape) > 32 or min(shape, default=0) < 0:
            raise Refused("an array of an impossible shape")
        count = math.prod(shape) * dtype.itemsize
        content = self._slice(start, count)
        if dtype.kind == "b":
            # A byte other than 0 and 1 would be a bool that is neither.
            return (np.frombuffer(content, dtype=np.uint8) != 0).reshape(shape)
        return np.frombuffer(content, dtype=dtype).reshape(shape)

    def _slice(self, start, count):
        """A piece of the body; the pieces together may not be longer than the body itself."""
        start, count = self._small(start), self._small(count)
        self.used += count
        if start < 0 or count < 0 or start + count > len(self.body) or self.used > len(self.body):
            raise Refused("an array longer than what came with it")
        return self.body[start : start + count]

    def _plain_list(self, value):
        if type(value) is not list:
            raise Refused("something that is not in the agreed form")
        return value

    def _key(self, key):
        if type(key) not in (str, int, float, bool, type(None), tuple):
            raise Refused("a dict with keys that are neither text nor numbers")
        return key

    def _small(self, value):
        if type(value) is not int or abs(value) >= 2**63:
            raise Refused("an integer out of range")
        return value


def in_words(count):
    """A number of bytes, rounded."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
