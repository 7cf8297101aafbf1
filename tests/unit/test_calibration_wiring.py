"""Calibration put together: learned from at the start and whenever walks are others."""

import threading

import pytest
from support.office import OFFICE, START_MS

from api.access.role import Role
from api.people.store import PeopleStore
from occupancy.calibration import PATIENCE_MS, PSEUDONYM, Heard, Visit, Walk
from occupancy.store.sqlite import open_database
from occupancy.working_hours import WorkingHours
from sensors.tag import Tag
from vrijplek.calibration import put_together

MINE = Tag("a" * 32)


def walk(number):
    at_ms = START_MS + number * 3_600_000
    stay = Visit("room-a", at_ms, at_ms + 60_000)
    heard = (Heard("r1/ble", at_ms, at_ms + 200, -15.0),)
    return Walk(f"a{number}", at_ms, at_ms + 60_000, (stay,), heard)


class Learner:
    """Remembers what it was given; may be told to fail."""

    def __init__(self):
        self.given, self.fails, self.quickly = [], False, []
        self.learned = threading.Event()

    def __call__(self, recordings, *, quickly):
        """Takes all walks that are over."""
        self.given.append(recordings)
        self.quickly.append(quickly)
        self.learned.set()
        if self.fails:
            raise ValueError("nothing to learn")


@pytest.fixture
def made(tmp_path):
    """Calibration of the small office, with a clock and a learner of the test."""
    people = PeopleStore(tmp_path / "people.sqlite")
    file = tmp_path / "vrijplek.sqlite"
    connections = (open_database(file), open_database(file))
    now, learner = [START_MS], Learner()
    hours = WorkingHours("Europe/Amsterdam", always=True)
    calibration = put_together(OFFICE, people, hours, connections, lambda: now[0], learner)
    calibration.now, calibration.learner, calibration.people = now, learner, people
    yield calibration
    calibration.stop()
    people.close()
    for connection in connections:
        connection.close()


def looked(made):
    """What was learned in one look, None where nothing was."""
    made.learner.learned.clear()
    made.look()
    made.stop()
    return made.learner.given[-1] if made.learner.learned.is_set() else None


def test_the_start_learns_from_what_is_there(made):
    """Before anything is heard, under a pseudonym."""
    made.kept.add(walk(0))
    made.start()
    ((recording,),) = made.learner.given
    assert recording.tags == (PSEUDONYM,)


def test_what_was_learned_quickly_at_the_start_is_learned_well_at_the_first_look(made):
    """An answer does not wait for the second; where there is nothing to learn there is none."""
    made.kept.add(walk(0))
    made.start()
    assert len(looked(made)) == 1
    assert made.learner.quickly == [True, False]
    assert looked(made) is None


def test_new_and_removed_walks_are_learned_from_in_one_look(made):
    """All of them each time; the same walks are not learned twice."""
    made.start()
    assert made.learner.given == [()]
    made.kept.add(walk(0))
    assert len(looked(made)) == 1
    assert looked(made) is None
    made.kept.remove("a0")
    assert looked(made) == ()


def test_a_finished_walk_is_learned_from(made):
    """The walker presses finish, and the next look learns."""
    boss = made.people.register.add("Fedor", Role.FACILITIES)
    made.people.register.enrol(boss.id, MINE)
    made.start()
    made.calibrator.begin(boss.id, "own-1", made.now[0])
    made.calibrator.move(boss.id, "room-a", made.now[0])
    assert looked(made) is None
    made.calibrator.finish(boss.id, made.now[0] + 9_000)
    (recording,) = looked(made)
    assert [stay.place for stay in recording.stays] == ["room-a"]


def test_a_look_ends_overdue_walks(made):
    """Nobody is heard longer than was said."""
    boss = made.people.register.add("Fedor", Role.FACILITIES)
    made.people.register.enrol(boss.id, MINE)
    made.start()
    made.calibrator.begin(boss.id, "own-1", made.now[0])
    made.now[0] += PATIENCE_MS
    made.look()
    assert not made.recorder.hears(MINE)


def test_learning_that_fails_ends_nothing(made):
    """It is not tried again before there is something new."""
    made.learner.fails = True
    made.start()
    assert looked(made) is None
    made.learner.fails = False
    made.kept.add(walk(0))
    assert len(looked(made)) == 1


def test_a_start_ends_the_walks_that_a_stop_cut_off(made):
    """What was recorded is learned from."""
    made.recorder.begin("p1", MINE, START_MS)
    made.recorder.move("p1", "room-a", START_MS)
    made.start()
    assert len(made.learner.given[0]) == 1
