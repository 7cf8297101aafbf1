"""Every desk that is observed becomes free in the end, whatever was learned of its use."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.office import BOARDS, OFFICE, START_MS

from occupancy.decision import FREE
from occupancy.estimator import Estimator
from sensors.entry import Entry
from sensors.reading import Heartbeat, Motion, Presence

HOUR_MS = 3_600_000
STEP_MS = 60_000
QUIET_HOURS = 4
MAKE = {"motion": Motion, "presence": Presence}
SEEING = [sensor for sensor in OFFICE.sensors if sensor.kind in MAKE]
DESKS = [OFFICE.index[space.id] for space in OFFICE.spaces if space.kind == "desk"]
TIMES = st.floats(1 / 5, 5)
"""A habit is so many times what is assumed."""
PATTERNS = st.lists(st.floats(0, 1), min_size=24, max_size=24)
"""How much of each hour of a day a desk is in use."""


def tell(estimator, now_ms, *, on=None):
    """Every board beats, and where it is asked for every channel tells this level."""
    for board in BOARDS:
        estimator.fold([Entry(board.id, now_ms, (Heartbeat(board.id, now_ms, 30.0),))])
    if on is not None:
        said = [MAKE[sensor.kind](sensor.id, now_ms, on) for sensor in SEEING]
        estimator.fold([Entry(one.sensor.partition("/")[0], now_ms, (one,)) for one in said])
    estimator.tick(now_ms + 1000)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 167), st.tuples(TIMES, TIMES, TIMES, TIMES), PATTERNS, st.booleans())
def test_every_observed_desk_becomes_free(hour, times, pattern, was_used):
    """Sensors live and nothing moves any more: at any hour of the week, within four hours."""
    estimator = Estimator(OFFICE)
    schooling = estimator.opinion.schooling
    schooling.habits *= np.array(times)[:, None]
    known_s = 40 * 3600.0
    schooling.timetable.seconds[1] = known_s
    schooling.timetable.seconds[0] = known_s * np.array(pattern * 7)[:, None]
    now_ms = START_MS + hour * HOUR_MS
    tell(estimator, now_ms - STEP_MS, on=False)
    if was_used:
        tell(estimator, now_ms, on=True)
        tell(estimator, now_ms + 5_000, on=False)
    for _ in range(QUIET_HOURS * HOUR_MS // STEP_MS):
        now_ms += STEP_MS
        tell(estimator, now_ms)
    states = estimator.decision.state[DESKS]
    assert (states == FREE).all(), (states, estimator.opinion.occupied()[DESKS])
