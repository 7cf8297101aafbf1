"""Event time from uptime."""

from sensors.uptime import BUCKET_MS, BUCKETS, UptimeOffset


def offset_of(*heard):
    """An offset that has observed pairs of receive time and uptime."""
    offset = UptimeOffset()
    for received_ms, up_ms in heard:
        offset.observe(received_ms=received_ms, up_ms=up_ms)
    return offset


def test_the_first_message_is_its_own_best_guess():
    """A new boot began at receive time minus uptime."""
    assert UptimeOffset().best_ms(received_ms=10_400, up_ms=400) == 10_000


def test_a_delayed_message_does_not_move_the_boot():
    """The smallest difference wins over a later, larger one."""
    assert offset_of((10_010, 10)).best_ms(received_ms=25_000, up_ms=9_000) == 10_000


def test_a_faster_message_moves_the_boot_earlier():
    """A message with less delay than any before it is believed at once."""
    assert offset_of((10_500, 10)).best_ms(received_ms=20_000, up_ms=10_000) == 10_000


def test_what_is_older_than_an_hour_is_forgotten():
    """A difference counts up to sixty minutes and not after."""
    offset = offset_of((0, 0))
    last_ms = BUCKETS * BUCKET_MS - 1
    assert offset.best_ms(received_ms=last_ms, up_ms=last_ms - 7) == 0
    assert offset.best_ms(received_ms=last_ms + 1, up_ms=last_ms - 6) == 7


def test_the_window_stays_bounded():
    """A board that speaks for days is remembered with at most sixty minutes."""
    offset = offset_of(*((minute * BUCKET_MS, 0) for minute in range(3 * BUCKETS)))
    assert len(offset.smallest) <= BUCKETS


def test_a_minute_keeps_its_smallest_difference():
    """Within one minute the smallest delay is kept, in whatever order they came."""
    assert offset_of((5_000, 4_000), (5_100, 4_900), (5_200, 3_000)).smallest == {0: 200}


def test_the_quickest_of_each_minute_is_remembered():
    """Also where it was slower than an earlier minute's, which the hour forgets first."""
    offset = UptimeOffset()
    at_ms = 10 * BUCKET_MS
    offset.observe(received_ms=at_ms + 10, up_ms=at_ms)
    for slow_ms in (300, 150, 200):
        offset.observe(received_ms=at_ms + BUCKET_MS + slow_ms, up_ms=at_ms + BUCKET_MS)
    later_ms = at_ms + BUCKETS * BUCKET_MS
    assert offset.best_ms(received_ms=later_ms + 900, up_ms=later_ms) == 150
