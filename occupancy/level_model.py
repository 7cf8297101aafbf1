"""What measured levels say of a space: one logistic model of each quantity.

Temperature and humidity are left out: they follow the weather and the heating more than people, and
what they teach on one day is wrong on the next.
"""

import math

import msgspec

KINDS = ("light", "sound", "power", "co2", "co2_slope", "phones")
"""Quantities that are used; anything else is not."""
LOG_FLOOR = {"light": 1.0, "sound": 0.01, "power": 1.0, "phones": 1.0}
"""These are weighed by their logarithm, with so much added."""


class LevelInput(msgspec.Struct, frozen=True):
    """One sensor of a quantity."""

    sensor: str
    quantity: str
    mean: float
    """Of the level as transformed."""
    spread: float
    """Its standard deviation."""
    weight: float
    """Nats a standard deviation."""


class QuantityModel(msgspec.Struct, frozen=True):
    """One quantity by itself, by all sensors of it: logistic regression with an L2 penalty."""

    inputs: list[LevelInput]
    bias_nats: float
    """With all levels at their mean, relative to how often the space was in use."""
    trust: float
    """Part of the nats that counts."""


class LevelModel(msgspec.Struct, frozen=True):
    """All quantities of one space.

    Source: stacking, Wolpert 1992 (Neural Networks 5(2)), with weights that are not negative,
    Breiman 1996 (Machine Learning 24).
    """

    quantities: list[QuantityModel]
    bias_nats: float
    """Added to what motion and all quantities say, each as far as it is trusted."""
    trust_motion: float
    """Part of what motion says that counts beside them."""
    stale_s: float
    """A level older than this is not used."""

    @property
    def inputs(self) -> list[LevelInput]:
        """Of all quantities."""
        return [each for quantity in self.quantities for each in quantity.inputs]


def transformed(quantity: str, value: float) -> float:
    """A level on the scale on which it is weighed.

    >>> transformed("co2", 800.0), round(transformed("light", 100.0), 2)
    (800.0, 4.62)
    """
    floor = LOG_FLOOR.get(quantity)
    return value if floor is None else math.log(max(value, 0.0) + floor)
