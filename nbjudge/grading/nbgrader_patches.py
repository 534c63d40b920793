"""What is changed from outside in nbgrader and its libraries, and why.

Each can go when the version that it names is left behind. No mark depends on any of them.
"""

import contextlib
import functools
import os
import sqlite3
import sys
import sysconfig
import warnings


def leave_out_rfc3987():
    """Let jsonschema do without a parser of addresses in foreign letters.

    nbformat 5.10 imports jsonschema 4.25, which imports rfc3987_syntax if it is installed: a second
    of processor time in each process. No notebook's schema has such addresses.
    """
    sys.modules.setdefault("rfc3987_syntax", None)


# How long a command or formgrader waits for a gradebook that another writes to.
LOCKED_SECONDS = 60


def wait_for_gradebook():
    """Have a locked SQLite gradebook waited for.

    SQLAlchemy waits 5 s; then nbgrader 0.9.6 takes what it was at for a failure of the submission.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if not event.contains(Engine, "connect", _be_patient):
        event.listen(Engine, "connect", _be_patient)


def _be_patient(connection, _):
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"PRAGMA busy_timeout = {LOCKED_SECONDS * 1000}")


def find_scripts():
    """Put this environment's scripts on the PATH: nbgrader 0.9.6 calls alembic by its name."""
    scripts, path = sysconfig.get_path("scripts"), os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + path


@contextlib.contextmanager
def quiet():
    """Without SQLAlchemy's warnings of how nbgrader 0.9.6 makes a new submission's rows."""
    from sqlalchemy.exc import SAWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


@contextlib.contextmanager
def one_engine():
    """One database engine for all the times that nbgrader 0.9.6 opens one, 16 a submission.

    What an engine has learnt of nbgrader's queries is two fifths of what recording a submission
    costs.
    """
    from nbgrader import api

    make = api.create_engine
    api.create_engine = functools.cache(make)
    try:
        yield
    finally:
        api.create_engine = make
