"""The journal: entries and ticks on disk, in the order in which they were folded.

One batch is one transaction. Owns the tables in `schema.sql`; the connection, and with it the
file, is given. Sightings lie apart, so that they can go after 15 minutes while the rest stays.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ingest.transaction import transaction
from sensors.entry import Entry
from sensors.ledger import Gap
from sensors.reading import Sighting
from sensors.rejected import Rejected

SIGHTINGS_KEPT_MS = 15 * 60 * 1000
RAW_KEPT_MS = 7 * 24 * 3_600_000
QUARANTINE_ROWS = 1000
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


_Apart = tuple[tuple[int, tuple[Sighting, ...]], ...]
_page = msgspec.msgpack.Decoder(Page)
_apart = msgspec.msgpack.Decoder(_Apart)


class Journal:
    """The journal in one SQLite database.

    Args:
        connection: In autocommit mode (``isolation_level=None``), used by one thread at a time.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.executescript(SCHEMA.read_text())

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
        body = msgspec.msgpack.encode(Page(lean, page.tick_ms))
        cursor = self.connection.execute(
            "INSERT INTO journal (at_ms, body) VALUES (?, ?)", (at_ms, body)
        )
        journal_id = int(cursor.lastrowid or 0)
        if apart:
            self.connection.execute(
                "INSERT INTO sightings (journal_id, at_ms, body) VALUES (?, ?, ?)",
                (journal_id, at_ms, msgspec.msgpack.encode(apart)),
            )
        return journal_id

    def after(self, journal_id: int) -> Iterator[tuple[int, Page]]:
        """All pages behind an id in order, with what is left of their sightings."""
        rows = self.connection.execute(
            "SELECT j.id, j.body, s.body FROM journal j LEFT JOIN sightings s"
            " ON s.journal_id = j.id WHERE j.id > ? ORDER BY j.id",
            (journal_id,),
        )
        for found_id, body, apart in rows:
            page = _page.decode(body)
            entries = _with_sightings(page.entries, apart) if apart else page.entries
            yield found_id, Page(entries, page.tick_ms)

    def refuse(self, refusals: Iterable[Rejected], at_ms: int) -> None:
        """Keep refusals in quarantine; beyond `QUARANTINE_ROWS` the oldest go."""
        rows = [
            (at_ms, r.reason, r.detail, r.family, r.board, r.length_bytes, r.excerpt)
            for r in refusals
        ][-QUARANTINE_ROWS:]
        if not rows:
            return
        self.connection.executemany(
            "INSERT INTO quarantine (at_ms, reason, detail, family, board, length_bytes, excerpt)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self.connection.execute(
            "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
            (QUARANTINE_ROWS,),
        )

    def lose(self, gaps: Sequence[Gap]) -> None:
        """Write down what never came; the same gap twice is one row."""
        self.connection.executemany(
            "INSERT OR IGNORE INTO gaps (board, boot, first, last, noticed_ms)"
            " VALUES (?, ?, ?, ?, ?)",
            [(g.board, g.boot, g.first, g.last, g.noticed_ms) for g in gaps],
        )

    def keep(self, snapshot: Snapshot) -> None:
        """Put a snapshot in the place of the last one."""
        self.connection.execute(
            "INSERT OR REPLACE INTO snapshot (id, journal_id, at_ms, memory, estimator)"
            " VALUES (1, ?, ?, ?, ?)",
            (snapshot.journal_id, snapshot.at_ms, snapshot.memory, snapshot.estimator),
        )

    def snapshot(self) -> Snapshot | None:
        """The last snapshot, None in a new journal."""
        row = self.connection.execute(
            "SELECT journal_id, at_ms, memory, estimator FROM snapshot"
        ).fetchone()
        return Snapshot(*row) if row else None

    def purge(self, now_ms: int) -> None:
        """Delete what is past its time: sightings, and readings that a snapshot covers."""
        self.connection.execute(
            "DELETE FROM sightings WHERE at_ms < ?", (now_ms - SIGHTINGS_KEPT_MS,)
        )
        self.connection.execute(
            "DELETE FROM journal WHERE at_ms < ? AND id <= (SELECT journal_id FROM snapshot)",
            (now_ms - RAW_KEPT_MS,),
        )


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
