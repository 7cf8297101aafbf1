"""Setting aside what a backup takes the place of, so that a restore can be undone."""

import itertools
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from ingest.seal import DamagedError, opened, sealed
from occupancy.snapshot import without_tags
from occupancy.store.sqlite import open_database


def set_aside(file: Path, stamp: str) -> Path | None:
    """Give a database a second, dated name; None where there is none.

    Its own name stays, until another file is put in its place in one step. Its log is written into
    it first. Where that fails, the log goes aside as well: SQLite would take it for the new file's.
    """
    if not file.exists():
        return None
    kept = _free_name(file, stamp)
    try:
        with closing(open_database(file)) as connection:
            _forget_whereabouts(connection)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error:
        pass  # it is damaged, which is why it is replaced
    for part in ("-wal", "-shm"):
        beside = file.with_name(file.name + part)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + part))
    os.link(file, kept)
    return kept


def _free_name(file: Path, stamp: str) -> Path:
    for number in itertools.count(1):
        more = f"-{number}" if number > 1 else ""
        kept = file.with_name(f"{file.stem}-before-{stamp}{more}{file.suffix}")
        if not kept.exists():
            return kept
    raise AssertionError


def _forget_whereabouts(connection: sqlite3.Connection) -> None:
    """A service that was killed has left some; nobody would purge them here."""
    with suppress(sqlite3.Error, DamagedError, ValueError):
        connection.execute("DELETE FROM sightings")
        query = "SELECT estimator FROM snapshot"
        for (estimator,) in connection.execute(query).fetchall():
            bare = sealed(without_tags(opened(estimator, "the snapshot")))
            connection.execute("UPDATE snapshot SET estimator = ?", (bare,))
