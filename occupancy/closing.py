"""Closing: each quarter of an hour is told once, and never corrected.

A quarter is told some minutes after it began, so that readings that come a little late count. What
comes later still is in history and not in the aggregate: two answers for one moment could be
subtracted. A quarter that nobody watched begin is never told: nobody knows what the desks were.

Owns when a quarter is told. Decides by what is on disk alone, so that a restart changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from occupancy.aggregate import QUARTER_MS, Aggregate, aggregates_at, areas_of
from occupancy.building import Building
from occupancy.history import HistoryError, HistoryReader
from occupancy.space import Kind
from occupancy.state import State

GRACE_MS = 5 * 60 * 1000
"""How long after its start a quarter waits for late readings; silence counts sooner than that."""
WATCHED_MS = 120_000
"""A quarter counts as watched if the service wrote something before and after its start, no further
apart than this: a restart passes, a stop does not."""
FOREVER_MS = 2**53


class Told(Protocol):
    """What has been told."""

    def has(self, from_ms: int) -> bool:
        """Whether the quarter that began then has been told."""


def due(now_ms: int) -> int:
    """Start of the newest quarter whose grace is over, ms UTC.

    >>> due(QUARTER_MS + GRACE_MS) == QUARTER_MS, due(QUARTER_MS + GRACE_MS - 1)
    (True, 0)
    """
    return (now_ms - GRACE_MS) // QUARTER_MS * QUARTER_MS


@dataclass(frozen=True)
class Closer:
    """Tells the quarters of one building."""

    building: Building
    history: HistoryReader
    told: Told
    pause_ms: Callable[[int], int | None]
    """How long nothing was written around a moment, ms; None if never before or never after it."""
    live: Callable[[], Mapping[str, State]]
    """What each space is now, by id."""

    def close(self, now_ms: int) -> tuple[Aggregate, ...]:
        """The aggregates to tell now, mostly none; whoever asks keeps them before asking again.

        Args:
            now_ms: Now, ms UTC.
        """
        from_ms = due(now_ms)
        if self.told.has(from_ms):
            return ()
        pause_ms = self.pause_ms(from_ms)
        is_watched = pause_ms is not None and pause_ms <= WATCHED_MS
        if not is_watched or not any(areas_of(self.building)):
            return ()
        return aggregates_at(self.building, from_ms, self._states(from_ms))

    def _states(self, at_ms: int) -> dict[str, State]:
        live = self.live()
        desks = self.building.of_kind(Kind.DESK)
        return {desk.id: self._state(desk.id, at_ms, live) for desk in desks}

    def _state(self, desk: str, at_ms: int, live: Mapping[str, State]) -> State:
        """What a desk was; one whose last change is no longer kept is what it is until the next."""
        try:
            last = self.history.before(desk, at_ms)
            if last is not None:
                return last.after
            later = self.history.transitions(desk, at_ms, FOREVER_MS)
        except HistoryError:
            return State.UNKNOWN
        return later[0].before if later else live.get(desk, State.UNKNOWN)
