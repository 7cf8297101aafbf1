"""Maps of which only a part was walked."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from support.fold import Believer
from support.office import BADGE, OFFICE

from occupancy.completion import completed
from occupancy.estimator import Estimator
from occupancy.ground import ground_of
from occupancy.radio_map import JointMap, MotionMap, RadioMap

SCANNERS = ["master/ble", "r1/ble", "s1/ble"]
WALKED = RadioMap(
    places=["room-a"],
    scanners=SCANNERS,
    owner=[0],
    share=[1.0],
    strength_db=[[-30.0], [-8.0], [-30.0]],
    heard=[[0.9], [0.95], [0.9]],
    leave_per_s=[0.01],
    goes=[[0.0]],
    joint=JointMap([[-30.0, -8.0, -30.0]], (16 * np.eye(3)).tolist(), [-40.0] * 3),
    motion=MotionMap(["r1/pir"], [[0.02]]),
)


@pytest.fixture
def whole():
    """The map of one room, with the rest of the office."""
    return completed(WALKED, OFFICE)


def test_every_place_of_the_building_is_on_the_map(whole):
    """What was walked keeps its number, the others follow."""
    assert whole.places[0] == "room-a"
    assert set(whole.places) == {"room-a", "room-b", "zone-n"}


def test_what_was_walked_stays_as_it_was(whole):
    """Strengths of the walked place are those of the walk."""
    assert [row[0] for row in whole.strength_db] == [-30.0, -8.0, -30.0]


def test_all_tables_fit_together(whole):
    """Each point has a place, and its shares of a place sum to one."""
    points = len(whole.owner)
    assert np.array(whole.strength_db).shape == np.array(whole.heard).shape == (3, points)
    shares = np.bincount(whole.owner, whole.share)
    assert shares == pytest.approx(np.ones(len(whole.places)))
    assert np.array(whole.goes).sum(axis=1) == pytest.approx(np.ones(len(whole.places)))
    assert len(whole.leave_per_s) == len(whole.joint.mean_db) == len(whole.places)
    assert [len(row) for row in whole.motion.starts_per_s] == [len(whole.places)]


def test_the_scanner_of_a_room_is_expected_loudest_there(whole):
    """Places that nobody walked sound as the plan has them."""
    mine = np.array(whole.owner) == whole.places.index("room-b")
    loudest = np.array(whole.strength_db)[:, mine].mean(axis=1).argmax()
    assert SCANNERS[loudest] == "master/ble"


def test_a_whole_map_is_left_alone(whole):
    """Nothing is missing, nothing is added."""
    assert completed(whole, OFFICE) is whole


def test_a_scanner_that_is_gone_tells_nothing_of_other_places():
    """It is expected alike at all points of places that were not walked."""
    building = replace(OFFICE, sensors=tuple(s for s in OFFICE.sensors if s.id != "master/ble"))
    row = np.array(completed(WALKED, building).strength_db)[0]
    assert np.ptp(row[1:]) == 0.0


@pytest.mark.parametrize(
    ("loud", "place"), [("r1/ble", "room-a"), ("master/ble", "room-b"), ("s1/ble", "zone-n")]
)
def test_a_tag_is_found_where_nobody_walked_too(loud, place):
    """Half a walk makes no room impossible."""
    office = Believer()
    office.estimator = Estimator(OFFICE)
    office.estimator.learn(WALKED)
    office.wait(0)
    for _ in range(90):
        for scanner in SCANNERS:
            office.sight(scanner, -67.0 if scanner == loud else -89.0, BADGE)
        office.wait(1)
    assert office.place() == place


def test_learning_nothing_is_the_plan_again():
    """When all walks are removed the plan counts."""
    estimator = Estimator(OFFICE)
    estimator.learn(WALKED)
    assert estimator.tracker.ground.digest != ground_of(OFFICE, None).digest
    estimator.learn(None)
    assert estimator.tracker.ground.digest == ground_of(OFFICE, None).digest


def test_a_map_that_is_only_surer_forgets_nothing():
    """The same tracker goes on, and tells what it knows as surely as the map says."""
    office = Believer()
    office.estimator = Estimator(OFFICE)
    office.estimator.learn(msgspec.structs.replace(WALKED, sureness=0.85))
    tracker = office.estimator.tracker
    office.estimator.learn(WALKED)
    assert office.estimator.tracker is tracker
    assert tracker.answers.sureness == WALKED.sureness
    assert office.estimator.learned.radio == WALKED
