"""Working hours in local time."""

from datetime import UTC, datetime, time

import pytest

from occupancy.working_hours import WorkingHours

AMSTERDAM = WorkingHours("Europe/Amsterdam")


def ms(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        ("2026-11-23T05:59:59", False),
        ("2026-11-23T06:00:00", True),
        ("2026-11-23T17:59:59", True),
        ("2026-11-23T18:00:00", False),
        ("2026-11-22T10:00:00", False),
        ("2026-07-20T05:00:00", True),
        ("2026-07-20T17:00:00", False),
    ],
)
def test_hours_are_local_and_on_working_days(utc, is_open):
    """From seven to seven in winter and in summer, and not on Sunday."""
    assert AMSTERDAM.open_at(ms(utc)) is is_open


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [
        # 29 March 2026: clocks go from 02:00 to 03:00, so 03:30 local is 01:30 UTC.
        ("2026-03-29T00:59:00", False),
        ("2026-03-29T01:30:00", True),
        ("2026-03-29T04:59:00", True),
        ("2026-03-29T05:00:00", False),
        # 25 October 2026: clocks go back from 03:00 to 02:00, so 02:30 local comes twice.
        ("2026-10-25T00:30:00", False),
        ("2026-10-25T01:30:00", False),
        ("2026-10-25T02:00:00", True),
        ("2026-10-25T05:59:00", True),
        ("2026-10-25T06:00:00", False),
    ],
)
def test_both_days_of_clock_change_come_out_right(utc, is_open):
    """A site open on Sunday from three to seven local opens and closes by the clock on its wall."""
    hours = WorkingHours("Europe/Amsterdam", frozenset({6}), time(3), time(7))
    assert hours.open_at(ms(utc)) is is_open


def test_always_is_always():
    """Also on a Sunday at three in the morning."""
    assert WorkingHours("Europe/Amsterdam", always=True).open_at(ms("2026-11-22T03:00:00"))
