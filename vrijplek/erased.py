"""The erased: persons who were removed, as hashes of their ids, so that no backup brings them back.

Lies beside history and not with the persons: who restores those must not restore the list too.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from occupancy.store.sqlite import open_database

TABLE = "erased"
SCHEMA = f"CREATE TABLE IF NOT EXISTS {TABLE} (hash BLOB PRIMARY KEY, at_ms INTEGER) STRICT"


class Erased:
    """The list in one database.

    Args:
        connection: In autocommit mode.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute(SCHEMA)

    def add(self, person_id: str, at_ms: int) -> None:
        """Put a person on it, for good.

        Args:
            person_id: A random id, which says nothing of the person.
            at_ms: When, ms UTC.
        """
        self.connection.execute(
            f"INSERT OR IGNORE INTO {TABLE} VALUES (?, ?)",  # noqa: S608 - ours
            (_hash(person_id), at_ms),
        )

    def __contains__(self, person_id: str) -> bool:
        """Whether a person is on it."""
        query = f"SELECT 1 FROM {TABLE} WHERE hash = ?"  # noqa: S608 - ours
        return self.connection.execute(query, (_hash(person_id),)).fetchone() is not None

    def take(self, others: Path) -> None:
        """Take over what the list in another database has; nothing where that can't be read."""
        try:
            with closing(open_database(others, read_only=True)) as there:
                rows = there.execute(f"SELECT hash, at_ms FROM {TABLE}").fetchall()  # noqa: S608
        except sqlite3.Error:
            return
        self.connection.executemany(f"INSERT OR IGNORE INTO {TABLE} VALUES (?, ?)", rows)  # noqa: S608


@contextmanager
def erased_in(state: Path) -> Iterator[Erased]:
    """The list of a state folder, made where there is none."""
    with closing(open_database(state / "vrijplek.sqlite")) as connection:
        yield Erased(connection)


def _hash(person_id: str) -> bytes:
    return hashlib.sha256(person_id.encode()).digest()
