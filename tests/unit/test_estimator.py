"""Readings and time go in, states come out."""

import dataclasses
from dataclasses import replace
from itertools import pairwise

import pytest
from support.fold import Believer
from support.office import BADGE, OFFICE, START_MS, sensor

from occupancy.evidence import BADGE as A_BADGE
from occupancy.placement import Placement, SensorKind
from occupancy.state import State
from occupancy.thresholds import Thresholds
from sensors.reading import Contact

AWAY_S = Thresholds().away_s
QUIET_S = 1_200
"""By then a space that was used for a moment is known to be left."""
HALVES = ("r1", "d2")
"""Boards that see half a room each."""


@pytest.fixture
def office():
    """The small office at the start of a service."""
    return Believer()


def seated(office, sensor="d1/pir-1", seconds=6):
    """Somebody sits down under a PIR."""
    office.motion(sensor, on=True)
    office.wait(seconds)
    return office


def left(office, sensor="d1/pir-1"):
    """The PIR sees nothing any more."""
    office.motion(sensor, on=False)
    return office


def until(office, state, board, space="desk-1"):
    """Let a board live until a space is in a state, for two hours at most."""
    for _ in range(360):
        if office.state(space) is state:
            return
        office.live(20, board)


def test_a_fresh_start_knows_nothing(office):
    """Every space is unknown and stays so without a reading."""
    office.wait(600)
    assert {s.state for s in office.estimator.statuses()} == {State.UNKNOWN}
    assert office.transitions == []


def test_a_trigger_occupies_a_desk_at_its_event_time(office):
    """The transition happened when the PIR triggered, and says why."""
    office.wait(5)
    office.motion("d1/pir-1", on=True, ago_s=2)
    [moved] = office.transitions
    assert (moved.space, moved.before, moved.after) == ("desk-1", State.UNKNOWN, State.OCCUPIED)
    assert moved.event_ms == START_MS + 3_000
    assert ("d1/pir-1", "motion") in [(e.source, e.kind) for e in moved.reasons]
    assert not moved.late


def test_a_desk_that_is_left_is_away_and_then_free(office):
    """Stillness first makes a desk away, some minutes later free."""
    left(seated(office))
    office.live(QUIET_S + AWAY_S, "d1")
    moves = [(t.before, t.after) for t in office.transitions if t.space == "desk-1"]
    assert moves == [
        (State.UNKNOWN, State.OCCUPIED),
        (State.OCCUPIED, State.AWAY),
        (State.AWAY, State.FREE),
    ]
    away, free = office.transitions[-2:]
    assert free.event_ms - away.event_ms == 1000 * AWAY_S


def test_a_room_that_is_left_is_free(office):
    """A room has no away."""
    left(seated(office, "r1/pir"), "r1/pir")
    office.live(QUIET_S, "r1")
    assert [t.after for t in office.transitions if t.space == "room-a"] == [
        State.OCCUPIED,
        State.FREE,
    ]


def test_a_living_board_that_sees_nobody_frees_an_unknown_desk(office):
    """A PIR that has been off for long enough says free."""
    left(office)
    office.live(QUIET_S, "d1")
    assert office.state("desk-1") is State.FREE


@pytest.mark.parametrize(("board", "space"), [("d1/pir-1", "desk-1"), ("r1/pir", "room-a")])
def test_a_start_frees_nothing_at_once(office, board, space):
    """Stillness of some seconds is no sign that nobody sits there; of two minutes it is."""
    left(office, board)
    office.live(10, board.partition("/")[0])
    assert office.estimator.statuses()[OFFICE.index[space]].state is State.UNKNOWN
    office.live(110, board.partition("/")[0])
    assert office.state(space) is State.FREE


