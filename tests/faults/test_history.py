"""The way to InfluxDB: whatever dies on it, each transition is there exactly once in the end."""

import pytest
from faults.promises import assert_kept
from support.house import until

from ingest.crash_points import EXIT_CRASHED, Point

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
DRAINED_S = 90.0


def assert_shipped(stand):
    """The promises, and the same rows in both stores."""
    assert_kept(stand)
    for talker in stand.talkers:
        talker.is_mute = True
    until(lambda: stand.is_shipped, "nothing waits", DRAINED_S)
    stand.kill()
    assert stand.is_same_in_influx(), stand.keep_logs()


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(Point.OUTBOX_READ, marks=pytest.mark.thorough),
        Point.SHIPPED,
        pytest.param(Point.TAKEN_OUT, marks=pytest.mark.thorough),
    ],
)
def test_a_crash_at_each_step_of_shipping_loses_and_doubles_nothing(shipping_stand, point):
    """Twice, at different passages."""
    stand = shipping_stand
    for count in (1, 2):
        stand.start(VRIJPLEK_CRASH_AT=f"{point}:{count}")
        stand.talk_until(stand.has_crashed, f"it ends at {point}", 60)
        assert stand.process.returncode == EXIT_CRASHED
    stand.start_ready()
    stand.talk(2)
    assert_shipped(stand)


@pytest.mark.thorough
def test_an_influxdb_that_is_killed_while_it_is_written_to_has_all_in_the_end(shipping_stand):
    """Three times; the API answers all the while and the outbox holds what waits."""
    stand = shipping_stand
    stand.start_ready()
    for _ in range(3):
        stand.talk(1.5, 0.5)
        stand.influx.kill()
        stand.talk(1.5, 0.5)
        assert stand.desks()
        stand.influx.start()
    until(lambda: stand.metric("vrijplek_store_up") == 1, "the store is up again", DRAINED_S)
    assert_shipped(stand)


def test_a_dropped_row_of_the_outbox_is_noticed(shipping_stand):
    """The comparison is no comparison if this passes."""
    stand = shipping_stand
    stand.be_mutant("drops_an_outbox_row")
    stand.start()
    until(lambda: stand.said("connected to the broker"), "it listens")
    stand.talk(3)
    stand.quiesce()
    until(lambda: stand.is_shipped, "nothing waits", DRAINED_S)
    stand.kill()
    assert not stand.is_same_in_influx()
