"""The timetable: how often each space is in use in each hour of the week.

Owns seconds by hour of the week in the building's own zone, fading over weeks. Knows spaces alone,
never who was there.
"""

import math
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from occupancy.geometry import Floats
from occupancy.pooling import alike

HOURS = 168
"""Of a week; Monday 0:00 is the first."""
MEMORY_S = 28 * 86_400.0
"""What was seen counts less by a factor of e after so long."""
ASSUMED_WEIGHT_S = 8 * 3600.0
"""What is assumed counts as so much time of all spaces of a kind."""
ANY_HOUR_WEIGHT_S = 4 * 3600.0
"""A kind at any hour counts as so much of its time in an hour of the day."""
ANY_DAY_WEIGHT_S = 4 * 3600.0
"""The hour of any day counts as so much of its time in an hour of the week."""
KIND_WEIGHT_S = 6 * 3600.0
"""The kind counts as so much time of a space in an hour of the week."""
MOST, LEAST = 0.9, 0.001
"""No space is in use more or less often than this."""


def hour_of_week(now_ms: int, zone: str) -> int:
    """The hour of the week of a moment in ms UTC, 0 to 167.

    >>> hour_of_week(1_795_388_400_000, "Europe/Amsterdam")  # Monday, midnight there
    0
    """
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return 24 * local.weekday() + local.hour


class Timetable:
    """Seconds in use and seconds known, shape ``(2, HOURS, spaces)``.

    Args:
        assumed: How often each space is in use without any history, shape ``(spaces,)``.
        kinds: Of each space; spaces of a kind are assumed to be alike.
    """

    def __init__(self, assumed: Floats, kinds: Sequence[Hashable]) -> None:
        self._assumed, self._groups = assumed, alike(kinds)
        self.seconds = np.zeros((2, HOURS, len(kinds)), dtype=np.float32)

    def add(self, hour: int, elapsed_s: float, used: Floats, known: Floats) -> None:
        """Take note of some seconds.

        Args:
            hour: Of the week.
            elapsed_s: How long.
            used: Chance of somebody, shape ``(spaces,)``.
            known: 1 where anybody would be seen, else 0, shape ``(spaces,)``.
        """
        self.seconds[0, hour] += elapsed_s * used * known
        self.seconds[1, hour] += elapsed_s * known

    def fade(self, elapsed_s: float) -> None:
        """Let time pass."""
        self.seconds *= np.float32(math.exp(-elapsed_s / MEMORY_S))

    def odds_against_any(self, hour: int) -> Floats:
        """Odds of being in use in an hour of the week, against those at any hour, ``(spaces,)``.

        Each space is shrunk towards its kind, that hour towards the same hour of any day, and that
        towards any hour.
        """
        of_day = self.seconds[:, hour % 24 :: 24].sum(axis=1, dtype=float)
        any_hour = self.seconds.sum(axis=1, dtype=float)
        found = np.empty_like(self._assumed)
        for mine in self._groups:
            own = self.seconds[:, hour, mine].astype(float)
            always = _share(
                any_hour[:, mine].sum(axis=1), self._assumed[mine].mean(), ASSUMED_WEIGHT_S
            )
            usual = _share(of_day[:, mine].sum(axis=1), always, ANY_HOUR_WEIGHT_S)
            usual = _share(own.sum(axis=1), usual, ANY_DAY_WEIGHT_S)
            found[mine] = _odds(_share(own, usual, KIND_WEIGHT_S)) / _odds(always)
        return found


def _share(seconds: Floats, usual: Floats, weight_s: float) -> Floats:
    return np.asarray((seconds[0] + weight_s * usual) / (seconds[1] + weight_s))


def _odds(share: Floats) -> Floats:
    share = np.clip(share, LEAST, MOST)
    return np.asarray(share / (1.0 - share))