@pytest.mark.parametrize("before", [State.FREE, State.OCCUPIED, State.AWAY])
def test_a_board_that_falls_silent_makes_its_desks_unknown(office, before):
    """After two and a half beats, whatever they were, and never free on the way."""
    seated(office)
    if before is not State.OCCUPIED:
        left(office)
        until(office, before, "d1")
    assert office.state("desk-1") is before
    known = len(office.transitions)
    silent_from_s = office.now_s
    office.wait(3_600)
    assert [t.after for t in office.transitions[known:] if t.space == "desk-1"] == [State.UNKNOWN]
    at_s = (office.transitions[-1].event_ms - START_MS) / 1000
    assert 40 <= at_s - silent_from_s <= 77


def test_silence_is_exactly_two_and_a_half_beats(office):
    """At 75 s a board of 30 s still lives, a second later its spaces are unknown."""
    office.motion("d1/pir-1", on=True)
    office.wait(75)
    assert office.state("desk-1") is State.OCCUPIED
    office.wait(1)
    assert office.state("desk-1") is State.UNKNOWN


def test_a_last_will_makes_desks_unknown_at_once(office):
    """The next tick knows it, and the desks of other boards stay as they are."""
    seated(office)
    seated(office, "r1/pir", 0)
    office.goodbye("d1")
    office.wait(1)
    assert office.state("desk-1") is State.UNKNOWN
    assert office.state("room-a") is State.OCCUPIED
    assert office.transitions[-1].reasons


def test_a_board_that_comes_back_is_believed_again(office):
    """A reading after a goodbye makes its desk known."""
    seated(office)
    office.goodbye("d1")
    office.wait(300)
    office.motion("d1/pir-1", on=True)
    office.wait(1)
    assert office.state("desk-1") is State.OCCUPIED


def test_a_room_seen_by_two_boards_outlives_one(office):
    """While one living board sees a room it is known."""
    seated(office, "r1/pir")
    seated(office, "d2/door-pir")
    office.goodbye("r1")
    office.live(20, "d2")
    assert office.state("room-a") is State.OCCUPIED
    office.goodbye("d2")
    office.wait(1)
    assert office.state("room-a") is State.UNKNOWN


def test_a_room_half_of_which_is_unseen_is_not_free():
    """When the sensor of one half dies, the room is unknown, however still the other half is."""
    halves = [sensor(f"{b}/half", SensorKind.MOTION, Placement("room-a", 0.6)) for b in HALVES]
    others = [s for s in OFFICE.sensors if all(p.space != "room-a" for p in s.sees)]
    office = Believer(dataclasses.replace(OFFICE, sensors=(*others, *halves)))
    for board in HALVES:
        office.motion(f"{board}/half", on=False)
    office.live(QUIET_S, *HALVES)
    assert office.state("room-a") is State.FREE

    office.goodbye("d2")
    office.live(60, "r1")
    assert office.state("room-a") is State.UNKNOWN


def test_a_last_will_is_no_word_of_the_sensor(office):
    """A goodbye does not make the last evidence newer."""
    office.motion("d1/pir-1", on=False)
    office.wait(61)
    before = office.statuses["desk-1"].last_evidence_ms
    office.goodbye("d1")
    office.wait(30)
    assert office.statuses["desk-1"].last_evidence_ms == before


def test_a_late_reading_lands_at_its_event_time_marked_late(office):
    """What the state has gone on without is written down where it belongs."""
    left(office)
    until(office, State.FREE, "d1")
    office.live(60, "d1")
    office.motion("d1/pir-1", on=True, ago_s=20)
    office.motion("d1/pir-1", on=True, ago_s=10)
    late = [t for t in office.transitions if t.late]
    assert [(t.space, t.after) for t in late] == [("desk-1", State.OCCUPIED)]
    assert late[0].event_ms in (office.now_ms - 20_000, office.now_ms - 10_000)


def test_a_very_late_reading_is_worth_little(office):
    """A trigger of two hours ago does not occupy a desk that is free now."""
    left(office)
    until(office, State.FREE, "d1")
    office.motion("d1/pir-1", on=True, ago_s=7_200)
    office.wait(1)
    assert office.state("desk-1") is State.FREE


