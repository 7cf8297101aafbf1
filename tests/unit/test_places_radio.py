"""Where a tag can be, and how strongly it ought to be heard there."""

from dataclasses import replace

import numpy as np
import pytest
from support.office import OFFICE, box, sensor

from occupancy.building import Building
from occupancy.label import Label
from occupancy.placement import Board, SensorKind
from occupancy.places import Places, floor_of_height
from occupancy.radio import FLOOR_DB, WALL_DB, Radio, _walls
from occupancy.space import Kind, Space


def house(*rooms, floors=1, scanners=((2.0, 2.0, 1.0),)):
    """Rooms of 4 by 4 m in a row on each floor, and scanners at given points."""
    spaces = [Space("house", Kind.BUILDING, Label.of("House"))]
    for level in range(floors):
        floor = f"floor-{level}"
        z_m = (3.0 * level, 3.0 * level + 3.0)
        spaces.append(Space(floor, Kind.FLOOR, Label.of(floor), "house", level=level, z_m=z_m))
        spaces += [
            Space(f"{room}-{level}", Kind.ROOM, Label.of(room), floor, box(4 * i, 0, 4, 4))
            for i, room in enumerate(rooms)
        ]
    ears = [sensor(f"b/ble-{i}", SensorKind.SCANNER, at=at) for i, at in enumerate(scanners)]
    return Building("h", Label.of("House"), "UTC", tuple(spaces), (Board("b"),), tuple(ears))


def expected_db(building):
    """Strength at each place, averaged over its points, shape (scanners, places)."""
    places = Places(building)
    scanners = [s for s in building.sensors if s.at]
    over_points = Radio._expected(building, places, scanners)
    return np.array(
        [over_points[:, places.owner == i].mean(axis=1) for i in range(len(places.ids))]
    ).T


def test_rooms_and_zones_are_places_and_desks_are_not():
    """The finest answer about a person is a room, in an open plan the zone."""
    assert Places(OFFICE).ids == ("zone-n", "room-a", "room-b")


@pytest.mark.parametrize("missing", ["outline", "floor"])
def test_a_room_that_is_nowhere_is_no_place(missing):
    """Without an outline or a floor nobody can be found there."""
    room = OFFICE.space("room-a")
    lost = replace(room, outline=()) if missing == "outline" else replace(room, parent="office")
    spaces = tuple(lost if s.id == "room-a" else s for s in OFFICE.spaces)
    assert "room-a" not in Places(replace(OFFICE, spaces=spaces)).ids


def test_the_points_of_a_place_lie_in_it():
    """Each point is inside the outline of its owner and at the height of a badge."""
    places = Places(OFFICE)
    for (x, y, z), owner in zip(places.points, places.owner, strict=True):
        xs, ys = zip(*places.spaces[owner].outline, strict=True)
        assert min(xs) < x < max(xs)
        assert min(ys) < y < max(ys)
        assert z == 1.0


def test_a_badge_hangs_a_metre_above_its_own_floor():
    """Points of the second floor lie higher by the height of the first."""
    places = Places(house("a", floors=2))
    assert {(places.ids[i], z) for i, z in zip(places.owner, places.points[:, 2], strict=True)} == {
        ("a-0", 1.0),
        ("a-1", 4.0),
    }


def test_a_building_without_places_has_none():
    """No room, no zone, no error."""
    bare = Building("h", Label.of("House"), "UTC", OFFICE.spaces[:2])
    places = Places(bare)
    assert (places.ids, places.points.shape) == ((), (0, 3))
    assert list(Radio(bare, places).index) == []


@pytest.mark.parametrize(
    ("z_m", "level"), [(-1.0, 0), (0.0, 0), (1.0, 0), (2.99, 0), (3.01, 1), (8.9, 2), (99.0, 2)]
)
def test_a_height_lies_on_a_floor(z_m, level):
    """Below the lowest and above the highest, the nearest one."""
    assert floor_of_height(house("a", floors=3), z_m) == level


def test_farther_is_weaker():
    """Strength falls with the distance."""
    [heard] = expected_db(house("a", "b", "c"))
    assert heard[0] > heard[1] > heard[2]


def test_a_wall_weakens():
    """Between two rooms lies one wall, drawn by both and counted once."""
    walled = house("a", "b")
    open_plan = replace(
        walled,
        spaces=tuple(
            replace(s, kind=Kind.ZONE) if s.kind is Kind.ROOM else s for s in walled.spaces
        ),
    )
    near = {"a-0": 0.0, "b-0": WALL_DB}
    found = Radio._expected(open_plan, Places(open_plan), list(walled.sensors))[0].mean()
    assert found > Radio._expected(walled, Places(walled), list(walled.sensors))[0].mean()
    assert len(_walls(walled, 0)) == 7
    points = Places(walled)
    strong = Radio._expected(walled, points, list(walled.sensors))[0]
    free = -27.0 * np.log10(np.linalg.norm(points.points - np.array([2.0, 2.0, 1.0]), axis=1))
    lost = {points.ids[i]: (free - strong)[points.owner == i].mean() for i in range(2)}
    assert lost == pytest.approx(near)


def test_a_floor_weakens():
    """The room above is heard weaker than by its distance alone."""
    [heard] = expected_db(house("a", floors=2, scanners=((2.0, 2.0, 2.5),)))
    assert heard[0] - heard[1] > FLOOR_DB - 8


def test_silence_speaks_against_the_near_room():
    """Not to be heard is least likely where the scanner hangs, and never certain."""
    building = house("a", "b", "c")
    places = Places(building)
    [silence] = Radio(building, places).silence
    by_place = [silence[places.owner == i].mean() for i in range(3)]
    assert by_place[0] < by_place[2] < 0


def test_scanners_without_a_place_are_not_heard():
    """A scanner whose position nobody measured has no part in the table."""
    lost = sensor("b/lost", SensorKind.SCANNER)
    building = house("a")
    assert list(Radio(replace(building, sensors=(lost,)), Places(building)).index) == []
