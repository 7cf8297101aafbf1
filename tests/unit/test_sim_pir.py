"""The physics of simulated motion sensors."""

import numpy as np
import pytest

from firmware_sim.pir import Fidget, GapError, PirBank, Stillness
from firmware_sim.plan import Channel


def bank(hold_s=10.0, dead_s=2.0):
    sensor = Channel("b/pir", "motion", None, (("desk-1", 1.0),), hold_s)
    return PirBank([sensor], dead_s)


def edges(bank, *triggers_s, until_s=100.0):
    played = bank.play([(round(1000 * at_s), 0) for at_s in triggers_s], round(1000 * until_s))
    return [(edge.at_ms / 1000, edge.on) for edge in played]


def test_a_trigger_holds_the_output_for_its_time():
    """One movement is an edge up, and one down after the hold."""
    assert edges(bank(), 5) == [(5, True), (15, False)]


def test_another_trigger_prolongs_the_hold():
    """A sensor that can be retriggered stays on from the last movement on."""
    assert edges(bank(), 5, 12) == [(5, True), (22, False)]


def test_a_sensor_is_deaf_for_a_while_after_its_hold():
    """A movement in the dead time after the hold is missed, a later one is seen."""
    assert edges(bank(), 5, 16, 17.5) == [(5, True), (15, False), (17.5, True), (27.5, False)]


def test_a_hold_that_ends_later_stays_on():
    """An output that is on at the end of a step goes off in a later step."""
    some = bank()
    assert edges(some, 5, until_s=10) == [(5, True)]
    assert edges(some, until_s=20) == [(15, False)]


def test_no_hold_is_a_short_pulse():
    """A sensor without a hold of its own still gives an edge up and one down."""
    assert edges(bank(hold_s=0), 5) == [(5, True), (5.5, False)]


@pytest.mark.parametrize(("mean_s", "p95_s"), [(45, 180), (45, 150), (180, 700), (300, 1200)])
def test_gaps_between_movements_are_as_asked(mean_s, p95_s):
    """A seated person's gaps have the mean and the 95th percentile that were asked for."""
    chance = np.random.default_rng(3)
    fidget = Fidget(Stillness.of(mean_s, p95_s))
    gaps_s = np.array([fidget.gap_ms(chance) for _ in range(40_000)]) / 1000
    assert gaps_s.mean() == pytest.approx(mean_s, rel=0.05)
    assert np.percentile(gaps_s, 95) == pytest.approx(p95_s, rel=0.07)


def test_stillness_comes_in_phases():
    """Long gaps follow long ones more often than chance would have it."""
    chance = np.random.default_rng(3)
    fidget = Fidget(Stillness.of(45, 180))
    gaps = np.log([fidget.gap_ms(chance) for _ in range(20_000)])
    assert np.corrcoef(gaps[:-1], gaps[1:])[0, 1] > 0.1


def test_impossible_gaps_are_refused():
    """A percentile that no mixture of phases has is an error with both figures in it."""
    with pytest.raises(GapError, match=r"45 s .* 60 s"):
        Stillness.of(45, 60)
