"""The outbox: points that a store of history has not confirmed yet, beside the journal.

Rows are added in the transaction of the transition that they tell of, and leave only when the store
has them, or has refused them one by one. Owns the tables in `outbox.sql`; knows no network.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ingest.seal import DamagedError, opened, sealed
from ingest.transaction import transaction
from occupancy.point import Point

SCHEMA = Path(__file__).with_name("outbox.sql")
REFUSED_ROWS = 1_000
ALARM = 0.7
"""Fuller than this part of its quota, people should know."""
SHED = 0.9
"""Fuller than this, readings that can be done without make room; transitions never do."""
MB = 1_000_000
QUOTA_BYTES = 512 * MB
_point = msgspec.msgpack.Decoder(Point)


@dataclass(frozen=True, slots=True)
class Item:
    """One point that waits."""

    id: int
    point: Point | None
    """None where the bytes on disk are not those that were posted."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much waits."""

    rows: int = 0
    size_bytes: int = 0
    """Of the bodies."""
    oldest_ms: int | None = None
    """When the point that waits longest was posted, ms UTC."""


class Outbox:
    """The outbox in one SQLite database.

    Args:
        connection: In autocommit mode; the pipeline posts on its own, the shipper has another.
        quota_bytes: How much it should hold at most. It takes more, and readings make room.
    """

    def __init__(self, connection: sqlite3.Connection, quota_bytes: int = QUOTA_BYTES) -> None:
        self.connection = connection
        self.quota_bytes = quota_bytes
        connection.executescript(SCHEMA.read_text())

    def post(self, stream: str, points: Sequence[Point], at_ms: int) -> None:
        """Add points, inside the caller's transaction."""
        self.connection.executemany(
            "INSERT INTO outbox (stream, at_ms, body) VALUES (?, ?, ?)",
            [(stream, at_ms, sealed(msgspec.msgpack.encode(point))) for point in points],
        )

    def oldest(self, stream: str, most: int) -> list[Item]:
        """The points that wait longest, in the order of posting."""
        rows = self.connection.execute(
            "SELECT id, body FROM outbox WHERE stream = ? ORDER BY id LIMIT ?", (stream, most)
        ).fetchall()
        return [Item(row_id, _point_in(body)) for row_id, body in rows]

    def done(self, items: Sequence[Item]) -> None:
        """Let go of what the store has, in a transaction of its own."""
        with transaction(self.connection):
            self._take_out(items)

    def refuse(self, stream: str, item: Item, why: str, at_ms: int) -> None:
        """Set a point aside that the store will never take; beyond so many the oldest go."""
        told = msgspec.json.encode(item.point).decode()
        with transaction(self.connection):
            self.connection.execute(
                "INSERT INTO outbox_refused (at_ms, stream, why, point) VALUES (?, ?, ?, ?)",
                (at_ms, stream, why, told),
            )
            self.connection.execute(
                "DELETE FROM outbox_refused WHERE id <= (SELECT max(id) FROM outbox_refused) - ?",
                (REFUSED_ROWS,),
            )
            self._take_out([item])

    def _take_out(self, items: Sequence[Item]) -> None:
        self.connection.executemany("DELETE FROM outbox WHERE id = ?", [(i.id,) for i in items])

    def load(self) -> Load:
        """How much waits, of all streams."""
        rows, size_bytes = self.connection.execute("SELECT rows, bytes FROM outbox_load").fetchone()
        [(oldest_ms,)] = self.connection.execute(
            "SELECT (SELECT at_ms FROM outbox ORDER BY id LIMIT 1)"
        ).fetchall()
        return Load(rows, size_bytes, oldest_ms)

    @property
    def fill(self) -> float:
        """What part of its quota is taken; above 1 where it is over it."""
        return self.load().size_bytes / self.quota_bytes

    def purge(self, stream: str, before_ms: int) -> None:
        """Let go of what was posted so long ago that no store may keep it any more."""
        for table in ("outbox", "outbox_refused"):
            self.connection.execute(
                f"DELETE FROM {table} WHERE stream = ? AND at_ms < ?",  # noqa: S608 - ours
                (stream, before_ms),
            )


def _point_in(body: bytes) -> Point | None:
    try:
        return _point.decode(opened(body, "a row of the outbox"))
    except (DamagedError, msgspec.DecodeError):
        return None
