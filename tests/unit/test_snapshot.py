"""What an estimator believes, as bytes and back."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from support.fold import Believer
from support.office import BADGE, OFFICE, START_MS, box, sensor
from support.site import building, entries, walk

from occupancy.building import Building
from occupancy.estimator import Estimator
from occupancy.label import Label
from occupancy.learned import Learned, pair_key
from occupancy.learning.learn import learn
from occupancy.placement import Board, Placement, SensorKind
from occupancy.rates import MOTION, ROOM
from occupancy.snapshot import Frozen, freeze, thawed, wake
from occupancy.space import Kind, Space
from occupancy.state import State
from occupancy.whereabouts import TIME_TO_LIVE_MS

PIR_1 = pair_key("d1/pir-1", "desk-1")


def lived(seconds=90, with_badge=True):
    """An office in which much has happened: motion, presence, a goodbye, a badge."""
    office = Believer()
    office.motion("d1/pir-1", on=True)
    office.presence("d2/radar", present=True)
    office.motion("r1/pir", on=False)
    office.goodbye("master")
    for second in range(seconds):
        if second % 2 and with_badge:
            office.sight("r1/ble", -55.0 - second % 7)
            office.sight("s1/ble", -80.0)
        office.wait(1)
    office.motion("d1/pir-1", on=False)
    return office


def go_on(office, with_badge=True):
    """The rest of the day, the same for everyone."""
    office.transitions.clear()
    office.live(120, "d1", "r1")
    if with_badge:
        office.sight("s1/ble", -55.0)
    office.motion("d1/pir-2", on=True)
    office.live(700, "d1")
    return office


def woken(data, building=OFFICE, now_s=90.0):
    """A new estimator that was woken, with the clock where it stood."""
    office = Believer(building)
    office.estimator = Estimator(building)
    wake(office.estimator, thawed(data))
    office.now_s = now_s
    return office


def frozen(office, **how):
    return freeze(office.estimator, **how)


def test_freezing_changes_nothing_and_waking_restores_it():
    """The bytes of the woken are the bytes of the frozen."""
    office = lived()
    data = frozen(office)
    assert frozen(office) == data
    assert frozen(woken(data)) == data


def test_the_woken_has_the_same_future():
    """From there on both say the same, byte for byte."""
    office = lived()
    other = woken(frozen(office))
    assert go_on(other).transitions == go_on(office).transitions
    assert len(office.transitions) >= 3
    assert frozen(other) == frozen(office)
    assert other.estimator.statuses() == office.estimator.statuses()
    assert other.estimator.whereabouts() == office.estimator.whereabouts()


def test_what_was_heard_since_the_last_step_is_kept():
    """A snapshot between two steps forgets no sighting."""
    office = lived()
    office.sight("r1/ble", -50.0)
    office.sight("s1/ble", -95.0)
    other = woken(frozen(office))
    assert frozen(other) == frozen(office)
    for each in (office, other):
        each.wait(1)
    assert frozen(other) == frozen(office)


def learned_site(radio=True):
    """A small site that was learned, and its building."""
    learned = learn([walk()])
    if not radio:
        learned = msgspec.structs.replace(learned, radio=None)
    return building(learned), learned


@pytest.mark.parametrize("cut", [1, 137, 500])
def test_a_learned_site_is_woken_as_it_was(cut):
    """Maps, clues, levels and exits go on, byte for byte, wherever a snapshot was taken."""
    site, learned = learned_site()
    whole, first, second = (Estimator(site, learned) for _ in range(3))
    stream = list(entries(("den", "hall", "heath", "hall", "den"), seed=7))
    told = [heard_by(whole, entry) for entry in stream]
    found = [heard_by(first, entry) for entry in stream[:cut]]
    wake(second, thawed(freeze(first)))
    found += [heard_by(second, entry) for entry in stream[cut:]]
    assert found == told
    assert freeze(second) == freeze(whole)
    assert second.whereabouts() == whole.whereabouts()
    assert second.explain("den") == whole.explain("den")


def heard_by(estimator, entry):
    """What an estimator says when an entry comes in, half a second after time has passed."""
    return estimator.tick(entry.received_ms - 500), estimator.fold([entry])


def test_a_map_that_was_learned_anew_drops_tags():
    """Points of another map mean something else; spaces keep their belief."""
    site, learned = learned_site()
    old = Estimator(site, learned)
    for entry in entries(("den", "hall"), seed=7):
        heard_by(old, entry)
    assert old.whereabouts()
    again = Estimator(site, learn([walk(seed=3)]))
    wake(again, thawed(freeze(old)))
    assert again.whereabouts() == {}
    assert [s.state for s in again.statuses()] == [s.state for s in old.statuses()]
    bare = Estimator(*learned_site(radio=False))
    wake(bare, thawed(freeze(old)))
    assert bare.whereabouts() == {}


def test_how_scanners_have_drifted_is_kept_without_tags():
    """For the same map; of another one nothing is taken over."""
    site, learned = learned_site()
    old, again, other = (
        Estimator(site, learned),
        Estimator(site, learned),
        Estimator(site, learn([walk(seed=3)])),
    )
    old.tracker.drift.take(1, np.array([[4.0, 0.0, 0.0]]))
    data = freeze(old, with_tags=False)
    for estimator in (again, other):
        wake(estimator, thawed(data))
    assert again.drifts() == old.drifts()
    assert again.drifts()["b1/ble"] > 0
    assert freeze(again, with_tags=False) == data
    assert not any(other.drifts().values())


def test_a_snapshot_without_tags_has_none():
    """Neither the tag nor what it said for a room stays."""
    office = lived()
    assert office.place() == "room-a"
    data = frozen(office, with_tags=False)
    assert BADGE.encode() in frozen(office)
    assert BADGE.encode() not in data
    other = woken(data)
    assert other.estimator.whereabouts() == {}
    assert all(e.kind != "badge" for e in other.estimator.explain("room-a"))


def moved(seconds=90, *, with_badge):
    """The chances of room A by motion, after somebody moved there with a badge or without one."""
    office = Believer()
    for second in range(seconds):
        if with_badge:
            office.sight("r1/ble", -55.0)
            office.sight("s1/ble", -88.0)
        if second % 20 == 10:
            office.motion("r1/pir", on=True)
            office.motion("r1/pir", on=False)
        office.live(1, "r1")
    return woken(frozen(office, with_tags=False), now_s=seconds)


def test_what_a_badge_explained_is_forgotten_after_a_stop():
    """Who carried one counts for less in what is kept; in a quarter of an hour that is over."""
    room = OFFICE.index["room-a"]
    offices = [moved(with_badge=with_badge) for with_badge in (True, False)]
    gaps = []
    for seconds in (1, 900):
        for office in offices:
            office.live(seconds, "r1")
        one, other = (office.estimator.opinion.belief.occupied[room] for office in offices)
        gaps.append(other - one)
    assert gaps[0] > 0.3
    assert abs(gaps[1]) < 0.01


def test_a_tag_past_its_time_is_not_frozen():
    """Also between two ticks."""
    office = lived()
    office.estimator.now_ms += TIME_TO_LIVE_MS + 60_000
    assert BADGE.encode() not in frozen(office)


def test_bytes_that_are_no_snapshot_are_refused():
    """Waking from something else is an error that names itself."""
    with pytest.raises(msgspec.DecodeError):
        thawed(b"something else")


def grown():
    """The same office with a desk and a board more in front, and another digest."""
    desk = Space("desk-0", Kind.DESK, Label.of("Desk 0"), "zone-n", box(0, 1, 1.6, 0.8))
    spaces = (*OFFICE.spaces[:3], desk, *OFFICE.spaces[3:])
    boards = (Board("d0"), *OFFICE.boards)
    sensors = (sensor("d0/pir", SensorKind.MOTION, "desk-0"), *OFFICE.sensors)
    return replace(OFFICE, spaces=spaces, boards=boards, sensors=sensors, digest="grown")


def shrunk():
    """The same office without the board of two desks and without one of them."""
    gone = {"d1/pir-1", "d1/pir-2", "d1/co2", "d1/door"}
    return replace(
        OFFICE,
        spaces=tuple(s for s in OFFICE.spaces if s.id != "desk-2"),
        boards=tuple(b for b in OFFICE.boards if b.id != "d1"),
        sensors=tuple(s for s in OFFICE.sensors if s.id not in gone),
        digest="shrunk",
    )


def test_a_building_that_has_grown_finds_its_own():
    """Known spaces keep their state and their belief, new ones are unknown, tags are dropped."""
    office = lived()
    before = {s.space: s for s in office.estimator.statuses()}
    other = woken(frozen(office), grown())
    after = {s.space: s for s in other.estimator.statuses()}
    assert {space: after[space] for space in before} == before
    assert after["desk-0"].state is State.UNKNOWN
    assert other.estimator.whereabouts() == {}
    assert [e for e in other.estimator.explain("desk-1") if e.kind != "badge"] == [
        e for e in office.estimator.explain("desk-1") if e.kind != "badge"
    ]


def test_a_grown_building_goes_on_alike():
    """What happens at known spaces is what would have happened."""
    office = lived(with_badge=False)
    other = go_on(woken(frozen(office), grown()), with_badge=False)
    expected = moves(go_on(office, with_badge=False))
    assert len(expected) >= 2
    assert moves(other) == expected


def moves(office):
    """What the desks did that were there before."""
    desks = {"desk-1", "desk-2", "desk-3", "desk-4"}
    told = [t for t in office.transitions if t.space in desks]
    return [(t.space, t.before, t.after, t.event_ms) for t in told]


def test_a_desk_that_lost_its_sensors_becomes_unknown():
    """A state without anybody to see it does not stay."""
    office = lived(40)
    assert office.state("desk-1") is State.OCCUPIED
    other = woken(frozen(office), shrunk(), now_s=40)
    other.wait(1)
    states = {status.space: status.state for status in other.estimator.statuses()}
    assert (states["desk-1"], states["desk-3"]) == (State.UNKNOWN, State.OCCUPIED)


def test_an_old_journal_may_speak_of_a_board_that_is_gone():
    """Folding its readings again is no error and changes nothing else."""
    other = woken(frozen(lived()), shrunk())
    before = frozen(other)
    other.motion("d1/pir-1", on=True)
    other.goodbye("d1")
    assert frozen(other) == before


def test_a_snapshot_names_spaces_and_not_positions():
    """Everything is kept by id, so another order in the file does not matter."""
    office = lived()
    fields = msgspec.msgpack.decode(frozen(office), type=Frozen)
    assert set(fields.spaces) == set(OFFICE.index)
    assert set(fields.boards) == set(OFFICE.board)
    desks_first = Building(
        **{name: getattr(OFFICE, name) for name in ("site", "name", "time_zone", "digest")},
        spaces=(*OFFICE.spaces[:3], *OFFICE.spaces[5:], *OFFICE.spaces[3:5]),
        boards=OFFICE.boards[::-1],
        sensors=tuple(s for s in OFFICE.sensors if not s.at),
    )
    turned = woken(frozen(office), replace(desks_first, digest="turned"))
    key = {s.space: (s.state, s.since_ms) for s in turned.estimator.statuses()}
    assert key == {s.space: (s.state, s.since_ms) for s in office.estimator.statuses()}
    assert turned.estimator.now_ms == START_MS + 90_000


def taught():
    """What a school is remembered by that has learned something of every channel and space."""
    office = lived()
    schooling = office.estimator.opinion.schooling
    schooling.experience.of_pair += 70.0
    schooling.experience.of_space += 70.0
    schooling.timetable.seconds += 600.0
    schooling.learn()
    schooling.belief.assume(schooling.habits)
    return frozen(office)


def with_sensor(changed):
    """The same office with another sensor of that id."""
    sensors = tuple(changed if s.id == changed.id else s for s in OFFICE.sensors)
    return replace(OFFICE, sensors=sensors, digest="changed")


ROOM_B_A_DESK = replace(
    OFFICE,
    spaces=tuple(replace(s, kind=Kind.DESK) if s.id == "room-b" else s for s in OFFICE.spaces),
    digest="changed",
)
HALF_OF_DESK_1 = sensor("d1/pir-1", SensorKind.MOTION, Placement("desk-1", 0.5))


@pytest.mark.parametrize(
    ("building", "learned", "changed"),
    [
        (OFFICE, Learned(), set()),
        (with_sensor(sensor("d1/pir-1", SensorKind.PRESENCE, "desk-1")), Learned(), {PIR_1}),
        (with_sensor(HALF_OF_DESK_1), Learned(), {PIR_1}),
        (OFFICE, Learned(rates={PIR_1: MOTION}), {PIR_1}),
        (ROOM_B_A_DESK, Learned(), {"room-b"}),
        (OFFICE, Learned(habits={"room-b": ROOM}), {"room-b"}),
    ],
    ids=["nothing", "kind", "weight", "calibrated", "kind of space", "calibrated space"],
)
def test_what_was_learned_holds_for_what_is_still_the_same(building, learned, changed):
    """A channel or space that is of another kind now begins anew; all others know what they did."""
    data = taught()
    woken_up = Estimator(building, learned)
    wake(woken_up, thawed(data))
    before, now, new = (
        thawed(each).schooling
        for each in (data, freeze(woken_up), freeze(Estimator(building, learned)))
    )
    for part in ("channels", "spaces"):
        learned_of, at_first = getattr(before, part), getattr(new, part)
        for key, told in getattr(now, part).items():
            assert told == (at_first if key in changed else learned_of)[key]
            assert learned_of[key] != at_first[key]
