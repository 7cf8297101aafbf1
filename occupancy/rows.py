"""Rows: what the tracker keeps of each tag, in arrays with a row a tag."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.ground import Ground
from occupancy.heard import Heard
from occupancy.layout import Window
from occupancy.smoothing import Smoothing
from sensors.tag import Tag

GROWTH = 64
"""So many rows more at least, and a half of those that there are."""
KEPT = 1e-5
"""A place less likely than this is given up, until people could come from another, or a scanner
near it hears the tag."""
WIDE = 50
"""A tag that may be in more places is reckoned with others like it."""
LATELY_MS = 10_000
"""Scanners that heard a tag so long ago still hear it."""


class Rows:
    """All tags that are followed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        scanners, places = len(ground.hearing.scanners), len(ground.layout.ids)
        offsets = len(ground.hearing.offsets_db)
        self.of: dict[Tag, int] = {}
        self._free: list[int] = []
        self.likely = np.zeros((0, offsets), dtype=bool)
        """Which offsets are not out of the question, shape ``(tags, offsets)``."""
        self.kept = np.zeros((0, places), dtype=bool)
        """Nor which places, shape ``(tags, places)``."""
        self._p: list[Floats] = []
        """Chances of these offsets, and of the points of these places, one by one."""
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
        start = self.start(tag)
        self.likely[row], self.kept[row] = start.any(axis=1), True
        self._p[row] = start[self.likely[row]].ravel()
        self.by_place[row], self.heard_ms[row], self.last_ms[row] = 0.0, 0, 0
        self.heard_db[row], self.stepped_ms[row] = np.nan, 0
        self.smoothing.total_db[row], self.smoothing.weight[row] = 0.0, 0.0
        return row

    def start(self, tag: Tag) -> Floats:
        """Chances before anything was heard, shape ``(offsets, points)``."""
        layout, hearing = self._ground.layout, self._ground.hearing
        known = (hearing.offsets_db == 0.0).astype(float)
        offset_p = known if tag in hearing.known and known.any() else hearing.offset_p
        return np.outer(offset_p, layout.share / max(len(layout.ids), 1)).astype(np.float32)

    def p(self, rows: NDArray[np.intp], window: Window) -> Floats:
        """Chances of offsets and points, in a window on all that is kept of these tags.

        Returns:
            A new array, float32, shape ``(tags, offsets, points)``.
        """
        mask = self._mask(rows, window)
        found = np.zeros(mask.shape, dtype=np.float32)
        if len(rows):
            found[mask] = np.concatenate([self._p[row] for row in rows.tolist()])
        return found

    def keep(
        self, rows: NDArray[np.intp], p: Floats, likely: NDArray[np.bool_], window: Window
    ) -> None:
        """Keep chances of some tags, but for offsets and places that are as good as impossible.

        Args:
            rows: Which tags.
            p: Shape ``(tags, offsets, points)``.
            likely: Which offsets were weighed, shape ``(tags, offsets)``.
            window: The places that were.
        """
        chance = window.layout.gathered(p.sum(axis=1))
        kept = chance >= KEPT
        self.likely[rows] = likely
        self.kept[rows] = False
        self.kept[np.ix_(rows, window.places)] = kept
        self.by_place[rows] = 0.0
        self.by_place[np.ix_(rows, window.places)] = np.where(kept, chance, 0.0)
        mask = self._mask(rows, window)
        ends = np.cumsum(mask.sum(axis=(1, 2)))
        for row, mine in zip(rows.tolist(), np.split(p[mask], ends[:-1]), strict=True):
            self._p[row] = mine.copy()

    def frozen(self, row: int) -> tuple[list[int], list[int], bytes, bytes]:
        """What is believed of one tag: offsets, places, chances of both, and of places."""
        offsets, places = np.flatnonzero(self.likely[row]), np.flatnonzero(self.kept[row])
        by_place = self.by_place[row, places]
        return offsets.tolist(), places.tolist(), self._p[row].tobytes(), by_place.tobytes()

    def wake(
        self, row: int, offsets: list[int], places: list[int], p: bytes, by_place: bytes
    ) -> None:
        """Believe it again."""
        self.likely[row], self.kept[row], self.by_place[row] = False, False, 0.0
        self.likely[row, offsets], self.kept[row, places] = True, True
        self._p[row] = np.frombuffer(p, dtype=np.float32)
        self.by_place[row, places] = np.frombuffer(by_place, dtype=np.float32)

    def _mask(self, rows: NDArray[np.intp], window: Window) -> NDArray[np.bool_]:
        """What is kept of some tags, shape ``(tags, offsets, points)``."""
        places = self.kept[np.ix_(rows, window.places)][:, window.layout.owner]
        return np.asarray(self.likely[rows][:, :, None] & places[:, None, :])

    def _grow(self) -> None:
        size = len(self.last_ms)
        for name in ("likely", "kept", "by_place", "heard_ms", "heard_db", "last_ms", "stepped_ms"):
            setattr(self, name, _grown(getattr(self, name)))
        self._free += range(len(self.last_ms) - 1, size - 1, -1)
        self._p += [np.zeros(0, dtype=np.float32)] * (len(self.last_ms) - size)
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
        """Rows to step now: those just heard, and those not stepped for a while.

        Tags in one place lie together, but for those that may be in many; of the same place, in the
        order in which they came.
        """
        taken = np.fromiter(self.of.values(), dtype=np.intp, count=len(self.of))
        active = now_ms - self.last_ms[taken] < active_ms
        idle = now_ms - self.stepped_ms[taken] >= idle_ms
        due = taken[(active & idle) | np.isin(taken, heard)]
        is_wide = self.kept[due].sum(axis=1) > WIDE
        return due[np.lexsort((self.by_place[due].argmax(axis=1), is_wide))]

    def there(self, since_ms: int) -> Floats:
        """Expected tags in each place, of those heard since a time, shape ``(places,)``."""
        active = [row for row in self.of.values() if self.last_ms[row] >= since_ms]
        return np.asarray(self.by_place[active].sum(axis=0))

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
    """The same rows with empty ones behind them."""
    more = max(GROWTH, len(rows) // 2)
    return np.concatenate([rows, np.zeros((more, *rows.shape[1:]), dtype=rows.dtype)])
