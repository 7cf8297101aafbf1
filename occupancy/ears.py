"""Ears: up to when each scanner is known to have listened, and which ones are deaf.

What a deaf scanner does not hear says nothing: it is left out, which is what marginalising comes to
where each scanner errs by itself.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.hearing import Hearing

DEAF_NATS = 30.0
"""A scanner is deaf when its silence about all tags together is as unlikely as this."""


class Ears:
    """Arrays of shape ``(scanners,)``."""

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self.told_ms = np.zeros(len(hearing.scanners), dtype=np.int64)
        """Up to when each has told what it heard, ms UTC."""
        self.heard_ms = np.zeros(len(hearing.scanners), dtype=np.int64)
        """When it last heard any tag, ms UTC; 0 for never."""
        self.surprise_nats = np.zeros(len(hearing.scanners))
        """How unlikely the silence since then is, where the tags are believed to be."""
        silence = -hearing.silence_nats_per_s
        self._unlikely = silence - silence.min(axis=1, keepdims=True, initial=np.inf)

    def hear(self, scanner: int, event_ms: int) -> None:
        """A scanner heard some tag."""
        self.heard_ms[scanner] = max(int(self.heard_ms[scanner]), event_ms)
        self.surprise_nats[scanner] = 0.0
        self.tell(scanner, event_ms)

    def tell(self, scanner: int, event_ms: int) -> None:
        """What a scanner has not told up to now it did not hear."""
        self.told_ms[scanner] = max(int(self.told_ms[scanner]), event_ms)

    def wonder(self, there: Floats, elapsed_s: float) -> None:
        """Silence lasts; tags are believed to be at these points, shape ``(points,)``."""
        self.surprise_nats += self._unlikely @ there * elapsed_s

    def working(self, alive: Mapping[str, bool]) -> NDArray[np.bool_]:
        """Which scanners live and are not deaf, shape ``(scanners,)``.

        Where nobody tells how far a scanner has listened, it must have been heard once.
        """
        living = [alive.get(board, False) for board in self._hearing.boards]
        working = np.array(living, dtype=bool) & (self.surprise_nats < DEAF_NATS)
        if self._hearing.always_listens:
            working &= self.heard_ms > 0
        return working

    def listened_ms(self, now_ms: int) -> NDArray[np.int64]:
        """Up to when each has listened, where it works, ms UTC."""
        return (
            self.told_ms if not self._hearing.always_listens else np.full_like(self.told_ms, now_ms)
        )
