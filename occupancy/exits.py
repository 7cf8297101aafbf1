"""Exits: who is seen to come into one space has left another.

Source: mean-field message of a conserved count; our choice, decision 0013.
"""

import numpy as np

from occupancy.building import Building
from occupancy.learned import Exits
from occupancy.leavings import Leavings

LEAST_GAIN = 0.01
FROM_OUTSIDE = 0.005
"""Chance that who comes was in no seen space, against all spaces where somebody may have been."""


class Doors:
    """The ways between spaces that are seen."""

    def __init__(self, exits: Exits, building: Building) -> None:
        known = [i for i, space in enumerate(exits.spaces) if space in building.index]
        self.spaces = np.array([building.index[exits.spaces[i]] for i in known], dtype=np.intp)
        self._row = {int(space): row for row, space in enumerate(self.spaces)}
        self.unseen = np.ones(len(building.spaces))
        """Part of those leaving each space who are not seen after, shape ``(spaces,)``."""
        self.unseen[self.spaces] = np.array(exits.unseen)[known]
        goes = np.array(exits.goes)[np.ix_(known, known)]
        np.fill_diagonal(goes, 0.0)
        self._goes = goes

    def come(self, leavings: Leavings, space: int, gain: float) -> None:
        """Somebody seems to have come into a space: its chance rose by `gain`."""
        row = self._row.get(space)
        if row is None or gain < LEAST_GAIN:
            return
        may_have_left = leavings.belief.occupied[self.spaces] * self._goes[:, row]
        share = may_have_left / (may_have_left.sum() + FROM_OUTSIDE)
        leavings.charge(self.spaces, gain * share)
