"""Aggregates in SQLite, beside the transitions."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from occupancy.aggregate import Aggregate
from occupancy.history import HistoryError
from occupancy.space import Kind

SCHEMA = """
CREATE TABLE IF NOT EXISTS aggregates (
    from_ms INTEGER NOT NULL,
    area TEXT NOT NULL,
    kind TEXT NOT NULL,
    floor TEXT,
    desks INTEGER NOT NULL,
    free,                            -- each a number, '<5', or NULL where it is left out
    occupied,
    away,
    unknown,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (from_ms, area)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS aggregates_of ON aggregates (area, from_ms);
"""
KEPT_MS = 396 * 24 * 3_600_000
"""13 months."""
COLUMNS = "area, kind, floor, from_ms, desks, free, occupied, away, unknown"


class DamagedAggregateError(HistoryError):
    """An aggregate is not what was written."""

    def __init__(self, area: str, from_ms: int) -> None:
        self.area, self.from_ms = area, from_ms
        super().__init__(f"the aggregate of {area} at {from_ms} does not match its checksum")


class SqliteAggregates:
    """Fulfils `occupancy.aggregate.AggregateReader` and `occupancy.closing.Told`."""

    def __init__(self, connection: sqlite3.Connection, *, read_only: bool = False) -> None:
        self.connection = connection
        if not read_only:
            connection.executescript(SCHEMA)

    def add(self, aggregates: Iterable[Aggregate]) -> None:
        """Keep what is told, inside the caller's transaction.

        Raises:
            sqlite3.IntegrityError: If one of them has been told before.
        """
        rows = [msgspec.structs.astuple(aggregate) for aggregate in aggregates]
        self.connection.executemany(
            f"INSERT INTO aggregates ({COLUMNS}, checksum)"  # noqa: S608 - ours
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row, checksum_of(row)) for row in rows],
        )

    def has(self, from_ms: int) -> bool:
        """Whether the quarter that began then has been told."""
        row = self.connection.execute(
            "SELECT 1 FROM aggregates WHERE from_ms = ? LIMIT 1", (from_ms,)
        ).fetchone()
        return row is not None

    def aggregates(self, area: str, from_ms: int, to_ms: int) -> list[Aggregate]:
        """Those of one area with ``from_ms <= start of the quarter < to_ms``, oldest first.

        Raises:
            DamagedAggregateError: At one that is not what was written.
        """
        rows = self.connection.execute(
            f"SELECT {COLUMNS}, checksum FROM aggregates"  # noqa: S608 - ours
            " WHERE area = ? AND from_ms >= ? AND from_ms < ? ORDER BY from_ms",
            (area, from_ms, to_ms),
        )
        return [_aggregate(row) for row in rows]

    def newest(self, since_ms: int) -> tuple[Aggregate, ...]:
        """All areas of the newest quarter told, none if it began before ``since_ms``.

        Raises:
            DamagedAggregateError: At one that is not what was written.
        """
        rows = self.connection.execute(
            f"SELECT {COLUMNS}, checksum FROM aggregates"  # noqa: S608 - ours
            " WHERE from_ms = (SELECT max(from_ms) FROM aggregates) AND from_ms >= ?",
            (since_ms,),
        )
        return tuple(_aggregate(row) for row in rows)

    def between(self, from_ms: int, to_ms: int) -> Iterator[Aggregate | DamagedAggregateError]:
        """Aggregates of all areas in a period, oldest first; a damaged one as what it is."""
        rows = self.connection.execute(
            f"SELECT {COLUMNS}, checksum FROM aggregates"  # noqa: S608 - ours
            " WHERE from_ms >= ? AND from_ms < ? ORDER BY from_ms, area",
            (from_ms, to_ms),
        )
        for row in rows:
            try:
                yield _aggregate(row)
            except DamagedAggregateError as error:
                yield error

    def count(self, from_ms: int, to_ms: int) -> int:
        """How many aggregates there are in a period."""
        [(count,)] = self.connection.execute(
            "SELECT count(*) FROM aggregates WHERE from_ms >= ? AND from_ms < ?", (from_ms, to_ms)
        )
        return int(count)

    def since_ms(self) -> int | None:
        """Start of the first quarter that is kept, ms UTC; None where there is none."""
        [(first_ms,)] = self.connection.execute("SELECT min(from_ms) FROM aggregates")
        return None if first_ms is None else int(first_ms)

    def purge(self, now_ms: int) -> None:
        """Delete aggregates that are past their time."""
        self.connection.execute("DELETE FROM aggregates WHERE from_ms < ?", (now_ms - KEPT_MS,))


def checksum_of(row: Sequence[object]) -> int:
    """CRC-32 of a row, so that flipped bytes are found.

    >>> checksum_of(("floor-1", "floor", "floor-1", 0, 12, 12, 0, 0, 0))
    1582331910
    """
    return zlib.crc32(msgspec.msgpack.encode(row))


def _aggregate(row: Sequence[Any]) -> Aggregate:
    *kept, checksum = row
    area, kind, floor, from_ms, *counts = kept
    if checksum != checksum_of(tuple(kept)):
        raise DamagedAggregateError(area, from_ms)
    return Aggregate(area, Kind(kind), floor, from_ms, *counts)
