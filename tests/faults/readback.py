"""All that can be read back from a database, or that reading it is refused."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from support.clock import ManualClock
from support.service import Ingest

from ingest.journal import Journal, NewerDatabaseError
from ingest.seal import DamagedError
from ingest.soundness import make_sure
from occupancy.building import Building
from occupancy.history import DamagedHistoryError
from occupancy.store.sqlite import open_database


@dataclass(frozen=True)
class Refused:
    """Somebody is told instead of being lied to."""

    why: str


@dataclass(frozen=True)
class Sound:
    """What a service would believe and tell."""

    belief: tuple[bytes, bytes]
    transitions: tuple
    pages: tuple
    gaps: tuple


def read_back(database: Path, building: Building) -> Sound | Refused:
    """What a service that starts on a file would make of it; the file is changed as by a start.

    Raises:
        Exception: Any that says nothing of damage: nobody would know what to mend.
    """
    connections: list[sqlite3.Connection] = []
    try:
        connections.append(first := open_database(database))
        make_sure(first)
        Journal(first)
        ingest = Ingest(database, ManualClock(), building)
        connections.append(ingest.connection)
        transitions = tuple(ingest.transitions())
        gaps = tuple(first.execute("SELECT board, boot, first, last FROM gaps").fetchall())
        return Sound(ingest.belief(), transitions, tuple(ingest.journal.after(0)), gaps)
    except (sqlite3.Error, DamagedError, DamagedHistoryError, NewerDatabaseError) as error:
        return Refused(f"{type(error).__name__}: {error}")
    finally:
        for connection in connections:
            connection.close()
