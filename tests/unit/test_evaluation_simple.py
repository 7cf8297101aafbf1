"""The simple methods on small invented sessions."""

import pytest
from support.sessions import write_session, write_walk

from vrijplek.evaluation.events import Event, Events
from vrijplek.evaluation.grid import Grid, RoomCodes, track
from vrijplek.evaluation.method import UseChange
from vrijplek.evaluation.room_score import score_rooms
from vrijplek.evaluation.session import read_session
from vrijplek.evaluation.simple import ROOM_METHODS, USE_METHODS
from vrijplek.evaluation.simple.motion_rooms import motion_rooms
from vrijplek.evaluation.simple.timer import LearnedTimer

ALL = (*ROOM_METHODS, *USE_METHODS)


def named(method):
    return method.name


@pytest.fixture
def house(tmp_path):
    """A calibration walk, and another walk of another tag."""
    calibration = read_session(write_walk(tmp_path / "mon", ("den", "hall", "den")))
    replayed = read_session(write_walk(tmp_path / "tue", ("hall", "den", "hall"), tag="watch"))
    return calibration, replayed


@pytest.mark.parametrize("method", ROOM_METHODS, ids=named)
def test_a_tag_is_followed_from_room_to_room(house, method):
    """With clear strengths each method is right but for a few seconds after each move."""
    calibration, replayed = house
    rows = method.learn([calibration]).replay(replayed.events).rooms
    grid = Grid.over(replayed.truth, 0.0, 1.0)
    score = score_rooms([track(grid, replayed.truth.stays, rows, RoomCodes())])

    assert {row.subject for row in rows} == {"watch"}
    assert score.accuracy > 0.85
    assert score.visits_found == 1.0
    assert score.lag_median_s <= 15


@pytest.mark.parametrize("method", ALL, ids=named)
def test_nothing_looks_ahead(house, method):
    """What was said up to a moment does not change when the session ends then."""
    calibration, replayed = house
    learned = method.learn([calibration])
    events, until_s = replayed.events, 90.0
    whole = learned.replay(events)
    cut = learned.replay(events.where(events.t_s <= until_s))

    def before(rows):
        return [row for row in rows if row.t_s <= until_s]

    assert before(whole.rooms) == before(cut.rooms)
    assert before(whole.uses) == before(cut.uses)
    assert whole.rooms or whole.uses


@pytest.mark.parametrize("method", ALL, ids=named)
def test_the_names_of_sources_say_nothing(house, method):
    """Other names in the same order, other answers none."""
    calibration, replayed = house

    def renamed(events):
        return Events.of([row._replace(source=f"x{row.source[::-1]}") for row in events.rows()])

    plain = method.learn([calibration]).replay(replayed.events)
    learned = method.learn([type(calibration)("a", renamed(calibration.events), calibration.truth)])
    assert learned.replay(renamed(replayed.events)) == plain


@pytest.mark.parametrize("method", ALL, ids=named)
@pytest.mark.parametrize(
    "events", [(), [(1.0, "rssi", "new", "tag", -50)]], ids=["none", "strange"]
)
def test_nothing_known_is_no_error(tmp_path, house, method, events):
    """No calibration, no events, or sources that the calibration does not have."""
    empty = read_session(write_session(tmp_path / "empty", events))
    for learned in (method.learn([]), method.learn([empty]), method.learn([house[0]])):
        said = learned.replay(empty.events)
        assert not any(row.room for row in said.rooms)
        assert not any(row.occupied for row in said.uses)


def motion(*rows):
    """Events of motion sensors, from time, whether on, and sensor."""
    return Events.of(
        [Event(t_s, "pir_on" if on else "pir_off", sensor, "", on) for t_s, on, sensor in rows]
    )


def test_a_timer_starts_anew_with_each_motion_and_holds_after_the_last():
    """Two sensors of a room keep it together; samples of motion that goes on are no new start."""
    timer = LearnedTimer(30.0, {"a": "den", "b": "den"})
    events = motion((0, 0, "a"), (10, 1, "a"), (20, 1, "a"), (25, 0, "a"), (50, 1, "b"))
    more = motion((60, 0, "b"), (100, 0, "b"), (200, 1, "a"))
    rows = timer.replay(Events.of([*events.rows(), *more.rows()])).uses
    assert rows == (
        UseChange(0.0, "den", occupied=False, p=0.0),
        UseChange(10.0, "den", occupied=True, p=1.0),
        UseChange(90.0, "den", occupied=False, p=0.0),
        UseChange(200.0, "den", occupied=True, p=1.0),
    )


def test_a_motion_sensor_belongs_to_the_room_in_use_when_it_triggers(house):
    """As the walk has it."""
    assert motion_rooms([house[0]]) == {"motion of den": "den", "motion of hall": "hall"}


def test_rooms_are_given_out_once_before_they_are_given_twice(tmp_path):
    """The clearest pair first; a third sensor of two rooms gets the best of both."""
    events = [(t, "pir_on", "clear", "", 1) for t in range(0, 100, 10)]
    events += [(t, "pir_on", "weak", "", 1) for t in range(50, 150, 25)]
    events += [(t, "pir_on", "late", "", 1) for t in range(105, 195, 30)]
    uses = [(0, 100, "den", 1), (100, 200, "den", 0), (0, 100, "hall", 0), (100, 200, "hall", 1)]
    found = motion_rooms([read_session(write_session(tmp_path, sorted(events), uses=uses))])
    assert found["clear"] == "den"
    assert found["late"] == "hall"
    assert found["weak"] in {"den", "hall"}
