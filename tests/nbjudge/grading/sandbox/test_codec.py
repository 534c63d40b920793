"""Only plain data crosses, and only so much of it."""

import json
import struct

import numpy as np
import pytest

from nbjudge.grading.sandbox.inside import codec


def there_and_back(value, **kwargs):
    frame = codec.pack(value, **kwargs)
    n_header, n_body = struct.unpack("!II", frame[:8])
    return codec.unpack(frame[8 : 8 + n_header], frame[8 + n_header :][:n_body], from_judge=True)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -(2**70),
        2.5,
        float("inf"),
        1 + 2j,
        "text \udc80 end",
        b"\0bytes",
        [1, [2.0, "x"]],
        (1, (2,), []),
        {"a": 1, 2: [3], (1, 2): None},
        np.float64(1.5),
        np.int32(-7),
        np.bool_(True),
    ],
)
def test_a_plain_value_comes_back_as_it_was(value):
    back = there_and_back(value)
    assert type(back) is type(value)
    assert back == (value if not isinstance(value, str) else "text ? end")


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24.0).reshape(2, 3, 4).T,
        np.zeros((0, 3)),
        np.array(5, dtype=np.int8),
        np.array([True, False]),
        np.array([1 + 1j], dtype=np.complex64),
        np.arange(3, dtype=">i4"),
        np.broadcast_to(1.0, (3, 2)),
    ],
)
def test_an_array_comes_back_as_it_was_and_can_be_written(array):
    back = there_and_back(array)
    assert type(back) is np.ndarray and back.dtype == array.dtype and back.flags.writeable
    np.testing.assert_array_equal(back, array)


def test_a_subclass_becomes_its_plain_data():
    class Liar(np.ndarray):
        def __eq__(self, other):
            return True

    class Number(float):
        __eq__ = None

    assert type(there_and_back(np.ones(2).view(Liar))) is np.ndarray
    assert type(there_and_back([Number(2)])[0]) is np.ndarray


def test_a_generator_goes_to_the_student_in_its_state_and_none_comes_back():
    rng = np.random.default_rng(5)
    rng.normal(size=3)
    twin = there_and_back(rng)
    np.testing.assert_array_equal(twin.normal(size=9), rng.normal(size=9))
    frame = codec.pack(rng)
    n_header, _ = struct.unpack("!II", frame[:8])
    with pytest.raises(codec.Refused, match="generator"):
        codec.unpack(frame[8 : 8 + n_header], b"")


def test_streams_spawned_from_a_generator_differ_with_its_state():
    first, second = (there_and_back(np.random.default_rng(seed)).spawn(1)[0] for seed in (1, 2))
    assert first.random() != second.random()


def _deep():
    nest = []
    for _ in range(1000):
        nest = [nest]
    return nest


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.broadcast_to(1.0, (10**9,)), "8.0 GB"),
        (dict.fromkeys(range(300000), 0), "300000 entries"),
        ([[0] * 150_000, [0] * 150_000], "values in lists"),
        (np.array([object()]), "dtype object"),
        (np.array(["a"]), "not made of numbers"),
        (np.zeros(2, dtype="f8,i4"), "not made of numbers"),
        (np.array("2026-01-01", dtype="M8[D]"), "not made of numbers"),
        (_deep(), "deep"),
        (1 << 10**6, "bits"),
        (object(), "type object"),
        (iter([]), "list_iterator"),
        ("x" * 10**7, "10.0 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_what_may_not_cross_is_refused_in_words(value, words):
    with pytest.raises(codec.Refused, match=words):
        codec.pack(value, 64 * 2**20)


@pytest.mark.parametrize(
    "plain",
    [
        ["array", "|O8", [1], 0],
        ["array", "<i4,i4", [1], 0],
        ["array", "<f8", [2**40, 2**40], 0],
        ["array", "<f8", [-1], 0],
        ["array", "<f8", [1], 60],
        ["array", "<f8", [1], -8],
        ["array", "<f8", [1.0], 0],
        ["array", "<f8", [1] * 40, 0],
        ["array", "<f3", [1], 0],
        ["array", "<M8", [1], 0],
        ["array"],
        ["number", "<f8", [2], 0],
        ["list", 3],
        ["list", [["array", "<f8", [8], 0]] * 2],
        ["dict", [[["list", []], 1]]],
        ["dict", {"a": 1}],
        ["integer", "0x" + "f" * 4000],
        ["integer", "__import__('os')"],
        ["__init__", 3],
        ["value", 3],
        ["rng", {"bit_generator": "PCG64"}],
        {"a": 1},
        [],
        [[1]],
        2**80,
    ],
    ids=str,
)
def test_what_was_forged_is_refused(plain):
    with pytest.raises(codec.Refused):
        codec.unpack(json.dumps(plain).encode(), b"\1" * 64)


@pytest.mark.parametrize("header", [b"", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b"nan"])
def test_what_is_no_json_is_refused(header):
    with pytest.raises(codec.Refused):
        codec.unpack(header, b"")


def test_a_bool_of_another_byte_is_a_plain_true():
    array = codec.unpack(b'["array", "|b1", [3], 0]', b"\0\1\x7f")
    assert array.view(np.uint8).tolist() == [0, 1, 1]
