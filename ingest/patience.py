"""Patience: a commit that can't be made now is tried again until it can, and nothing is told.

A full disk and a database that another program holds pass by. Whatever else fails, a sync above
all, ends the service: what was acknowledged is on disk, what was not comes again.

Source: our choice, decision 0018.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

RETRY_S = 1.0
PASSING = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program holds the database",
    sqlite3.SQLITE_LOCKED: "another program holds the database",
}
"""What may pass by itself, by SQLite's primary result code."""


class StoppedError(Exception):
    """The service was stopped while it waited; nothing of this round was acknowledged."""


def passing(error: sqlite3.Error) -> str:
    """Why a write may succeed later, empty where it will not."""
    code = getattr(error, "sqlite_errorcode", None)
    return "" if code is None else PASSING.get(code & 0xFF, "")


@dataclass
class Patience:
    """Waits between attempts to write, and says why it waits."""

    stopping: threading.Event = field(default_factory=threading.Event)
    """Ends the waiting."""
    retry_s: float = RETRY_S
    trouble: str = ""
    """What is being waited for; empty while nothing is."""
    waits: int = 0
    """How often a write had to be tried again."""

    def until_written(self, write: Callable[[], None]) -> None:
        """Write, however often it takes.

        Raises:
            StoppedError: If the service stops before it has been written.
            sqlite3.Error: If it can't be written for another reason.
        """
        while True:
            try:
                write()
            except sqlite3.Error as error:
                self._wait(error)
            else:
                self._go_on()
                return

    def _wait(self, error: sqlite3.Error) -> None:
        why = passing(error)
        if not why:
            raise error
        self.waits += 1
        if self.trouble != why:
            log.error("can't write; nothing is acknowledged until that passes", why=why)
            self.trouble = why
        if self.stopping.wait(self.retry_s):
            raise StoppedError(why) from error

    def _go_on(self) -> None:
        if self.trouble:
            log.info("can write again", waited_for=self.trouble)
            self.trouble = ""
