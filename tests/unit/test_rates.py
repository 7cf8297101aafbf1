"""Rates of channels and habits of spaces."""

import pytest

from occupancy.placement import SensorKind
from occupancy.rates import DEFAULT_RATES, DESK, MOTION, PRESENCE, ROOM, Rates, default_habits
from occupancy.space import Kind


def test_who_sees_all_keeps_its_rates():
    """A weight of one changes nothing."""
    assert MOTION.seen(1.0).start_per_s == pytest.approx(MOTION.start_per_s)
    assert MOTION.seen(1.0).end_per_s == pytest.approx(MOTION.end_per_s)


def test_who_sees_nothing_does_as_with_nobody():
    """A weight of nought leaves the rates of an empty space in all states."""
    blind = PRESENCE.seen(0.0)
    assert set(blind.start_per_s) == {PRESENCE.start_per_s[0]}
    assert set(blind.end_per_s) == {PRESENCE.end_per_s[0]}


def test_who_sees_half_lies_between():
    """Starts with somebody are halfway, and so is the chance of a sample."""
    sampled = Rates(MOTION.start_per_s, MOTION.end_per_s, True, (0.1, 0.9, 0.5))
    half = sampled.seen(0.5)
    assert half.start_per_s[1] == pytest.approx(sum(MOTION.start_per_s[:2]) / 2)
    assert half.on_chance == pytest.approx((0.1, 0.5, 0.3))
    assert half.repeats


def test_somebody_starts_a_channel_more_often_than_nobody():
    """And somebody who moves more often than somebody still."""
    for kind in (SensorKind.MOTION, SensorKind.PRESENCE, SensorKind.COUNT):
        nobody, moving, still = DEFAULT_RATES[kind].start_per_s
        assert moving > still > nobody > 0


def test_a_radar_holds_and_a_pir_does_not():
    """A PIR ends within seconds with anybody there, a radar within minutes."""
    assert min(MOTION.end_per_s) > 10 * max(PRESENCE.end_per_s[1:])


def test_a_door_says_nothing_by_itself():
    """Until calibration tells what it is worth, it has no rates."""
    assert SensorKind.CONTACT not in DEFAULT_RATES


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_space_has_habits(kind):
    """A desk its own, all others those of a room."""
    assert default_habits(kind) == (DESK if kind is Kind.DESK else ROOM)
