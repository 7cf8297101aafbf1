"""A walk: where somebody under way is at which moment.

Owns the arithmetic of a way with times. Knows neither walls nor persons.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from firmware_sim.routes import Spot

STAIRS_S = 14.0
"""Time on the stairs for one floor: our choice."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A way with the time at which each of its points is reached."""

    spots: tuple[Spot, ...]
    times_ms: tuple[int, ...]

    @property
    def end_ms(self) -> int:
        """When the walker arrives."""
        return self.times_ms[-1]

    def at(self, now_ms: int) -> Spot:
        """Where the walker is, between two points on a straight line.

        >>> walk_along([Spot(0, 0, 0), Spot(4, 0, 0)], 0, 1.0).at(1000)
        Spot(x=1.0, y=0.0, floor=0)
        """
        i = bisect_right(self.times_ms, now_ms)
        if i == 0:
            return self.spots[0]
        if i == len(self.spots):
            return self.spots[-1]
        one, two = self.spots[i - 1], self.spots[i]
        span_ms = self.times_ms[i] - self.times_ms[i - 1]
        part = (now_ms - self.times_ms[i - 1]) / span_ms
        return Spot(one.x + part * (two.x - one.x), one.y + part * (two.y - one.y), one.floor)


def walk_along(spots: Sequence[Spot], start_ms: int, speed_m_s: float) -> Walk:
    """A walk along the points at an even pace.

    Args:
        spots: Where it leads, start and end included.
        start_ms: When it begins.
        speed_m_s: The pace on the level; on stairs it is `STAIRS_S` a floor.
    """
    times_ms = [float(start_ms)]
    for one, two in pairwise(spots):
        level_s = math.hypot(two.x - one.x, two.y - one.y) / speed_m_s
        times_ms.append(times_ms[-1] + 1000 * (level_s + STAIRS_S * abs(two.floor - one.floor)))
    return Walk(tuple(spots), tuple(round(time) for time in times_ms))
