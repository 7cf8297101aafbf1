"""What was heard between two steps, averaged by tag and scanner, in columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """One item for each tag and scanner, sorted by tag; all columns are equally long."""

    rows: NDArray[np.intp]
    """Row of the tag."""
    scanners: NDArray[np.intp]
    strength_db: Floats
    """Mean, relative to the reference at 1 m."""
    event_ms: NDArray[np.int64]
    """Time of the newest, ms UTC."""

    def of_rows(self, rows: NDArray[np.intp]) -> "Heard":
        """What was heard of some tags; `rows` is sorted and without gaps among all tags due."""
        if not len(rows):
            return self._between(0, 0)
        begin = int(np.searchsorted(self.rows, rows[0]))
        return self._between(begin, int(np.searchsorted(self.rows, rows[-1], side="right")))

    def _between(self, begin: int, end: int) -> "Heard":
        part = slice(begin, end)
        return Heard(
            self.rows[part], self.scanners[part], self.strength_db[part], self.event_ms[part]
        )

    def dense(self, rows: NDArray[np.intp], scanners: int) -> Floats:
        """Strengths with NaN where nothing was heard, shape ``(rows, scanners)``."""
        found = np.full((len(rows), scanners), np.nan, dtype=np.float32)
        found[np.searchsorted(rows, self.rows), self.scanners] = self.strength_db
        return np.asarray(found)


def gathered(new: Sequence[tuple[int, int, float, int]]) -> Heard:
    """Averages of single sightings: row, scanner, strength in dB, event time in ms UTC.

    >>> gathered([(0, 1, -50.0, 1), (0, 1, -52.0, 3)]).strength_db
    array([-51.])
    """
    if not new:
        none = np.zeros(0, dtype=np.intp)
        return Heard(none, none, np.zeros(0), np.zeros(0, dtype=np.int64))
    rows, scanners, strengths, times = (np.array(column) for column in zip(*new, strict=True))
    key = rows.astype(np.int64) << 32 | scanners
    both, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    newest = np.zeros(len(both), dtype=np.int64)
    np.maximum.at(newest, inverse, times)
    mean_db = np.bincount(inverse, weights=strengths) / count
    return Heard((both >> 32).astype(np.intp), (both & 0xFFFFFFFF).astype(np.intp), mean_db, newest)
