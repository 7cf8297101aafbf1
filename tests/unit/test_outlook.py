"""What would change the answer about a space, and that it does."""

import pytest
from support.fold import Believer, badged
from support.office import BADGE, OFFICE, START_MS
from support.site import building, entries, walk

from occupancy.estimator import Estimator
from occupancy.evidence import BADGE as A_BADGE
from occupancy.learned import Learned
from occupancy.learning.learn import learn
from occupancy.level_model import LevelInput, LevelModel, QuantityModel
from occupancy.outlook import MOST_READINGS, outlook
from occupancy.prospect import (
    BACK,
    BADGE_COMES,
    BADGE_LEAVES,
    QUIET,
    SILENCE,
    STALE,
    Prospect,
)
from occupancy.state import State
from occupancy.view import LiveView, Status
from sensors.reading import Level


@pytest.fixture
def used():
    """An office where somebody has just moved at desk 1 and a radar sees somebody at desk 3."""
    office = Believer()
    office.motion("d1/pir-1", on=True)
    office.presence("d2/radar", present=True)
    office.live(8, "d1", "d2")
    office.motion("d1/pir-1", on=False)
    office.motion("d1/pir-2", on=False)
    office.motion("d2/pir", on=False)
    office.live(2, "d1", "d2")
    return office


def of(office, space, cause):
    """What is told of one cause."""
    return [told for told in outlook(office.estimator, space) if told.cause == cause]


def test_an_occupied_desk_is_foretold_to_be_away_and_then_free(used):
    """Free comes as long after away as a desk is away."""
    away, free = of(used, "desk-1", QUIET)
    assert (away.state, free.state) == (State.AWAY, State.FREE)
    assert away.after_s > 60
    assert free.after_s - away.after_s == used.estimator.decision.thresholds.away_s


def test_where_nothing_will_change_that_is_told(used):
    """A radar holds somebody: occupied for as long as is looked ahead."""
    [stays] = of(used, "desk-3", QUIET)
    assert (stays.after_s, stays.state) == (None, State.OCCUPIED)
    assert stays.probability > 0.9


def test_motion_that_is_foretold_to_occupy_does(used):
    """The state and the probability are those that the estimator has after the reading."""
    used.live(300, "d1")
    [told] = of(used, "desk-2", "motion")
    moved = used.motion("d1/pir-2", on=True).transitions[0]
    assert (told.source, told.after_s, told.state) == ("d1/pir-2", 0, moved.after)
    assert told.probability == round(moved.probability, 2)


def test_absence_that_is_foretold_to_free_does(used):
    """A radar that lets go makes a desk away, at the second that was told."""
    [told] = of(used, "desk-3", "absence")
    used.presence("d2/radar", present=False)
    used.live(told.after_s - 1, "d2")
    assert used.state("desk-3") is State.OCCUPIED
    used.live(1, "d2")
    assert used.state("desk-3") is told.state is State.AWAY


def test_the_silence_of_a_board_is_foretold_to_the_second(used):
    """After two and a half heartbeats what it saw is unknown."""
    [told] = of(used, "desk-1", SILENCE)
    used.wait(told.after_s - 1)
    assert used.state("desk-1") is State.OCCUPIED
    used.wait(1)
    assert used.state("desk-1") is told.state is State.UNKNOWN
    p = used.estimator.opinion.occupied_of(OFFICE.index["desk-1"])
    assert told.probability == pytest.approx(p, abs=0.01)


def test_a_board_that_is_silent_may_be_back(used):
    """A sign of life is enough, since its channels have told their levels; silence is no news."""
    used.live(300, "d1")
    used.goodbye("d1")
    used.wait(1)
    [told] = of(used, "desk-1", BACK)
    assert (told.source, of(used, "desk-1", SILENCE)) == ("d1", [])
    used.live(told.after_s, "d1")
    assert used.state("desk-1") is told.state


def test_readings_are_few_and_the_strongest_first():
    """Of a room that nothing is known of, with three channels that may say two things each."""
    office = Believer()
    told = outlook(office.estimator, "room-a")
    readings = [one for one in told if one.source in {"r1/gate", "r1/pir", "d2/door-pir"}]
    assert len(readings) == MOST_READINGS
    assert (readings[0].cause, readings[0].state) == ("people", State.OCCUPIED)
    assert readings[0].probability >= max(one.probability for one in readings)


def test_a_badge_that_may_leave_is_not_named():
    """The room is free then; which badge and when it came is not told."""
    office = badged(Believer())
    office.motion("r1/pir", on=False)
    office.live(1, "r1")
    [told] = of(office, "room-a", BADGE_LEAVES)
    assert (told.source, told.state) == (A_BADGE, State.FREE)
    assert BADGE not in repr(outlook(office.estimator, "room-a"))
    [comes] = of(office, "room-b", BADGE_COMES)
    assert (comes.source, comes.state) == (A_BADGE, State.OCCUPIED)


def test_no_badge_is_told_of_at_a_desk_or_where_none_is_followed(used):
    """Nobody is placed at a desk, and without any tag a badge is no way to an answer."""
    causes = {BADGE_COMES, BADGE_LEAVES}
    assert not any(told.cause in causes for told in outlook(used.estimator, "room-a"))
    office = badged(Believer())
    assert not any(told.cause in causes for told in outlook(office.estimator, "desk-1"))


def test_levels_that_go_stale_are_told_with_their_time():
    """A room known by its light alone is unknown a minute after the last word of it."""
    light = LevelInput("d1/lux", "light", 0.0, 1.0, 1.0)
    model = LevelModel([QuantityModel([light], 0.0, 1.0)], 0.0, 1.0, 60.0)
    office = Believer(OFFICE, Learned(levels={"room-a": model}))
    office.hear("d1", Level("d1/lux", office.now_ms, "light", 500.0, "lx"))
    office.wait(10)
    [told] = of(office, "room-a", STALE)
    assert (told.source, told.after_s, told.state) == ("d1/lux", 51, State.UNKNOWN)
    office.wait(50)
    assert office.state("room-a") is State.OCCUPIED
    office.wait(1)
    assert office.state("room-a") is State.UNKNOWN


def test_asking_of_a_learned_site_changes_nothing():
    """Ways between rooms, levels and tags of a walk are as they were, and a state comes as told."""
    learned = learn([walk(seed) for seed in range(2)])
    estimator = Estimator(building(learned), learned)
    for entry in entries(("den", "hall"), 5):
        estimator.tick(entry.received_ms)
        estimator.fold([entry])
    before = [estimator.explain(room) for room in ("den", "hall", "heath")]
    told = [outlook(estimator, room) for room in ("den", "hall", "heath")]
    assert all(told)
    assert [estimator.explain(room) for room in ("den", "hall", "heath")] == before


def test_there_is_no_outlook_of_a_space_that_is_not_there(used):
    """A misspelt id is an error."""
    with pytest.raises(KeyError):
        outlook(used.estimator, "desk-99")


def test_while_all_is_doubted_nothing_is_foretold():
    """A service that has got stuck knows nothing of what comes."""
    told = (Prospect(QUIET, None, 60, State.FREE, 0.2),)
    view = LiveView(lambda _: (), lambda _: told)
    view.tell(START_MS, (Status("desk-1", State.OCCUPIED, START_MS, 0.9),))
    assert view.outlook("desk-1") == told
    view.doubt(START_MS + 15_000)
    assert view.outlook("desk-1") == ()
