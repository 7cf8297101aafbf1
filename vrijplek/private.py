"""Private files: for the owner alone or also for one group, and never half written."""

import os
from pathlib import Path


def write_private(path: Path, content: str | bytes, *, group: int | None = None) -> None:
    """Put a file in its place as a whole; a kill in between leaves the old one.

    Args:
        path: Where; its folder is there.
        content: All of it, as text or bytes.
        group: Number of a group that may read it too; without one the owner alone may.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if group is not None:
                os.fchown(descriptor, -1, group)
                os.fchmod(descriptor, 0o640)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
