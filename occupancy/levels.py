"""Levels: what light, sound, power and CO2 say of each space now.

Owns the last value of each measured quantity and its smoothed one.
"""

import math
from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from occupancy.level_model import SMOOTH_S, LevelInput, LevelModel, transformed
from sensors.reading import Level

MOST_NATS = 8.0


class Gauge(msgspec.Struct, frozen=True, array_like=True):
    """One measured quantity, as transformed."""

    level: float
    smooth: float
    at_ms: int


class Levels:
    """Gauges, and the models that read them.

    Args:
        models: By the id of a space.
        index: Position of each space.
    """

    def __init__(self, models: Mapping[str, LevelModel], index: Mapping[str, int]) -> None:
        self.models = {index[space]: model for space, model in models.items() if space in index}
        self.gauges: dict[str, Gauge] = {}
        """By sensor and quantity; only of quantities that a model reads."""
        self._of: dict[str, list[int]] = {}
        for space, model in self.models.items():
            for each in model.inputs:
                self._of.setdefault(_key(each.sensor, each.quantity), []).append(space)
        self.trust_motion = np.ones(len(index))
        self.nats = np.zeros(len(index))
        """What all levels say of each space, shape ``(spaces,)``."""
        self._fresh = np.zeros(len(index), dtype=bool)

    def observe(self, reading: Level) -> list[int]:
        """Take a level; the spaces that it is about."""
        key = _key(reading.sensor, reading.quantity)
        spaces = self._of.get(key, [])
        if not spaces:
            return []
        self.gauges[key] = self.moved(self.gauges.get(key), reading)
        return spaces

    @staticmethod
    def moved(gauge: Gauge | None, reading: Level) -> Gauge:
        """The gauge after a reading; an older reading does not move it."""
        value = transformed(reading.quantity, reading.value)
        if gauge is None:
            return Gauge(value, value, reading.event_ms)
        if reading.event_ms <= gauge.at_ms:
            return gauge
        new = 1.0 - math.exp(-(reading.event_ms - gauge.at_ms) / 1000 / SMOOTH_S)
        smooth = gauge.smooth + new * (value - gauge.smooth)
        return Gauge(value, smooth, reading.event_ms)

    def advance(self, now_ms: int) -> None:
        """Read all models anew; a space of which any level is missing or stale gets none."""
        for space, model in self.models.items():
            nats = self.of(model, now_ms)
            if nats is None:
                self.tell(space, 0.0, 1.0, is_fresh=False)
            else:
                self.tell(space, nats, model.trust_motion, is_fresh=True)

    def tell(self, space: int, nats: float, trust_motion: float, *, is_fresh: bool) -> None:
        """Set what levels say of a space until the next advance."""
        self.nats[space], self.trust_motion[space] = nats, trust_motion
        self._fresh[space] = is_fresh

    def told(self, space: int) -> tuple[float, float, bool]:
        """What `tell` was told of a space."""
        return float(self.nats[space]), float(self.trust_motion[space]), bool(self._fresh[space])

    def fresh(self) -> NDArray[np.bool_]:
        """Which spaces had all their levels fresh at the last advance, shape ``(spaces,)``."""
        return self._fresh

    def ends_ms(self, space: int) -> list[tuple[int, str]]:
        """Until when each level that speaks of a space is fresh, ms UTC, and its sensor."""
        model = self.models.get(space)
        inputs = model.inputs if model else []
        stale_ms = int(1000 * model.stale_s) if model else 0
        gauges = [self.gauges.get(_key(each.sensor, each.quantity)) for each in inputs]
        return [
            (gauge.at_ms + stale_ms, each.sensor)
            for each, gauge in zip(inputs, gauges, strict=True)
            if gauge is not None
        ]

    def gauge_of(self, each: LevelInput) -> Gauge:
        """The gauge of an input that was told."""
        return self.gauges[_key(each.sensor, each.quantity)]

    def of(self, model: LevelModel, now_ms: int) -> float | None:
        """What the levels of one space say, in nats; None while they are not all fresh."""
        total = model.bias_nats
        for each in model.inputs:
            gauge = self.gauges.get(_key(each.sensor, each.quantity))
            if gauge is None or now_ms - gauge.at_ms > 1000 * model.stale_s:
                return None
            total += nats_of(each, gauge)
        return model.trust * min(max(total, -MOST_NATS), MOST_NATS)


def nats_of(each: LevelInput, gauge: Gauge) -> float:
    """What one quantity adds."""
    values = (gauge.level, gauge.smooth)
    terms = zip(values, each.mean, each.spread, each.weight, strict=True)
    return sum(weight * (value - mean) / spread for value, mean, spread, weight in terms)


def _key(sensor: str, quantity: str) -> str:
    return f"{sensor} {quantity}"
