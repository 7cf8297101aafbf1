"""When what was learned from a building's own days is put to use."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from support.office import OFFICE

from occupancy.estimator import Estimator
from occupancy.schooling import HOUR_MS
from occupancy.timetable import MEMORY_S

MONDAY_MS = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)
SECOND_MS, MINUTE_MS = 1000, 60_000


def schooling(zone):
    """That of the office in some zone, and what lives of it: nothing."""
    found = Estimator(replace(OFFICE, time_zone=zone)).opinion.schooling
    return found, np.zeros(len(found.watch.sensors), dtype=bool)


def begun(zone, *moments_ms):
    """So many hours have begun at each of these moments."""
    found, alive = schooling(zone)
    hours = []
    for at_ms in moments_ms:
        found.advance(0.0, at_ms, alive)
        hours.append(found.hours)
    return hours


@pytest.mark.parametrize(
    ("zone", "past_ms"),
    [("UTC", 0), ("Asia/Kolkata", 30 * MINUTE_MS), ("Asia/Kathmandu", 15 * MINUTE_MS)],
)
def test_an_hour_begins_with_that_of_the_zone(zone, past_ms):
    """Half past where clocks are half an hour off, a quarter past where they are three quarters."""
    first_ms = MONDAY_MS + past_ms + HOUR_MS
    moments = [first_ms - 10 * MINUTE_MS, first_ms - SECOND_MS, first_ms]
    moments += [first_ms + HOUR_MS - SECOND_MS, first_ms + HOUR_MS]
    assert begun(zone, *moments) == [0, 0, 1, 1, 2]


def test_an_hour_that_comes_twice_begins_twice():
    """Where clocks go back in autumn, and after a pause of just a week."""
    autumn_ms = int(datetime(2026, 10, 25, tzinfo=UTC).timestamp() * 1000)
    hours = [autumn_ms + HOUR_MS * n for n in range(4)]
    assert begun("Europe/Amsterdam", *hours) == [0, 1, 2, 3]
    assert begun("UTC", MONDAY_MS, MONDAY_MS + 168 * HOUR_MS) == [0, 1]


@pytest.mark.parametrize("part", [0.002, 0.5, 1.0])
def test_a_timetable_fades_by_the_time_that_has_passed(part):
    """However long the service was away."""
    found, alive = schooling("UTC")
    found.advance(0.0, MONDAY_MS, alive)
    found.timetable.seconds[:] = 1000.0
    found.advance(0.0, MONDAY_MS + int(part * MEMORY_S * 1000), alive)
    assert found.timetable.seconds == pytest.approx(1000.0 * np.exp(-part), rel=1e-5)
