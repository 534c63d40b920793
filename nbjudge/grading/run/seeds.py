"""The secret of a class, and the inputs of each student's checks that follow from it."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from sqlalchemy.engine import make_url

NAME = "grading_secret"


def secret_path(db_url, root):
    """Where the secret lies: beside a gradebook that is a file, else in the course folder."""
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).resolve().parent / NAME
    return Path(root) / NAME


def class_secret(path):
    """The secret in the file ``path``, made if there is none, readable by its owner alone.

    Raises ValueError if the file holds something else: marks would change with a new secret.
    """
    if not path.exists():
        _make(path)
    secret = bytes.fromhex(path.read_text())
    if len(secret) != 32:
        raise ValueError(f"{path} does not hold a secret of 32 bytes in hexadecimal.")
    path.chmod(0o600)
    return secret


def student_seed(secret, assignment, student, handed_in):
    """The seed of one student's checks in one assignment.

    handed_in: texts and bytes of what was handed in. The same of it is judged by the same inputs at
    every grading; other code by others, so that inputs noted at a first hand-in are of no use.
    """
    seed = hmac.new(secret, digestmod=hashlib.sha256)
    for part in (assignment, student, *handed_in):
        content = part if isinstance(part, bytes) else part.encode()
        seed.update(len(content).to_bytes(8) + content)
    return int.from_bytes(seed.digest()[:16], "big")


def _make(path):
    """Write a new secret whole, or leave the one that another process wrote meanwhile."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
