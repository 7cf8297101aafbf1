"""The store of calibration walks: tables of their own beside the journal.

Owns what is on disk of walks. No row names a tag or a person. The connection is given; one thread
at a time uses it.
"""

import sqlite3
from collections.abc import Sequence

import msgspec

from ingest.transaction import transaction
from occupancy.calibration import Heard, Moved, Outline, Visit, Walk

SCHEMA = """
CREATE TABLE IF NOT EXISTS walk (
    id TEXT PRIMARY KEY,
    begin_ms INTEGER NOT NULL,
    end_ms INTEGER                   -- NULL while it is going on
) STRICT;
CREATE TABLE IF NOT EXISTS walk_visit (
    walk TEXT NOT NULL, place TEXT NOT NULL, begin_ms INTEGER NOT NULL,
    end_ms INTEGER                   -- NULL while it is going on
) STRICT;
CREATE TABLE IF NOT EXISTS walk_heard (
    walk TEXT NOT NULL, scanner TEXT NOT NULL, event_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, strength_db REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS walk_moved (
    walk TEXT NOT NULL, channel TEXT NOT NULL, event_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, is_on INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS walk_revision (
    id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS walk_heard_of ON walk_heard (walk);
CREATE INDEX IF NOT EXISTS walk_moved_of ON walk_moved (walk);
INSERT OR IGNORE INTO walk_revision VALUES (1, 0);
"""
PARTS = ("walk_visit", "walk_heard", "walk_moved")
STILL_OPEN = "WHERE EXISTS (SELECT 1 FROM walk WHERE id = ? AND end_ms IS NULL)"


