"""The listening half of a service without a network: pipelines on a real database."""

import sqlite3

from support.clock import ManualClock
from support.office import OFFICE, around

from ingest.journal import Journal
from ingest.mailbox import Letter
from ingest.pipeline import Pipeline
from occupancy.building import Building
from occupancy.estimator import Estimator
from occupancy.history import spans
from occupancy.snapshot import freeze
from occupancy.store.sqlite import SqliteHistory, open_database
from occupancy.view import LiveView


class BrokenDisk(Journal):
    """A journal whose disk is full when it matters."""

    broken = False

    def transaction(self):
        """A transaction whose commit fails while the disk is broken."""
        return _Doomed(self) if self.broken else super().transaction()


class _Doomed:
    def __init__(self, journal):
        self.connection = journal.connection

    def __enter__(self):
        self.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, *_):
        self.connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")


class Ingest:
    """A pipeline on a file; opened again, it is the next process."""

    def __init__(self, file, clock: ManualClock, building: Building = OFFICE) -> None:
        self.file, self.clock = file, clock
        self.connection = open_database(file)
        # No power fails in a test, only processes: the same database, faster.
        self.connection.execute("PRAGMA synchronous=OFF")
        self.journal = BrokenDisk(self.connection)
        self.history = SqliteHistory(self.connection)
        self.estimator = Estimator(building)
        self.view = LiveView(self.estimator.explain)
        self.purged: list[int] = []
        self.pipeline = Pipeline(
            self.estimator,
            around(building),
            self.journal,
            self.history,
            self.view,
            clock,
            self._purge,
        )
        self.pages = self.pipeline.recover()

    def _purge(self, now_ms: int) -> None:
        self.purged.append(now_ms)
        self.journal.purge(now_ms)
        self.history.purge(now_ms)

    def hear(self, *messages) -> set[str]:
        """One round with some messages; the boards that may be told."""
        letters = [Letter(message, i, 1, 1) for i, message in enumerate(messages)]
        return set(self.pipeline.round(letters, self.clock.now_ms()).safe)

    def wait(self, seconds: float, step_s: float = 1.0) -> None:
        """Rounds without a message."""
        end_ms = self.clock.ms + int(seconds * 1000)
        while self.clock.ms < end_ms:
            self.clock.wait(step_s)
            self.pipeline.round([], self.clock.now_ms())

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        [(count,)] = self.connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return count

    def told(self, space: str):
        """What history says of a space so far."""
        return spans(self.history, space, 0, self.clock.ms)

    def transitions(self):
        """All of history in order."""
        return [
            transition
            for space in self.estimator.building.spaces
            for transition in self.history.transitions(space.id, 0, 2**53)
        ]

    def belief(self) -> tuple[bytes, bytes]:
        """All that is believed and remembered, as bytes."""
        return freeze(self.estimator), self.pipeline.memory.frozen()

    def crash(self) -> "Ingest":
        """Die without a word; the next process on the same file."""
        self.connection.close()
        return Ingest(self.file, self.clock, self.estimator.building)
