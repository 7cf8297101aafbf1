"""Advice: where one more scanner would tell places apart that are confused.

Predicts from the plan alone, as the tracker does without calibration. Knows no recording.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from occupancy.building import Building
from occupancy.geometry import Floats, inside
from occupancy.learning.told_apart import SILENT_DB
from occupancy.placement import Sensor, SensorKind
from occupancy.places import CARRY_HEIGHT_M, Places, floor_of_height
from occupancy.radio import Radio
from occupancy.space import Kind, Space

MOUNTED_M = 2.2
"""A scanner hangs so high above the floor; our choice."""
LEAST_GAIN_DB = 1.0
"""Less is not worth a scanner."""
SIDES = ("one", "other")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places that are hard to tell apart."""

    one: str
    other: str
    gap_db: float
    """How far apart they are to the scanners that there are."""
    weight: float
    """How much it matters: how often they are confused."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Where one more scanner would help most."""

    place: str
    gain_db: float
    """Mean growth of the gaps of the pairs, by their weights."""


def best_place(building: Building, pairs: Sequence[Pair]) -> Advice | None:
    """The place without a scanner whose middle would separate the pairs most.

    Gaps add up as the sides of right angles do: scanners err by themselves.

    Returns:
        None where every place has a scanner, or where none would help.
    """
    places = Places(building)
    bare = [space for space in places.spaces if not has_scanner(building, space)]
    known = [p for p in pairs if {p.one, p.other} <= places.index.keys() and p.weight > 0]
    if not bare or not known:
        return None
    heard_db = _predicted(building, places, bare)
    one, other = (np.array([places.index[getattr(p, side)] for p in known]) for side in SIDES)
    extra_db = heard_db[:, one] - heard_db[:, other]
    gap_db = np.array([pair.gap_db for pair in known])
    weight = np.array([pair.weight for pair in known])
    gains_db = (np.hypot(gap_db, extra_db) - gap_db) @ weight / weight.sum()
    best = int(gains_db.argmax())
    gain_db = float(gains_db[best])
    return Advice(bare[best].id, round(gain_db, 1)) if gain_db >= LEAST_GAIN_DB else None


def has_scanner(building: Building, space: Space) -> bool:
    """Whether a scanner hangs in a space, as the plan tells."""
    scanners = [s for s in building.sensors if s.kind is SensorKind.SCANNER]
    return any(_is_in(building, space, scanner) for scanner in scanners)


def _is_in(building: Building, space: Space, scanner: Sensor) -> bool:
    floor = building.around(space.id, Kind.FLOOR)
    if scanner.at is None or floor is None:
        return any(sight.space == space.id for sight in scanner.sees)
    x, y, z = scanner.at
    is_level = floor_of_height(building, z) == (floor.level or 0)
    return is_level and bool(inside(np.array([[x, y]]), space.outline)[0])


def _predicted(building: Building, places: Places, spaces: Sequence[Space]) -> Floats:
    """Mean strength in each place of scanners in some spaces, shape ``(spaces, places)``."""
    scanners = tuple(_scanner_in(places, space) for space in spaces)
    radio = Radio(replace(building, sensors=scanners), places)
    heard_db = np.maximum(radio.expected_db, SILENT_DB)
    each = [heard_db[:, places.owner == i].mean(axis=1) for i in range(len(places.ids))]
    return np.stack(each, axis=1)


def _scanner_in(places: Places, space: Space) -> Sensor:
    """A scanner in the middle of a space."""
    x, y, z = places.points[places.owner == places.index[space.id]].mean(axis=0).tolist()
    at = (x, y, z + MOUNTED_M - CARRY_HEIGHT_M)
    return Sensor(f"{space.id}/one-more", SensorKind.SCANNER, at)