class CalibrationStore:
    """Walks in one SQLite database.

    Args:
        connection: In autocommit mode (``isolation_level=None``).
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.executescript(SCHEMA)

    def begin(self, walk_id: str, now_ms: int) -> None:
        """Write down that a walk began."""
        with transaction(self.connection):
            self.connection.execute("INSERT INTO walk VALUES (?, ?, NULL)", (walk_id, now_ms))

    def move(self, walk_id: str, ended_ms: int, place: str | None, now_ms: int) -> None:
        """End the open stay of a walk at one moment and begin the next at another.

        Args:
            walk_id: Which walk.
            ended_ms: When the open stay ended, ms UTC.
            place: Of the next stay; None on the way.
            now_ms: When that begins, ms UTC.
        """
        with transaction(self.connection):
            self._close(walk_id, ended_ms)
            if place is not None:
                self.connection.execute(
                    "INSERT INTO walk_visit VALUES (?, ?, ?, NULL)", (walk_id, place, now_ms)
                )

    def finish(self, walk_id: str, ended_ms: int, now_ms: int) -> None:
        """End a walk; nothing more is added to it. One without a stay is forgotten."""
        with transaction(self.connection):
            self._close(walk_id, ended_ms)
            stays = self.connection.execute("SELECT 1 FROM walk_visit WHERE walk = ?", (walk_id,))
            if stays.fetchone() is None:
                self._forget(walk_id)
            self.connection.execute("UPDATE walk SET end_ms = ? WHERE id = ?", (now_ms, walk_id))
            self._change()

    def take(self, walk_id: str, heard: Sequence[Heard], moved: Sequence[Moved]) -> None:
        """Add to a walk that is going on, inside the caller's transaction."""
        self.connection.executemany(
            f"INSERT INTO walk_heard SELECT ?, ?, ?, ?, ? {STILL_OPEN}",
            [
                (walk_id, h.scanner, h.event_ms, h.received_ms, h.strength_db, walk_id)
                for h in heard
            ],
        )
        self.connection.executemany(
            f"INSERT INTO walk_moved SELECT ?, ?, ?, ?, ? {STILL_OPEN}",
            [(walk_id, m.channel, m.event_ms, m.received_ms, m.on, walk_id) for m in moved],
        )

    def end_open(self) -> int:
        """End the walks that a stop of the service cut off, where they were last heard.

        Returns:
            How many there were.
        """
        rows = self.connection.execute("SELECT id, begin_ms FROM walk WHERE end_ms IS NULL")
        cut = rows.fetchall()
        for walk_id, begin_ms in cut:
            (last_ms,) = self.connection.execute(
                "SELECT max(at_ms) FROM (SELECT max(event_ms) AS at_ms FROM walk_heard"
                " WHERE walk = ?1 UNION ALL SELECT max(event_ms) FROM walk_moved WHERE walk = ?1"
                " UNION ALL SELECT max(begin_ms) FROM walk_visit WHERE walk = ?1)",
                (walk_id,),
            ).fetchone()
            ended_ms = max(last_ms or begin_ms, begin_ms)
            self.finish(walk_id, ended_ms, ended_ms)
        return len(cut)

    def outlines(self) -> tuple[Outline, ...]:
        """Walks that are over in numbers, oldest first."""
        rows = self.connection.execute(
            "SELECT id, begin_ms, end_ms,"
            " (SELECT count(DISTINCT place) FROM walk_visit v WHERE v.walk = w.id),"
            " (SELECT total(end_ms - begin_ms) / 1000 FROM walk_visit v WHERE v.walk = w.id),"
            " (SELECT count(*) FROM walk_heard h WHERE h.walk = w.id),"
            " (SELECT count(*) FROM walk_moved m WHERE m.walk = w.id)"
            " FROM walk w WHERE end_ms IS NOT NULL ORDER BY begin_ms, id"
        )
        return tuple(Outline(*row) for row in rows)

    def walks(self) -> tuple[Walk, ...]:
        """Walks that are over, whole, oldest first."""
        rows = self.connection.execute(
            "SELECT id, begin_ms, end_ms FROM walk WHERE end_ms IS NOT NULL ORDER BY begin_ms, id"
        )
        return tuple(self._whole(*row) for row in rows.fetchall())

    def add(self, walk: Walk) -> bool:
        """Take a walk of a file; False where it is here already."""
        with transaction(self.connection):
            added = self.connection.execute(
                "INSERT OR IGNORE INTO walk VALUES (?, ?, ?)", (walk.id, walk.begin_ms, walk.end_ms)
            ).rowcount
            if added:
                self._add_parts(walk)
                self._change()
        return bool(added)

    def remove(self, walk_id: str) -> bool:
        """Forget a walk that is over; whether there was one."""
        with transaction(self.connection):
            found = self.connection.execute(
                "SELECT 1 FROM walk WHERE id = ? AND end_ms IS NOT NULL", (walk_id,)
            ).fetchone()
            if found:
                self._forget(walk_id)
                self._change()
        return found is not None

    def revision(self) -> int:
        """A number that is another one whenever the walks that are over are others."""
        (revision,) = self.connection.execute("SELECT revision FROM walk_revision").fetchone()
        return int(revision)

    def _close(self, walk_id: str, ended_ms: int) -> None:
        self.connection.execute(
            "UPDATE walk_visit SET end_ms = max(begin_ms, ?) WHERE walk = ? AND end_ms IS NULL",
            (ended_ms, walk_id),
        )

    def _forget(self, walk_id: str) -> None:
        for table in PARTS:
            self.connection.execute(f"DELETE FROM {table} WHERE walk = ?", (walk_id,))  # noqa: S608
        self.connection.execute("DELETE FROM walk WHERE id = ?", (walk_id,))

    def _change(self) -> None:
        self.connection.execute("UPDATE walk_revision SET revision = revision + 1")

    def _whole(self, walk_id: str, begin_ms: int, end_ms: int) -> Walk:
        visits, heard, moved = (
            self.connection.execute(
                f"SELECT * FROM {table} WHERE walk = ? ORDER BY rowid",  # noqa: S608
                (walk_id,),
            )
            for table in PARTS
        )
        return Walk(
            walk_id,
            begin_ms,
            end_ms,
            tuple(Visit(place, began, ended) for _, place, began, ended in visits),
            tuple(Heard(*row) for _, *row in heard),
            tuple(Moved(channel, at, came, bool(on)) for _, channel, at, came, on in moved),
        )

    def _add_parts(self, walk: Walk) -> None:
        self.connection.executemany(
            "INSERT INTO walk_visit VALUES (?, ?, ?, ?)",
            [(walk.id, v.place, v.begin_ms, v.end_ms) for v in walk.visits],
        )
        self.connection.executemany(
            "INSERT INTO walk_heard VALUES (?, ?, ?, ?, ?)",
            [(walk.id, *msgspec.structs.astuple(one)) for one in walk.heard],
        )
        self.connection.executemany(
            "INSERT INTO walk_moved VALUES (?, ?, ?, ?, ?)",
            [(walk.id, *msgspec.structs.astuple(one)) for one in walk.moved],
        )
