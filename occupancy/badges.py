"""Badges: what tags say of rooms, and of how many people carry none.

Owns counts and chances only; which tag it is never gets here.
"""

import math

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.learned import Learned
from occupancy.tracker import Tracker
from occupancy.watch import Watch

ALONE_S = 1800.0
"""Where nothing moved for so long, a badge is as likely alone as not."""
MOST = 0.995


class Badges:
    """Chances of shape ``(spaces,)``."""

    def __init__(self, building: Building, tracker: Tracker, learned: Learned) -> None:
        index = tracker.places.index
        self.is_place = np.array([space.id in index for space in building.spaces], dtype=bool)
        """Whether badges can be in each space, shape ``(spaces,)``."""
        self._place = np.array([index.get(space.id, 0) for space in building.spaces])
        self._tracker = tracker
        self._people, self._unbadged = learned.people, learned.unbadged
        self.there = np.zeros(len(building.spaces))
        """Chance that a badge is in each space, with somebody."""
        self.nobody_else_nats = 0.0
        """Against anybody without a badge: most of the usual people are known to be elsewhere."""

    def advance(self, now_ms: int, watch: Watch, observed: NDArray[np.bool_]) -> None:
        """Ask the tracker anew.

        Args:
            now_ms: Event time, ms UTC.
            watch: Tells when anything last moved.
            observed: Which spaces living channels see, shape ``(spaces,)``.
        """
        if not self._tracker.places.ids:
            return
        anybody = np.minimum(self._tracker.anybody(now_ms), MOST)
        with_somebody = 0.5 ** (self._still_s(now_ms, watch, observed) / ALONE_S)
        self.there = np.where(self.is_place, anybody[self._place], 0.0) * with_somebody
        if self._people:
            known = float(self._tracker.presence(now_ms).sum())
            without = max(1.0 - known / self._people, self._unbadged)
            self.nobody_else_nats = math.log(without)

    def _still_s(self, now_ms: int, watch: Watch, observed: NDArray[np.bool_]) -> Floats:
        """How long nothing has moved in each space; 0 where nobody would know.

        A badge that comes does not walk alone: it moved. By the plan alone badges are told too
        often where they are not.
        """
        last_ms = watch.changed_ms()
        knows = observed & (last_ms > 0)
        if self._tracker.ground.is_walked:
            came_ms = np.where(self.is_place, self._tracker.came_ms(now_ms)[self._place], 0)
            last_ms = np.maximum(last_ms, came_ms)
        return np.where(knows, np.maximum(now_ms - last_ms, 0) / 1000, 0.0)
