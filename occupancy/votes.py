"""Votes: which channels are believed, and which cry wolf or never sleep.

Owns how long each channel has been on and when it was last quiet. Knows no belief: a channel is
judged by what no people do, however much it says.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.placement import SensorKind
from occupancy.watch import ON, Watch

QUIET_MS = 3_600_000
"""Between people there is an hour without any motion, now and then."""
RESTLESS_MS = 30 * 3_600_000
"""Nobody goes so long without an hour of quiet."""
STUCK_MS = 2 * 3_600_000
"""A channel may be on for so long at least."""
STUCK_TIMES = 30.0
"""And for so many times as long as it usually is."""
JUDGED = frozenset({SensorKind.MOTION, SensorKind.PRESENCE, SensorKind.COUNT})


class Votes:
    """All pairs of a channel and a space, shape ``(pairs,)`` throughout.

    A channel loses its vote when it is on far longer than it ever is, or has had no quiet hour for
    more than a day, while nothing else that sees the space agrees. It gets it back when it is off
    again, or after a quiet hour. The numbers are our choice, decision 0015.
    """

    def __init__(self, watch: Watch) -> None:
        pairs = len(watch.sensors)
        self._watch = watch
        usual_on_ms = 1000.0 / watch.end_per_s[:, 1:].min(axis=1, initial=np.inf)
        self._longest_on_ms = np.maximum(STUCK_MS, STUCK_TIMES * usual_on_ms)
        """By what is assumed: what is learned of a stuck channel would excuse it."""
        self._is_judged = np.array([kind in JUDGED for kind in watch.kinds], dtype=bool)
        self.on_ms = np.zeros(pairs, dtype=np.int64)
        """How long each has been on without a break, while it was heard."""
        self.still_ms = np.zeros(pairs, dtype=np.int64)
        """How long each has been off without a start, while it was heard."""
        self.restless_ms = np.zeros(pairs, dtype=np.int64)
        """How long each has had no quiet hour, while it was heard."""

    def advance(self, elapsed_s: float, heard: NDArray[np.bool_]) -> None:
        """Let time pass and judge.

        Args:
            elapsed_s: Since the last time.
            heard: Which pairs belong to living boards, shape ``(pairs,)``.
        """
        watch = self._watch
        passed_ms = np.where(heard, round(1000 * elapsed_s), 0)
        is_on = watch.level == ON
        moved = is_on | (watch.edges[0] > 0)
        broken = ~is_on | (watch.edges[1] > 0)
        over = broken & (self.on_ms > self._longest_on_ms)
        self.on_ms = np.where(broken, 0, self.on_ms + passed_ms)
        self.still_ms = np.where(moved, 0, self.still_ms + passed_ms)
        quiet = self.still_ms >= QUIET_MS
        self.restless_ms = np.where(quiet | over, 0, self.restless_ms + passed_ms)
        stuck = self.on_ms > self._longest_on_ms
        loses = (stuck | (self.restless_ms > RESTLESS_MS)) & self._is_judged
        behaves = (self.on_ms == 0) & (self.restless_ms <= RESTLESS_MS)
        moving = heard & watch.trusted & self._is_judged & ~quiet
        # of two that are stuck neither proves the other right
        alone = np.where(stuck, ~self._agreed(moving & ~stuck), ~self._agreed(moving))
        trusted = np.where(watch.trusted, ~(loses & alone), behaves)
        if not np.array_equal(trusted, watch.trusted):
            watch.trust(trusted)

    def _agreed(self, moved: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether another channel of the same space has moved within the hour."""
        watch = self._watch
        by_space = np.bincount(watch.space_of, weights=moved, minlength=watch.spaces)
        return np.asarray(by_space[watch.space_of] - moved > 0)
