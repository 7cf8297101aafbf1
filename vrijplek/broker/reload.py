"""Having a broker that runs read its files again, by the signal that mosquitto takes for it."""

import os
import signal
from pathlib import Path

from vrijplek.errors import CommandError


def have_reloaded(pid_file: Path) -> None:
    """Send SIGHUP to the process whose number a file holds.

    Raises:
        CommandError: If the file holds none, or there is no such process, or it is not ours to ask.
        OSError: If the file can't be read.
    """
    number = pid_file.read_text(encoding="utf-8").strip()
    if not (number.isdecimal() and int(number) > 1 and _was_asked(int(number))):
        raise CommandError(
            f"{pid_file} names no broker that we can reach; what was changed is in the broker's "
            "files, and counts once it has read them"
        )


def _was_asked(process: int) -> bool:
    try:
        os.kill(process, signal.SIGHUP)
    except (ProcessLookupError, PermissionError, OverflowError):
        return False
    return True
