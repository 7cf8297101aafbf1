"""Phones of visitors and passers-by: tags that nobody enrolled, under addresses that change.

Owns a few rows of tags behind those of the inhabitants.
"""

import numpy as np
from numpy.typing import NDArray

from firmware_sim.geometry import Floats
from firmware_sim.people import random_address
from firmware_sim.plan import Plan

ROTATION_S = 900
"""Source: Bluetooth Core 5.4, Vol 3, Part C, appendix A: a private address lasts 15 minutes."""
CHATTER = 0.15
"""Part of the seconds in which such a phone advertises: our choice."""


class Strangers:
    """Phones that come, lie about and go."""

    def __init__(self, plan: Plan, count: int, chance: np.random.Generator) -> None:
        """Nobody yet.

        Args:
            plan: Where they may be.
            count: How many at most.
            chance: For places and addresses.
        """
        self._plan, self._chance = plan, chance
        self.addresses = [random_address(chance, top_bits=0b01) for _ in range(count)]
        self._left_s = chance.integers(1, ROTATION_S, count)

    def step(self) -> list[tuple[int, tuple[float, float, int] | None]]:
        """One second on: which phones moved, and where to; None when out of the building."""
        self._left_s -= 1
        moved = []
        for i in np.flatnonzero(self._left_s <= 0).tolist():
            self._left_s[i] = ROTATION_S
            self.addresses[i] = random_address(self._chance, top_bits=0b01)
            moved.append((i, self._somewhere()))
        return moved

    def lively(self) -> NDArray[np.bool_]:
        """Which of them advertise in this second."""
        return self._chance.random(len(self.addresses)) < CHATTER

    def _somewhere(self) -> tuple[float, float, int] | None:
        if self._chance.random() < 0.4:
            return None
        floor = int(self._chance.integers(len(self._plan.floors)))
        corners: Floats = np.array(
            [corner for area in self._plan.areas[floor] for corner in area.outline] or [(0.0, 0.0)]
        )
        x, y = self._chance.uniform(corners.min(axis=0), corners.max(axis=0)).tolist()
        return x, y, floor
