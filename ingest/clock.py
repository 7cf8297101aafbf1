"""The clock of the service: the wall clock at start, carried on by the monotonic clock.

Steps of the wall clock are noticed and followed slowly, so that no step makes all sensors silent at
once. In demos and tests the clock runs faster, for the whole service and its boards alike.
"""

import time
from dataclasses import dataclass, field
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

SLEW_MS_PER_S = 50.0
STEP_MS = 2_000


class Clock(Protocol):
    """Where the time comes from."""

    def now_ms(self) -> int:
        """Service time, ms UTC."""


@dataclass
class ServiceClock:
    """A clock that goes ``speed`` times as fast as the wall clock.

    Args:
        speed: 1 for real time.
        start_ms: What it shows at the anchor, ms UTC.
        anchor_ms: Wall clock at which it shows ``start_ms``, ms UTC.
    """

    speed: float
    start_ms: int
    anchor_ms: int
    steps: int = 0
    """How often the wall clock was seen to step."""
    _mono_s: float = field(default=0.0, repr=False)
    _slew: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0), repr=False)
    """When the wall clock was looked at, ms corrected until then, ms still to correct; one value,
    because other threads read it."""

    @classmethod
    def started(cls, speed: float = 1.0, start_ms: int | None = None) -> "ServiceClock":
        """A clock that starts now, at ``start_ms`` or at the wall clock."""
        wall_ms = time.time_ns() // 1_000_000
        return cls(speed, wall_ms if start_ms is None else start_ms, wall_ms)

    def __post_init__(self) -> None:
        now_s = time.monotonic()
        since_anchor_ms = time.time_ns() // 1_000_000 - self.anchor_ms
        self._mono_s = now_s - since_anchor_ms / 1000
        self._slew = (now_s, 0.0, 0.0)

    def not_before(self, at_ms: int) -> None:
        """Go on from ``at_ms`` where that is later than now: service time never goes back.

        After a restart with a wall clock that was set back, it is followed slowly from there.
        """
        behind_ms = at_ms - self.now_ms()
        if behind_ms > 0:
            self._mono_s -= behind_ms / 1000 / self.speed
            log.warning(
                "the wall clock is behind the journal; going on from there", by_ms=behind_ms
            )

    def now_ms(self) -> int:
        """Service time, ms UTC."""
        return self.start_ms + int(self._elapsed_ms(time.monotonic()) * self.speed)

    def _elapsed_ms(self, now_s: float) -> float:
        return (now_s - self._mono_s) * 1000 + self._corrected_ms(now_s)

    def _corrected_ms(self, now_s: float) -> float:
        looked_s, corrected_ms, left_ms = self._slew
        most_ms = SLEW_MS_PER_S * (now_s - looked_s)
        return corrected_ms + min(max(left_ms, -most_ms), most_ms)

    def discipline(self) -> float:
        """Look at the wall clock and follow it from here on; the difference in ms that was found.

        It is followed by at most `SLEW_MS_PER_S`, so service time never goes back.
        """
        now_s = time.monotonic()
        _, before_ms, left_ms = self._slew
        corrected_ms = self._corrected_ms(now_s)
        expected_ms = left_ms - (corrected_ms - before_ms)
        error_ms = time.time_ns() / 1_000_000 - self.anchor_ms - self._elapsed_ms(now_s)
        self._slew = (now_s, corrected_ms, error_ms)
        if abs(error_ms - expected_ms) > STEP_MS:
            self.steps += 1
            log.warning("the wall clock has stepped; following slowly", by_ms=round(error_ms))
        return error_ms
