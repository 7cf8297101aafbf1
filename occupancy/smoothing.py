"""Smoothing: the strength of each tag at each scanner, averaged over the last few seconds."""

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats

TIME_S = 2.0
"""What was heard counts less by a factor of e each time this passes."""
FORGOTTEN = 0.1
"""Below this weight there is no average any more."""


class Smoothing:
    """Exponentially weighted means, shape ``(tags, scanners)``."""

    def __init__(self, tags: int, scanners: int) -> None:
        self.total_db = np.zeros((tags, scanners), dtype=np.float32)
        self.weight = np.zeros((tags, scanners), dtype=np.float32)

    def take(self, rows: NDArray[np.intp], strength_db: Floats, elapsed_s: Floats | float) -> None:
        """Let time pass for some tags and take what was heard of them.

        Args:
            rows: Which tags, shape ``(rows,)``.
            strength_db: What was heard, NaN where nothing, shape ``(rows, scanners)``.
            elapsed_s: Since they were taken last, a number or shape ``(rows, 1)``.
        """
        heard = ~np.isnan(strength_db)
        kept = np.exp(-np.asarray(elapsed_s) / TIME_S)
        self.total_db[rows] = self.total_db[rows] * kept + np.where(heard, strength_db, 0.0)
        self.weight[rows] = self.weight[rows] * kept + heard

    def mean_db(self, rows: NDArray[np.intp]) -> Floats:
        """The means, NaN where nothing was heard for a while, shape ``(rows, scanners)``."""
        weight = self.weight[rows]
        remembered = weight > FORGOTTEN
        return np.where(remembered, self.total_db[rows] / np.where(remembered, weight, 1.0), np.nan)
