"""What light and the like say of a space."""

import pytest
from support.office import START_MS

from occupancy.level_model import KINDS, LevelInput, LevelModel, QuantityModel, transformed
from occupancy.levels import MOST_NATS, Levels, nats_of
from sensors.reading import Level

LIGHT = LevelInput("b/lux", "light", 3.0, 1.0, 2.0)
CO2 = LevelInput("b/co2", "co2", 600.0, 100.0, 1.5)
VOICES = [QuantityModel([LIGHT], -0.5, 0.8), QuantityModel([CO2], 0.0, 0.4)]
MODEL = LevelModel(VOICES, bias_nats=-1.0, trust_motion=0.6, stale_s=300.0)
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
    """Each quantity as far as it is trusted, and the bias of all."""
    say(levels, light=BRIGHT, co2=700.0)
    light, co2 = nats_of(LIGHT, transformed("light", BRIGHT)), nats_of(CO2, 700.0)
    assert [light, co2] == pytest.approx([2 * (transformed("light", BRIGHT) - 3.0), 1.5])
    told = 0.8 * (light - 0.5) + 0.4 * co2 - 1.0
    assert levels.of(MODEL, START_MS) == pytest.approx(told)


def test_no_level_is_a_proof(levels):
    """What a quantity says is bounded, whatever the meter reads."""
    say(levels, light=DARK, co2=1e9)
    told = 0.8 * (nats_of(LIGHT, transformed("light", DARK)) - 0.5) + 0.4 * MOST_NATS - 1.0
    assert levels.of(MODEL, START_MS) == pytest.approx(told)


@pytest.mark.parametrize("co2", [700.0, 1e9])
def test_the_parts_and_the_biases_are_the_whole(levels, co2):
    """What is explained of each meter adds up to what is said, bounded or not."""
    say(levels, light=BRIGHT, co2=co2)
    parts = {each.quantity: nats for each, nats, _ in levels.parts(MODEL)}
    biases = 0.8 * -0.5 - 1.0
    assert sum(parts.values()) + biases == pytest.approx(levels.of(MODEL, START_MS), abs=0.01)
    assert parts["co2"] <= 0.4 * MOST_NATS


@pytest.mark.parametrize(("age_s", "is_fresh"), [(300, True), (301, False)])
def test_old_levels_say_nothing(levels, age_s, is_fresh):
    """A level older than the model allows makes its space as if nothing was measured."""
    say(levels, light=BRIGHT, co2=700.0)
    levels.advance(START_MS + 1000 * age_s)
    assert levels.fresh()[1] == is_fresh
    assert (levels.nats[1] != 0.0) == is_fresh


def test_a_late_level_does_not_overrule_a_later_one(levels):
    """What was measured last stays."""
    say(levels, co2=500.0)
    say(levels, co2=900.0, at_ms=START_MS - 1)
    assert levels.gauges["b/co2 co2"].level == 500.0
    say(levels, co2=900.0, at_ms=START_MS + 1)
    assert levels.gauges["b/co2 co2"].level == 900.0


def test_light_is_weighed_by_its_logarithm():
    """From 10 to 100 lx counts as from 100 to 1000, and darkness is finite."""
    steps = [transformed("light", lux) for lux in (-5.0, 0.0, 9.0, 99.0, 999.0)]
    assert steps[0] == steps[1] == 0.0
    assert steps[3] - steps[2] == pytest.approx(steps[4] - steps[3])
    assert transformed("co2", 800.0) == 800.0


def test_weather_is_no_evidence():
    """Temperature and humidity are not among the quantities that are used."""
    assert not {"temperature", "humidity"} & set(KINDS)
