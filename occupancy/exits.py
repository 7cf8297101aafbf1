"""Exits: who is seen to come into one space has left another.

Source: mean-field message of a conserved count; our choice, decision 0013.
"""

import numpy as np

from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.learned import Exits
from occupancy.leavings import Leavings

LEAST_GAIN = 0.01
DOUBTED_S = 30.0
"""Who seems to have come is doubted for so long, less by a factor of e each time this passes."""
LEAST_LENT = 1e-6
"""Smaller chances that were taken are not given back."""
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
        self.lent = np.zeros((len(self.spaces), len(self.spaces)))
        """Chance of somebody that each space (row) took from each other and may give back."""

    def come(self, leavings: Leavings, space: int, gain: float) -> None:
        """Somebody seems to have come into a space: its chance rose by `gain`."""
        row = self._row.get(space)
        if row is None or gain < LEAST_GAIN:
            return
        there = leavings.belief.occupied[self.spaces]
        may_have_left = there * self._goes[:, row]
        share = may_have_left / (may_have_left.sum() + FROM_OUTSIDE)
        self.lent *= (1.0 - gain * share)[:, None]
        self.lent[row] += there * gain * share
        leavings.charge(self.spaces, gain * share)

    def confirm(self, space: int, was: float) -> None:
        """Something happens where somebody was as likely as `was`: so far they did come."""
        row = self._row.get(space)
        if row is not None:
            self.lent[row] *= 1.0 - was

    def take_back(
        self, leavings: Leavings, before: Floats, elapsed_s: float, unknown: float
    ) -> None:
        """Time has passed: who did not come after all, did not leave.

        Args:
            leavings: Of the spaces; their belief is that of now.
            before: Chance of somebody in each before, shape ``(spaces,)``.
            elapsed_s: How much time.
            unknown: Part of the people of whom no badge tells where they are; the others have left.
        """
        if self.lent.max(initial=0.0) < LEAST_LENT:
            return
        was, now = before[self.spaces], leavings.belief.occupied[self.spaces]
        kept = np.minimum(now / was, 1.0)[:, None]
        back = self.lent * (1.0 - kept)
        self.lent *= kept * np.exp(-elapsed_s / DOUBTED_S)
        leavings.refund(self.spaces, unknown * back.sum(axis=0))
