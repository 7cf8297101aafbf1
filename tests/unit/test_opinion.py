"""One probability a space, and what made it."""

import numpy as np
import pytest
from msgspec.structs import replace
from support.fold import Believer, badged
from support.office import BADGE, BOARDS, OFFICE, START_MS
from support.site import BOARDS as SITE_BOARDS
from support.site import ROOMS, WALKER, building, entries, walk

from occupancy.badges import MOST
from occupancy.estimator import Estimator
from occupancy.evidence import BADGE as A_BADGE
from occupancy.learned import Learned, pair_key
from occupancy.learning.learn import learn
from occupancy.level_model import LevelInput, LevelModel, QuantityModel
from occupancy.rates import Rates
from occupancy.state import State
from sensors.entry import Entry
from sensors.reading import Level, Motion, Sighting

ROOM = OFFICE.index["room-a"]
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def learned():
    """What two walks taught of the small site."""
    return learn([walk(seed) for seed in range(2)])


def played(learned, rooms, seed=5, **without):
    """The estimator of the small site after somebody has walked through some rooms."""
    if without:
        learned = Learned(**{f: getattr(learned, f) for f in learned.__struct_fields__} | without)
    estimator = Estimator(building(learned), learned)
    for entry in entries(rooms, seed):
        estimator.tick(entry.received_ms)
        estimator.fold([entry])
    return estimator


def test_a_room_with_a_badge_and_no_motion_sensor_is_known():
    """Where nobody else sees anything, a badge that is likely enough speaks."""
    office = badged(Believer())
    assert office.estimator.opinion.badges.there[ROOM] > 0.9
    assert office.state("room-a") is State.OCCUPIED


def test_a_badge_is_never_certain():
    """It may lie in a drawer."""
    office = badged(Believer(), 200)
    assert office.estimator.opinion.badges.there.max() <= MOST


def test_a_badge_alone_in_a_still_room_is_doubted():
    """Where a living sensor has seen no motion for long, somebody left it behind."""
    office = Believer()
    office.motion("r1/pir", on=True)
    office.motion("r1/pir", on=False)
    first = badged(office).estimator.opinion.badges.there[ROOM]
    for _ in range(90):
        badged(office, 1)
        office.live(39, *(board.id for board in BOARDS))
    assert office.estimator.opinion.badges.there[ROOM] < first / 2


def still_for_an_hour(estimator):
    """Each room of the small site has moved once, an hour ago."""
    estimator.tick(START_MS)
    for room in ROOMS:
        motion = (Motion(f"{SITE_BOARDS[room]}/pir", START_MS, on) for on in (True, False))
        estimator.fold([Entry(SITE_BOARDS[room], START_MS, tuple(motion))])
    estimator.tick(START_MS + HOUR_MS)


