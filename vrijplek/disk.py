"""The disk of a service: its database, and every connection to it that one process needs."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ingest.journal import Journal
from ingest.soundness import make_sure
from occupancy.store.aggregates import SqliteAggregates
from occupancy.store.sqlite import SqliteHistory, open_database
from vrijplek.depth import DepthGauge

WRITER_WAITS_MS = 1_000
"""For another program that writes, before the pipeline's patience begins, which can be ended."""


@dataclass(frozen=True, slots=True)
class Disk:
    """One database, opened for all who work with it."""

    database: Path
    writer: sqlite3.Connection
    """The pipeline's."""
    beside: sqlite3.Connection
    """For the threads of the API that write: calibration."""
    reader: sqlite3.Connection
    journal: Journal
    past: SqliteHistory
    """Where the pipeline writes transitions."""
    recent: SqliteHistory
    """Where the API reads them."""
    counted: SqliteAggregates
    """Where the pipeline keeps counts of areas."""
    told: SqliteAggregates
    """Where the API reads them."""
    depth: DepthGauge

    @classmethod
    def opened(cls, database: Path) -> "Disk":
        """The database in a file, made where there is none.

        Raises:
            sqlite3.Error: If it can't be opened.
            DamagedError, NewerDatabaseError: If it must not be believed.
        """
        writer, beside = open_database(database), open_database(database)
        writer.execute(f"PRAGMA busy_timeout = {WRITER_WAITS_MS}")
        make_sure(writer)
        journal, past, counted = Journal(writer), SqliteHistory(writer), SqliteAggregates(writer)
        reader = open_database(database, read_only=True)
        recent = SqliteHistory(reader, read_only=True)
        told, depth = SqliteAggregates(reader, read_only=True), DepthGauge(database)
        return cls(database, writer, beside, reader, journal, past, recent, counted, told, depth)

    def close(self) -> None:
        """Close every connection."""
        for connection in (self.writer, self.beside, self.reader, self.depth.connection):
            connection.close()
