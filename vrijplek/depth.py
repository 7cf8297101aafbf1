"""Depth: how much a start would have to fold, and how large the files are, read beside the writer.

Knows no reading: only numbers of rows, times and bytes.
"""

import os
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from occupancy.store.sqlite import open_database

QUERY = """
SELECT coalesce((SELECT max(id) FROM journal), 0) - coalesce(max(journal_id), 0),
       coalesce(max(at_ms), 0)
FROM snapshot
"""


@dataclass(frozen=True, slots=True)
class Depth:
    """What lies on disk at a moment."""

    rows: int
    """Of the journal, behind the last snapshot."""
    snapshot_ms: int
    """When that was made, ms UTC; 0 where there is none."""
    database_bytes: int
    log_bytes: int
    """Of the write-ahead log."""


class DepthGauge:
    """Measures a database that another connection writes; any thread may ask.

    Args:
        database: A file that a journal has been opened in.

    Raises:
        sqlite3.Error: If it can't be read.
    """

    def __init__(self, database: Path) -> None:
        self.database = database
        self.connection = open_database(database, read_only=True)
        self._one = threading.Lock()

    def now(self) -> Depth | None:
        """The depth, None while it can't be read."""
        try:
            with self._one:
                rows, snapshot_ms = self.connection.execute(QUERY).fetchone()
        except sqlite3.Error:
            return None
        log = self.database.with_name(self.database.name + "-wal")
        return Depth(rows, snapshot_ms, _bytes(self.database), _bytes(log))

    def free_bytes(self) -> int:
        """What is left on the disk for whoever writes."""
        found = os.statvfs(self.database.parent)
        return found.f_bavail * found.f_frsize


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
