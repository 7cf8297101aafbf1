"""Rows: what the tracker keeps of each tag, in arrays with a row a tag."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.ground import Ground
from occupancy.heard import Heard
from occupancy.smoothing import Smoothing
from sensors.tag import Tag

GROWTH = 64
LATELY_MS = 10_000
"""Scanners that heard a tag so long ago still hear it."""


class Rows:
    """All tags that are followed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        scanners, places = len(ground.hearing.scanners), len(ground.layout.ids)
        offsets, points = len(ground.hearing.offsets_db), len(ground.layout.owner)
        self.of: dict[Tag, int] = {}
        self._free: list[int] = []
        self.p = np.zeros((0, offsets, points), dtype=np.float32)
        """Chance of each offset and point, shape ``(tags, offsets, points)``."""
        self.by_place = np.zeros((0, places), dtype=np.float32)
        """Chance of each place, shape ``(tags, places)``."""
        self.heard_ms = np.zeros((0, scanners), dtype=np.int64)
        """When each scanner last heard each tag, ms UTC, shape ``(tags, scanners)``."""
        self.heard_db = np.zeros((0, scanners), dtype=np.float32)
        """How strongly, NaN for never, shape ``(tags, scanners)``."""
        self.last_ms = np.zeros(0, dtype=np.int64)
        """When any scanner heard each tag, ms UTC, shape ``(tags,)``."""
        self.stepped_ms = np.zeros(0, dtype=np.int64)
        """When each tag was stepped, ms UTC, shape ``(tags,)``."""
        self.smoothing = Smoothing(0, scanners)

    def enter(self, tag: Tag) -> int:
        """A new row for a tag that has none."""
        if not self._free:
            self._grow()
        row = self.of[tag] = self._free.pop()
        self.p[row] = self.start(tag)
        self.by_place[row], self.heard_ms[row], self.last_ms[row] = 0.0, 0, 0
        self.heard_db[row], self.stepped_ms[row] = np.nan, 0
        self.smoothing.total_db[row], self.smoothing.weight[row] = 0.0, 0.0
        return row

    def start(self, tag: Tag) -> Floats:
        """Chances before anything was heard, shape ``(offsets, points)``."""
        layout, hearing = self._ground.layout, self._ground.hearing
        known = (hearing.offsets_db == 0.0).astype(float)
        offset_p = known if tag in hearing.known and known.any() else hearing.offset_p
        return np.outer(offset_p, layout.share / len(layout.ids))

    def _grow(self) -> None:
        size = len(self.last_ms)
        self._free += range(size + GROWTH - 1, size - 1, -1)
        for name in ("p", "by_place", "heard_ms", "heard_db", "last_ms", "stepped_ms"):
            setattr(self, name, _grown(getattr(self, name)))
        self.smoothing.total_db = _grown(self.smoothing.total_db)
        self.smoothing.weight = _grown(self.smoothing.weight)

    def leave(self, tag: Tag) -> int:
        """A tag is not followed any more; the row that it had."""
        row = self.of.pop(tag)
        self._free.append(row)
        return row

    def over(self, oldest_ms: int) -> list[Tag]:
        """Tags that were not heard since a time."""
        return [tag for tag, row in self.of.items() if self.last_ms[row] < oldest_ms]

    def due(
        self, heard: NDArray[np.intp], now_ms: int, active_ms: int, idle_ms: int
    ) -> NDArray[np.intp]:
        """Rows to step now, sorted: those just heard, and those not stepped for a while."""
        taken = np.fromiter(self.of.values(), dtype=np.intp, count=len(self.of))
        active = now_ms - self.last_ms[taken] < active_ms
        idle = now_ms - self.stepped_ms[taken] >= idle_ms
        return np.unique(np.concatenate([taken[active & idle], heard]))

    def there(self, since_ms: int) -> Floats:
        """Expected tags at each point, of those heard since a time, shape ``(points,)``."""
        active = [row for row in self.of.values() if self.last_ms[row] >= since_ms]
        return np.asarray(self.p[active].sum(axis=(0, 1)))

    def before(self, heard: Heard) -> tuple[Floats, Floats]:
        """What was heard the time before, NaN for never, and how many seconds ago."""
        before_db = self.heard_db[heard.rows, heard.scanners].astype(float)
        age_ms = heard.event_ms - self.heard_ms[heard.rows, heard.scanners]
        return before_db, np.maximum(age_ms / 1000.0, 0.2)

    def hearers(self, rows: NDArray[np.intp], now_ms: int) -> NDArray[np.int64]:
        """How many scanners heard each of some tags lately, shape ``(rows,)``."""
        return np.asarray((now_ms - self.heard_ms[rows] <= LATELY_MS).sum(axis=1))

    def remember(self, heard: Heard) -> None:
        """Keep what was heard for the next time."""
        self.heard_db[heard.rows, heard.scanners] = heard.strength_db
        newest = np.maximum(self.heard_ms[heard.rows, heard.scanners], heard.event_ms)
        self.heard_ms[heard.rows, heard.scanners] = newest


def _grown(rows: NDArray[Any]) -> NDArray[Any]:
    """The same rows with `GROWTH` empty ones behind them."""
    return np.concatenate([rows, np.zeros((GROWTH, *rows.shape[1:]), dtype=rows.dtype)])
