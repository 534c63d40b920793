"""Hashes of contents, by which grading knows what has changed."""

import ast
import functools
import hashlib
import importlib.util
import os
import stat
from pathlib import Path

from nbjudge.grading.errors import CourseError
from nbjudge.grading.notebook.submission import entries, path_within
from nbjudge.grading.run.limits import ReadingLimits

# What of this package decides a mark, beside the checks themselves.
JUDGING = (
    "nbjudge.checking",
    "nbjudge.grading.notebook",
    "nbjudge.grading.run",
    "nbjudge.grading.sandbox",
)


def tree_digest(folder):
    """A hash of all that is in a folder, names and contents; links are not followed, but told."""
    digest = hashlib.sha256()
    for name, status in entries(folder):
        path, kind = path_within(folder, name), stat.S_IFMT(status.st_mode) if status else 0
        content = b""
        if kind == stat.S_IFREG:
            content = _digest_of(path, status)
        elif kind == stat.S_IFLNK:
            content = os.fsencode(os.readlink(path))
        for part in (os.fsencode(name), kind.to_bytes(4), content):
            digest.update(len(part).to_bytes(4) + part)
    return digest.hexdigest()


def file_digest(path):
    """The hash of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _digest_of(path, status):
    """The hash of a file's content; of one too large to be read by grading, what is told of it."""
    if status.st_size > ReadingLimits.max_file:
        return f"{status.st_size} {status.st_mtime_ns}".encode()
    try:
        return file_digest(path)
    except OSError:
        return b""


@functools.cache
def package_digest(checks):
    """A hash of what decides a mark, where ``checks`` names the package of the checks.

    It is their code and data, the code that judges, and what these import of their own packages.
    Raises CourseError if there is no such package.
    """
    digest = hashlib.sha256()
    for name, path in sorted(_deciding(checks).items()):
        digest.update(name.encode() + file_digest(path))
    return digest.hexdigest()


def _deciding(checks):
    """The files that decide a mark, by the names of their modules, and data by its path."""
    roots = (checks, *JUDGING)
    tops = {root.split(".")[0] for root in roots}
    found, waiting = {}, [name for root in roots for name in _all_modules(root)]
    while waiting:
        name = waiting.pop()
        path = _file(name) if name.split(".")[0] in tops else None
        if path and name not in found:
            found[name] = path
            # An import runs the packages that the module is in, too.
            waiting += [name.rpartition(".")[0], *_imports(name, path)]
    return found | {str(path.relative_to(_place(checks))): path for path in _data(checks)}


def _all_modules(package):
    """The names of a package, or a module, and of all modules within it."""
    place = _place(package)
    inside = [path.relative_to(place).with_suffix("") for path in place.rglob("*.py")]
    return [package, *(".".join([package, *p.parts]).removesuffix(".__init__") for p in inside)]


def _data(package):
    files = filter(Path.is_file, _place(package).rglob("*"))
    return [path for path in files if path.suffix not in (".py", ".pyc")]


def _file(module):
    """The file of a module of this name, or None."""
    place = _place(module)
    for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if path.is_file():
            return path
    return None


def _place(name):
    """The folder of a package, and where it would be of anything else; nothing is imported."""
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    if not (spec and spec.submodule_search_locations):
        raise CourseError(f"There is no package {top} here, which {name} is to be found in.")
    return Path(spec.submodule_search_locations[0], *rest)


def _imports(name, path):
    """The names of what a module may import, also in its functions; b of ``from a import b``."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from [module, *(f"{module}.{alias.name}" for alias in node.names)]


def _digest_of(path, status):
    """The hash of a file's content; of one too large to be read by grading, what is told of it."""
    if status.st_size > ReadingLimits.max_file:
        return f"{status.st_size} {status.st_mtime_ns}".encode()
    try:
        return file_digest(path)
    except OSError:
        return b""
