"""What measured levels say of a space: a logistic model of light, sound, power and CO2.

Temperature and humidity are left out: they follow the weather and the heating more than people, and
what they teach on one day is wrong on the next.
"""

import math

import msgspec

KINDS = ("light", "sound", "power", "co2", "co2_slope")
"""Quantities that are used; anything else is not."""
LOG_FLOOR = {"light": 1.0, "sound": 0.01, "power": 1.0}
"""These are weighed by their logarithm, with so much added."""
SMOOTH_S = 120.0
"""Each level counts as it is and smoothed over so long."""


class LevelInput(msgspec.Struct, frozen=True):
    """One measured quantity."""

    sensor: str
    quantity: str
    mean: tuple[float, float]
    """Of the level and of the smoothed level, as transformed."""
    spread: tuple[float, float]
    """Their standard deviations."""
    weight: tuple[float, float]
    """Nats a standard deviation."""


class LevelModel(msgspec.Struct, frozen=True):
    """Of one space.

    Source: logistic regression with an L2 penalty; how much it counts beside motion by stacking,
    Wolpert 1992 (Neural Networks 5(2)).
    """

    inputs: list[LevelInput]
    bias_nats: float
    """With all levels at their mean, relative to how often the space was in use."""
    trust: float
    """Part of the nats that counts."""
    trust_motion: float
    """Part of what motion says that counts beside it."""
    stale_s: float
    """A level older than this is not used."""


def transformed(quantity: str, value: float) -> float:
    """A level on the scale on which it is weighed.

    >>> transformed("co2", 800.0), round(transformed("light", 100.0), 2)
    (800.0, 4.62)
    """
    floor = LOG_FLOOR.get(quantity)
    return value if floor is None else math.log(max(value, 0.0) + floor)
