"""Who comes next door has left here."""

import pytest
from support.fold import Believer
from support.office import BOARDS, OFFICE

from occupancy.evidence import NEXT_DOOR
from occupancy.learned import Exits, Learned
from occupancy.opinion import PAUSE_S
from occupancy.outlook import outlook
from occupancy.prospect import NEXT_DOOR as COMES
from occupancy.snapshot import freeze, thawed, wake

DESK, ROOM = OFFICE.index["desk-1"], OFFICE.index["room-a"]
ALL = [board.id for board in BOARDS]


@pytest.fixture
def office():
    """Somebody was at the first desk for a while, has moved, and is not seen any more."""
    found = Believer()
    for name in ("d1/pir-1", "r1/pir", "d2/door-pir", "d1/pir-2"):
        found.motion(name, on=True)
        found.motion(name, on=False)
    found.live(3600, *ALL)
    for _ in range(10):
        moved(found, "d1/pir-1")
    found.live(25, *ALL)
    return found


def moved(office, sensor):
    """A sensor sees motion for ten seconds."""
    office.motion(sensor, on=True)
    office.live(10, *ALL)
    office.motion(sensor, on=False)


def chance(office, space=DESK):
    """Of somebody, by motion."""
    return float(office.estimator.opinion.belief.occupied[space])


def test_who_comes_into_a_room_may_have_left_the_desk(office):
    """The desk is less likely in use at once, and says why without saying who."""
    before = chance(office)
    office.motion("r1/pir", on=True)
    assert chance(office) < before - 0.01
    [told] = [e for e in office.estimator.explain("desk-1") if e.kind == "exits"]
    assert (told.source, told.event_ms) == (NEXT_DOOR, None)
    assert told.nats < 0


def test_who_still_moves_has_not_left(office):
    """The same coming leaves a desk in use at which something moves."""
    office.motion("d1/pir-1", on=True)
    office.live(10, *ALL)
    office.motion("r1/pir", on=True)
    assert chance(office) > 0.85


def test_who_is_there_and_stirs_has_not_come(office):
    """Motion where somebody was all along charges nobody."""
    moved(office, "r1/pir")
    moved(office, "r1/pir")
    office.live(60, *ALL)
    before = chance(office)
    office.motion("r1/pir", on=True)
    assert chance(office) > before - 0.005


def test_after_a_pause_nobody_has_just_left(office):
    """What nobody listened to tells of no walk."""
    office.estimator.tick(office.now_ms + int(1000 * PAUSE_S) + 1000)
    assert not office.estimator.opinion.passing.left.any()
    assert not office.estimator.opinion.passing.came.any()


def test_what_calibration_taught_comes_first(office):
    """Where exits were learned the plan says nothing."""
    exits = Exits(["room-a", "room-b"], [[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5])
    taught = Believer(OFFICE, Learned(exits=exits))
    wake(taught.estimator, thawed(freeze(office.estimator)))
    taught.now_s = office.now_s
    before = chance(taught)
    taught.motion("r1/pir", on=True)
    assert chance(taught) == before


def test_what_a_coming_would_do_is_told(office):
    """The outlook of the desk says it, and that of a desk where all is still does not."""
    causes = {told.cause: told for told in outlook(office.estimator, "desk-1")}
    assert office.estimator.opinion.may_have_left("desk-1") > 0.2
    assert causes[COMES].source == NEXT_DOOR
    assert causes[COMES].probability < chance(office)
    assert COMES not in {told.cause for told in outlook(office.estimator, "desk-2")}
