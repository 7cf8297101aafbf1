"""Neighbours: which seen spaces people walk between, by the plan alone.

Owns the part of those leaving a space who are next seen in another. From desk to desk nobody is
taken to go: who stirs at one desk would empty those around. Knows no belief.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.places import WALK_M_PER_S
from occupancy.space import Kind

SEEN = 0.3
"""Part of those leaving a space who are soon seen in another; the others go where nobody sees."""
WALK_S = 10.0
"""A space is less likely next by a factor of e each time that it is farther by so long a walk."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The seen spaces of one floor."""

    spaces: NDArray[np.intp]
    """Their positions in the building, ascending."""
    goes: Floats
    """Part of those leaving each who are next seen in each, shape ``(from, to)``."""


def floors(building: Building) -> tuple[Floor, ...]:
    """The floors on which people can be seen to go from one space to another."""
    seen = {place.space for sensor in building.sensors for place in sensor.sees}
    by_floor: dict[str, list[int]] = {}
    for i, space in enumerate(building.spaces):
        floor = building.around(space.id, Kind.FLOOR)
        if space.id in seen and space.outline and floor is not None and space is not floor:
            by_floor.setdefault(floor.id, []).append(i)
    return tuple(_floor(building, np.array(mine)) for mine in by_floor.values() if len(mine) > 1)


def _floor(building: Building, mine: NDArray[np.intp]) -> Floor:
    spaces = [building.spaces[i] for i in mine]
    centres = np.array([space.centre for space in spaces])
    way_m = np.linalg.norm(centres[:, None] - centres[None, :], axis=2)
    pull = np.exp(-way_m / (WALK_S * WALK_M_PER_S))
    is_desk = np.array([space.kind is Kind.DESK for space in spaces])
    pull[np.ix_(is_desk, is_desk)] = 0.0
    pull *= ~_same(building, [space.id for space in spaces])
    total = pull.sum(axis=1, keepdims=True)
    return Floor(mine, SEEN * pull / np.where(total > 0, total, 1.0))


def _same(building: Building, ids: list[str]) -> NDArray[np.bool_]:
    """Where being seen in one says nothing of leaving the other: one sensor or one in the other."""
    found = np.eye(len(ids), dtype=bool)
    index = {space: i for i, space in enumerate(ids)}
    groups = [{place.space for place in sensor.sees} for sensor in building.sensors]
    groups += [{space, above.id} for space in ids for above in building.upward(space)]
    for group in groups:
        rows = [index[space] for space in group if space in index]
        found[np.ix_(rows, rows)] = True
    return found
