"""Private files: for the owner alone, and never half written."""

import os
from pathlib import Path


def write_private(path: Path, content: str | bytes) -> None:
    """Put a file in its place as a whole; a kill in between leaves the old one.

    Args:
        path: Where; its folder is there.
        content: All of it, as text or bytes.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
