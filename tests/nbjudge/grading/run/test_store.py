"""What came of running a notebook, kept by the hash of what was run: never another's."""

import dataclasses

import pytest
from nbformat.v4 import new_output

from nbjudge.grading.errors import CourseError, OtherVersion
from nbjudge.grading.run.execution import CodeCell, Done, Work, run
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.store import Store

WORK = Work(
    cells=(CodeCell("x = 1", False), CodeCell("check(x)", True, "check(x)")),
    given=("import numpy as np",),
    files={"points.csv": b"1,2\n", "notes.txt": b""},
    seed=7,
    limits=Limits(),
    hidden=("/course",),
    checks="gmm_ref.checks",
    digest="a" * 64,
    allow_unsandboxed=False,
)
DONE = Done(
    outputs=[[], [new_output("stream", text="ünd\n")], [new_output("error", ename="E")]],
    notes=[["import", "gmm_ref"]],
    seconds={"cells": 0.25},
    sandboxed=True,
)
# Each part of a Work, changed a little.
OTHERS = {
    "cells": (CodeCell("x = 1", False), CodeCell("check(x)", True, "check(x) ")),
    "given": ("import numpy",),
    "files": {"points.csv": b"1,2\n", "notes.txt": b"x"},
    "seed": 8,
    "limits": Limits(call_seconds=11.0),
    "hidden": ("/elsewhere",),
    "checks": "gmm_ref",
    "digest": "b" * 64,
    "allow_unsandboxed": True,
}


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    with store.locked():
        yield store


def test_what_is_kept_comes_back_as_it_was(store):
    assert WORK.key not in store and store.get(WORK.key) is None
    store.put(WORK.key, DONE)
    assert WORK.key in store and store.get(WORK.key) == DONE
    assert store.get(WORK.key).outputs[1][0].text == "ünd\n"


@pytest.mark.parametrize("part", [part.name for part in dataclasses.fields(Work)])
def test_a_change_of_any_part_is_another_work(part):
    assert dataclasses.replace(WORK, **{part: OTHERS[part]}).key != WORK.key


def test_the_order_of_files_is_none(store):
    backwards = dict(reversed(WORK.files.items()))
    assert dataclasses.replace(WORK, files=backwards).key == WORK.key


@pytest.mark.parametrize("text", ["", '{"outputs": [[', "\x00" * 99])
def test_what_a_power_cut_left_half_is_none(store, text):
    store.put(WORK.key, DONE)
    [path] = store.folder.glob("*.json")
    path.write_text(text)
    assert store.get(WORK.key) is None


def test_what_cannot_be_written_leaves_what_was_there(store):
    store.put(WORK.key, DONE)
    before = sorted(store.folder.iterdir())
    with pytest.raises(TypeError):
        store.put(WORK.key, dataclasses.replace(DONE, notes=[b"no text"]))
    assert store.get(WORK.key) == DONE and sorted(store.folder.iterdir()) == before


def test_what_is_forgotten_is_gone(store):
    for key in ("a", "b", "c"):
        store.put(key, DONE)
    store.remove(["a", "b", "nobody"])
    assert [key in store for key in ("a", "b", "c")] == [False, False, True]
    store.clear()
    assert "c" not in store and [path.name for path in store.folder.iterdir()] == ["lock"]


def test_it_is_for_one_command_at_a_time(store, tmp_path):
    with pytest.raises(CourseError, match="another command"), Store(tmp_path).locked():
        pass
    store.put(WORK.key, DONE)


def test_another_version_of_the_package_runs_nothing():
    with pytest.raises(OtherVersion, match="nbjudge or gmm_ref"):
        run(WORK)
