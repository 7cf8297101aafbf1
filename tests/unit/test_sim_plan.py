"""How the simulator reads a building file, and where it thinks doors and stairs are."""

from pathlib import Path

import pytest

from firmware_sim.people import roster
from firmware_sim.plan import PlanError, read_plan
from firmware_sim.routes import Routes, Spot
from firmware_sim.walk import walk_along

OFFICE = Path(__file__).parent.parent / "data" / "sim-office.yaml"


def test_included_files_are_part_of_the_plan():
    """Spaces, boards and sensors of an included file count like those of the first one."""
    plan = read_plan(OFFICE)
    assert [floor.id for floor in plan.floors] == ["floor-0", "floor-1"]
    assert "desk-7" in plan.place
    assert {device.id for device in plan.devices} == {"b-1", "b-2", "b-3", "hand"}


def test_boards_of_other_families_are_left_out():
    """A board that does not speak our format is not simulated, nor are its sensors."""
    assert not [c for c in read_plan(OFFICE).channels if c.board == "foreign"]


def test_a_point_is_in_its_room_else_its_zone_else_its_floor():
    """A point is told by the smallest area around it that holds people."""
    plan = read_plan(OFFICE)
    assert plan.locate(18, 8, 0) == "room-0"
    assert plan.locate(2, 8, 0) == "zone-0"
    assert plan.locate(2, 0.5, 0) == "floor-0"


@pytest.mark.parametrize("text", ["[]", "site: x", "spaces: [{id: a}]\nsite: x", "a: ["])
def test_a_wrong_file_is_one_clear_error(tmp_path, text):
    """A file that holds no building ends in an error that names it."""
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(PlanError, match=r"wrong\.yaml"):
        read_plan(path)


def test_a_way_into_a_room_leads_through_its_door_only():
    """Nobody walks through a wall: all steps into the room are at one place."""
    plan = read_plan(OFFICE)
    routes = Routes(plan)
    crossings = set()
    for x, y in ((1.8, 6.4), (11.8, 6.4), (8.0, 2.5), (15.5, 11.5)):
        way = routes.between(Spot(x, y, 0), Spot(18.5, 8, 0))
        inside = [plan.locate(spot.x, spot.y, 0) == "room-0" for spot in way]
        assert inside == sorted(inside)
        door = way[inside.index(True)]
        crossings.add((door.x, door.y))
    assert len(crossings) == 1


def test_a_way_to_another_floor_takes_the_stairs():
    """Between floors the walker stays on the stairs, and that takes time."""
    routes = Routes(read_plan(OFFICE))
    way = routes.between(Spot(1.8, 6.4, 0), Spot(1.8, 6.4, 1))
    assert routes.stairs(0) in way
    assert routes.stairs(1) in way
    level = walk_along(way[: way.index(routes.stairs(0)) + 1], 0, 1.0)
    assert walk_along(way, 0, 1.0).end_ms > 2 * level.end_ms + 10_000


def test_a_person_is_the_same_however_many_others_there_are():
    """The first people of a large roster are those of a small one; tags are unique."""
    plan = read_plan(OFFICE)
    few, many = roster(plan, 7, 5), roster(plan, 7, 300)
    assert many[:5] == few
    assert len({person.address for person in many}) == len({p.name for p in many}) == 300
    assert all(int(person.address[:2], 16) >> 6 == 0b11 for person in many)
    assert roster(plan, 8, 5) != few
