"""The outbox: points that a store of history has not confirmed yet, beside the journal.

Rows are added in the transaction of the transition that they tell of, and leave only when the store
has them, or has refused them one by one. Owns the tables in `outbox.sql`; knows no network.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ingest.seal import opened, sealed
from ingest.transaction import transaction
from occupancy.point import Point

SCHEMA = Path(__file__).with_name("outbox.sql")
REFUSED_ROWS = 1000
_point = msgspec.msgpack.Decoder(Point)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One point that waits."""

    id: int
    point: Point


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits in a stream."""

    rows: int = 0
    body_bytes: int = 0
    oldest_ms: int | None = None
    """When the point that waits longest was posted, ms UTC."""


class Outbox:
    """The outbox in one SQLite database.

    Args:
        connection: In autocommit mode; the pipeline posts on its own, the shipper has another.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.executescript(SCHEMA.read_text())

    def post(self, stream: str, points: Sequence[Point], at_ms: int) -> None:
        """Add points, inside the caller's transaction."""
        self.connection.executemany(
            "INSERT INTO outbox (stream, at_ms, body) VALUES (?, ?, ?)",
            [(stream, at_ms, sealed(msgspec.msgpack.encode(point))) for point in points],
        )

    def oldest(self, stream: str, most: int) -> list[Parcel]:
        """The points that wait longest, in the order of posting.

        Raises:
            DamagedError: At one that is not what was posted.
        """
        rows = self.connection.execute(
            "SELECT id, body FROM outbox WHERE stream = ? ORDER BY id LIMIT ?", (stream, most)
        ).fetchall()
        return [
            Parcel(row_id, _point.decode(opened(body, f"row {row_id} of the outbox")))
            for row_id, body in rows
        ]

    def done(self, stream: str, first: int, last: int) -> None:
        """Let go of the points of a stream from one id to another, which the store has."""
        self.connection.execute(
            "DELETE FROM outbox WHERE stream = ? AND id BETWEEN ? AND ?", (stream, first, last)
        )

    def refuse(self, stream: str, parcel: Parcel, why: str, at_ms: int) -> None:
        """Set a point aside that the store will never take; beyond so many the oldest go."""
        with transaction(self.connection):
            self.connection.execute(
                "INSERT INTO outbox_refused (at_ms, stream, why, point) VALUES (?, ?, ?, ?)",
                (at_ms, stream, why, msgspec.json.encode(parcel.point).decode()),
            )
            self.connection.execute(
                "DELETE FROM outbox_refused WHERE id <= (SELECT max(id) FROM outbox_refused) - ?",
                (REFUSED_ROWS,),
            )
            self.done(stream, parcel.id, parcel.id)

    def depth(self, stream: str) -> Depth:
        """How much of a stream waits."""
        row = self.connection.execute(
            "SELECT count(*), coalesce(sum(length(body)), 0), min(at_ms) FROM outbox"
            " WHERE stream = ?",
            (stream,),
        ).fetchone()
        return Depth(*row)
