"""How scanners drift after a walk, and that it is followed."""

import numpy as np
import pytest
from support.office import START_MS

from occupancy.drift import AGREE_DB, EVERY_S, MOST_DB, Drift, by_others
from occupancy.ground import ground_of_map
from occupancy.radio import REFERENCE_DBM
from occupancy.radio_map import JointMap, RadioMap
from occupancy.tracker import Tracker
from sensors.reading import Sighting
from sensors.tag import Tag

ROOMS = 5
DRIFTED_DB = np.array([-8.0, 8.0, 0.0, 0.0, 0.0])
STRENGTH_DB = -10.0 - 4.0 * np.abs(np.subtract.outer(np.arange(ROOMS), np.arange(ROOMS)))
TAGS = [Tag(name) for name in ("one", "two", "three")]
STEP_S = 30


def radio_map():
    """Five rooms in a row with a scanner each."""
    return RadioMap(
        places=[f"room-{i}" for i in range(ROOMS)],
        scanners=[f"b{i}/ble" for i in range(ROOMS)],
        owner=list(range(ROOMS)),
        share=[1.0] * ROOMS,
        strength_db=STRENGTH_DB.tolist(),
        heard=np.full((ROOMS, ROOMS), 0.6).tolist(),
        leave_per_s=[1 / 300] * ROOMS,
        goes=((1 - np.eye(ROOMS)) / (ROOMS - 1)).tolist(),
        joint=JointMap(STRENGTH_DB.T.tolist(), (25.0 * np.eye(ROOMS)).tolist(), [-45.0] * ROOMS),
    )


class House:
    """Tags that stay twenty minutes in one room and go to another."""

    def __init__(self, *, follows=True, stronger_db=(0.0, 0.0, 0.0)):
        self.tracker = Tracker(ground_of_map(radio_map()))
        if not follows:
            self.tracker.drift.take = lambda _place, _louder_db: None
        self.stronger_db = stronger_db
        self.noise = np.random.default_rng(4)
        self.now_ms = START_MS
        self.louder_db = np.zeros(ROOMS)

    def live(self, hours, louder_db):
        """Part of the time in which tags are told in their room, while scanners drift."""
        steps = round(hours * 3600 / STEP_S)
        begin_db, right = self.louder_db, 0
        for step in range(steps):
            self.louder_db = begin_db + (louder_db - begin_db) * (step + 1) / steps
            if step % 40 == 0:
                rooms = self.noise.integers(0, ROOMS, len(TAGS))
            self.hear(rooms)
            told = self.tracker.whereabouts()
            right += sum(told[t].place == f"room-{r}" for t, r in zip(TAGS, rooms, strict=True))
        return right / steps / len(TAGS)

    def hear(self, rooms):
        """Every scanner hears every tag; half a minute passes."""
        said = [
            Sighting(f"b{i}/ble", self.now_ms, tag, self.strength_dbm(i, room) + stronger_db)
            for tag, room, stronger_db in zip(TAGS, rooms, self.stronger_db, strict=True)
            for i in range(ROOMS)
        ]
        self.tracker.observe(said)
        self.now_ms += 1_000
        self.tracker.advance(self.now_ms, {f"b{i}": True for i in range(ROOMS)})
        self.now_ms += 1_000 * STEP_S - 1_000

    def strength_dbm(self, scanner, room):
        """With errors of 4 dB."""
        noise_db = self.noise.normal(0.0, 4.0)
        return STRENGTH_DB[scanner, room] + self.louder_db[scanner] + noise_db + REFERENCE_DBM


def test_scanners_that_drift_over_days_are_followed():
    """Clearly more is told right than without."""
    fixed, following = House(follows=False), House()
    for house in (fixed, following):
        house.live(12, DRIFTED_DB)
    assert following.live(3, DRIFTED_DB) > fixed.live(3, DRIFTED_DB) + 0.1
    assert following.tracker.drift.db[0] < -2.0
    assert following.tracker.drift.db[1] > 2.0


def test_where_nothing_drifts_nothing_is_lost():
    """The same is told, but for half a percent."""
    fixed, following = House(follows=False), House()
    assert following.live(8, np.zeros(ROOMS)) >= fixed.live(8, np.zeros(ROOMS)) - 0.005
    assert np.abs(following.tracker.drift.db).max() < 0.5


@pytest.mark.parametrize("stronger_db", [(9.0, 0.0, 0.0), (8.0, 8.0, 8.0), (-8.0, 8.0, 0.0)])
def test_tags_at_another_power_are_no_drift(stronger_db):
    """Neither one nor all of them."""
    house = House(stronger_db=stronger_db)
    house.live(4, np.zeros(ROOMS))
    assert np.abs(house.tracker.drift.db).max() < 0.7


def taken(louder_db, places=(0,), minutes=600):
    """What is believed after the same was seen for long, in each of some places."""
    drift = Drift(4, 3)
    for _ in range(minutes):
        for place in places:
            drift.take(place, np.array([louder_db], dtype=float))
    return drift.db


def test_one_place_alone_is_half_believed():
    """There it may be a desk, and not the scanner."""
    alone, everywhere = taken([6, 0, 0, 0]), taken([6, 0, 0, 0], places=(0, 1, 2))
    assert 2.0 < alone[0] < 3.5 < everywhere[0] < 6.0


def test_it_takes_days():
    """A minute moves nothing that can be seen."""
    assert 0 < taken([6, 0, 0, 0], minutes=1)[0] < 6 * EVERY_S / 3600


def test_no_drift_is_larger_than_its_bound():
    """However loud."""
    for louder_db in ([60, 0, 0, 0], [-60, 0, 0, 0]):
        assert np.abs(taken(louder_db, places=(0, 1, 2))).max() <= MOST_DB


def test_what_scanners_do_not_agree_on_is_not_learned():
    """The tag may be somewhere else altogether; nor is what one scanner says alone."""
    off_db = 2 * AGREE_DB
    assert not taken([off_db, -off_db, 2 * off_db, -2 * off_db]).any()
    assert not taken([off_db, np.nan, np.nan, np.nan]).any()


def test_each_scanner_is_judged_by_the_spot_that_the_others_name():
    """A spot that would explain its drift does not hide it."""
    expected_db = np.array([[-10.0, -18.0], [-20.0, -20.0], [-30.0, -44.0], [-40.0, -30.0]])
    heard_db = np.array([-18.0, -20.0, -30.0, -40.0])
    found = by_others(heard_db[:, None] - expected_db, np.array([0.5, 0.5]))
    assert found[0] == pytest.approx(-8.0, abs=1.0)
