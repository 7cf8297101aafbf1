"""Channels that cry wolf or never sleep."""

import numpy as np
import pytest
from support.fold import Believer
from support.office import OFFICE

from occupancy.state import State
from occupancy.votes import QUIET_MS, RESTLESS_MS, STUCK_MS, Votes
from occupancy.watch import OFF, ON, Watch

PIR, ALONE, OTHER = "d1/pir-1", "desk-1", "d2/pir"
HOUR_S = 3600


class Jury:
    """Votes over channels that are all heard, a minute at a time."""

    def __init__(self) -> None:
        self.watch = Watch(OFFICE)
        self.watch.level[:] = OFF
        self.votes = Votes(self.watch)
        self.heard = np.ones(len(self.watch.sensors), dtype=bool)

    def put(self, sensor, level):
        """A channel goes on or off."""
        for pair in self.watch.pairs_of_sensor[sensor]:
            self.watch.edges[0 if level == ON else 1, pair] += self.watch.level[pair] != level
            self.watch.level[pair] = level

    def wait(self, hours, starts_every=0, sensor=PIR):
        """Let time pass; a channel may start and end every so many minutes."""
        for minute in range(round(60 * hours)):
            if starts_every and minute % starts_every == 0:
                self.put(sensor, ON)
                self.put(sensor, OFF)
            self.votes.advance(60.0, self.heard)
            self.watch.edges[:] = 0.0

    def distrusts(self, sensor=PIR):
        """Whether a channel has no vote."""
        return sensor in self.watch.distrusted()


@pytest.fixture
def jury():
    """All channels off, all believed."""
    return Jury()


def test_all_have_a_vote_while_nothing_happens(jury):
    """Silence is no offence."""
    jury.wait(48)
    assert jury.watch.distrusted() == ()


def test_a_motion_sensor_that_is_stuck_loses_its_vote_until_it_is_off(jury):
    """Long after any that is usual; then at once."""
    jury.put(PIR, ON)
    jury.wait(STUCK_MS / 3_600_000)
    assert not jury.distrusts()
    jury.wait(0.1)
    assert jury.watch.distrusted() == (PIR,)
    jury.put(PIR, OFF)
    jury.wait(0.1)
    assert not jury.distrusts()


def test_one_that_holds_for_long_may_be_on_for_longer(jury):
    """What is assumed of its ends tells how long is usual."""
    pair = jury.watch.pairs_of_sensor[PIR][0]
    jury.watch.end_per_s[pair] = 1 / 600
    jury.votes = Votes(jury.watch)
    jury.put(PIR, ON)
    jury.wait(STUCK_MS / 3_600_000 + 0.5)
    assert not jury.distrusts()


@pytest.mark.parametrize("hours", [3, 40])
def test_a_sensor_that_another_agrees_with_keeps_its_vote(jury, hours):
    """People do stay for long where one is on and the other moves."""
    jury.put("d2/radar", ON)
    jury.wait(hours, starts_every=10, sensor="d2/pir")
    assert not jury.distrusts("d2/radar")


def test_of_two_that_are_stuck_neither_proves_the_other_right(jury):
    """Both lose their vote."""
    jury.put("d2/radar", ON)
    jury.put("d2/pir", ON)
    jury.wait(40)
    assert jury.distrusts("d2/radar")
    assert jury.distrusts("d2/pir")


def test_a_stuck_sensor_that_is_off_again_is_believed_at_once(jury):
    """However long it was stuck: that was no restlessness."""
    jury.put(PIR, ON)
    jury.wait(33)
    assert jury.distrusts()
    jury.put(PIR, OFF)
    jury.wait(0.1)
    assert not jury.distrusts()


def test_a_wolf_loses_its_vote_and_gets_it_back_after_a_quiet_hour(jury):
    """Motion every few minutes by day and night is no people."""
    jury.wait(RESTLESS_MS / 3_600_000 - 0.1, starts_every=10)
    assert not jury.distrusts()
    jury.wait(0.3, starts_every=10)
    assert jury.distrusts()
    jury.wait(QUIET_MS / 3_600_000 - 0.2)
    assert jury.distrusts()
    jury.wait(0.5)
    assert not jury.distrusts()


def test_who_has_a_quiet_hour_a_day_keeps_the_vote(jury):
    """As every space that people use."""
    for _ in range(3):
        jury.wait(22, starts_every=10)
        jury.wait(2)
    assert not jury.distrusts()


def test_time_that_was_not_heard_is_not_counted(jury):
    """A board that was dead for days has done nothing odd."""
    jury.put(PIR, ON)
    jury.heard[:] = False
    jury.wait(48)
    assert not jury.distrusts()


def test_a_space_that_only_a_stuck_sensor_sees_is_unknown():
    """Occupied for some time, then unknown; who asks is told why, and no repeating changes it."""
    office = Believer()
    office.motion(PIR, on=True)
    office.live(30, "d1")
    assert office.statuses[ALONE].state is State.OCCUPIED
    votes = office.estimator.opinion.votes
    votes.on_ms[office.estimator.watch.pairs_of_sensor[PIR]] = STUCK_MS
    office.live(2, "d1")
    assert office.statuses[ALONE].state is State.UNKNOWN
    assert "distrust" in {evidence.kind for evidence in office.estimator.explain(ALONE)}
    told = len(office.transitions)
    office.motion(PIR, on=True)
    office.live(60, "d1")
    assert len(office.transitions) == told
    assert office.statuses[ALONE].state is State.UNKNOWN
    office.motion(PIR, on=False)
    office.live(20, "d1")
    assert office.estimator.watch.distrusted() == ()
