"""The service ends at any moment: nothing that was acknowledged is lost, nothing counts twice."""

import pytest
from faults.promises import assert_kept
from support.house import until

from ingest.crash_points import EXIT_CRASHED, Point

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
    record_property("states_right_s", assert_kept(stand))


def test_kills_at_random_moments_break_no_promise(stand):
    """Five times in a row, each after a moment drawn by lot."""
    for _ in range(5):
        stand.start()
        until(lambda: stand.said("connected to the broker") or stand.has_crashed(), "it listens")
        stand.talk(stand.talkers[0].chance.uniform(0.2, 2.0))
        stand.kill()
    stand.start_ready()
    assert_kept(stand)
