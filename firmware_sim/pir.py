"""Motion sensors: what a passive infrared sensor makes of people who sit, walk and sit still.

Owns triggers, hold and dead time. A sensor sees movement, never presence: who sits still is not
seen. Knows people only as moments of movement in places.
"""

import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from firmware_sim.plan import Channel

PERSISTENCE = 0.6
"""How likely a person stays as lively or as still as before after a movement: our choice."""
SHORTEST_HOLD_S = 0.5
"""Pulse of a sensor whose hold is given as 0."""


class GapError(ValueError):
    """No mixture of lively and still phases has this mean and this percentile."""

    def __init__(self, mean_s: float, p95_s: float) -> None:
        """Keep what was asked."""
        self.mean_s, self.p95_s = mean_s, p95_s
        super().__init__(
            f"found a mean gap of {mean_s} s and a 95th percentile of {p95_s} s, "
            "expected a percentile between 3 and 5 times the mean"
        )


@dataclass(frozen=True, slots=True)
class Stillness:
    """How long a seated person goes without a movement that a sensor sees.

    Two phases, lively and still, each with exponential gaps.
    """

    lively_s: float
    still_s: float
    share_lively: float
    """Part of the gaps that are lively ones."""

    @classmethod
    def of(cls, mean_s: float, p95_s: float) -> "Stillness":
        """The phases that give the gaps this mean and this 95th percentile.

        Raises:
            GapError: If no phases do.

        >>> found = Stillness.of(45, 180)
        >>> round(found.lively_s, 1), round(found.still_s), round(found.share_lively, 1)
        (11.2, 78, 0.5)
        """
        lively_s = mean_s / 4
        low_s, high_s = mean_s * 1.0001, mean_s * 3

        def tail(still_s: float) -> float:
            share = (still_s - mean_s) / (still_s - lively_s)
            return share * math.exp(-p95_s / lively_s) + (1 - share) * math.exp(-p95_s / still_s)

        if not tail(low_s) < 0.05 < tail(high_s):
            raise GapError(mean_s, p95_s)
        for _ in range(60):
            middle_s = (low_s + high_s) / 2
            low_s, high_s = (middle_s, high_s) if tail(middle_s) < 0.05 else (low_s, middle_s)
        return cls(lively_s, low_s, (low_s - mean_s) / (low_s - lively_s))


@dataclass(slots=True)
class Fidget:
    """The movements of one seated person, one after the other."""

    stillness: Stillness
    lively: bool = True

    def gap_ms(self, chance: np.random.Generator, pace: float = 1.0) -> float:
        """Time to the next movement; ``pace`` 2 means twice as often."""
        if chance.random() > PERSISTENCE:
            self.lively = bool(chance.random() < self.stillness.share_lively)
        mean_s = self.stillness.lively_s if self.lively else self.stillness.still_s
        return float(chance.exponential(mean_s)) * 1000 / pace


@dataclass(frozen=True, slots=True)
class Edge:
    """A motion sensor going on or off."""

    at_ms: int
    sensor: str
    on: bool


@dataclass(slots=True)
class Pir:
    """The output stage of one sensor: hold after a trigger, deaf for a while after the hold."""

    hold_ms: int
    dead_ms: int
    on: bool = False
    off_ms: int = 0
    deaf_until_ms: int = 0

    def trigger(self, at_ms: int) -> bool:
        """Take a trigger; whether it switches the output on. One while on prolongs the hold."""
        if self.on:
            self.off_ms = max(self.off_ms, at_ms + self.hold_ms)
            return False
        if at_ms < self.deaf_until_ms:
            return False
        self.on, self.off_ms = True, at_ms + self.hold_ms
        return True

    def expire(self, now_ms: int) -> bool:
        """Whether the hold has run out by now; the output is off then."""
        if not self.on or self.off_ms > now_ms:
            return False
        self.on, self.deaf_until_ms = False, self.off_ms + self.dead_ms
        return True


class PirBank:
    """All motion sensors of a building: triggers in, edges out."""

    def __init__(self, sensors: Iterable[Channel], dead_s: float) -> None:
        """All sensors off.

        Args:
            sensors: The motion sensors.
            dead_s: How long each is deaf after its hold.
        """
        self.ids = [sensor.id for sensor in sensors]
        self._pirs = [
            Pir(round(1000 * max(sensor.hold_s, SHORTEST_HOLD_S)), round(1000 * dead_s))
            for sensor in sensors
        ]
        self._ends: list[tuple[int, int]] = []

    def play(self, triggers: Iterable[tuple[int, int]], until_ms: int) -> Iterator[Edge]:
        """The edges before ``until_ms``.

        Args:
            triggers: Time in ms and index of the sensor, in order of time.
            until_ms: The end of this step.
        """
        for at_ms, index in triggers:
            yield from self._expired(at_ms)
            if self._pirs[index].trigger(at_ms):
                heapq.heappush(self._ends, (self._pirs[index].off_ms, index))
                yield Edge(at_ms, self.ids[index], on=True)
        yield from self._expired(until_ms)

    def _expired(self, now_ms: int) -> Iterator[Edge]:
        while self._ends and self._ends[0][0] <= now_ms:
            end_ms, index = heapq.heappop(self._ends)
            if self._pirs[index].expire(end_ms):
                yield Edge(end_ms, self.ids[index], on=False)
            else:
                heapq.heappush(self._ends, (self._pirs[index].off_ms, index))
