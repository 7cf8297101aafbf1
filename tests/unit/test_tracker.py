"""Where tags are, as the estimator tells it."""

import random
from math import dist, log10

import pytest
from support.fold import Believer
from support.office import BADGE, OFFICE, SITE_KEY, START_MS

from occupancy.whereabouts import TIME_TO_LIVE_MS
from sensors.reading import Heartbeat
from sensors.tag import tag_of

SCANNERS = {s.id: s.at for s in OFFICE.sensors if s.at}
ZONE, ROOM_A, ROOM_B = (6.0, 4.0, 1.0), (15.0, 4.0, 1.0), (21.0, 4.0, 1.0)
OTHER = tag_of("c3:00:00:00:00:2b", SITE_KEY)


def heard_dbm(scanner, at, noise):
    """What a scanner hears of a tag: log distance, a wall for each room border, fading."""
    away_m = max(dist(SCANNERS[scanner], at), 0.5)
    walls = sum(
        min(SCANNERS[scanner][0], at[0]) < x < max(SCANNERS[scanner][0], at[0]) for x in (12, 18)
    )
    return -59.0 - 25.0 * log10(away_m) - 4.0 * walls + noise.gauss(0.0, 4.0)


class Walker:
    """A tag that is carried through the office, heard by all living scanners."""

    def __init__(self, seed=1):
        self.office = Believer()
        self.noise = random.Random(seed)
        self.dead = set()
        self.places = []

    def stay(self, at, seconds, stronger_db=0.0, tag=BADGE):
        """Be in one place, heard by each scanner every two seconds."""
        for second in range(seconds):
            for scanner in SCANNERS:
                board = scanner.partition("/")[0]
                if board in self.dead:
                    continue
                if second % 2:
                    self.office.hear(board, Heartbeat(board, self.office.now_ms, 30.0))
                else:
                    self.office.sight(
                        scanner, heard_dbm(scanner, at, self.noise) + stronger_db, tag
                    )
            self.office.wait(1)
            self.places.append(self.office.place(tag))
        return self

    @property
    def whereabouts(self):
        """What is told of the badge."""
        return self.office.estimator.whereabouts().get(BADGE)


@pytest.mark.parametrize(
    ("at", "place"), [(ZONE, "zone-n"), (ROOM_A, "room-a"), (ROOM_B, "room-b")]
)
@pytest.mark.parametrize("seed", range(3))
def test_a_still_tag_is_found_and_does_not_switch(at, place, seed):
    """Within half a minute the place is told, and for five minutes no other one."""
    walker = Walker(seed).stay(at, 300)
    assert set(walker.places[30:]) == {place}
    assert set(walker.places[:30]) <= {None, place}


@pytest.mark.parametrize("seed", range(3))
def test_a_walking_tag_switches(seed):
    """Half a minute after somebody has gone to another room, that room is told, once."""
    walker = Walker(seed).stay(ZONE, 120).stay(ROOM_A, 120)
    assert walker.places[119] == "zone-n"
    assert set(walker.places[150:]) == {"room-a"}
    changes = sum(a != b for a, b in zip(walker.places, walker.places[1:], strict=False))
    assert changes == 2


@pytest.mark.parametrize("stronger_db", [-10.0, -5.0, 5.0, 10.0])
@pytest.mark.parametrize(
    ("at", "place"), [(ZONE, "zone-n"), (ROOM_A, "room-a"), (ROOM_B, "room-b")]
)
def test_how_strongly_a_tag_sends_does_not_move_it(at, place, stronger_db):
    """A tag 10 dB stronger or weaker than the reference is told in the same place."""
    assert Walker().stay(at, 90, stronger_db).places[-1] == place


def silenced(*dead):
    """How likely the room still is after 40 s in which nobody heard the tag."""
    walker = Walker().stay(ROOM_A, 60)
    for board in dead:
        walker.office.goodbye(board)
    for _ in range(40):
        for board in {"r1", "s1", "master"} - set(dead):
            walker.office.hear(board, Heartbeat(board, walker.office.now_ms, 30.0))
        walker.office.wait(1)
    return walker.whereabouts


def test_the_silence_of_a_dead_scanner_is_no_evidence():
    """A tag whose scanner died is still there, one that a living scanner lost is in doubt."""
    dead, living = silenced("r1"), silenced()
    assert dead.place == "room-a"
    assert dead.probability > living.probability + 0.05


def test_the_silence_of_a_living_scanner_is_evidence():
    """Heard faintly by one scanner only, a tag is not where a living one hears nothing."""
    walker = Walker()
    for _ in range(60):
        walker.office.sight("s1/ble", -82.0)
        for board in ("r1", "master"):
            walker.office.hear(board, Heartbeat(board, walker.office.now_ms, 30.0))
        walker.office.wait(1)
    assert walker.office.place() not in {"room-a", "room-b"}


def test_a_place_is_told_when_it_has_led_for_a_while():
    """Not at once and not within five seconds, but soon after."""
    office = Believer()
    office.sight("r1/ble", -45.0)
    told = []
    for _ in range(12):
        told.append(office.place())
        office.wait(1)
    assert told[:6] == [None] * 6
    assert office.place() == "room-a"


def test_whereabouts_live_for_fifteen_minutes():
    """At fifteen minutes of silence a tag is still told, ten seconds later it is forgotten."""
    walker = Walker().stay(ROOM_A, 60)
    last_ms = walker.whereabouts.last_heard_ms
    walker.office.now_s = (last_ms + TIME_TO_LIVE_MS - START_MS) / 1000
    walker.office.wait(0)
    assert walker.whereabouts.last_heard_ms == last_ms
    assert walker.whereabouts.place == "room-a"
    walker.office.wait(10)
    assert walker.whereabouts is None


def test_a_tag_that_comes_back_starts_anew():
    """What was known of a tag that was forgotten has no part in its next place."""
    walker = Walker().stay(ROOM_A, 60)
    walker.office.wait(1_000)
    assert walker.stay(ZONE, 5).places[-1] in {None, "zone-n"}
    assert walker.stay(ZONE, 30).places[-1] == "zone-n"


def test_two_tags_do_not_know_each_other():
    """A tag is told as if the other one were not there."""
    alone, beside = Walker(), Walker()
    for _ in range(40):
        alone.stay(ZONE, 1)
        beside.office.sight("master/ble", -50.0, OTHER)
        beside.stay(ZONE, 1)
    assert beside.office.place(OTHER) == "room-b"
    assert beside.whereabouts.probability == pytest.approx(alone.whereabouts.probability)
    assert beside.places == alone.places


def test_an_unknown_scanner_is_ignored():
    """A sighting by a scanner that the building file has not placed makes no track."""
    office = Believer()
    office.sight("d1/ble", -50.0)
    assert office.estimator.whereabouts() == {}


@pytest.mark.parametrize("rssi_dbm", [-1e308, -500.0, 500.0, 1e308])
def test_no_strength_is_too_strange(rssi_dbm):
    """A scanner with a nonsensical reference is believed as far as the tables go."""
    walker = Walker()
    for _ in range(30):
        walker.office.sight("r1/ble", rssi_dbm)
        walker.office.wait(1)
    assert 0.0 <= walker.whereabouts.probability <= 1.0


def test_an_old_sighting_does_not_make_a_tag_fresh():
    """A sighting that arrives late does not bring the last one forward or back."""
    walker = Walker().stay(ROOM_A, 60)
    before = walker.whereabouts.last_heard_ms
    walker.office.now_s -= 50
    walker.office.sight("r1/ble", -50.0)
    assert walker.whereabouts.last_heard_ms == before
