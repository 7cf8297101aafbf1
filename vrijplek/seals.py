"""Looking through a database for what does not match its checksum."""

import sqlite3

from ingest.journal import SEALED, VERSION
from ingest.seal import DamagedError, opened

OPTIONAL = {"outbox"}
"""Tables with sealed bodies that not every database has."""


def first_damage(connection: sqlite3.Connection) -> str:
    """Where the first damaged value is, empty where there is none, or none has a checksum yet.

    Raises:
        sqlite3.Error: If a table can't be read.
    """
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    if version != VERSION:
        return ""
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = {name for (name,) in connection.execute(query)}
    for table, column in [*SEALED, *((name, "body") for name in OPTIONAL & tables)]:
        query = f"SELECT rowid, {column} FROM {table}"  # noqa: S608 - ours
        for row, body in connection.execute(query):
            try:
                opened(body, f"row {row} of {table}")
            except DamagedError as error:
                return error.where
    return ""
