"""The journal: entries and ticks on disk, in the order in which they were folded.

One batch is one transaction. Owns the tables in `schema.sql`; the connection, and with it the
file, is given. Sightings lie apart, so that they can go after 15 minutes while the rest stays.
Each body has its checksum before it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ingest.losses import Losses
from ingest.seal import opened, seal_all, sealed
from ingest.transaction import transaction
from sensors.entry import Entry
from sensors.reading import Sighting

SIGHTINGS_KEPT_MS = 15 * 60 * 1000
RAW_KEPT_MS = 7 * 24 * 3_600_000
VERSION = 1
"""Of the schema, in SQLite's `user_version`; 0 kept bodies without a checksum."""
SEALED = [
    ("journal", "body"),
    ("sightings", "body"),
    ("snapshot", "memory"),
    ("snapshot", "estimator"),
]
SCHEMA = Path(__file__).with_name("schema.sql")


class Page(msgspec.Struct, frozen=True, array_like=True):
    """What was folded in one step: entries first, then a tick where there is one."""

    entries: tuple[Entry, ...] = ()
    tick_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the fold stood after a page."""

    journal_id: int
    at_ms: int
    memory: bytes
    estimator: bytes


class NewerDatabaseError(Exception):
    """The database was made by a later version of the software."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"found database version {version}, expected at most {VERSION}")


_Apart = tuple[tuple[int, tuple[Sighting, ...]], ...]
_page = msgspec.msgpack.Decoder(Page)
_apart = msgspec.msgpack.Decoder(_Apart)


class Journal:
    """The journal in one SQLite database.

    Args:
        connection: In autocommit mode (``isolation_level=None``), used by one thread at a time.

    Raises:
        NewerDatabaseError: If a later version of the software made it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.losses = Losses(connection)
        [(version,)] = connection.execute("PRAGMA user_version")
        if version > VERSION:
            raise NewerDatabaseError(version)
        connection.executescript(SCHEMA.read_text())
        if version < VERSION:
            self._upgrade()

    def _upgrade(self) -> None:
        """Bring what an earlier version kept to this one, all at once or not at all."""
        with self.transaction():
            seal_all(self.connection, SEALED)
            self.connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on disk when the block ends."""
        with transaction(self.connection):
            yield

    def empty_log(self) -> None:
        """Empty the write-ahead log, which still holds what was deleted; outside a transaction."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def append(self, page: Page, at_ms: int) -> int:
        """Add a page; its id."""
        lean, apart = _without_sightings(page.entries)
        body = sealed(msgspec.msgpack.encode(Page(lean, page.tick_ms)))
        cursor = self.connection.execute(
            "INSERT INTO journal (at_ms, body) VALUES (?, ?)", (at_ms, body)
        )
        journal_id = int(cursor.lastrowid or 0)
        if apart:
            self.connection.execute(
                "INSERT INTO sightings (journal_id, at_ms, body) VALUES (?, ?, ?)",
                (journal_id, at_ms, sealed(msgspec.msgpack.encode(apart))),
            )
        return journal_id

    def after(self, journal_id: int) -> Iterator[tuple[int, Page]]:
        """All pages behind an id in order, with what is left of their sightings.

        Raises:
            DamagedError: At a page that is not what was written.
        """
        rows = self.connection.execute(
            "SELECT j.id, j.body, s.body FROM journal j LEFT JOIN sightings s"
            " ON s.journal_id = j.id WHERE j.id > ? ORDER BY j.id",
            (journal_id,),
        )
        for found_id, body, apart in rows:
            where = f"row {found_id} of the journal"
            page = _page.decode(opened(body, where))
            entries = page.entries
            if apart is not None:
                entries = _with_sightings(entries, opened(apart, f"the sightings of {where}"))
            yield found_id, Page(entries, page.tick_ms)

    def pause_ms(self, at_ms: int) -> int | None:
        """How long nothing was written around a moment, ms; None if never before or after it."""
        [(before_ms, after_ms)] = self.connection.execute(
            "SELECT (SELECT max(at_ms) FROM journal WHERE at_ms < :at),"
            " (SELECT min(at_ms) FROM journal WHERE at_ms >= :at)",
            {"at": at_ms},
        )
        return None if before_ms is None or after_ms is None else int(after_ms - before_ms)

    def keep(self, snapshot: Snapshot) -> None:
        """Put a snapshot in the place of the last one."""
        self.connection.execute(
            "INSERT OR REPLACE INTO snapshot (id, journal_id, at_ms, memory, estimator)"
            " VALUES (1, ?, ?, ?, ?)",
            (
                snapshot.journal_id,
                snapshot.at_ms,
                sealed(snapshot.memory),
                sealed(snapshot.estimator),
            ),
        )

    def snapshot(self) -> Snapshot | None:
        """The last snapshot, None in a new journal.

        Raises:
            DamagedError: If it is not what was written.
        """
        row = self.connection.execute(
            "SELECT journal_id, at_ms, memory, estimator FROM snapshot"
        ).fetchone()
        if row is None:
            return None
        journal_id, at_ms, memory, estimator = row
        where = "the snapshot"
        return Snapshot(journal_id, at_ms, opened(memory, where), opened(estimator, where))

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever written here."""
        return not self.connection.execute("SELECT 1 FROM sqlite_sequence").fetchone()

    def shed(self) -> int:
        """Delete all readings that a snapshot covers, however new, to make room; pages gone."""
        words = "DELETE FROM journal WHERE id <= (SELECT journal_id FROM snapshot)"
        return self.connection.execute(words).rowcount

    def purge(self, now_ms: int) -> None:
        """Delete what is past its time: sightings, and readings that a snapshot covers."""
        self.connection.execute(
            "DELETE FROM sightings WHERE at_ms < ?", (now_ms - SIGHTINGS_KEPT_MS,)
        )
        self.connection.execute(
            "DELETE FROM journal WHERE at_ms < ? AND id <= (SELECT journal_id FROM snapshot)",
            (now_ms - RAW_KEPT_MS,),
        )
        self.losses.purge(now_ms)


def _without_sightings(entries: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], _Apart]:
    """Entries without sightings, and the sightings with the position of their entry."""
    lean: list[Entry] = []
    apart: list[tuple[int, tuple[Sighting, ...]]] = []
    for position, entry in enumerate(entries):
        seen = tuple(r for r in entry.readings if isinstance(r, Sighting))
        if seen:
            apart.append((position, seen))
            others = tuple(r for r in entry.readings if not isinstance(r, Sighting))
            lean.append(Entry(entry.board, entry.received_ms, others, entry.stamp))
        else:
            lean.append(entry)
    return tuple(lean), tuple(apart)


def _with_sightings(entries: tuple[Entry, ...], apart: bytes) -> tuple[Entry, ...]:
    whole = list(entries)
    for position, seen in _apart.decode(apart):
        lean = whole[position]
        whole[position] = Entry(lean.board, lean.received_ms, (*lean.readings, *seen), lean.stamp)
    return tuple(whole)
