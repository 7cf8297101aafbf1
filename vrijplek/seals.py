"""Looking through a database for what does not match its checksum."""

import sqlite3

from ingest.journal import SEALED, VERSION
from ingest.seal import DamagedError, opened


def first_damage(connection: sqlite3.Connection) -> str:
    """Where the first damaged value is, empty where there is none, or none has a checksum yet.

    Raises:
        sqlite3.Error: If a table can't be read.
    """
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    if version != VERSION:
        return ""
    for table, column in SEALED:
        query = f"SELECT rowid, {column} FROM {table}"  # noqa: S608 - ours
        for row, body in connection.execute(query):
            try:
                opened(body, f"row {row} of {table}")
            except DamagedError as error:
                return error.where
    return ""
