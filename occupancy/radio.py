"""Radio: how strongly each scanner ought to hear a tag in each place, from the plan alone.

Log-distance path loss with walls and floors. Owns what the plan predicts; knows no tag and no time.

Source: log-distance model with wall and floor terms, Seidel and Rappaport 1992 (IEEE Trans.
Antennas Propag. 40(2), 207-217); the figures are our choice, decision 0006.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.geometry import Floats, edges, walls_crossed
from occupancy.placement import Sensor, SensorKind
from occupancy.places import Places, floor_of_height
from occupancy.space import Kind
from sensors.reading import Sighting

REFERENCE_DBM = -59.0
"""RSSI at 1 m where the tag or the scanner does not tell."""
EXPONENT = 2.7
WALL_DB = 3.5
MAX_WALLS = 4
FLOOR_DB = 14.0
SENSITIVITY_DB = -34.0
"""Relative to the reference, below which a scanner seldom hears."""
FARTHEST_DB = 150.0
"""No strength is farther from the reference: what a scanner says beyond that is nonsense."""


def relative_db(sighting: Sighting) -> float:
    """Strength relative to what the scanner expects at 1 m.

    >>> from sensors.tag import Tag
    >>> relative_db(Sighting("b/ble", 0, Tag("a"), -70.0))
    -11.0
    """
    told_dbm = sighting.reference_dbm
    strength_db = sighting.rssi_dbm - (REFERENCE_DBM if told_dbm is None else told_dbm)
    return min(max(strength_db, -FARTHEST_DB), FARTHEST_DB)


class Radio:
    """What each scanner ought to hear at each point.

    ``expected_db`` is the strength relative to the reference at 1 m, ``silence`` the log of the
    chance to hear nothing for a while; both have shape ``(scanners, points)``.
    """

    def __init__(self, building: Building, places: Places) -> None:
        scanners = [s for s in building.sensors if s.kind is SensorKind.SCANNER and s.at]
        self.index = {scanner.id: i for i, scanner in enumerate(scanners)}
        self.boards = [scanner.board for scanner in scanners]
        self.expected_db = self._expected(building, places, scanners)
        self.silence = self._silences(self.expected_db)

    @staticmethod
    def _expected(building: Building, places: Places, scanners: list[Sensor]) -> Floats:
        """Strength relative to the reference in dB, shape ``(scanners, points)``."""
        if not scanners or not len(places.points):
            return np.zeros((len(scanners), len(places.points)))
        at = np.array([scanner.at for scanner in scanners], dtype=float)
        distance_m = np.linalg.norm(at[:, None, :] - places.points[None, :, :], axis=2)
        loss_db = 10 * EXPONENT * np.log10(np.maximum(distance_m, 0.5))
        levels = np.array([floor_of_height(building, z) for z in at[:, 2]])
        floors = np.abs(levels[:, None] - places.levels[places.owner][None, :])
        walls = np.zeros(loss_db.shape)
        for level in set(levels.tolist()):
            here = levels == level
            there = places.levels[places.owner] == level
            drawn = _walls(building, level)
            if len(drawn) and there.any():
                crossed = walls_crossed(at[here, :2], places.points[there, :2], drawn)
                walls[np.ix_(here, there)] = np.minimum(crossed, MAX_WALLS)
        return np.asarray(-loss_db - WALL_DB * walls - FLOOR_DB * floors)

    @staticmethod
    def _silences(expected_db: Floats) -> NDArray[np.float32]:
        hears = 1 / (1 + np.exp(-(expected_db - SENSITIVITY_DB) / 4.0))
        return np.asarray(np.log(1 - np.clip(hears, 0.05, 0.9)), dtype=np.float32)


def _walls(building: Building, level: int) -> Floats:
    """Sides of all rooms on a floor, each once, shape ``(walls, 4)``."""
    found: dict[tuple[float, float, float, float], None] = {}
    for room in building.of_kind(Kind.ROOM):
        floor = building.around(room.id, Kind.FLOOR)
        if floor is not None and (floor.level or 0) == level and room.outline:
            found.update(dict.fromkeys(edges(room.outline)))
    return np.array(list(found), dtype=float).reshape(-1, 4)
