"""What is changed of nbgrader 0.9.6 and its libraries from outside, and why: all of it is here.

Each can go when the version it names has been left behind; nothing but time and noise depends on
them.
"""

import contextlib
import functools
import os
import sys
import sysconfig
import warnings


def leave_out_rfc3987():
    """Let jsonschema do without a parser of addresses in foreign letters.

    nbformat 5.10 imports jsonschema 4.25, which imports rfc3987_syntax if it is installed: a second
    of processor time in each process. No notebook's schema has such addresses.
    """
    sys.modules.setdefault("rfc3987_syntax", None)


def find_scripts():
    """Put this environment's scripts on the PATH: nbgrader 0.9.6 calls alembic by its name."""
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + path


@contextlib.contextmanager
def quiet():
    """Without warnings that are nbgrader's own affair: of its queries, of cells without an id."""
    from nbformat.warnings import MissingIDFieldWarning
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        warnings.simplefilter("ignore", MissingIDFieldWarning)
        yield


@contextlib.contextmanager
def one_engine():
    """One database engine for all the times that nbgrader 0.9.6 opens one, a dozen a submission.

    What an engine has learnt of nbgrader's queries is most of what they cost. And that the tables
    are there need not be asked of it again.
    """
    from nbgrader import api

    make, tables = api.create_engine, api.Base.metadata
    api.create_engine = functools.cache(make)
    tables.create_all = functools.cache(tables.create_all)
    try:
        yield
    finally:
        api.create_engine = make
        del tables.create_all
