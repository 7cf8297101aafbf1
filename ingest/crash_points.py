"""Crash points: places where a process can be made to end at once, as a power cut would end it.

A test arms one by name and count, and the process ends there without flushing, unwinding or
saying goodbye. Unarmed, as everywhere outside tests, passing one costs a comparison. This is how
it is proved that the order of steps keeps its promise wherever the process dies.

Source: SQLite's own testing (https://sqlite.org/testing.html, section 3.3, crash testing).
"""

import os
from enum import StrEnum

EXIT_CRASHED = 137
"""As a shell tells of a process that was killed."""


class Point(StrEnum):
    """Every place, in the order in which a reading passes them."""

    HEARD = "heard"
    """Letters are taken from the mailbox; nothing has been done with them."""
    FOLDED = "folded"
    """Belief has moved in memory; nothing is on disk."""
    WRITING = "writing"
    """Half of the transaction is written."""
    COMMITTING = "committing"
    """All is written, COMMIT is not yet asked for."""
    COMMITTED = "committed"
    """COMMIT has returned; the broker has no acknowledgement."""
    ACKNOWLEDGED = "acknowledged"
    """The broker has its acknowledgements; the boards have not been told."""
    TOLD = "told"
    """The boards have been told that all is durable."""
    SNAPSHOT = "snapshot"
    """A snapshot is written, in a transaction that still has to be committed."""
    PURGED = "purged"
    """What is past its time is deleted, in a transaction that still has to be committed."""
    OUTBOX_READ = "outbox-read"
    """A batch has been read from the outbox and not been sent."""
    SHIPPED = "shipped"
    """The store has taken a batch; the outbox still holds it."""
    TAKEN_OUT = "taken-out"
    """The outbox has let go of a batch."""
    MIGRATED = "migrated"
    """A batch of old history is copied, and not yet remembered as copied."""


_left: dict[Point, int] = {}
"""How often an armed point may still be reached; the last time ends the process."""


def arm(where: str) -> None:
    """End the process at the n-th passage of a point, given as ``name:n``; empty disarms.

    Raises:
        ValueError: If no such point exists, or n is no number from 1 on.
    """
    _left.clear()
    if not where:
        return
    name, _, count = where.partition(":")
    times = int(count or 1)
    if times < 1:
        raise ValueError(f"found {where!r}, expected a count from 1 on")
    _left[Point(name)] = times


def reach(point: Point) -> None:
    """Pass a point; ends the process here when it is armed and its count is reached."""
    if point not in _left:
        return
    _left[point] -= 1
    if not _left[point]:
        os._exit(EXIT_CRASHED)
