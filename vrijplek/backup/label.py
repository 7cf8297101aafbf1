"""The label of a backup: a table in the file that says what it is a copy of, and when.

A file without it is no backup, whatever else it may be, and is never put back or overwritten.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vrijplek.errors import CommandError, UsageError

TABLE = "vrijplek_backup"


class Kind(StrEnum):
    """Which database a backup is of."""

    PLACES = "vrijplek"
    """Journal, history, walks; no person."""
    PEOPLE = "people"
    """Persons: personal data."""

    @property
    def file(self) -> str:
        """Its name in the state folder."""
        return f"{self.value}.sqlite"


@dataclass(frozen=True, slots=True)
class Label:
    """What a backup is."""

    kind: Kind
    made_ms: int
    """By the wall clock of the machine that made it, ms UTC."""
    software: str
    """Version that made it."""


class NoBackupError(CommandError):
    """A file is no backup that can be put back."""

    def __init__(self, file: Path, found: str) -> None:
        self.file, self.found = file, found
        super().__init__(
            f"{file}: found {found}, expected a whole file that `vrijplek backup` has made; "
            "nothing was changed. Take another copy"
        )


def write(connection: sqlite3.Connection, label: Label) -> None:
    """Label the database of a connection."""
    connection.execute(f"CREATE TABLE {TABLE} (kind TEXT, made_ms INTEGER, software TEXT)")
    values = (label.kind.value, label.made_ms, label.software)
    connection.execute(f"INSERT INTO {TABLE} VALUES (?, ?, ?)", values)  # noqa: S608 - ours


def read(file: Path) -> Label:
    """What a backup says of itself.

    Raises:
        UsageError: If there is no such file, or it can't be read.
        NoBackupError: If it is none.
    """
    with reading(file) as connection:
        rows = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchall()
        if not rows:
            raise NoBackupError(file, "a database that is no backup")
        found = connection.execute(
            f"SELECT kind, made_ms, software FROM {TABLE}"  # noqa: S608 - ours
        ).fetchone()
    kind, made_ms, software = found or ("nothing", 0, "")
    if kind not in set(Kind):
        raise NoBackupError(file, f"a backup of {kind!r}")
    return Label(Kind(kind), made_ms, software)


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that only reads a file that nobody writes.

    Raises:
        UsageError: If there is no such file, or it can't be read.
        NoBackupError: If SQLite can't make anything of it.
    """
    try:
        with file.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from error
    try:
        uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise NoBackupError(file, f"a file of which SQLite says: {error}") from error
