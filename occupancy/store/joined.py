"""History out of two stores: what the embedded one has, and before that what another one kept.

The embedded store has all that this service has seen, up to 30 days. On a new machine, or after its
file was lost, what came before lies in the store of record alone.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from occupancy.history import HistoryError, HistoryReader
from occupancy.transition import Transition

log = structlog.get_logger(__name__)
Told = TypeVar("Told")

REST_S = 30.0
"""After it failed, the older store is left alone for so long, so that no answer waits for it."""


@dataclass
class JoinedHistory:
    """Fulfils `occupancy.history.HistoryReader`.

    Where the older store can't be asked, its time is not known: nothing is told of it.
    """

    recent: HistoryReader
    since_ms: Callable[[], int | None]
    """Since when the recent store has everything, ms UTC; None while it has nothing."""
    older: HistoryReader
    clock_s: Callable[[], float] = time.monotonic
    _rests_until_s: float = 0.0

    def transitions(self, space: str, from_ms: int, to_ms: int) -> list[Transition]:
        """Transitions of one space with ``from_ms <= event time < to_ms``, oldest first."""
        since_ms = self._since(to_ms)
        if from_ms >= since_ms:
            return self.recent.transitions(space, from_ms, to_ms)
        nothing: list[Transition] = []
        past = self._asked(lambda: self.older.transitions(space, from_ms, since_ms), nothing)
        return [*past, *self.recent.transitions(space, since_ms, to_ms)]

    def before(self, space: str, at_ms: int) -> Transition | None:
        """The last transition of one space before ``at_ms``, None if none is known."""
        found = self.recent.before(space, at_ms)
        if found is not None:
            return found
        until_ms = self._since(at_ms)
        return self._asked(lambda: self.older.before(space, until_ms), None)

    def _since(self, most_ms: int) -> int:
        since_ms = self.since_ms()
        return most_ms if since_ms is None else min(since_ms, most_ms)

    def _asked(self, ask: Callable[[], Told], without: Told) -> Told:
        if self.clock_s() < self._rests_until_s:
            return without
        try:
            return ask()
        except HistoryError as error:
            self._rests_until_s = self.clock_s() + REST_S
            log.warning("older history is out of reach", why=str(error))
            return without
