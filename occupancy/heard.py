"""What was heard between two steps, averaged by tag and scanner, in columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """One item for each tag and scanner, those of a tag together; all columns are equally long."""

    rows: NDArray[np.intp]
    """Row of the tag."""
    scanners: NDArray[np.intp]
    strength_db: Floats
    """Mean, relative to the reference at 1 m."""
    event_ms: NDArray[np.int64]
    """Time of the newest, ms UTC."""

    def batches(self, due: NDArray[np.intp], size: int) -> Iterator["Batch"]:
        """Some tags at a time, in the order of `due`, which names every tag that was heard."""
        rank = np.zeros(int(due.max(initial=-1)) + 1, dtype=np.intp)
        rank[due] = np.arange(len(due))
        order = np.argsort(rank[self.rows], kind="stable")
        ranks = rank[self.rows[order]]
        for begin in range(0, len(due), size):
            first, after = np.searchsorted(ranks, [begin, begin + size])
            some = order[first:after]
            heard = Heard(
                self.rows[some], self.scanners[some], self.strength_db[some], self.event_ms[some]
            )
            yield Batch(due[begin : begin + size], heard, ranks[first:after] - begin)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some tags, and what was heard of them."""

    rows: NDArray[np.intp]
    """Shape ``(tags,)``."""
    heard: Heard
    at: NDArray[np.intp]
    """Which of the tags each item is about, ascending, shape ``(heard,)``."""

    def dense(self, scanners: int) -> Floats:
        """Strengths with NaN where nothing was heard, shape ``(tags, scanners)``."""
        found = np.full((len(self.rows), scanners), np.nan, dtype=np.float32)
        found[self.at, self.heard.scanners] = self.heard.strength_db
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
