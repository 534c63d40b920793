"""What decides a mark is in the digest that has a class graded again, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nbjudge.grading.digests import package_digest, tree_digest
from nbjudge.grading.errors import CourseError

ROOT = Path(__file__).parents[3]
CHECKS = "gmm_ref.checks"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Both packages, to be changed."""
    folder = tmp_path_factory.mktemp("tree")
    for package in ("nbjudge", "gmm_ref"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    return folder


def digest(tree):
    """The digest as a process finds it that imports from this tree."""
    source = f"from nbjudge.grading.digests import package_digest as d; print(d({CHECKS!r}))"
    done = subprocess.run(
        [sys.executable, "-c", source],
        env=os.environ | {"PYTHONPATH": str(tree)},
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "gmm_ref/checks/__init__.py",
        "gmm_ref/checks/mistakes/posterior.py",
        "gmm_ref/posterior.py",
        "gmm_ref/theta.py",
        "gmm_ref/checks/bounds.csv",
        "nbjudge/checking/compare.py",
        "nbjudge/checking/diagnosis/drawn.py",
        "nbjudge/grading/errors.py",
        "nbjudge/grading/notebook/repair.py",
        "nbjudge/grading/notebook/strip_outputs.py",
        "nbjudge/grading/run/limits.py",
        "nbjudge/grading/sandbox/bubblewrap.py",
        "nbjudge/grading/sandbox/inside/codec.py",
        "nbjudge/grading/sandbox/inside/audit.py",
    ],
)
def test_what_decides_a_mark_is_in_it(tree, name):
    before, path = digest(tree), tree / name
    text = path.read_bytes() if path.exists() else None
    path.write_bytes((text or b"") + b"# changed\n")
    try:
        assert digest(tree) != before
    finally:
        path.unlink() if text is None else path.write_bytes(text)
    assert digest(tree) == before


def test_what_decides_none_is_not(tree):
    before = digest(tree)
    for name in (
        "gmm_ref/figures/style.py",
        "gmm_ref/figures/new.py",
        "gmm_ref/demo.py",
        "gmm_ref/data/old_faithful.csv",
        "nbjudge/grading/feedback.py",
        "nbjudge/grading/main.py",
        "nbjudge/grading/progress.py",
        "nbjudge/grading/marks.py",
    ):
        with open(tree / name, "a") as file:
            file.write("# changed\n")
    assert digest(tree) == before


def test_an_import_in_a_function_counts(tree):
    module = tree / "gmm_ref/checks/problems.py"
    text = module.read_text()
    module.write_text(text + "\n\ndef late():\n    from ..figures import style\n")
    try:
        before = digest(tree)
        with open(tree / "gmm_ref/figures/style.py", "a") as file:
            file.write("# changed again\n")
        assert digest(tree) != before
    finally:
        module.write_text(text)


def test_a_package_that_is_not_there_is_named():
    with pytest.raises(CourseError, match=r"no package nowhere here, which nowhere\.checks"):
        package_digest("nowhere.checks")


def touch(folder):
    (folder / "a").mkdir(parents=True)
    (folder / "a/one.txt").write_text("1")
    (folder / "link").symlink_to("a")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"\xff\xfe")).write_text("no UTF-8")
    return folder


CHANGES = {
    "a content": lambda folder: (folder / "a/one.txt").write_text("2"),
    "a name": lambda folder: (folder / "a/one.txt").rename(folder / "a/two.txt"),
    "a file more": lambda folder: (folder / "b.txt").touch(),
    "an empty folder": lambda folder: (folder / "b").mkdir(),
    "where a link points": lambda folder: relink(folder / "link", "b"),
    "a link in place of a file": lambda folder: relink(folder / "a/one.txt", "/etc/passwd"),
    "a file in place of a pipe": lambda folder: (
        (folder / "pipe").unlink(),
        (folder / "pipe").touch(),
    ),
}


def relink(path, target):
    path.unlink()
    path.symlink_to(target)


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_is_known_by_all_that_is_in_it(tmp_path, change):
    folder = touch(tmp_path / "one")
    before = tree_digest(folder)
    assert tree_digest(touch(tmp_path / "two")) == before
    CHANGES[change](folder)
    assert tree_digest(folder) != before


def test_what_a_link_points_to_is_not_looked_at(tmp_path):
    folder = touch(tmp_path / "one")
    (tmp_path / "secret").write_text("1")
    (folder / "out").symlink_to(tmp_path / "secret")
    before = tree_digest(folder)
    (tmp_path / "secret").write_text("2")
    assert tree_digest(folder) == before


def test_a_folder_that_is_a_link_is_known_by_where_it_leads(tmp_path):
    links = [tmp_path / "a", tmp_path / "b"]
    for link in links:
        link.symlink_to(touch(tmp_path / f"folder {link.name}"))
    digests = {tree_digest(link) for link in links}
    assert len(digests) == 2 and tree_digest(tmp_path / "folder a") not in digests


def test_a_folder_too_deep_to_be_looked_at_is_known(tmp_path):
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d" * 20, dir_fd=place)
        place, above = os.open("d" * 20, os.O_RDONLY, dir_fd=place), place
        os.close(above)
    os.close(place)
    assert len(tree_digest(tmp_path)) == 64
