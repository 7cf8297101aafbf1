"""The checker: after all is quiet, four numbers that have to be nought.

It reads the database as any other program would, and the truth log; it asks the service nothing.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from faults.truth import Key, TruthLog

from ingest.journal import Journal
from occupancy.store.sqlite import open_database


@dataclass(frozen=True)
class Verdict:
    """What was found; all four are empty when the promises were kept."""

    lost: list[Key]
    """Told to be durable, and neither in the journal nor written down as a gap."""
    silently_lost: list[Key]
    """Said, and neither in the journal nor written down as a gap."""
    phantoms: list[Key]
    """In the journal, and never said."""
    twice: list[Key]
    """In the journal more than once, or a transition that does not follow from the one before."""
    messages: int
    """How many were said."""
    gaps: int

    @property
    def zeros(self) -> tuple[int, int, int, int]:
        """The four numbers."""
        return len(self.lost), len(self.silently_lost), len(self.phantoms), len(self.twice)


def check(database: Path, truth: TruthLog) -> Verdict:
    """Hold what is on disk against what was said and what was promised."""
    connection = open_database(database, read_only=True)
    try:
        kept = _kept(connection)
        gaps = connection.execute("SELECT board, boot, first, last FROM gaps").fetchall()
        broken = _broken_chains(connection)
    finally:
        connection.close()
    missing = [
        key
        for key in truth.said
        if not kept[key] and key not in truth.forfeited and not _covered(key, gaps)
    ]
    promised = [key for key in missing if truth.durable.get(key[:2], -1) >= key[2]]
    twice = [key for key, count in kept.items() if count > 1] + broken
    phantoms = [key for key in kept if key not in truth.said]
    return Verdict(promised, missing, phantoms, twice, len(truth.said), len(gaps))


def journalled(database: Path) -> Counter[Key]:
    """How often each message is in the journal."""
    connection = open_database(database, read_only=True)
    try:
        return _kept(connection)
    finally:
        connection.close()


def _kept(connection: sqlite3.Connection) -> Counter[Key]:
    pages = Journal.after(SimpleNamespace(connection=connection), 0)
    return Counter(
        (entry.board, entry.stamp.boot, entry.stamp.seq)
        for _, page in pages
        for entry in page.entries
        if entry.stamp is not None
    )


def _covered(key: Key, gaps: list[tuple[str, str, int, int]]) -> bool:
    board, boot, seq = key
    return any(g[0] == board and g[1] == boot and g[2] <= seq <= g[3] for g in gaps)


def _broken_chains(connection: sqlite3.Connection) -> list[Key]:
    """Transitions in the order of writing whose `before` is not the `after` of the last one."""
    rows = connection.execute(
        "SELECT space, before, after, event_ms FROM transitions ORDER BY rowid"
    )
    last: dict[str, str] = {}
    found: list[Key] = []
    for space, before, after, event_ms in rows:
        if last.get(space, before) != before:
            found.append((space, f"{before} to {after}", event_ms))
        last[space] = after
    return found
