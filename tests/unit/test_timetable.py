"""How often spaces are in use in each hour of the week."""

import numpy as np
import pytest

from occupancy.timetable import HOURS, MEMORY_S, Timetable, hour_of_week

MONDAY_MS = 1_795_388_400_000
"""Monday 23 November 2026, midnight in Amsterdam."""
HOUR_MS = 3_600_000


@pytest.fixture
def timetable():
    """Two desks and a room, a quarter of the time in use as far as anybody knows."""
    return Timetable(np.full(3, 0.25), ["desk", "desk", "room"])


def lived(timetable, days, *, used_by_day):
    """Each space is in use from 9 to 17 on weekdays with these chances."""
    for hour in range(24 * days):
        at = hour % HOURS
        is_open = at // 24 < 5 and 9 <= at % 24 < 17
        used = np.array(used_by_day) * is_open
        timetable.add(at, 3600.0, used, np.ones(3))
        timetable.fade(3600.0)


def test_without_history_all_hours_are_alike(timetable):
    """Nothing is learned from nothing."""
    for hour in range(HOURS):
        assert timetable.odds_against_any(hour) == pytest.approx(np.ones(3))


def test_a_weekday_morning_differs_from_the_night_and_from_sunday(timetable):
    """After two weeks."""
    lived(timetable, 14, used_by_day=(0.6, 0.4, 0.3))
    ten, three, sunday = (timetable.odds_against_any(hour) for hour in (10, 3, 6 * 24 + 10))
    assert (ten > 2).all()
    assert (three < 0.4).all()
    assert (sunday < ten / 2).all()


def test_an_hour_that_never_came_is_like_that_hour_of_other_days(timetable):
    """On Tuesday morning Monday's is what is known."""
    lived(timetable, 1, used_by_day=(0.6, 0.6, 0.3))
    assert (timetable.odds_against_any(24 + 10)[:2] > timetable.odds_against_any(24 + 3)[:2]).all()


def test_a_space_differs_from_its_kind_as_it_is_seen_to(timetable):
    """The desk that is in use more often is expected to be."""
    lived(timetable, 14, used_by_day=(0.8, 0.2, 0.3))
    first, second, _ = timetable.odds_against_any(10)
    assert first > second


def test_history_fades(timetable):
    """What was counted is worth a factor of e less after its memory."""
    timetable.add(10, 3600.0, np.ones(3), np.ones(3))
    timetable.fade(MEMORY_S)
    assert timetable.seconds[0, 10, 0] == pytest.approx(3600 / np.e, rel=1e-5)


def test_the_hour_is_the_buildings_own():
    """Across the change of the clock at the end of March, and in another zone."""
    zone = "Europe/Amsterdam"
    assert hour_of_week(MONDAY_MS, zone) == 0
    assert hour_of_week(MONDAY_MS - 1, zone) == HOURS - 1
    assert hour_of_week(MONDAY_MS, "America/New_York") == HOURS - 6
    in_summer_ms = MONDAY_MS + 26 * 7 * 24 * HOUR_MS
    assert hour_of_week(in_summer_ms, zone) == 1
