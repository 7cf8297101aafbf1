"""Stays: what tags that surely stay in a place tell of how scanners have drifted.

Owns which tags are sure enough, and which scanners hear them well enough. What is made of it is up
to `drift`, which is told no tag.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.answers import Answers
from occupancy.drift import Drift, by_others
from occupancy.geometry import Floats
from occupancy.ground import Ground
from occupancy.rows import Rows

SURE, SETTLED_MS = 0.95, 60_000
"""A tag told so surely, for so long, tells how scanners have drifted,"""
FRESH_MS = 5_000
"""by what was heard of it since,"""
WELL_HEARD = 0.3
"""at scanners that hear a tag there in so many seconds at least."""
TELLING = 4
"""So many tags tell enough of a place."""


@dataclass(frozen=True, slots=True)
class Stays:
    """The stays of all tags that are followed."""

    ground: Ground
    rows: Rows
    answers: Answers

    def teach(self, drift: Drift, placed: Iterable[int], now_ms: int) -> None:
        """Let tags that surely stay tell how scanners have drifted since the walk.

        Args:
            drift: What is taught.
            placed: Rows of tags heard within a minute and placed.
            now_ms: Event time, ms UTC.
        """
        for place, rows in self._settled(placed, now_ms).items():
            points = np.flatnonzero(self.ground.layout.owner == place)
            is_fresh = now_ms - self.rows.heard_ms[rows] <= FRESH_MS
            tells = is_fresh & self._hears_well(points)
            louder_db = [
                self._louder_db(row, np.flatnonzero(mine), points, drift.db)
                for row, mine in zip(rows, tells, strict=True)
            ]
            drift.take(place, np.array(louder_db))

    def _settled(self, placed: Iterable[int], now_ms: int) -> dict[int, list[int]]:
        """By place, the rows of the first tags that surely stay there."""
        found: dict[int, list[int]] = {}
        for row in placed:
            place = int(self.answers.place[row])
            stayed_ms = now_ms - self.answers.since_ms[row]
            if stayed_ms >= SETTLED_MS and self.rows.by_place[row, place] >= SURE:
                found.setdefault(place, []).append(row)
        return {place: rows[:TELLING] for place, rows in found.items()}

    def _hears_well(self, points: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which scanners hear a tag well in a place, given its points; shape ``(scanners,)``."""
        silence = self.ground.hearing.silence_nats_per_s[:, points]
        unheard = np.exp(silence) @ self.ground.layout.share[points]
        return np.asarray(unheard <= 1 - WELL_HEARD)

    def _louder_db(
        self, row: int, some: NDArray[np.intp], points: NDArray[np.intp], drift_db: Floats
    ) -> Floats:
        """How much louder than on the walk each scanner hears a tag, shape ``(scanners,)``.

        NaN but for some of them.
        """
        found = np.full(len(drift_db), np.nan)
        if len(some) > 1:
            expected_db = self.ground.hearing.strength_db[np.ix_(some, points)]
            louder_db = self.rows.heard_db[row, some, None] - expected_db
            share = self.ground.layout.share[points]
            found[some] = drift_db[some] + by_others(louder_db, share)
        return found
