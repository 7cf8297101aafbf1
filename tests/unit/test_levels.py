"""What light and the like say of a space."""

import pytest
from support.office import START_MS

from occupancy.level_model import KINDS, SMOOTH_S, LevelInput, LevelModel, transformed
from occupancy.levels import MOST_NATS, Gauge, Levels, nats_of
from sensors.reading import Level

LIGHT = LevelInput("b/lux", "light", (3.0, 3.0), (1.0, 1.0), (2.0, 0.0))
CO2 = LevelInput("b/co2", "co2", (600.0, 600.0), (100.0, 100.0), (1.0, 1.0))
MODEL = LevelModel([LIGHT, CO2], bias_nats=-0.5, trust=0.8, trust_motion=0.6, stale_s=300.0)
DARK, BRIGHT = 0.0, 400.0


@pytest.fixture
def levels():
    """One space with a model, one without, and a model of a space that is gone."""
    return Levels({"den": MODEL, "gone": MODEL}, {"hall": 0, "den": 1})


def say(levels, light=None, co2=None, at_ms=START_MS):
    """Levels come in."""
    if light is not None:
        levels.observe(Level("b/lux", at_ms, "light", light, "lx"))
    if co2 is not None:
        levels.observe(Level("b/co2", at_ms, "co2", co2, "ppm"))


def test_a_level_is_about_the_spaces_whose_models_read_it(levels):
    """And about none where no model does."""
    assert levels.observe(Level("b/lux", START_MS, "light", 1.0, "lx")) == [1]
    assert levels.observe(Level("b/lux", START_MS, "humidity", 1.0, "%")) == []
    assert levels.observe(Level("c/lux", START_MS, "light", 1.0, "lx")) == []
    assert list(levels.gauges) == ["b/lux light"]


def test_nothing_is_said_until_all_levels_were_told(levels):
    """A model needs all its inputs; until then motion counts in full."""
    say(levels, light=BRIGHT)
    levels.advance(START_MS)
    assert (levels.nats[1], levels.trust_motion[1], levels.fresh()[1]) == (0.0, 1.0, False)
    say(levels, co2=600.0)
    levels.advance(START_MS)
    assert levels.nats[1] > 0
    assert (levels.trust_motion[1], levels.fresh()[1]) == (MODEL.trust_motion, True)
    assert (levels.nats[0], levels.trust_motion[0], levels.fresh()[0]) == (0.0, 1.0, False)


def test_the_nats_are_the_weighed_sum(levels):
    """Bias and inputs, times how far the model is trusted."""
    say(levels, light=BRIGHT, co2=700.0)
    each = [nats_of(LIGHT, levels.gauge_of(LIGHT)), nats_of(CO2, levels.gauge_of(CO2))]
    assert each == pytest.approx([2 * (transformed("light", BRIGHT) - 3.0), 2.0])
    assert levels.of(MODEL, START_MS) == pytest.approx(0.8 * (sum(each) - 0.5))


def test_no_level_is_a_proof(levels):
    """What a model says is bounded, whatever the meter reads."""
    say(levels, light=BRIGHT, co2=1e9)
    assert levels.of(MODEL, START_MS) == pytest.approx(MODEL.trust * MOST_NATS)


@pytest.mark.parametrize(("age_s", "is_fresh"), [(300, True), (301, False)])
def test_old_levels_say_nothing(levels, age_s, is_fresh):
    """A level older than the model allows makes its space as if nothing was measured."""
    say(levels, light=BRIGHT, co2=700.0)
    levels.advance(START_MS + 1000 * age_s)
    assert levels.fresh()[1] == is_fresh
    assert (levels.nats[1] != 0.0) == is_fresh


def test_a_gauge_follows_at_once_and_smoothly():
    """The level is the last one, the smoothed level goes there in its own time."""
    gauge = Levels.moved(None, Level("b/co2", START_MS, "co2", 400.0, "ppm"))
    assert gauge == Gauge(400.0, 400.0, START_MS)
    later_ms = START_MS + int(1000 * SMOOTH_S)
    gauge = Levels.moved(gauge, Level("b/co2", later_ms, "co2", 1400.0, "ppm"))
    assert gauge.level == 1400.0
    assert gauge.smooth == pytest.approx(400.0 + 1000.0 * 0.632, rel=1e-3)


def test_a_late_level_does_not_overrule_a_later_one():
    """What was measured last stays."""
    gauge = Gauge(500.0, 450.0, START_MS)
    assert Levels.moved(gauge, Level("b/co2", START_MS - 1, "co2", 900.0, "ppm")) == gauge


def test_light_is_weighed_by_its_logarithm():
    """From 10 to 100 lx counts as from 100 to 1000, and darkness is finite."""
    steps = [transformed("light", lux) for lux in (-5.0, 0.0, 9.0, 99.0, 999.0)]
    assert steps[0] == steps[1] == 0.0
    assert steps[3] - steps[2] == pytest.approx(steps[4] - steps[3])
    assert transformed("co2", 800.0) == 800.0


def test_weather_is_no_evidence():
    """Temperature and humidity are not among the quantities that are used."""
    assert not {"temperature", "humidity"} & set(KINDS)
