"""Walking: how the chance of a tag moves about while nothing is heard."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from occupancy.geometry import Floats
from occupancy.layout import Layout, Window

MOST = 0.5
"""No more of a chance moves in one step, however long it was."""


@dataclass(frozen=True)
class Walking:
    """Rates of moving within a place and between places.

    Between places people go by the way: where one enters depends on where one comes from.
    """

    layout: Layout
    roam_per_s: float
    """To another point of the same place."""
    leave_per_s: Floats
    """To another place, shape ``(places,)``."""
    enter: Floats | None
    """Where those who leave arrive, rows summing to 1, shape ``(places, points)``; None where
    places are entered anywhere."""
    way: Floats
    """Where those who leave a place go, shape ``(from, to)``."""
    roam: Sequence[Floats | None] = ()
    """Where in a place those who roam go, one matrix ``(from, to)`` a place; None or missing: to
    any point by its share."""

    def within(self, window: Window) -> "Walking":
        """Between some places alone; who goes elsewhere is lost."""
        places = window.places
        return Walking(
            window.layout,
            self.roam_per_s,
            self.leave_per_s[places],
            None if self.enter is None else self.enter[np.ix_(places, window.points)],
            self.way[np.ix_(places, places)],
            [self.roam[place] for place in places] if self.roam else (),
        )

    def comes(self, by_place: Floats, elapsed_s: Floats) -> Floats:
        """Chances to have come from another place, shape ``(tags, places)``.

        Args:
            by_place: Chances before, shape ``(tags, places)``.
            elapsed_s: Shape ``(tags, 1)``.
        """
        some = np.flatnonzero(by_place.any(axis=0))
        leaves = np.minimum(self.leave_per_s[some] * elapsed_s, MOST)
        return np.asarray((by_place[:, some] * leaves) @ self.way[some])

    def walked(self, p: Floats, elapsed_s: Floats) -> Floats:
        """Chances after people have walked about.

        Args:
            p: Shape ``(tags, points)``; not changed.
            elapsed_s: Shape ``(tags, 1)``.

        Returns:
            A new array of the same shape and sum.
        """
        layout = self.layout
        roams = np.minimum(self.roam_per_s * elapsed_s, MOST)
        leaves = np.minimum(self.leave_per_s * elapsed_s, MOST)
        by_place = layout.gathered(p)
        stays = 1.0 - leaves
        kept = p * stays[:, layout.owner]
        if self.roam:
            kept += roams * (self._roamed(kept) - kept)
        else:
            kept *= 1.0 - roams
            kept += (by_place * stays * roams)[:, layout.owner] * layout.share
        goes = by_place * leaves
        if self.enter is not None:
            return np.asarray(kept + goes @ self.enter)
        return np.asarray(kept + (goes @ self.way)[:, layout.owner] * layout.share)

    def _roamed(self, p: Floats) -> Floats:
        """Chances after all have gone to another point of their place, shape as before."""
        moved = np.empty_like(p)
        ends = [*self.layout.starts[1:], p.shape[-1]]
        for matrix, begin, end in zip(self.roam, self.layout.starts, ends, strict=True):
            mine = p[:, begin:end]
            moved[:, begin:end] = mine if matrix is None else mine @ matrix
        return moved
