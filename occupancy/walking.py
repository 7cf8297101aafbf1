"""Walking: how the chance of a tag moves about while nothing is heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from occupancy.geometry import Floats
from occupancy.layout import Layout

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
    enter: Floats
    """Where those who leave arrive, rows summing to 1, shape ``(places, points)``."""
    roam: Sequence[Floats | None] = ()
    """Where in a place those who roam go, one matrix ``(from, to)`` a place; None or missing: to
    any point by its share."""

    @cached_property
    def way(self) -> Floats | None:
        """Where those who leave a place go, shape ``(from, to)``; None where the spot matters.

        Where people may enter a place anywhere, going from place to place comes to the same.
        """
        layout = self.layout
        way = layout.gathered(self.enter)
        return way if np.allclose(way[:, layout.owner] * layout.share, self.enter) else None

    def walked(self, p: Floats, elapsed_s: Floats) -> Floats:
        """Chances after people have walked about.

        Args:
            p: Shape ``(tags, offsets, points)``; not changed.
            elapsed_s: Shape ``(tags, 1, 1)``.

        Returns:
            A new array of the same shape and sum.
        """
        owner = self.layout.owner
        roams = np.minimum(self.roam_per_s * elapsed_s, MOST)
        leaves = np.minimum(self.leave_per_s * elapsed_s, MOST)
        by_place = self.layout.gathered(p)
        kept = self._roamed(p * (1.0 - leaves[..., owner]), by_place * (1.0 - leaves), roams)
        goes = (by_place * leaves).reshape(-1, len(self.layout.ids))
        if self.way is None:
            come = (goes @ self.enter).reshape(p.shape)
        else:
            come = (goes @ self.way)[:, owner].reshape(p.shape) * self.layout.share
        return np.asarray(kept + come)

    def _roamed(self, p: Floats, by_place: Floats, roams: Floats) -> Floats:
        layout = self.layout
        if not self.roam:
            return p * (1.0 - roams) + (by_place * roams)[..., layout.owner] * layout.share
        moved = np.empty_like(p)
        ends = [*layout.starts[1:], p.shape[-1]]
        for matrix, begin, end in zip(self.roam, layout.starts, ends, strict=True):
            mine = p[..., begin:end]
            moved[..., begin:end] = mine if matrix is None else mine @ matrix
        return p + roams * (moved - p)
