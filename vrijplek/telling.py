"""Telling: the words and the exit code for each error that a command is bound to meet."""

import sqlite3

from api.finder import GateClosedError
from api.people.database import OtherVersionError
from api.people.vault import VaultKeyError
from ingest.journal import NewerDatabaseError
from ingest.seal import DamagedError
from vrijplek.building import BuildingError
from vrijplek.errors import EXIT_PROBLEMS, EXIT_USAGE, CommandError, FileProblemsError

EXPECTED = (
    BuildingError,
    CommandError,
    GateClosedError,
    OtherVersionError,
    VaultKeyError,
    DamagedError,
    NewerDatabaseError,
    sqlite3.Error,
    OSError,
)
"""What ends a command with a text rather than with a traceback."""


def told(error: Exception) -> tuple[str, int]:
    """What to tell people of an error, and the exit code.

    Raises:
        OSError: If it names no file, so that nobody expected it.
    """
    match error:
        case FileProblemsError() | BuildingError():
            return str(error), EXIT_PROBLEMS
        case CommandError():
            return f"vrijplek: {error}", error.exit_code
        case OSError():
            if error.filename is None:
                raise error
            return f"vrijplek: {error.filename}: {error.strerror or error}", EXIT_USAGE
        case _:
            return f"vrijplek: {_mended(error)}", EXIT_PROBLEMS


def _mended(error: Exception) -> str:
    match error:
        case DamagedError():
            return (
                f"{error}; nothing was changed. Put a backup in its place (`vrijplek restore`), or "
                "move the file aside: states then begin as unknown, and boards send what was not "
                "acknowledged"
            )
        case NewerDatabaseError():
            return f"{error}; start the version that made it, or put a backup in its place"
        case VaultKeyError():
            return f"{error}; put the file back, or move it aside and enter the keys again"
        case sqlite3.Error():
            return f"the database can't be used: {error}; `vrijplek doctor` looks at it"
        case _:
            return str(error)
