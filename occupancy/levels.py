"""Levels: what light, sound, power and CO2 say of each space now.

Owns the last value of each measured quantity.
"""

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.level_model import LevelInput, LevelModel, QuantityModel, transformed
from sensors.reading import Level

MOST_NATS = 8.0
"""No quantity says more."""


class Gauge(msgspec.Struct, frozen=True, array_like=True):
    """The level of one sensor and quantity, as transformed."""

    level: float
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
        self._has_model = np.zeros(len(index), dtype=bool)
        self._has_model[list(self.models)] = True

    def observe(self, reading: Level) -> list[int]:
        """Take a level; the spaces that it is about."""
        key = _key(reading.sensor, reading.quantity)
        spaces = self._of.get(key, [])
        if not spaces:
            return []
        gauge = self.gauges.get(key)
        if gauge is None or reading.event_ms > gauge.at_ms:
            level = transformed(reading.quantity, reading.value)
            self.gauges[key] = Gauge(level, reading.event_ms)
        return spaces

    def advance(self, now_ms: int) -> None:
        """Read all models anew; a space of which any level is missing or stale gets none."""
        for space, model in self.models.items():
            nats = self.of(model, now_ms)
            if nats is None:
                self.tell(space, 0.0, 1.0, is_fresh=False)
            else:
                self.tell(space, nats, model.trust_motion, is_fresh=True)

    def take(self, nats: Floats) -> None:
        """Set what history taught of spaces without a model, shape ``(spaces,)``.

        It makes no space known: channels do that.
        """
        self.nats = np.where(self._has_model, self.nats, nats)

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

    def stale(self) -> NDArray[np.bool_]:
        """Which spaces ought to have levels and had not all fresh, shape ``(spaces,)``."""
        return self._has_model & ~self._fresh

    def of(self, model: LevelModel, now_ms: int) -> float | None:
        """What the levels of one space say, in nats; None while they are not all fresh."""
        for each in model.inputs:
            gauge = self.gauges.get(_key(each.sensor, each.quantity))
            if gauge is None or now_ms - gauge.at_ms > 1000 * model.stale_s:
                return None
        told = sum(self._told(quantity)[0] for quantity in model.quantities)
        return model.bias_nats + told

    def parts(self, model: LevelModel) -> Iterator[tuple[LevelInput, float, int]]:
        """What each input adds, in nats, and since when it is so, ms UTC; all must be fresh."""
        for quantity in model.quantities:
            _, share = self._told(quantity)
            for each in quantity.inputs:
                gauge = self._gauge_of(each)
                yield each, share * nats_of(each, gauge.level), gauge.at_ms

    def _told(self, quantity: QuantityModel) -> tuple[float, float]:
        """What one quantity says in nats, and which part of what its inputs say that is."""
        total = quantity.bias_nats
        total += sum(nats_of(each, self._gauge_of(each).level) for each in quantity.inputs)
        bounded = min(max(total, -MOST_NATS), MOST_NATS)
        share = quantity.trust * (bounded / total if bounded != total else 1.0)
        return quantity.trust * bounded, share

    def _gauge_of(self, each: LevelInput) -> Gauge:
        return self.gauges[_key(each.sensor, each.quantity)]


def nats_of(each: LevelInput, level: float) -> float:
    """What one level says by itself."""
    return each.weight * (level - each.mean) / each.spread


def _key(sensor: str, quantity: str) -> str:
    return f"{sensor} {quantity}"
