"""Meters: the levels that the sensors around each space show now.

Owns the last level of each, and how far it is from what it was lately. Knows no belief.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.level_model import transformed
from occupancy.liveness import Liveness
from occupancy.placement import SensorKind
from sensors.reading import Level

TOLD = ("light", "sound", "power", "co2", "phones")
"""Quantities that sensors tell; temperature and humidity follow the weather more than people."""
SLOPE = "co2_slope"
"""Reckoned from CO2, which follows people late."""
QUANTITIES = (*TOLD, SLOPE)
LASTS_MS = 3_600_000
"""A level says nothing after so long without another; many sensors tell only what is new."""
LATELY_S = 1200.0
"""CO2 is held against its mean of about so long."""


class Meters:
    """A row for each sensor that measures, each space that it sees and each quantity.

    Args:
        building: Its sensors.
        liveness: Of their boards.
    """

    def __init__(self, building: Building, liveness: Liveness) -> None:
        places = [
            (sensor, building.index[place.space], place.space)
            for sensor in building.sensors
            if sensor.kind is SensorKind.LEVEL
            for place in sensor.sees
        ]
        self._liveness = liveness
        self.sensors = [sensor.id for sensor, _, _ in places for _ in QUANTITIES]
        self.quantities = [quantity for _ in places for quantity in QUANTITIES]
        self.keys = [f"{s.id} {q} {space}" for s, _, space in places for q in QUANTITIES]
        """Name of each row."""
        self.space_of = np.repeat(_whole([at for _, at, _ in places]), len(QUANTITIES))
        boards = [liveness.index[sensor.board] for sensor, _, _ in places]
        self._board_of = np.repeat(_whole(boards), len(QUANTITIES))
        self._rows: dict[tuple[str, str], list[int]] = {}
        for row, key in enumerate(zip(self.sensors, self.quantities, strict=True)):
            self._rows.setdefault(key, []).append(row)
        self.level = np.zeros(len(self.keys))
        """As transformed, shape ``(rows,)``."""
        self.lately = np.zeros(len(self.keys))
        """What it was lately, the same shape."""
        self.at_ms = np.zeros(len(self.keys), dtype=np.int64)
        """When it was told; 0 where it never was."""
        self.fresh = np.full(len(self.keys), np.nan)
        """Levels at the last advance, NaN where there is none that counts."""

    def observe(self, reading: Level) -> list[int]:
        """Take a level; the spaces that it is about."""
        rows = self._rows.get((reading.sensor, reading.quantity), [])
        if reading.quantity not in TOLD or not rows or reading.event_ms <= self.at_ms[rows[0]]:
            return []
        level = transformed(reading.quantity, reading.value)
        since_s = (reading.event_ms - int(self.at_ms[rows[0]])) / 1000
        kept = float(np.exp(-since_s / LATELY_S)) if self.at_ms[rows[0]] else 0.0
        lately = level + kept * (float(self.lately[rows[0]]) - level)
        self._show(rows, level, lately, reading.event_ms)
        if reading.quantity == "co2":
            slopes = self._rows[reading.sensor, SLOPE]
            self._show(slopes, level - lately, 0.0, reading.event_ms)
        return [int(space) for space in self.space_of[rows]]

    def _show(self, rows: list[int], level: float, lately: float, at_ms: int) -> None:
        self.level[rows], self.lately[rows], self.at_ms[rows] = level, lately, at_ms

    def advance(self, now_ms: int) -> None:
        """Look at all of them: what is old or comes from a silent board counts for nothing."""
        counts = (self.at_ms > 0) & (now_ms - self.at_ms <= LASTS_MS)
        counts &= self._liveness.alive(now_ms)[self._board_of]
        self.fresh = np.where(counts, self.level, np.nan)


def _whole(numbers: list[int]) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)
