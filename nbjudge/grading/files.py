"""Writing files of the course so that a stop at any point leaves the old one or the new one."""

import os


def write_whole(path, content):
    """Write bytes to a file, whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
