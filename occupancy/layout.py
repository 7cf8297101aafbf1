"""Layout: the places where a tag can be, each as a few points.

Owns the arithmetic between points and places. What a point is, a spot on the plan or a spot in
signal space, is up to who makes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats


class Layout:
    """Places and their points; the points of a place lie next to each other.

    Args:
        ids: All places, in the order of every array over places.
        owner: Place of each point, ascending, shape ``(points,)``.
        share: Part of its place that each point stands for, shape ``(points,)``.
    """

    def __init__(self, ids: Sequence[str], owner: NDArray[np.int64], share: Floats) -> None:
        self.ids = tuple(ids)
        self.index = {place: i for i, place in enumerate(self.ids)}
        self.owner = owner
        self.share = share.astype(np.float32)
        self.starts = np.flatnonzero(np.diff(owner, prepend=-1))
        """First point of each place, shape ``(places,)``."""

    def gathered(self, over_points: Floats) -> Floats:
        """Sums over the points of each place: last axis points to places, a new array."""
        return np.asarray(np.add.reduceat(over_points, self.starts, axis=-1))

    def window(self, places: NDArray[np.intp]) -> "Window":
        """Some of the places, given in ascending order."""
        chosen = np.zeros(len(self.ids), dtype=bool)
        chosen[places] = True
        points = np.flatnonzero(chosen[self.owner])
        owner = np.searchsorted(places, self.owner[points])
        layout = Layout([self.ids[place] for place in places], owner, self.share[points])
        return Window(places, points, layout)


@dataclass(frozen=True, slots=True)
class Window:
    """Some of the places of a layout, to reckon with these alone."""

    places: NDArray[np.intp]
    """Their numbers in the whole, ascending."""
    points: NDArray[np.intp]
    """The numbers of their points in the whole, ascending."""
    layout: Layout
    """These places by themselves."""
