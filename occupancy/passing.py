"""Passing: who has just left a space and who has just come, and what the one says of the other.

Owns two chances of each space. Knows no sensor, no tag and no person.

Source: competing rates of independent arrivals, as in a marked Poisson process (Kingman 1993,
Poisson Processes, section 5.2); mean-field; the numbers are our choice, decision 0016.
"""

import math

import numpy as np

from occupancy.belief import MOVING, NOBODY
from occupancy.building import Building
from occupancy.geometry import Floats
from occupancy.leavings import Leavings
from occupancy.neighbours import floors

LATELY_S = 30.0
"""What has just happened is less by a factor of e after so long: people walk so long."""
LEAST_GAIN = 0.01
"""A smaller rise of a chance is nobody coming."""


class Passing:
    """Of all spaces of a building.

    Args:
        building: Its plan.
        leavings: Of its spaces; takes those that comings tell of.
    """

    def __init__(self, building: Building, leavings: Leavings) -> None:
        self._leavings, self._belief = leavings, leavings.belief
        self._index = building.index
        self._way = {
            int(space): (floor.spaces, floor.goes[:, column])
            for floor in floors(building)
            for column, space in enumerate(floor.spaces)
        }
        """The spaces of its floor and the part of those leaving them who come, by space."""
        self.left = np.zeros(len(building.spaces))
        """Chance that each has just become empty, a part of that of nobody, shape ``(spaces,)``."""
        self.came = np.zeros(len(building.spaces))
        """Chance that somebody has just come, a part of that of somebody moving, the same shape."""

    def forget(self) -> None:
        """Nobody listened for a while."""
        self.left[:], self.came[:] = 0.0, 0.0

    def advance(self, elapsed_s: float, before: Floats) -> None:
        """Follow the belief, which has let time pass.

        Args:
            elapsed_s: How long.
            before: Its chances before, shape ``(3, spaces)``.
        """
        enter, leave, _, _ = self._belief.rates()
        nobody, moving, _ = self._belief.p
        fades = math.exp(-elapsed_s / LATELY_S)
        gone = before[MOVING] * (1.0 - np.exp(-leave * elapsed_s))
        come = before[NOBODY] * (1.0 - np.exp(-enter * elapsed_s))
        self.left = (self.left * fades + gone) * (nobody / (before[NOBODY] + gone))
        self.came = (self.came * fades + come) * (moving / (before[MOVING] + come))
        np.minimum(self.left, nobody, out=self.left)
        np.minimum(self.came, moving, out=self.came)

    def weigh(self, space: int, before: Floats) -> None:
        """Follow the belief, which has weighed a reading about one space.

        Args:
            space: Which one.
            before: Its chances before, shape ``(3,)``.
        """
        ratio = self._belief.p[:, space] / before
        self.left[space] *= ratio[NOBODY]
        gain = float(self.came[space] * (ratio[MOVING] - 1.0))
        self.came[space] += gain
        if gain >= LEAST_GAIN:
            self._charge(space, gain)

    def _charge(self, space: int, gain: float) -> None:
        """Somebody seems to have come, by so much: who has just left elsewhere may be the one."""
        if space in self._way:
            others = self._way[space][0]
            self._leavings.charge(others, gain * self.shares(space))

    def likeliest(self, space_id: str) -> float:
        """Chance that who comes into some other space now was in this one, where it is highest."""
        space = self._index[space_id]
        others, _ = self._way.get(space, (np.zeros(0, dtype=np.intp), None))
        here = int(np.searchsorted(others, space))
        return max((float(self.shares(int(other))[here]) for other in others), default=0.0)

    def shares(self, space: int) -> Floats:
        """Chance that who comes into a space now was in each of its floor, in their order.

        The rest came from where nobody sees.
        """
        others, goes = self._way[space]
        rates = self.left[others] * goes / LATELY_S
        return np.asarray(rates / (rates.sum() + self._belief.enter_per_s[space]))
