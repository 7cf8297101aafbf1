"""Spare tags: badges and phones that nobody has, set aside for calibration.

Owns their table, beside the journal. A spare tag is heard during a walk and at no other time.
"""

import sqlite3

from ingest.transaction import transaction
from occupancy.calibration import Spare
from sensors.tag import Tag

SCHEMA = """
CREATE TABLE IF NOT EXISTS spare_tag (name TEXT PRIMARY KEY, tag TEXT NOT NULL UNIQUE) STRICT;
"""


class SpareTags:
    """Tags set aside, in one SQLite database.

    Args:
        connection: In autocommit mode (``isolation_level=None``), used by one thread at a time.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.executescript(SCHEMA)

    def all(self) -> tuple[Spare, ...]:
        """Each of them, by name."""
        rows = self.connection.execute("SELECT name, tag FROM spare_tag ORDER BY name").fetchall()
        return tuple(Spare(name, Tag(tag)) for name, tag in rows)

    def add(self, spare: Spare) -> None:
        """Set a tag aside, in the place of one with the same name."""
        with transaction(self.connection):
            self.connection.execute(
                "DELETE FROM spare_tag WHERE name = ? OR tag = ?", (spare.name, spare.tag)
            )
            self.connection.execute("INSERT INTO spare_tag VALUES (?, ?)", (spare.name, spare.tag))

    def remove(self, name: str) -> bool:
        """Set a tag aside no more; whether there was one with this name."""
        with transaction(self.connection):
            gone = self.connection.execute("DELETE FROM spare_tag WHERE name = ?", (name,))
        return gone.rowcount > 0
