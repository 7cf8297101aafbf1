"""History in SQLite: the embedded store."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from occupancy.evidence import Evidence
from occupancy.history import DamagedHistoryError
from occupancy.state import State
from occupancy.transition import Transition

SCHEMA = """
CREATE TABLE IF NOT EXISTS transitions (
    space TEXT NOT NULL,
    event_ms INTEGER NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    probability REAL NOT NULL,
    late INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    checksum INTEGER,                -- none in rows of an earlier version
    PRIMARY KEY (space, event_ms, after)
);
CREATE INDEX IF NOT EXISTS transitions_at ON transitions (event_ms);
"""
KEPT_MS = 30 * 24 * 3_600_000
COLUMNS = "space, before, after, event_ms, probability, reasons, late"
Kept = tuple[str, str, str, int, float, str, int]
_reasons = msgspec.json.Decoder(tuple[Evidence, ...])


def open_database(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection that loses nothing that was committed and leaves nothing that was deleted.

    Args:
        path: The file; made, for its owner alone, where there is none.
        read_only: For readers beside the one writer.

    Raises:
        sqlite3.Error: If the file is no database or can't be opened.
    """
    if read_only:
        uri = f"file:{path}?mode=ro"
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    path.touch(mode=0o600, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


class SqliteHistory:
    """Transitions in one table; fulfils `HistoryWriter` and `HistoryReader`.

    The same space, event time and state twice is one row, so that folding the journal again after
    a crash changes nothing.
    """

    def __init__(self, connection: sqlite3.Connection, *, read_only: bool = False) -> None:
        self.connection = connection
        if not read_only:
            connection.executescript(SCHEMA)
            told = connection.execute("PRAGMA table_info(transitions)").fetchall()
            if "checksum" not in {name for _, name, *_ in told}:
                connection.execute("ALTER TABLE transitions ADD COLUMN checksum INTEGER")

    def append(self, transitions: Iterable[Transition]) -> None:
        """Add transitions, inside the caller's transaction."""
        rows = [_kept(transition) for transition in transitions]
        self.connection.executemany(
            f"INSERT OR REPLACE INTO transitions ({COLUMNS}, checksum)"  # noqa: S608 - ours
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row, checksum_of(row)) for row in rows],
        )

    def transitions(self, space: str, from_ms: int, to_ms: int) -> list[Transition]:
        """Transitions of one space with ``from_ms <= event time < to_ms``, oldest first.

        Raises:
            DamagedHistoryError: At one that is not what was written.
        """
        rows = self.connection.execute(
            f"SELECT {COLUMNS}, checksum FROM transitions"  # noqa: S608 - ours
            " WHERE space = ? AND event_ms >= ? AND event_ms < ? ORDER BY event_ms, rowid",
            (space, from_ms, to_ms),
        )
        return [_transition(kept, checksum) for *kept, checksum in rows]

    def before(self, space: str, at_ms: int) -> Transition | None:
        """The last transition of one space before ``at_ms``, None if there is none.

        Raises:
            DamagedHistoryError: If it is not what was written.
        """
        row = self.connection.execute(
            f"SELECT {COLUMNS}, checksum FROM transitions"  # noqa: S608 - ours
            " WHERE space = ? AND event_ms < ? ORDER BY event_ms DESC, rowid DESC LIMIT 1",
            (space, at_ms),
        ).fetchone()
        return _transition(row[:-1], row[-1]) if row else None

    def between(self, from_ms: int, to_ms: int) -> Iterator[Transition | DamagedHistoryError]:
        """Transitions of all spaces in a period, oldest first; a damaged one as what it is."""
        rows = self.connection.execute(
            f"SELECT {COLUMNS}, checksum FROM transitions"  # noqa: S608 - ours
            " WHERE event_ms >= ? AND event_ms < ? ORDER BY event_ms, rowid",
            (from_ms, to_ms),
        )
        for *kept, checksum in rows:
            try:
                yield _transition(kept, checksum)
            except DamagedHistoryError as error:
                yield error

    def count(self, from_ms: int, to_ms: int) -> int:
        """How many transitions there are in a period."""
        [(count,)] = self.connection.execute(
            "SELECT count(*) FROM transitions WHERE event_ms >= ? AND event_ms < ?",
            (from_ms, to_ms),
        )
        return int(count)

    def since_ms(self) -> int | None:
        """Event time of the first transition that is kept, ms UTC; None where there is none."""
        [(first_ms,)] = self.connection.execute("SELECT min(event_ms) FROM transitions")
        return None if first_ms is None else int(first_ms)

    def purge(self, now_ms: int) -> None:
        """Delete transitions that are past their time."""
        self.connection.execute("DELETE FROM transitions WHERE event_ms < ?", (now_ms - KEPT_MS,))


def checksum_of(kept: Kept) -> int:
    """CRC-32 of a row, so that flipped bytes are found.

    >>> checksum_of(("desk-1", "free", "occupied", 1000, 0.9, "[]", 0))
    3500324449
    """
    return zlib.crc32(msgspec.msgpack.encode(kept))


def _kept(moved: Transition) -> Kept:
    return (
        moved.space,
        moved.before.value,
        moved.after.value,
        moved.event_ms,
        moved.probability,
        msgspec.json.encode(moved.reasons).decode(),
        int(moved.late),
    )


def _transition(row: Sequence[Any], checksum: int | None) -> Transition:
    space, before, after, event_ms, probability, reasons, late = kept = tuple(row)
    if checksum is not None and checksum != checksum_of(kept):
        raise DamagedHistoryError(space, event_ms)
    said = _reasons.decode(reasons)
    return Transition(
        space, State(before), State(after), event_ms, probability, said, late=bool(late)
    )
