"""Which seen spaces people walk between, by the plan."""

from dataclasses import replace

import pytest
from support.office import OFFICE

from occupancy.building import Building
from occupancy.neighbours import SEEN, floors


def ways(building=OFFICE):
    """The one floor of a building: where each of its spaces leads."""
    [floor] = floors(building)
    names = [building.spaces[i].id for i in floor.spaces]
    return {
        a: dict(zip(names, row, strict=True))
        for a, row in zip(names, floor.goes.tolist(), strict=True)
    }


def test_most_who_leave_are_not_seen_again():
    """A part of those leaving each space is seen in another, and nobody in the same."""
    for space, goes in ways().items():
        assert goes[space] == 0.0
        assert sum(goes.values()) <= SEEN + 1e-9


def test_who_leaves_a_desk_goes_to_a_room_and_to_no_desk():
    """The nearer room is likelier than the farther one."""
    goes = ways()["desk-2"]
    assert goes["room-a"] > goes["room-b"] > goes["desk-1"] == 0.0


def test_one_sensor_tells_of_no_way():
    """Two desks that one sensor sees, and a zone and the desks in it, are no neighbours."""
    found = ways()
    assert found["desk-3"]["desk-4"] == found["desk-4"]["desk-3"] == 0.0
    assert found["desk-1"]["zone-n"] == found["zone-n"]["desk-1"] == 0.0


@pytest.mark.parametrize("lost", ["outline", "sensors"])
def test_what_is_not_drawn_or_not_seen_has_no_neighbours(lost):
    """Nobody knows how far it is, or nobody is seen there."""
    spaces, sensors = OFFICE.spaces, OFFICE.sensors
    if lost == "outline":
        spaces = tuple(replace(s, outline=()) if s.id == "room-a" else s for s in spaces)
    else:
        sensors = tuple(s for s in sensors if all(p.space != "room-a" for p in s.sees))
    building = Building(OFFICE.site, OFFICE.name, "UTC", spaces, OFFICE.boards, sensors)
    assert "room-a" not in ways(building)
    assert "desk-1" in ways(building)
