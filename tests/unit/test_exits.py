"""Who is seen to come into one space has left another."""

import numpy as np
import pytest
from support.office import OFFICE

from occupancy.belief import Belief
from occupancy.exits import LEAST_GAIN, Doors
from occupancy.learned import Exits
from occupancy.leavings import Leavings
from occupancy.rates import ROOM

GOES = [[0.0, 0.9, 0.1], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
EXITS = Exits(["room-a", "room-b", "gone"], GOES, [0.2, 0.4, 0.6])
A, B = OFFICE.index["room-a"], OFFICE.index["room-b"]


@pytest.fixture
def doors():
    """Two rooms of the office, and one that the building no longer has."""
    return Doors(EXITS, OFFICE)


@pytest.fixture
def belief():
    """Somebody is surely in the first room, nobody knows of the other spaces."""
    known = Belief([ROOM] * len(OFFICE.spaces))
    known.weigh(A, np.array([1e-9, 1.0, 1.0]))
    return known


def test_a_space_that_is_gone_has_no_door(doors):
    """Only what the building still has counts; of all others leaving is not seen."""
    assert doors.spaces.tolist() == [A, B]
    assert doors.unseen[[A, B]].tolist() == [0.2, 0.4]
    assert set(np.delete(doors.unseen, [A, B])) == {1.0}


def test_who_comes_has_left(doors, belief):
    """Coming into one room empties the room from which one comes, by as much."""
    before = belief.occupied.copy()
    doors.come(Leavings(belief), B, 0.8)
    assert belief.occupied[A] == pytest.approx(before[A] * 0.2, abs=0.02)
    others = np.delete(np.arange(len(OFFICE.spaces)), A)
    assert belief.occupied[others].tolist() == before[others].tolist()
    assert belief.p.sum(axis=0) == pytest.approx(1.0)


@pytest.mark.parametrize("gain", [-0.5, 0.0, LEAST_GAIN / 2])
def test_hardly_anybody_coming_moves_nobody(doors, belief, gain):
    """Less than a hundredth, or somebody seen less, is nobody who came."""
    before = belief.p.copy()
    doors.come(Leavings(belief), B, gain)
    assert (belief.p == before).all()


def test_a_space_without_a_door_moves_nobody(doors, belief):
    """Who comes to a desk has left no room that the ways tell of."""
    before = belief.p.copy()
    doors.come(Leavings(belief), OFFICE.index["desk-1"], 0.9)
    assert (belief.p == before).all()


def test_an_empty_room_has_nobody_to_lose(doors):
    """Who comes while all rooms are empty came from outside."""
    empty = Belief([ROOM] * len(OFFICE.spaces))
    empty.weigh(A, np.array([1.0, 1e-9, 1e-9]))
    before = empty.occupied[A]
    doors.come(Leavings(empty), B, 0.9)
    assert empty.occupied[A] == pytest.approx(before, abs=1e-4)


def test_who_did_not_come_after_all_has_not_left(doors, belief):
    """A chance that falls again as time passes gives back what it took."""
    before = belief.occupied.copy()
    belief.weigh(B, np.array([1.0, 100.0, 100.0]))
    leavings = Leavings(belief)
    doors.come(leavings, B, 0.8)
    was = belief.occupied.copy()
    belief.weigh(B, np.array([1.0, 1e-4, 1e-4]))
    doors.take_back(leavings, was, 1.0, 1.0)
    assert belief.occupied[A] == pytest.approx(before[A], abs=0.02)
    assert belief.p.sum(axis=0) == pytest.approx(1.0)


@pytest.mark.parametrize(("confirmed", "unknown"), [(0.999, 1.0), (0.0, 0.0)])
def test_who_came_for_sure_or_is_known_elsewhere_has_left(doors, belief, confirmed, unknown):
    """A second event where somebody surely was, or a badge that tells: nothing goes back."""
    belief.weigh(B, np.array([1.0, 100.0, 100.0]))
    leavings = Leavings(belief)
    doors.come(leavings, B, 0.8)
    left = belief.occupied[A]
    doors.confirm(B, confirmed)
    was = belief.occupied.copy()
    belief.weigh(B, np.array([1.0, 1e-4, 1e-4]))
    doors.take_back(leavings, was, 1.0, unknown)
    assert belief.occupied[A] == pytest.approx(left, abs=0.01)
