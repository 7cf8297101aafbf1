"""Event time from uptime: how wrong it can be."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support.office import START_MS

from sensors.uptime import BUCKET_MS, BUCKETS, UptimeOffset

HOUR_MS = BUCKET_MS * BUCKETS
delays = st.integers(0, 3_000) | st.integers(0, 600_000)
sent = st.lists(st.tuples(st.integers(1, 300_000), delays), min_size=1, max_size=60)
"""Messages: how long after the last one, and how long each was on its way, in ms."""

regular = st.lists(
    st.tuples(st.integers(1_000, 300_000), st.integers(0, 200)), min_size=1, max_size=200
)


def heard(stream, *, drift=0.0, first_up_ms=1_000):
    """Uptime and receive time of each message in order of receiving, and the true boot."""
    up_ms, found = first_up_ms, []
    for wait_ms, delay_ms in stream:
        up_ms += wait_ms
        found.append((START_MS + up_ms + delay_ms, int(up_ms * (1 + drift))))
    return sorted(found)


@settings(max_examples=200)
@given(sent)
def test_a_boot_is_late_by_the_smallest_delay_of_the_hour(stream):
    """Never early, and late by no more than the fastest message of the last hour."""
    offset, so_far = UptimeOffset(), []
    for received_ms, up_ms in heard(stream):
        so_far.append((received_ms, received_ms - up_ms - START_MS))
        error_ms = offset.best_ms(received_ms=received_ms, up_ms=up_ms) - START_MS
        recent = [d for at, d in so_far if at > received_ms - HOUR_MS + BUCKET_MS]
        assert min(d for _, d in so_far) <= error_ms <= min(recent)
        offset.observe(received_ms=received_ms, up_ms=up_ms)


@settings(max_examples=100)
@given(regular, st.floats(-1e-4, 1e-4))
def test_drift_does_not_add_up(stream, drift):
    """With 100 ppm the error stays below an hour's drift and the delay, however long it runs."""
    offset = UptimeOffset()
    for received_ms, up_ms in heard(stream, drift=drift):
        best_ms = offset.best_ms(received_ms=received_ms, up_ms=up_ms)
        event_ms = best_ms + up_ms
        assert received_ms - 200 - 1e-4 * HOUR_MS - 2 <= event_ms <= received_ms
        offset.observe(received_ms=received_ms, up_ms=up_ms)


@settings(max_examples=100)
@given(sent)
def test_no_event_is_in_the_future(stream):
    """The event time of a message is never after it was received."""
    offset = UptimeOffset()
    for received_ms, up_ms in heard(stream):
        assert offset.best_ms(received_ms=received_ms, up_ms=up_ms) + up_ms <= received_ms
        offset.observe(received_ms=received_ms, up_ms=up_ms)
