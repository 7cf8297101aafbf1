"""Where tags are, as the estimator tells it."""

import random
from math import dist, log10

import pytest
from msgspec.structs import replace
from support.fold import Believer
from support.office import BADGE, OFFICE, SITE_KEY, START_MS
from support.site import WALKER, building, entries, walk

from occupancy.ears import DEAF_NATS
from occupancy.estimator import Estimator
from occupancy.ground import PLAN_STEP_MS
from occupancy.learning.learn import learn
from occupancy.whereabouts import TIME_TO_LIVE_MS
from sensors.reading import Heartbeat, Sighting
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
    """Within half a minute the place is told, and for five minutes no other one after that."""
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
    assert changes == 1 + (walker.places[0] is None)


@pytest.mark.parametrize("stronger_db", [-10.0, -5.0, 5.0, 10.0])
@pytest.mark.parametrize(
    ("at", "place"), [(ZONE, "zone-n"), (ROOM_A, "room-a"), (ROOM_B, "room-b")]
)
def test_how_strongly_a_tag_sends_does_not_move_it(at, place, stronger_db):
    """A tag 10 dB stronger or weaker than the reference is told in the same place."""
    assert Walker().stay(at, 90, stronger_db).places[-1] == place


class Mapped:
    """The small site that was walked; the tag of the walk is carried through it again."""

    def __init__(self, seed=1):
        learned = learn([walk()])
        self.estimator = Estimator(building(learned), learned)
        self.seed = seed

    def places(self, rooms, stronger_db, tag=WALKER):
        """What is told each second; how much stronger the tag is, by the number of its minute."""
        told = []
        for entry in entries(rooms, self.seed, tag=tag):
            minute = (entry.received_ms - START_MS) // 60_000
            self.estimator.tick(entry.received_ms - 500)
            said = tuple(
                replace(r, rssi_dbm=r.rssi_dbm + stronger_db[minute])
                if isinstance(r, Sighting)
                else r
                for r in entry.readings
            )
            self.estimator.fold([replace(entry, readings=said)])
            found = self.estimator.whereabouts().get(tag)
            told.append((minute, found.place if found else None))
        return told


@pytest.mark.parametrize("covered_db", [-10.0, 12.0])
def test_a_known_tag_that_is_covered_is_told_where_it_is(covered_db):
    """Minutes under a coat, after which it is as before: the place follows who carries it."""
    rooms = ("den", "den", "hall", "heath", "hall", "den", "heath", "den")
    stronger_db = (0.0, 0.0, *([covered_db] * 4), 0.0, 0.0)
    told = Mapped().places(rooms, stronger_db)
    right = [place == rooms[minute] for minute, place in told]
    assert sum(right) / len(right) > 0.9


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


def test_a_place_is_told_at_the_first_step_where_it_is_likely_enough():
    """Not before time passes, and at once when one sighting is as good as that."""
    office = Believer()
    office.sight("r1/ble", -60.0)
    assert office.place() is None
    office.wait(PLAN_STEP_MS / 1000)
    assert office.place() == "room-a"


@pytest.mark.parametrize("rssi_dbm", [-60.0, -50.0, -40.0, -30.0, -20.0])
def test_a_tag_that_is_held_to_a_scanner_is_there(rssi_dbm):
    """Louder than anywhere on the plan is as near as one can be."""
    office = Believer()
    for _ in range(5):
        office.sight("r1/ble", rssi_dbm)
        office.wait(2)
    assert office.place() == "room-a"


def test_a_tag_that_was_held_to_a_scanner_is_found_elsewhere_after():
    """Loudness says near, and does not make all else be taken for weak."""
    walker = Walker()
    for _ in range(60):
        walker.office.sight("r1/ble", -30.0)
        walker.office.wait(2)
    assert walker.stay(ROOM_B, 30).places[-1] == "room-b"


def test_who_has_just_come_does_not_leave_again():
    """Right after a change another place must be far likelier than later."""
    walker = Walker().stay(ZONE, 60).stay(ROOM_A, 30)
    switches = [i for i in range(1, 90) if walker.places[i] != walker.places[i - 1]]
    assert len([i for i in switches if walker.places[i - 1]]) == 1


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


def test_a_scanner_that_hears_nothing_of_anybody_is_left_out():
    """It may be deaf though it beats, and then its silence does not move a tag."""
    walker = Walker().stay(ROOM_A, 60)
    ears = walker.office.estimator.tracker.ears
    deaf = walker.office.estimator.tracker.ground.hearing.scanners["r1/ble"]
    alive = dict.fromkeys(OFFICE.board, True)
    assert ears.working(alive)[deaf]
    walker.office.estimator.tracker.ears.surprise_nats[deaf] = DEAF_NATS
    assert not ears.working(alive)[deaf]
    walker.stay(ROOM_A, 2)
    assert ears.working(alive)[deaf]


def test_a_row_that_is_free_again_keeps_nothing_of_the_tag_before():
    """What was heard of a tag that is forgotten is not heard of the next one."""
    office = Believer()
    office.sight("master/ble", -60.0, OTHER)
    tracker = office.estimator.tracker
    tracker.advance(office.now_ms + 2 * TIME_TO_LIVE_MS, dict.fromkeys(OFFICE.board, True))
    assert tracker.new == []
    assert office.estimator.whereabouts() == {}


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
