"""Decision: from belief to a state, by two thresholds, a time of being away, and legal moves."""

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.state import State
from occupancy.thresholds import Thresholds

CODES = (State.UNKNOWN, State.FREE, State.OCCUPIED, State.AWAY)
UNKNOWN, FREE, OCCUPIED, AWAY = range(4)

Codes = NDArray[np.int8]


class Decision:
    """The state of each space and since when, in arrays of shape ``(spaces,)``."""

    def __init__(self, building: Building, thresholds: Thresholds) -> None:
        self.thresholds = thresholds
        self.state: Codes = np.full(len(building.spaces), UNKNOWN, dtype=np.int8)
        self.since_ms = np.zeros(len(building.spaces), dtype=np.int64)
        self.low_ms = np.zeros(len(building.spaces), dtype=np.int64)
        """Since when the probability has been low, ms UTC; 0 while it is not."""
        self.away_ms = np.array(
            [1000 * thresholds.away_of(space.kind) for space in building.spaces], dtype=np.int64
        )

    def due(
        self,
        probability: Floats,
        observed: NDArray[np.bool_],
        lost: NDArray[np.bool_],
        now_ms: int,
    ) -> Codes:
        """The state each space ought to be in now, shape ``(spaces,)``.

        Args:
            probability: Of occupied, shape ``(spaces,)``.
            observed: Whether any living sensor speaks of the space, shape ``(spaces,)``.
            lost: Whether a sensor that spoke of it is dead or silent, shape ``(spaces,)``. A space
                that only a badge spoke of is doubted for a moment before it is unknown.
            now_ms: Event time, ms UTC.
        """
        due = self.state.copy()
        full = probability >= self.thresholds.occupied
        enough = np.full(len(probability), self.thresholds.free)
        enough[self.state == UNKNOWN] = self.thresholds.free_at_first
        enough[(self.state == OCCUPIED) & (self.away_ms > 0)] = self.thresholds.away
        low = (probability <= enough) | ~observed
        self.low_ms = np.where(low, np.where(self.low_ms > 0, self.low_ms, now_ms), 0)
        lasts = now_ms - self.low_ms >= self._leave_ms(now_ms)
        empty = low & (lasts | (self.state != OCCUPIED))
        goes_away = (self.state == OCCUPIED) & empty & (self.away_ms > 0)
        stays_away = (self.state == AWAY) & (now_ms - self.since_ms < self.away_ms)
        due[empty & ~goes_away & ~stays_away] = FREE
        due[goes_away] = AWAY
        due[full] = OCCUPIED
        due[~observed & (lost | lasts | (self.state != OCCUPIED))] = UNKNOWN
        return due

    def _leave_ms(self, now_ms: int) -> Floats:
        """How long each space must be low before it is left, shape ``(spaces,)``."""
        told = self.thresholds
        settled = now_ms - self.since_ms >= 1000 * told.settled_s
        return np.where(settled, 1000 * told.settled_leave_s, 1000 * told.leave_s)

    def due_of(self, space: int, probability: float) -> int:
        """The state one observed space ought to be in at once: only coming is that urgent."""
        if probability >= self.thresholds.occupied:
            return OCCUPIED
        return int(self.state[space])

    def move(self, space: int, code: int, event_ms: int) -> tuple[State, State, int]:
        """Put a space in another state; before, after, and when.

        No state begins before the one that it follows, however late the news.
        """
        before = CODES[self.state[space]]
        at_ms = max(event_ms, int(self.since_ms[space]))
        self.state[space], self.since_ms[space] = code, at_ms
        return before, CODES[code], at_ms
