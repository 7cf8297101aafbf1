"""Losses: what was refused, what never came, and when the broker forgot us.

Nothing is lost in silence: each loss is a row here. Owns those tables of `schema.sql`; its rows are
written inside the transaction of whoever calls.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sensors.ledger import Gap
from sensors.rejected import Rejected

QUARANTINE_ROWS = 1000
LOSSES_KEPT_MS = 30 * 24 * 3_600_000
"""As long as the transitions that a loss may explain."""
INTERRUPTION_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time in which messages may have been lost that nobody counts."""

    from_ms: int
    """When a message was last heard before, ms UTC; 0 where none was."""
    to_ms: int
    """When the service heard again, ms UTC."""
    why: str


class Losses:
    """The losses in one SQLite database, on the journal's connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

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

    def interrupt(self, interruption: Interruption) -> None:
        """Write down that messages may be missing; beyond `INTERRUPTION_ROWS` the oldest go."""
        self.connection.execute(
            "INSERT INTO interruptions (from_ms, to_ms, why) VALUES (?, ?, ?)",
            (interruption.from_ms, interruption.to_ms, interruption.why),
        )
        self.connection.execute(
            "DELETE FROM interruptions WHERE id <= (SELECT max(id) FROM interruptions) - ?",
            (INTERRUPTION_ROWS,),
        )

    def purge(self, now_ms: int) -> None:
        """Delete losses that explain nothing that is still kept."""
        oldest_ms = now_ms - LOSSES_KEPT_MS
        self.connection.execute("DELETE FROM gaps WHERE noticed_ms < ?", (oldest_ms,))
        self.connection.execute("DELETE FROM interruptions WHERE to_ms < ?", (oldest_ms,))
