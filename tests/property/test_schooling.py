"""Whatever a channel does, what is learned is finite, and survives a snapshot."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.office import OFFICE, START_MS

from occupancy.estimator import Estimator
from occupancy.snapshot import freeze, thawed, wake
from sensors.entry import Entry
from sensors.reading import Heartbeat, Motion, Presence

SENSORS = {"d1/pir-1": Motion, "d2/radar": Presence, "r1/pir": Motion, "d2/door-pir": Motion}
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(sorted(SENSORS)), st.booleans(), st.integers(1, 4000)), max_size=25
)


def live(estimator, happenings, now_ms):
    """Have these readings come after so many seconds each; the time at the end."""
    for sensor, on, after_s in happenings:
        now_ms += 1000 * after_s
        board = sensor.partition("/")[0]
        beats = Entry(board, now_ms, (Heartbeat(board, now_ms, 7200.0),))
        estimator.fold([beats, Entry(board, now_ms, (SENSORS[sensor](sensor, now_ms, on),))])
        estimator.tick(now_ms)
    return now_ms


@settings(max_examples=40, deadline=None)
@given(HAPPENINGS, HAPPENINGS)
def test_rates_stay_finite_and_a_snapshot_knows_them(before, after):
    """Woken from a snapshot an estimator learns on as the one that was frozen does."""
    one, other = Estimator(OFFICE), Estimator(OFFICE)
    one.tick(START_MS)
    now_ms = live(one, before, START_MS)
    one.opinion.schooling.learn()
    wake(other, thawed(freeze(one)))
    assert freeze(other) == freeze(one)
    for estimator in (one, other):
        live(estimator, after, now_ms)
        estimator.opinion.schooling.learn()
    assert freeze(other) == freeze(one)
    watch, habits = one.watch, one.opinion.schooling.habits
    for learned in (watch.start_per_s, watch.end_per_s, habits):
        assert np.isfinite(learned).all()
        assert (learned > 0).all()
