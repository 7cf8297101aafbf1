"""Scores of what was said of some spaces against what was true, on a grid of seconds.

Owns the arithmetic, the same for the estimator and for timers. Written for the tests alone: it
shares nothing with the code that is scored.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
SHORTEST_VISIT_S = 10
"""The delay to free is measured after visits that lasted so long."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a method did."""

    f1: float
    precision: float
    recall: float
    free_median_s: float
    """From leaving until free is told, of spaces that were told in use when they were left."""
    free_p90_s: float
    false_free_min_per_h: float
    """Minutes told free for each hour in use."""
    leavings: int
    busy_h: float

    def beats(self, other: "Scores") -> dict[str, bool]:
        """The demands: a better F1, half the median time to free, fewer false-free minutes."""
        return {
            "F1 better": self.f1 > other.f1,
            "time to free at most half": self.free_median_s <= other.free_median_s / 2,
            "fewer false-free": self.false_free_min_per_h < other.false_free_min_per_h,
        }


def scores(busy: Flags, on: Flags, free: Flags) -> Scores:
    """Scores of a method.

    Args:
        busy: Whether somebody was there, shape ``(spaces, seconds)``.
        on: Whether it was told in use, the same shape.
        free: Whether what was told counts as free, the same shape.
    """
    hits, said, seconds = (int(x.sum()) for x in (busy & on, on, busy))
    precision, recall = hits / max(said, 1), hits / max(seconds, 1)
    delays_s = np.array([d for row in range(len(busy)) for d in to_free_s(busy[row], free[row])])
    median_s, p90_s = np.percentile(delays_s, [50, 90]) if len(delays_s) else (np.nan, np.nan)
    return Scores(
        f1=2 * hits / max(said + seconds, 1),
        precision=precision,
        recall=recall,
        free_median_s=float(median_s),
        free_p90_s=float(p90_s),
        false_free_min_per_h=60 * int((busy & free).sum()) / max(seconds, 1),
        leavings=len(delays_s),
        busy_h=seconds / 3600,
    )


def stretches(flags: Flags) -> list[tuple[int, int, bool]]:
    """Start, end and value of each stretch of equal flags, shape ``(seconds,)``.

    >>> stretches(np.array([True, True, False]))
    [(0, 2, True), (2, 3, False)]
    """
    edges = [0, *(np.flatnonzero(flags[1:] != flags[:-1]) + 1).tolist(), len(flags)]
    return [(start, end, bool(flags[start])) for start, end in pairwise(edges)]


def to_free_s(busy: Flags, free: Flags) -> list[int]:
    """Seconds from each leaving until free was told, for one space, shapes ``(seconds,)``.

    A space that was told free already when it was left does not count; one that is taken again
    before it was told free counts with the whole time between.

    >>> busy = np.array([True] * 10 + [False] * 5)
    >>> to_free_s(busy, ~np.array([True] * 12 + [False] * 3))
    [2]
    """
    told = np.flatnonzero(free)
    delays = []
    for (start, end, was_busy), (_, back, _) in pairwise(stretches(busy)):
        if not was_busy or end - start < SHORTEST_VISIT_S or free[end - 1]:
            continue
        index = int(np.searchsorted(told, end))
        freed = int(told[index]) if index < len(told) else back
        delays.append(min(freed, back) - end)
    return delays


def calibration_error(p: NDArray[np.float64], busy: Flags) -> float:
    """Expected calibration error over ten equal bins.

    >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
    0.25
    """
    bins = np.minimum((p * 10).astype(int), 9)
    count = np.bincount(bins, minlength=10)
    said = np.bincount(bins, weights=p, minlength=10)
    true = np.bincount(bins, weights=busy, minlength=10)
    return float(np.abs(said - true).sum() / max(count.sum(), 1))
