"""What the tracker knows of a building, from its plan or from a walk."""

import msgspec
import numpy as np
import pytest
from support.office import OFFICE, START_MS
from support.site import ROOMS, WALKER, walk

from occupancy.ground import ground_of, ground_of_map, ground_of_plan
from occupancy.learned import Learned
from occupancy.learning.radio_map import learn_radio_map
from occupancy.radio import FARTHEST_DB, REFERENCE_DBM, relative_db
from occupancy.rows import Rows
from sensors.reading import Sighting
from sensors.tag import Tag


@pytest.fixture(scope="module")
def radio_map():
    """Of the small site."""
    return learn_radio_map([walk()])


def test_a_plan_gives_a_ground(radio_map):
    """Rooms and zones are places, scanners with a position hear."""
    ground = ground_of(OFFICE, None)
    assert ground.layout.ids == ("zone-n", "room-a", "room-b")
    assert list(ground.hearing.scanners) == ["r1/ble", "s1/ble", "master/ble"]
    assert ground.hearing.boards == ("r1", "s1", "master")
    assert (ground.hearing.joint, ground.motion) == (None, None)
    assert ground_of(OFFICE, radio_map).layout.ids[: len(ROOMS)] == ROOMS


def test_a_map_gives_a_ground(radio_map):
    """Places and scanners are those of the walk, and what they say together is known."""
    ground = ground_of_map(radio_map)
    assert list(ground.hearing.scanners) == ["b1/ble", "b2/ble", "b3/ble"]
    assert ground.hearing.boards == ("b1", "b2", "b3")
    assert ground.hearing.joint is not None
    assert ground.motion == radio_map.motion
    assert (ground.hearing.silent_nats_per_s < 0).all()


@pytest.mark.parametrize("known", ["plan", "map"])
def test_who_leaves_a_place_arrives_in_another(radio_map, known):
    """Ways sum to one, and none leads back."""
    ground = ground_of_plan(OFFICE) if known == "plan" else ground_of_map(radio_map)
    way, enter = ground.walking.way, ground.walking.enter
    assert way.sum(axis=1) == pytest.approx(1.0)
    assert way.diagonal().sum() == 0
    if enter is not None:
        assert ground.layout.gathered(enter) == pytest.approx(way)
    for matrix in ground.walking.roam:
        assert matrix.sum(axis=1) == pytest.approx(1.0)


def test_places_near_a_scanner_hear_it_best(radio_map, monkeypatch):
    """As many as asked for, on a plan and on a map."""
    monkeypatch.setattr("occupancy.ground.NEAREST", 1)
    assert ground_of_map(radio_map).near.tolist() == np.eye(3, dtype=bool).tolist()
    found = ground_of_plan(OFFICE)
    assert found.near[found.hearing.scanners["r1/ble"]].tolist() == [False, True, False]


def test_shares_of_a_place_sum_to_one(radio_map):
    """On a plan and on a map."""
    for ground in (ground_of_plan(OFFICE), ground_of_map(radio_map)):
        assert ground.layout.gathered(ground.layout.share) == pytest.approx(1.0)


def test_how_a_walked_tag_sends_is_known(radio_map):
    """The tag of the walk has no unknown offset, others have."""
    rows = Rows(ground_of_map(radio_map))
    assert (rows.start(WALKER).sum(axis=1) > 0).sum() == 1
    assert (rows.start(Tag("other")).sum(axis=1) > 0).all()


def test_only_a_plan_bounds_how_loud_a_tag_may_be(radio_map):
    """Where somebody walked, it is known."""
    plan, walked = ground_of_plan(OFFICE).hearing, ground_of_map(radio_map).hearing
    assert (plan.loudest_db > plan.strength_db.max(axis=1)).all()
    assert np.isinf(walked.loudest_db).all()


def test_a_ground_is_known_by_what_it_means(radio_map):
    """Another map, another digest; the same again, the same."""
    again = msgspec.json.decode(msgspec.json.encode(radio_map), type=type(radio_map))
    other = learn_radio_map([walk(seed=1)])
    digests = [ground_of_map(m).digest for m in (radio_map, again, other)]
    assert digests[0] == digests[1] != digests[2]
    assert digests[0] != ground_of_plan(OFFICE).digest


def test_what_was_learned_can_be_kept(radio_map):
    """As JSON and back."""
    learned = Learned(radio=radio_map)
    assert msgspec.json.decode(msgspec.json.encode(learned), type=Learned) == learned


@pytest.mark.parametrize(
    ("rssi_dbm", "reference_dbm", "strength_db"),
    [
        (-70.0, None, -70.0 - REFERENCE_DBM),
        (-70.0, -65.0, -5.0),
        (1e308, None, FARTHEST_DB),
        (-1e308, 1e308, -FARTHEST_DB),
    ],
)
def test_strengths_are_relative_to_one_metre(rssi_dbm, reference_dbm, strength_db):
    """By what the scanner says of it, else as assumed; nonsense is bounded."""
    sighting = Sighting("b/ble", START_MS, WALKER, rssi_dbm, reference_dbm)
    assert relative_db(sighting) == strength_db
