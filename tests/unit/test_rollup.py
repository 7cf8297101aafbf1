"""The state of a whole from its parts."""

import pytest

from occupancy.building import Building
from occupancy.label import Label
from occupancy.rollup import Tally, roll_up
from occupancy.space import Kind, Space
from occupancy.state import State

FREE, OCCUPIED, AWAY, UNKNOWN = State.FREE, State.OCCUPIED, State.AWAY, State.UNKNOWN


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ([FREE, UNKNOWN, OCCUPIED], OCCUPIED),
        ([FREE, UNKNOWN, AWAY], UNKNOWN),
        ([FREE, AWAY], FREE),
        ([AWAY], FREE),
        ([], UNKNOWN),
    ],
)
def test_occupied_goes_before_unknown_and_unknown_before_free(states, whole):
    """Nothing inside is unknown, never free."""
    assert Tally.of(states).state is whole


def test_each_level_counts_all_that_is_inside():
    """Rooms and desks, in depth; a state that is missing counts as unknown."""
    label = Label.of("x")
    building = Building(
        "hq",
        label,
        "UTC",
        (
            Space("office", Kind.BUILDING, label),
            Space("floor", Kind.FLOOR, label, "office"),
            Space("room", Kind.ROOM, label, "floor"),
            Space("desk-1", Kind.DESK, label, "room"),
            Space("desk-2", Kind.DESK, label, "floor"),
        ),
    )
    found = roll_up(building, {"room": FREE, "desk-1": OCCUPIED})
    assert set(found) == {"office", "floor"}
    assert found["office"] == found["floor"]
    assert found["floor"].desks == Tally(occupied=1, unknown=1)
    assert found["floor"].rooms == Tally(free=1)
    assert found["floor"].state is OCCUPIED
