"""Learning places from a walk: points, ways, and what scanners say together."""

from dataclasses import replace

import numpy as np
import pytest
from support.office import START_MS
from support.site import LOUD_DBM, MOVES_PER_S, PER_ROOM_DB, ROOMS, STAY_S, WALKER, walk

from occupancy.learning.clusters import clusters
from occupancy.learning.joint import learn_joint
from occupancy.learning.motion import learn_motion
from occupancy.learning.radio_map import LEAST_HEARD, MOST_POINTS, learn_radio_map
from occupancy.learning.recording import Recording, Stay, scanners_in
from occupancy.learning.walks import LONGEST_STAY_S, SHORTEST_STAY_S, learn_walks, nearness
from occupancy.radio import REFERENCE_DBM

INDEX = {room: i for i, room in enumerate(ROOMS)}
EMPTY = Recording(START_MS, START_MS + 60_000, ())


@pytest.fixture(scope="module")
def recording():
    """A walk through the small site."""
    return walk()


@pytest.fixture(scope="module")
def radio(recording):
    """What it taught."""
    return learn_radio_map([recording])


def test_what_sounds_alike_is_one_cluster():
    """And what does not is several, up to so many."""
    rng = np.linspace(-1, 1, 30)[:, None]
    vectors = np.vstack([rng - 50, rng - 60, rng - 80])
    label = clusters(vectors, radius_db=2.0, most=10)
    assert [len(set(label[i : i + 30])) for i in (0, 30, 60)] == [1, 1, 1]
    assert len(set(label)) == 3
    assert len(set(clusters(vectors, radius_db=0.01, most=4))) == 4


def test_the_same_again_cannot_be_cut():
    """Windows that are all alike stay one cluster, however narrow it ought to be."""
    assert set(clusters(np.full((9, 2), -50.0), 0.0, 5)) == {0}
    assert clusters(np.array([[-50.0]]), 1.0, 5).tolist() == [0]


def test_points_lie_by_place_and_share_it(radio):
    """Owners ascend, shares of a place sum to one, and there are not too many."""
    owner, share = np.array(radio.owner), np.array(radio.share)
    assert (np.diff(owner) >= 0).all()
    assert np.bincount(owner, share) == pytest.approx(1.0)
    assert np.bincount(owner).max() <= MOST_POINTS
    assert (radio.places, radio.tags) == (list(ROOMS), [WALKER])


def test_points_sound_as_they_were_heard(radio):
    """Strength is relative to one metre; the chance to be heard falls with the distance."""
    own, far = radio.owner.index(0), radio.owner.index(2)
    scanner = radio.scanners.index("b1/ble")
    assert radio.strength_db[scanner][own] == pytest.approx(LOUD_DBM - REFERENCE_DBM, abs=1.5)
    lost_db = radio.strength_db[scanner][own] - radio.strength_db[scanner][far]
    assert lost_db == pytest.approx(2 * PER_ROOM_DB, abs=2.5)
    assert radio.heard[scanner][own] == pytest.approx(0.9, abs=0.1)
    assert radio.heard[scanner][own] > radio.heard[scanner][far] >= LEAST_HEARD


def test_nothing_is_learned_from_nothing():
    """No stay, or nobody heard: no map."""
    assert learn_radio_map([]) is None
    assert learn_radio_map([EMPTY]) is None
    stays = (Stay(WALKER, "den", START_MS, START_MS + 60_000),)
    assert learn_radio_map([replace(EMPTY, stays=stays)]) is None


def test_a_place_where_nobody_was_heard_is_no_place(recording):
    """It could never be told."""
    end_ms = recording.end_ms
    deaf = Stay(WALKER, "cellar", end_ms, end_ms + 60_000)
    longer = replace(recording, end_ms=end_ms + 60_000, stays=(*recording.stays, deaf))
    assert learn_radio_map([longer]).places == list(ROOMS)


def test_ways_are_those_that_were_walked(radio):
    """From the den one goes to the hall; what nobody walked is seldom and possible."""
    goes = np.array(radio.goes)
    assert goes.sum(axis=1) == pytest.approx(1.0)
    assert goes[0, 1] > 0.8
    assert 0 < goes[0, 2] < 0.2
    assert np.diag(goes).tolist() == [0.0] * 3


def test_stays_are_as_long_as_they_were(radio):
    """About a minute, and always within bounds."""
    assert 1 / np.array(radio.leave_per_s) == pytest.approx(STAY_S, rel=0.2)
    assert all(1 / LONGEST_STAY_S <= rate <= 1 / SHORTEST_STAY_S for rate in radio.leave_per_s)


def test_one_place_has_no_way_out():
    """Where there is only one, nobody leaves."""
    leave_per_s, goes = learn_walks(
        [EMPTY], {"den": 0}, np.zeros((1, 2)), np.zeros(1, int), np.ones(1)
    )
    assert leave_per_s.tolist() == [0.0]
    assert goes.tolist() == [[0.0]]


def test_places_that_sound_alike_are_neighbours():
    """Where nobody walked, one goes to what sounds nearer."""
    strength_db = np.array([[0.0], [-3.0], [-30.0]])
    _, goes = learn_walks([EMPTY], INDEX, strength_db, np.arange(3), np.ones(3))
    assert goes[0, 1] > goes[0, 2] > 0
    near = nearness(strength_db)
    assert np.diag(near) == pytest.approx(1.0, abs=1e-3)
    assert near[0, 1] > near[0, 2] > 0


def test_scanners_together_have_means_and_one_covariance(recording):
    """A mean a place, a symmetric covariance that can be turned round."""
    joint = learn_joint([recording], INDEX, scanners_in([recording]))
    mean, covariance = np.array(joint.mean_db), np.array(joint.covariance_db2)
    assert mean.argmax(axis=1).tolist() == [0, 1, 2]
    assert covariance == pytest.approx(covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert (np.array(joint.floor_db) < mean.min(axis=0) + 10).all()


def test_a_motion_sensor_sees_the_place_where_it_starts(recording):
    """Most in its own room, and nowhere never."""
    motion = learn_motion([recording], INDEX)
    rates = np.array(motion.starts_per_s)
    assert rates.argmax(axis=1).tolist() == [0, 1, 2]
    assert 0.5 * MOVES_PER_S < rates.max() < MOVES_PER_S
    assert rates.min() > 0
    assert learn_motion([EMPTY], INDEX) is None
