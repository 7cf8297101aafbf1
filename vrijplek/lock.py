"""The lock on the state folder: one service at a time works in it."""

import fcntl
import os
from pathlib import Path

from vrijplek.errors import AlreadyRunningError


class StateLock:
    """Held from now until the process ends, however it ends.

    Args:
        state: The folder; made, for its owner alone, where there is none.

    Raises:
        AlreadyRunningError: If another process holds it.
    """

    def __init__(self, state: Path) -> None:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY
        self._file = os.fdopen(os.open(state / "lock", flags, 0o600), "a", encoding="utf-8")
        # One that an earlier version left may be open to others.
        os.fchmod(self._file.fileno(), 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise AlreadyRunningError(state) from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let another have it."""
        self._file.close()
