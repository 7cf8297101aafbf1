"""Simulated time: the wall clock, N times as fast from an anchor on.

Owns the one place that reads a clock.
"""

import time
from collections.abc import Callable


class Clock:
    """Simulated milliseconds since the epoch.

    It reads the wall clock once and is carried on by the monotonic clock, so that a step of the
    wall clock does not jolt the world.

    >>> clock = Clock(start_ms=1000, speed=10, anchor_ms=0, wall_s=lambda: 2.0)
    >>> round(clock.now_ms(), -3)
    21000
    """

    def __init__(
        self,
        start_ms: int,
        speed: float,
        *,
        anchor_ms: int | None = None,
        wall_s: Callable[[], float] = time.time,
        ticks_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Tie simulated time to the wall clock.

        Args:
            start_ms: Simulated time at the anchor.
            speed: Simulated seconds per second.
            anchor_ms: Wall clock time, ms UTC, at which simulated time is `start_ms`. Without one
                the clock stands at `start_ms` until `go`.
            wall_s: The wall clock.
            ticks_s: The monotonic clock.
        """
        self.speed = speed
        self._ticks_s = ticks_s
        self._origin_ms = float(start_ms)
        self._origin_ticks_s = ticks_s()
        self._goes = anchor_ms is not None
        if anchor_ms is not None:
            self._origin_ms += speed * (1000 * wall_s() - anchor_ms)

    def go(self) -> None:
        """Start a clock that stands still; another one goes on as it does."""
        if not self._goes:
            self._goes, self._origin_ticks_s = True, self._ticks_s()

    def now_ms(self) -> int:
        """Simulated time now."""
        passed_s = self._ticks_s() - self._origin_ticks_s if self._goes else 0.0
        return int(self._origin_ms + 1000 * self.speed * passed_s)