def test_a_badge_is_evidence_without_a_name_and_without_a_time(office):
    """No reason, transition or explanation tells which tag or when."""
    for _ in range(60):
        office.sight("r1/ble", -50.0)
        office.sight("s1/ble", -85.0)
        office.wait(1)
    assert office.place() == "room-a"
    badge = [e for e in office.estimator.explain("room-a") if e.kind == "badge"]
    assert [(e.source, e.event_ms) for e in badge] == [(A_BADGE, None)]
    assert badge[0].nats > 0
    assert BADGE not in repr(office.transitions)
    assert BADGE not in repr([office.estimator.explain(space.id) for space in OFFICE.spaces])
    assert BADGE not in repr(office.statuses)


def test_a_badge_says_nothing_of_a_desk(office):
    """The finest answer about a person is a room."""
    for _ in range(60):
        office.sight("s1/ble", -50.0)
        office.wait(1)
    assert all(e.kind != "badge" for e in office.estimator.explain("desk-1"))


def test_explanations_name_silence(office):
    """What a dead board once said is shown as silence."""
    seated(office)
    office.goodbye("d1")
    office.wait(1)
    assert {e.kind for e in office.estimator.explain("desk-1")} == {"silence", "prior"}


def test_there_is_no_explanation_of_a_space_that_is_not_there(office):
    """Asking for an unknown space is an error of the caller."""
    with pytest.raises(KeyError):
        office.estimator.explain("desk-99")


def test_a_status_tells_state_since_and_last_word(office):
    """Since is the event, the last word is rounded down to the minute."""
    office.wait(65)
    office.motion("d1/pir-1", on=True)
    office.wait(2)
    status = office.statuses["desk-1"]
    assert (status.state, status.since_ms) == (State.OCCUPIED, START_MS + 65_000)
    assert status.last_evidence_ms == START_MS + 60_000
    assert status.probability == pytest.approx(0.9)


def test_shown_probability_moves_in_steps_and_does_not_flicker(office):
    """While belief creeps, what is shown only takes steps of a tenth and never goes back."""
    left(seated(office))
    shown = []
    for _ in range(QUIET_S):
        office.live(1, "d1")
        shown.append(office.statuses["desk-1"].probability)
    assert all(round(10 * p) == pytest.approx(10 * p) for p in shown)
    changes = [b for a, b in pairwise(shown) if a != b]
    assert changes == sorted(changes, reverse=True)
    assert len(changes) >= 5


def test_nothing_is_told_twice_without_news(office):
    """A second in which nothing changes tells nothing."""
    left(office)
    office.live(QUIET_S, "d1")
    office.now_s += 1
    assert office.estimator.tick(office.now_ms).changed == ()


def test_a_reading_that_changes_nothing_tells_nothing(office):
    """A radar that says the same again is no news of its desk."""
    assert office.presence("d2/radar", present=True).changed
    assert office.presence("d2/radar", present=True).changed == ()


def test_time_does_not_go_back(office):
    """A tick of the past changes nothing."""
    office.wait(10)
    before = office.estimator.statuses()
    outcome = office.estimator.tick(START_MS + 5_000)
    assert (outcome.transitions, outcome.changed) == ((), ())
    assert office.estimator.statuses() == before


def test_a_month_of_pause_is_one_step(office):
    """A long sleep of the service ends in unknown, not in an error."""
    seated(office)
    office.now_s += 30 * 86_400
    office.wait(0)
    assert office.state("desk-1") is State.UNKNOWN


def test_a_room_with_nothing_but_a_door_is_never_free():
    """A living door contact tells nothing of who is inside."""
    door = sensor("r1/door", SensorKind.CONTACT, "room-a")
    office = Believer(replace(OFFICE, sensors=(door,)))
    office.hear("r1", Contact("r1/door", office.now_ms, False))
    office.live(3600, "r1")
    assert office.state("room-a") is State.UNKNOWN
