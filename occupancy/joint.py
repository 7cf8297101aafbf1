"""Joint: what all scanners say of each place together, from a normal distribution a place."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.radio_map import JointMap

NATS_PER_S = 0.08
"""So much of its log-likelihood counts each second: strengths that were smoothed are no news."""
LEAST_NATS = -12.0


class Joint:
    """Linear discriminants, made anew for each set of scanners that work.

    Source: linear discriminant analysis, Fisher 1936 (Annals of Eugenics 7(2)).
    """

    def __init__(self, learned: JointMap) -> None:
        self._mean_db = np.array(learned.mean_db)
        self._covariance_db2 = np.array(learned.covariance_db2)
        self._floor_db = np.array(learned.floor_db)
        self._of = lru_cache(maxsize=64)(self._discriminants)

    def _discriminants(self, working: bytes) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Which scanners, their slopes ``(scanners, places)`` and the offsets ``(places,)``."""
        which = np.flatnonzero(np.frombuffer(working, dtype=bool))
        mean_db = self._mean_db[:, which]
        slopes = np.linalg.solve(self._covariance_db2[np.ix_(which, which)], mean_db.T)
        return which, slopes, -0.5 * (mean_db * slopes.T).sum(axis=1)

    def says(self, smooth_db: Floats, working: NDArray[np.bool_]) -> Floats:
        """Log-likelihood of places in nats a second, at most 0, shape ``(tags, places)``.

        Args:
            smooth_db: Smoothed strengths, NaN where nothing was heard, shape ``(tags, scanners)``.
            working: Which scanners are not deaf, shape ``(scanners,)``; others are left out.
        """
        which, slopes, offsets = self._of(working.tobytes())
        heard = smooth_db[:, which]
        nats = np.where(np.isnan(heard), self._floor_db[which], heard) @ slopes + offsets
        nats -= nats.max(axis=1, keepdims=True)
        return np.asarray(NATS_PER_S * np.maximum(nats, LEAST_NATS))
