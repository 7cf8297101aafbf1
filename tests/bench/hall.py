"""A hall of a building, invented: rooms in a grid, a scanner in some of them, tags that stay.

What is heard follows the plan, with errors; the same seed gives the same day.
"""

import numpy as np

from occupancy.building import Building
from occupancy.ground import Ground, ground_of_map, ground_of_plan
from occupancy.label import Label
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.places import Places
from occupancy.radio import REFERENCE_DBM, SENSITIVITY_DB, Radio
from occupancy.radio_map import JointMap, RadioMap
from occupancy.space import Kind, Space
from sensors.reading import Sighting
from sensors.tag import Tag

ACROSS, SIDE_M = 25, 4.0
ERROR_DB = 5.0
HEARD_S = 0.5
"""Chance that a scanner near enough hears a tag within a second."""


def hall(rooms: int, scanners: int) -> Building:
    """Rooms of 4 m by 4 m, and scanners in as many of them, spread evenly."""
    spaces = [
        Space("house", Kind.BUILDING, Label.of("House")),
        Space("floor", Kind.FLOOR, Label.of("Floor"), "house", level=0, z_m=(0.0, 3.0)),
        *(
            Space(f"room-{i}", Kind.ROOM, Label.of(f"Room {i}"), "floor", _square(i))
            for i in range(rooms)
        ),
    ]
    where = [i * rooms // scanners for i in range(scanners)]
    sensors = tuple(
        Sensor(
            f"b{i}/ble",
            SensorKind.SCANNER,
            (_corner(room)[0] + 2.0, _corner(room)[1] + 2.0, 2.5),
            (Placement(f"room-{room}"),),
        )
        for i, room in enumerate(where)
    )
    boards = tuple(Board(f"b{i}") for i in range(scanners))
    return Building("hall", Label.of("Hall"), "UTC", tuple(spaces), boards, sensors, digest="hall")


def _corner(room: int) -> tuple[float, float]:
    return SIDE_M * (room % ACROSS), SIDE_M * (room // ACROSS)


def _square(room: int) -> tuple[tuple[float, float], ...]:
    x, y = _corner(room)
    return (x, y), (x + SIDE_M, y), (x + SIDE_M, y + SIDE_M), (x, y + SIDE_M)


def map_of(ground: Ground, points: int) -> Ground:
    """A radio map of the same building, as a walk would have made it: some points a place."""
    layout, plan = ground.layout, ground.hearing.strength_db
    places = len(layout.ids)
    noise = np.random.default_rng(1)
    owner = np.repeat(np.arange(places), points)
    middle = layout.gathered(plan * layout.share)
    strength_db = middle[:, owner] + noise.normal(0.0, 3.0, (len(plan), len(owner)))
    heard = np.clip(1 / (1 + np.exp(-(strength_db - SENSITIVITY_DB) / 3)), 0.02, 0.98)
    floor_db = np.full(len(plan), SENSITIVITY_DB - 3.0)
    learned = RadioMap(
        places=list(layout.ids),
        scanners=list(ground.hearing.scanners),
        owner=owner.tolist(),
        share=np.full(len(owner), 1 / points).tolist(),
        strength_db=strength_db.tolist(),
        heard=heard.tolist(),
        leave_per_s=np.full(places, 1 / 300).tolist(),
        goes=ground.walking.way.astype(float).tolist(),
        joint=JointMap(
            np.maximum(middle, floor_db[:, None]).T.tolist(),
            np.diag(np.full(len(plan), ERROR_DB**2)).tolist(),
            floor_db.tolist(),
        ),
    )
    return ground_of_map(learned)


def grounds(building: Building) -> dict[str, Ground]:
    """The ground from the plan, and from a map with five points a place."""
    plan = ground_of_plan(building)
    return {"plan": plan, "map": map_of(plan, 5)}


class Crowd:
    """Tags that stay where they are, each in a room of its own choice."""

    def __init__(self, building: Building, tags: int) -> None:
        self.noise = np.random.default_rng(2)
        self.tags = [Tag(f"{i:032x}") for i in range(tags)]
        places = Places(building)
        points = self.noise.integers(0, len(places.points), tags)
        self.place = places.owner[points]
        radio = Radio(building, places)
        self.scanners = list(radio.index)
        self.expected_db = radio.expected_db[:, points]
        offsets_db = self.noise.normal(0.0, 4.0, tags)
        self.strength_db = self.expected_db + offsets_db

    def heard(self, now_ms: int) -> list[Sighting]:
        """What all scanners say in a second."""
        strength_db = self.strength_db + self.noise.normal(0.0, ERROR_DB, self.strength_db.shape)
        heard = strength_db > SENSITIVITY_DB
        heard &= self.noise.random(heard.shape) < HEARD_S
        return [
            Sighting(
                self.scanners[scanner],
                now_ms,
                self.tags[tag],
                float(strength_db[scanner, tag]) + REFERENCE_DBM,
            )
            for scanner, tag in zip(*(index.tolist() for index in np.nonzero(heard)), strict=True)
        ]
