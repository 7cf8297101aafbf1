"""History in SQLite: the embedded store."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from occupancy.evidence import Evidence
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
    PRIMARY KEY (space, event_ms, after)
);
CREATE INDEX IF NOT EXISTS transitions_at ON transitions (event_ms);
"""
KEPT_MS = 30 * 24 * 3_600_000
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

    def append(self, transitions: Iterable[Transition]) -> None:
        """Add transitions, inside the caller's transaction."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO transitions"
            " (space, before, after, event_ms, probability, reasons, late)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    t.space,
                    t.before,
                    t.after,
                    t.event_ms,
                    t.probability,
                    msgspec.json.encode(t.reasons).decode(),
                    t.late,
                )
                for t in transitions
            ],
        )

    def transitions(self, space: str, from_ms: int, to_ms: int) -> list[Transition]:
        """Transitions of one space with ``from_ms <= event time < to_ms``, oldest first."""
        rows = self.connection.execute(
            "SELECT space, before, after, event_ms, probability, reasons, late FROM transitions"
            " WHERE space = ? AND event_ms >= ? AND event_ms < ? ORDER BY event_ms, rowid",
            (space, from_ms, to_ms),
        )
        return [_transition(row) for row in rows]

    def before(self, space: str, at_ms: int) -> Transition | None:
        """The last transition of one space before ``at_ms``, None if there is none."""
        row = self.connection.execute(
            "SELECT space, before, after, event_ms, probability, reasons, late FROM transitions"
            " WHERE space = ? AND event_ms < ? ORDER BY event_ms DESC, rowid DESC LIMIT 1",
            (space, at_ms),
        ).fetchone()
        return _transition(row) if row else None

    def purge(self, now_ms: int) -> None:
        """Delete transitions that are past their time."""
        self.connection.execute("DELETE FROM transitions WHERE event_ms < ?", (now_ms - KEPT_MS,))


def _transition(row: tuple[str, str, str, int, float, str, int]) -> Transition:
    space, before, after, event_ms, probability, reasons, late = row
    said = _reasons.decode(reasons)
    return Transition(
        space, State(before), State(after), event_ms, probability, said, late=bool(late)
    )
