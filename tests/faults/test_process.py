"""The service ends at any moment: nothing that was acknowledged is lost, nothing counts twice."""

import pytest
from faults.promises import assert_kept
from support.house import until

from ingest.crash_points import EXIT_CRASHED, Point
from vrijplek.errors import EXIT_BUSY

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
SHORT = {Point.FOLDED, Point.COMMITTED, Point.ACKNOWLEDGED}
"""Crash points that every run passes; all of them in a full one."""
INGEST = [
    pytest.param(point, marks=[] if point in SHORT else pytest.mark.thorough)
    for point in (
        Point.HEARD,
        Point.FOLDED,
        Point.WRITING,
        Point.COMMITTING,
        Point.COMMITTED,
        Point.ACKNOWLEDGED,
        Point.TOLD,
        Point.SNAPSHOT,
        Point.PURGED,
    )
]


@pytest.mark.parametrize("point", INGEST)
def test_a_crash_at_each_step_breaks_no_promise(stand, point, record_property):
    """Twice at different passages, with readings before, between and after."""
    passages = {Point.SNAPSHOT: 1, Point.PURGED: 1}
    for count in (passages.get(point, 3), passages.get(point, 7)):
        stand.start(VRIJPLEK_CRASH_AT=f"{point}:{count}")
        stand.talk_until(stand.has_crashed, f"it ends at {point}", 90)
        assert stand.process.returncode == EXIT_CRASHED
    stand.start_ready()
    stand.talk(1)
    record_property("states_right_s", assert_kept(stand, times=2))


def test_kills_at_random_moments_break_no_promise(stand):
    """Five times in a row, each after a moment drawn by lot."""
    for _ in range(5):
        stand.start()
        until(lambda: stand.said("connected to the broker") or stand.has_crashed(), "it listens")
        stand.talk(stand.talkers[0].chance.uniform(0.2, 2.0))
        stand.kill()
    stand.start_ready()
    assert_kept(stand, times=5)


def test_a_second_service_on_the_same_folder(stand):
    """It ends soon with exit code 3; the first notices nothing."""
    first = stand.start_ready().process
    stand.talk(1)
    log = stand.starts
    second = stand.start()
    took_s = stand.talk_until(lambda: second.poll() is not None, "the second one ends", 10)
    assert second.returncode == EXIT_BUSY
    assert took_s < 8
    assert "another vrijplek works in" in stand.log.read_text()
    stand.process, stand.starts = first, log
    assert not stand.has_crashed()
    assert len(stand.said("connected to the broker")) == 1
    assert_kept(stand)


def test_two_services_that_start_at_once(stand):
    """One of them works, the other ends with exit code 3."""
    both = [(stand.start(), stand.starts) for _ in range(2)]
    stand.talk_until(lambda: any(one.poll() is not None for one, _ in both), "one ends", 20)
    [loser] = [one for one, _ in both if one.poll() is not None]
    assert loser.returncode == EXIT_BUSY
    [(stand.process, stand.starts)] = [(one, n) for one, n in both if one is not loser]
    stand.wait_answering()
    stand.talk(2)
    assert_kept(stand)
