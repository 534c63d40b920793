"""What is changed from outside in nbgrader and its libraries, and why.

Each can go when the version that it names is left behind. No mark depends on any of them.
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
