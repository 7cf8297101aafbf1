"""The clock of the service: the wall clock at start, carried on by the monotonic clock.

Steps of the wall clock are noticed and followed slowly, so that no step makes all sensors silent at
once. In demos and tests the clock runs faster, for the whole service and its boards alike.
"""

import time
from dataclasses import dataclass, field
from typing import Protocol

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
    _correction_ms: float = field(default=0.0, repr=False)
    _disciplined_s: float = field(default=0.0, repr=False)

    @classmethod
    def started(cls, speed: float = 1.0, start_ms: int | None = None) -> "ServiceClock":
        """A clock that starts now, at ``start_ms`` or at the wall clock."""
        wall_ms = time.time_ns() // 1_000_000
        return cls(speed, wall_ms if start_ms is None else start_ms, wall_ms)

    def __post_init__(self) -> None:
        now_s = time.monotonic()
        since_anchor_ms = time.time_ns() // 1_000_000 - self.anchor_ms
        self._mono_s = now_s - since_anchor_ms / 1000
        self._disciplined_s = now_s

    def now_ms(self) -> int:
        """Service time, ms UTC."""
        elapsed_ms = (time.monotonic() - self._mono_s) * 1000 + self._correction_ms
        return self.start_ms + int(elapsed_ms * self.speed)

    def discipline(self) -> float:
        """Follow the wall clock by at most `SLEW_MS_PER_S`; the difference in ms that was found."""
        now_s = time.monotonic()
        elapsed_ms = (now_s - self._mono_s) * 1000 + self._correction_ms
        error_ms = time.time_ns() / 1_000_000 - self.anchor_ms - elapsed_ms
        most_ms = SLEW_MS_PER_S * (now_s - self._disciplined_s)
        self._correction_ms += min(max(error_ms, -most_ms), most_ms)
        self._disciplined_s = now_s
        if abs(error_ms) > STEP_MS:
            self.steps += 1
        return error_ms
