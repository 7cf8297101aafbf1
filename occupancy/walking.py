"""Walking: how the chance of a tag moves about while nothing is heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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
    roam: Sequence[Floats] = ()
    """Where in a place those who roam go, one matrix ``(from, to)`` a place; none at all: to any
    point by its share."""

    @cached_property
    def _by_size(self) -> dict[int, tuple[NDArray[np.intp], Floats]]:
        """For each number of points: the place of each in the stack, and the stack of `roam`."""
        sizes = np.array([len(matrix) for matrix in self.roam])
        found = {}
        for size in sorted(set(sizes.tolist())):
            rank = np.cumsum(sizes == size) - 1
            found[size] = (rank, np.array([m for m in self.roam if len(m) == size]))
        return found

    def comes(self, by_place: Floats, elapsed_s: Floats) -> Floats:
        """Chances to have come from another place, shape ``(tags, places)``.

        Args:
            by_place: Chances before, shape ``(tags, places)``.
            elapsed_s: Shape ``(tags, 1)``.
        """
        some = np.flatnonzero(by_place.any(axis=0))
        leaves = np.minimum(self.leave_per_s[some] * elapsed_s, MOST)
        return np.asarray((by_place[:, some] * leaves) @ self.way[some])

    def walked(self, p: Floats, elapsed_s: Floats, window: Window) -> Floats:
        """Chances after people have walked about in a window; who goes elsewhere is lost.

        Args:
            p: Shape ``(tags, points)``; not changed.
            elapsed_s: Shape ``(tags, 1)``.
            window: The points.

        Returns:
            A new array of the same shape.
        """
        layout = window.layout
        roams = np.minimum(self.roam_per_s * elapsed_s, MOST)
        leaves = np.minimum(self.leave_per_s[window.places] * elapsed_s, MOST)
        by_place = layout.gathered(p)
        stays = 1.0 - leaves
        kept = p * stays[:, layout.owner]
        if self.roam:
            kept += roams * (self._roamed(kept, window) - kept)
        else:
            kept *= 1.0 - roams
            kept += (by_place * stays * roams)[:, layout.owner] * layout.share
        kept += self._entered(by_place * leaves, window)
        return np.asarray(kept)

    def _entered(self, goes: Floats, window: Window) -> Floats:
        """Chances of those who have come to a point from another place, ``(tags, points)``."""
        some = np.flatnonzero(goes.any(axis=0))
        goes, places, layout = goes[:, some], window.places[some], window.layout
        if self.enter is not None:
            return np.asarray(goes @ self.enter[places[:, None], window.points])
        return (goes @ self.way[places[:, None], window.places])[:, layout.owner] * layout.share

    def _roamed(self, p: Floats, window: Window) -> Floats:
        """Chances after all have gone to another point of their place, shape as before."""
        starts = window.layout.starts
        sizes = np.diff(starts, append=p.shape[-1])
        moved = np.empty_like(p)
        for size, (rank, stack) in self._by_size.items():
            alike = np.flatnonzero(sizes == size)
            points = starts[alike, None] + np.arange(size)
            mine = p[:, points].transpose(1, 0, 2) @ stack[rank[window.places[alike]]]
            moved[:, points] = mine.transpose(1, 0, 2)
        return moved
