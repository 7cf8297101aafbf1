"""Places: the rooms and zones where a tag can be, and how people get from one to the other.

The finest answer about a person is a room; in an open plan it is the zone. Desks are no places.
"""

import numpy as np

from occupancy.building import Building
from occupancy.geometry import Floats, sample
from occupancy.layout import Layout
from occupancy.space import Kind, Space
from occupancy.walking import Walking

CARRY_HEIGHT_M = 1.0
"""A tag hangs about so high above the floor."""
WALK_M_PER_S = 1.2
"""Preferred walking speed indoors, Bohannon 1997, rounded."""
FLOOR_CHANGE_M = 25.0
"""Walking to another floor costs as much as this way."""
STAY_S = 600.0
"""Mean stay in a place before going to another."""
ROAM_S = 30.0
"""Within a place people keep to one spot about so long."""
ACROSS = {Kind.ROOM: 2, Kind.ZONE: 4}
"""Points each way that stand for a place."""


class Places:
    """All places of a building, in order, with points spread over each.

    The points of a place lie next to each other in all arrays over points.
    """

    def __init__(self, building: Building) -> None:
        self.spaces = tuple(s for s in building.spaces if self._is_place(s, building))
        self.ids = tuple(space.id for space in self.spaces)
        self.index = {space_id: i for i, space_id in enumerate(self.ids)}
        self.levels = np.array([_level(building, s) for s in self.spaces], dtype=np.int64)
        points, owner = [], []
        for i, space in enumerate(self.spaces):
            flat = sample(space.outline, ACROSS[space.kind])
            height = np.full((len(flat), 1), _bottom_m(building, space) + CARRY_HEIGHT_M)
            points.append(np.hstack([flat, height]))
            owner += [i] * len(flat)
        self.points = np.vstack(points) if points else np.zeros((0, 3))
        """x, y, z in metres, shape ``(points, 3)``."""
        self.owner = np.array(owner, dtype=np.int64)
        """Place of each point, shape ``(points,)``."""

        counts = np.bincount(self.owner, minlength=len(self.spaces)).astype(float)
        self.layout = Layout(self.ids, self.owner, 1.0 / counts[self.owner])

    @staticmethod
    def _is_place(space: Space, building: Building) -> bool:
        if not space.outline or building.around(space.id, Kind.FLOOR) is None:
            return False
        return space.kind in {Kind.ROOM, Kind.ZONE}

    def walking(self) -> Walking:
        """How people walk about: near places are likelier than far ones."""
        layout, count = self.layout, len(self.spaces)
        leave_per_s = np.full(count, 1 / STAY_S if count > 1 else 0.0, dtype=np.float32)
        return Walking(layout, 1 / ROAM_S, leave_per_s, None, self.goes().astype(np.float32))

    def goes(self) -> Floats:
        """Where those who leave a place go, rows summing to 1, shape ``(from, to)``.

        The chance falls off with the walking time.
        """
        count = len(self.spaces)
        if count < 2:
            return np.zeros((count, count))
        centres = np.array([self.points[self.owner == i].mean(axis=0) for i in range(count)])
        way_m = np.linalg.norm(centres[:, None, :2] - centres[None, :, :2], axis=2)
        way_m += FLOOR_CHANGE_M * np.abs(self.levels[:, None] - self.levels[None, :])
        pull = np.exp(-way_m / (10.0 * WALK_M_PER_S))
        np.fill_diagonal(pull, 0.0)
        return np.asarray(pull / pull.sum(axis=1, keepdims=True))


def _floor(building: Building, space: Space) -> Space:
    floor = building.around(space.id, Kind.FLOOR)
    if floor is None:
        raise ValueError(f"space {space.id} lies on no floor")
    return floor


def _level(building: Building, space: Space) -> int:
    return _floor(building, space).level or 0


def _bottom_m(building: Building, space: Space) -> float:
    z_m = _floor(building, space).z_m
    return z_m[0] if z_m else 0.0


def floor_of_height(building: Building, z_m: float) -> int:
    """Level of the floor on which a height lies; the nearest where it lies on none."""
    floors = [f for f in building.of_kind(Kind.FLOOR) if f.z_m is not None]

    def off_by(floor: Space) -> float:
        bottom, top = floor.z_m or (0.0, 0.0)
        return max(bottom - z_m, 0.0, z_m - top)

    nearest = min(floors, key=off_by, default=None)
    return nearest.level or 0 if nearest else 0
