"""Leavings: who was seen to come elsewhere has left here, and what that said of each space.

Owns the account of it for explanations. Never knows who.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import Belief, log_odds
from occupancy.geometry import Floats
from occupancy.watch import MOST_NATS, kept


class Leavings:
    """Of all spaces.

    Args:
        belief: Is charged with them.
    """

    def __init__(self, belief: Belief) -> None:
        self.belief = belief
        self.nats = np.zeros(belief.p.shape[1])
        """What they have said of each space lately, never above 0, shape ``(spaces,)``."""

    def charge(self, spaces: NDArray[np.intp], part: Floats) -> None:
        """Some spaces may have been left: only the rest of their chance of somebody is kept.

        Args:
            spaces: Which ones, each once.
            part: Of the chance of somebody in each that goes, 0 to 1, the same shape.
        """
        some = part > 0.0
        spaces, part = spaces[some], part[some]
        before = log_odds(self.belief.occupied[spaces])
        self.belief.leave(spaces, 1.0 - part)
        said = np.minimum(log_odds(self.belief.occupied[spaces]) - before, 0.0)
        self.nats[spaces] = np.maximum(self.nats[spaces] + said, -MOST_NATS)

    def refund(self, spaces: NDArray[np.intp], chance: Floats) -> None:
        """Nobody came elsewhere after all: so much chance of somebody goes back.

        Args:
            spaces: Which ones, each once.
            chance: To be added, the same shape.
        """
        before = log_odds(self.belief.occupied[spaces])
        self.belief.stay(spaces, chance)
        said = log_odds(self.belief.occupied[spaces]) - before
        self.nats[spaces] = np.minimum(self.nats[spaces] + said, 0.0)

    def advance(self, elapsed_s: float) -> None:
        """Let time pass: what was said fades."""
        self.nats *= kept(elapsed_s)
