"""What levels come to say of a space without any label."""

import numpy as np
import pytest
from support.fold import Believer
from support.office import BOARDS, SENSORS, SPACES, START_MS, sensor

from occupancy.belief import MOVING, NOBODY
from occupancy.building import Building
from occupancy.explanation import strongest
from occupancy.label import Label
from occupancy.liveness import Liveness
from occupancy.meters import LASTS_MS, QUANTITIES, Meters
from occupancy.placement import SensorKind
from occupancy.snapshot import freeze, thawed, wake
from occupancy.state import State
from occupancy.voices import MOST_NATS, Voices
from sensors.entry import Entry
from sensors.reading import Heartbeat, Level

LIT = Building(
    "hq",
    Label.of("Office"),
    "UTC",
    SPACES,
    BOARDS,
    (*SENSORS, sensor("r1/lux", SensorKind.LEVEL, "room-a", "desk-1")),
)
ROOM, DESK = LIT.index["room-a"], LIT.index["desk-1"]


@pytest.fixture
def voices():
    """Of boards that live."""
    liveness = Liveness(LIT)
    for board in liveness.index:
        liveness.hear(board, START_MS)
        liveness.beat(board, 1e6)
    return Voices(Meters(LIT, liveness), len(LIT.spaces))


def live(voices, light_of, days, seed=1):
    """Days of half hours with and without people, of whom channels are only sure afterwards."""
    random, spaces = np.random.default_rng(seed), len(LIT.spaces)
    known = np.ones(spaces)
    known[DESK] = 0.0
    now_ms, was = max(START_MS, int(voices.meters.at_ms.max())), NOBODY
    for part in range(48 * days):
        is_busy = bool(random.integers(2))
        now_ms += 1_800_000
        light = light_of(is_busy) + random.normal(0, 20)
        voices.meters.observe(Level("r1/lux", now_ms, "light", light, "lx"))
        voices.meters.advance(now_ms)
        before, chance = np.zeros((3, 3, spaces)), np.full((3, spaces), 0.2)
        before[was] = 1.0
        was = MOVING if is_busy else NOBODY
        chance[was] = 0.6
        voices.carry(1800.0, 1.0, before, chance, known)
        if part % 48 == 47:
            voices.learn(chance)


def light_in(voices, space):
    """The row of the light of a space."""
    return voices.meters.keys.index(f"r1/lux light {space}")


def test_a_light_that_people_switch_is_heard_in_the_end(voices):
    """Once its voice was fitted and has helped on another day; bounded all the same."""
    row = light_in(voices, "room-a")
    live(voices, lambda busy: 400 if busy else 60, 1)
    assert voices.slope[row] > 0
    assert voices.trust[row] == 0
    live(voices, lambda busy: 400 if busy else 60, 3, seed=2)
    assert voices.trust[row] > 0.3
    assert 0 < abs(voices.nats()[ROOM]) <= MOST_NATS


@pytest.mark.parametrize("light_of", [lambda _: 200, lambda busy: 60 if busy else 400])
def test_a_level_that_tells_nothing_is_silent(voices, light_of):
    """So is one that is lower with people, whatever it seems to tell."""
    live(voices, light_of, 5)
    assert voices.nats()[ROOM] == 0


def test_a_voice_that_misleads_loses_its_trust(voices):
    """What it says is held against who was there in the end before it is learned from."""
    live(voices, lambda busy: 400 if busy else 60, 3)
    row = light_in(voices, "room-a")
    before = voices.trust[row]
    live(voices, lambda busy: 60 if busy else 400, 3, seed=3)
    assert voices.trust[row] < before / 2


def test_a_space_without_channels_learns_nothing(voices):
    """The desk under the same lamp, of which nothing else tells."""
    live(voices, lambda busy: 400 if busy else 60, 4)
    assert voices.trust[light_in(voices, "room-a")] > 0
    assert voices.nats()[DESK] == 0


def test_a_space_with_only_a_level_stays_unknown():
    """Even with a voice that says nobody."""
    building = Building(
        "hq",
        Label.of("Office"),
        "UTC",
        SPACES,
        BOARDS,
        (sensor("r1/lux", SensorKind.LEVEL, "room-a"),),
    )
    office = Believer(building)
    mine = office.estimator.opinion.voices
    mine.slope[:], mine.middle[:], mine.trust[:] = 5.0, 5.0, 1.0
    for _ in range(20):
        office.hear("r1", Heartbeat("r1", office.now_ms, 600.0))
        office.hear("r1", Level("r1/lux", office.now_ms, "light", 0.0, "lx"))
        office.wait(60)
    assert office.estimator.opinion.occupied()[ROOM] < 0.1
    assert office.state("room-a") is State.UNKNOWN


def test_old_levels_and_those_of_silent_boards_say_nothing(voices):
    """Told once, a level lasts an hour at most."""
    voices.meters.observe(Level("r1/lux", START_MS, "light", 50.0, "lx"))
    told = [voices.meters.keys.index(f"r1/lux light {space}") for space in ("room-a", "desk-1")]
    for at_ms, counts in ((START_MS + LASTS_MS, True), (START_MS + LASTS_MS + 1, False)):
        voices.meters.advance(at_ms)
        assert (~np.isnan(voices.meters.fresh)).nonzero()[0].tolist() == (told if counts else [])


def test_co2_is_held_against_what_it_was_lately(voices):
    """Its rise is a quantity by itself."""
    for minute in range(30):
        at_ms, ppm = START_MS + 60_000 * minute, 400.0 + 10 * minute
        voices.meters.observe(Level("r1/lux", at_ms, "co2", ppm, "ppm"))
    slope = voices.meters.level[voices.meters.keys.index("r1/lux co2_slope room-a")]
    assert 50 < slope < 290
    assert set(voices.meters.quantities) == set(QUANTITIES)


def test_what_levels_say_is_told_and_survives_a_snapshot():
    """As evidence of its own kind, and byte for byte."""
    one, other = Believer(LIT), Believer(LIT)
    mine = one.estimator.opinion.voices
    mine.slope[:], mine.middle[:], mine.trust[:] = 1.0, 3.0, 0.5
    one.hear("r1", Heartbeat("r1", one.now_ms, 600.0))
    one.hear("r1", Level("r1/lux", one.now_ms, "light", 400.0, "lx"))
    one.wait(60)
    told = [e for e in strongest(one.estimator.opinion, ROOM, one.now_ms) if e.kind == "light"]
    assert [(e.source, e.nats) for e in told] == [("r1/lux", pytest.approx(1.5, abs=0.01))]
    kept = freeze(one.estimator)
    wake(other.estimator, thawed(kept))
    assert freeze(other.estimator) == kept
    other.now_s = one.now_s
    for office in (one, other):
        office.estimator.fold([Entry("r1", office.now_ms, ())])
        office.wait(120)
    assert freeze(other.estimator) == freeze(one.estimator)