def carried(estimator, seconds):
    """Chance that a badge is in the den with somebody, after it was heard there and none moved."""
    for entry in entries(("den",) * (1 + seconds // 60), 5):
        heard = tuple(r for r in entry.readings if isinstance(r, Sighting))
        later = (replace(r, event_ms=r.event_ms + HOUR_MS) for r in heard)
        at_ms = entry.received_ms + HOUR_MS
        if at_ms <= START_MS + HOUR_MS + 1000 * seconds:
            estimator.fold([Entry(entry.board, at_ms, tuple(later))])
            estimator.tick(at_ms + 1000)
    return estimator.opinion.badges.there[estimator.building.index["den"]]


def test_a_badge_that_has_come_is_doubted_little_by_little(learned):
    """Nothing has moved for an hour, but badges do not walk by themselves: one has when it came."""
    estimator = Estimator(building(learned), learned)
    still_for_an_hour(estimator)
    assert carried(estimator, 30) > 0.9
    assert carried(estimator, 90) > 0.9
    assert 0.6 < carried(estimator, 900) < 0.8


def test_by_the_plan_alone_no_badge_is_sure_to_have_come():
    """Nothing has moved for an hour: it is rather told where it is not."""
    office = Believer()
    office.motion("r1/pir", on=True)
    office.motion("r1/pir", on=False)
    office.live(3600, *(board.id for board in BOARDS))
    assert badged(office, 30).estimator.opinion.badges.there[ROOM] < 0.5


def test_a_visitor_is_likelier_where_not_all_carry_badges(learned):
    """Motion in another room than the badge counts for more where some carry none."""
    chance = []
    for unbadged in (0.001, 0.5):
        site = played(learned, ("heath",), unbadged=unbadged)
        chance.append(site.opinion.badges.nobody_else_nats)
    assert chance[0] < chance[1] - 3.0


def test_a_badge_has_no_desk():
    """No desk is likelier because of a badge in its zone than the zone was before."""
    office = Believer()
    for _ in range(60):
        office.sight("s1/ble", -60.0)
        office.wait(1)
    there = office.estimator.opinion.badges.there
    assert [there[OFFICE.index[f"desk-{n}"]] for n in range(1, 5)] == [0.0] * 4


def test_one_space_alone_is_the_same_as_in_all(learned):
    """The quick way for one space and the step over all agree."""
    opinion = played(learned, ("den", "hall")).opinion
    every = opinion.occupied()
    assert [opinion.occupied_of(i) for i in range(len(every))] == pytest.approx(every.tolist())


@pytest.mark.parametrize("rooms", [("den",), ("den", "hall"), ("heath", "hall", "den", "hall")])
def test_nats_add_up_to_the_log_odds(learned, rooms):
    """All that is told of a space, the prior included, is what is believed of it."""
    estimator = played(learned, rooms)
    for room in ROOMS:
        index = estimator.building.index[room]
        told = estimator.explain(room)
        total = sum(evidence.nats for evidence in told)
        assert total == pytest.approx(estimator.opinion.log_odds_of(index), abs=0.02)
        assert [abs(e.nats) for e in told] == sorted((abs(e.nats) for e in told), reverse=True)


def test_an_explanation_names_levels_by_quantity(learned):
    """With the meter and the time of its reading; a badge without a time."""
    told = {e.kind: e for e in played(learned, ("hall", "den")).explain("den")}
    assert (told["light"].source, told["light"].event_ms) == ("b1/lux", START_MS + 110_000)
    assert told["light"].nats > 0
    assert (told["badge"].source, told["badge"].event_ms) == (A_BADGE, None)


def test_no_explanation_names_a_tag(learned):
    """Neither here nor on a plan."""
    estimator = played(learned, ("den", "hall"))
    assert WALKER in estimator.whereabouts()
    assert not any(
        WALKER in repr(estimator.explain(space.id)) for space in estimator.building.spaces
    )
    assert BADGE not in repr(badged(Believer()).estimator.explain("room-a"))


def test_a_learned_site_follows_somebody(learned):
    """The room where somebody is is occupied, those where nobody is are not."""
    for path in (("den",), ("den", "hall"), ("den", "hall", "heath", "hall", "den")):
        opinion = played(learned, path).opinion
        chance = dict(zip(("site", *ROOMS), opinion.occupied(), strict=True))
        assert chance[path[-1]] > 0.9
        assert all(chance[room] < 0.5 for room in ROOMS if room != path[-1])


def test_who_came_elsewhere_has_left_here(learned):
    """With ways between rooms the last one empties earlier than without."""
    bare = {"radio": None, "levels": {}, "people": 0.0}
    with_ways = played(learned, ("heath", "hall"), **bare)
    without = played(learned, ("heath", "hall"), exits=None, **bare)
    left = with_ways.building.index["heath"]
    assert with_ways.opinion.occupied()[left] < without.opinion.occupied()[left]


def test_levels_alone_make_a_space_known():
    """A light meter with a model frees and occupies a room that nothing else sees."""
    light = LevelInput("d1/co2", "light", 3.0, 1.0, 5.0)
    model = LevelModel([QuantityModel([light], 0.0, 1.0)], 0.0, 0.0, 600.0)
    bare = tuple(s for s in OFFICE.sensors if all(p.space != "room-a" for p in s.sees))
    office = Believer(
        type(OFFICE)(OFFICE.site, OFFICE.name, "UTC", OFFICE.spaces, OFFICE.boards, bare),
        Learned(levels={"room-a": model}),
    )
    states = []
    for lux in (500.0, 0.0):
        office.hear("d1", Level("d1/co2", office.now_ms, "light", lux, "lx"))
        office.wait(60)
        states.append(office.state("room-a"))
    assert states == [State.OCCUPIED, State.FREE]
    office.wait(700)
    assert office.state("room-a") is State.UNKNOWN


def test_learned_rates_are_used_by_sensor_and_space():
    """A PIR that calibration found to be blind no longer occupies its desk."""
    blind = Rates((0.01,) * 3, (0.1,) * 3)
    office = Believer(learned=Learned(rates={pair_key("d1/pir-1", "desk-1"): blind}))
    office.motion("d1/pir-1", on=True)
    office.motion("d1/pir-2", on=True)
    assert [t.space for t in office.transitions] == ["desk-2"]


def test_all_chances_are_chances(learned):
    """Between nought and one, for every space."""
    chance = played(learned, ("den", "hall", "heath")).opinion.occupied()
    assert ((chance >= 0) & (chance <= 1)).all()
    assert np.isfinite(chance).all()
