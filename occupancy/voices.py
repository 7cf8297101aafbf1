"""Voices: what each level says of a space, learned from days without labels.

Owns how levels were while channels, in the end, told of somebody and of nobody, and how much each
voice would have helped channels alone. Levels never judge levels.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.belief import MOVING, NOBODY, log_odds, probability
from occupancy.geometry import Floats
from occupancy.meters import QUANTITIES, Meters
from occupancy.trust import trusts

LOOK_S = 300.0
"""Levels last: so many seconds count as one look."""
ALIKE_LOOKS = 12.0
"""That a level is the same with and without people counts as so many looks."""
MOST_NATS = 4.0
"""No voice says more."""
LEAST_VARIANCE = 1e-6
"""No level is steadier."""


class Voices:
    """One voice for each row of the meters, shape ``(rows,)`` throughout.

    A voice is the log-ratio of two normal distributions of one spread. Its trust is that of a
    logistic regression on what channels said at the time, scored by who they told of in the end,
    and on days before which the voice was fitted.

    Source: prequential assessment, Dawid 1984 (J. Royal Statistical Society A 147(2)); stacking,
    Wolpert 1992 (Neural Networks 5(2)).

    Args:
        meters: The levels.
        spaces: How many there are.
    """

    def __init__(self, meters: Meters, spaces: int) -> None:
        rows = len(meters.keys)
        self.meters = meters
        self._spaces = spaces
        self.moments = np.zeros((4, 3, 3, rows))
        """Looks, levels, their squares and what was said, by the state then and now."""
        self.slope: Floats = np.zeros(rows)
        self.middle: Floats = np.zeros(rows)
        """Nats a unit, and the level that says nothing."""
        self.trust: Floats = np.zeros(rows)
        """Part of what a voice says that counts."""
        self.due: Floats = np.zeros(rows)
        """What voices said while somebody was expected, taken off, as if none had been trusted."""
        self.beside = np.array(
            [(a, b) for of in _by_space(meters) for a in of for b in of], dtype=np.int64
        ).reshape(-1, 2)
        """All pairs of rows of the same space."""
        self.bend = np.zeros(len(self.beside))
        """Curvature of the likelihood, of each pair."""

    def said(self) -> Floats:
        """What each voice says by itself now, in nats."""
        nats = self.slope * (self.meters.fresh - self.middle)
        return np.clip(np.nan_to_num(nats), -MOST_NATS, MOST_NATS)

    def nats(self) -> Floats:
        """What voices that are trusted say of each space, shape ``(spaces,)``."""
        weighed = self.trust * self.said()
        return np.bincount(self.meters.space_of, weighed, self._spaces).astype(float)

    def carry(
        self, elapsed_s: float, kept: float, before: Floats, chance: Floats, known: Floats
    ) -> None:
        """Take note of a bin.

        Args:
            elapsed_s: Its length.
            kept: Part of what was learned that time has left.
            before: Chance of the state before it by that after it, shape ``(3, 3, spaces)``.
            chance: Of each state now by channels alone, shape ``(3, spaces)``.
            known: Whether channels tell of each space, shape ``(spaces,)``.
        """
        if not len(self.trust):
            return
        of, said = self.meters.space_of, self.said()
        level = np.nan_to_num(self.meters.fresh)
        looks = elapsed_s / LOOK_S * known[of] * ~np.isnan(self.meters.fresh)
        self.moments = kept * np.einsum("csjp,jkp->cskp", self.moments, before[:, :, of])
        for state in range(3):
            self.moments[:, state, state] += looks * np.stack(
                [np.ones_like(level), level, level**2, said]
            )
        told = np.bincount(of, self.trust * said, self._spaces)
        p = probability(log_odds(1.0 - chance[NOBODY]) + told)
        curve = p * (1.0 - p)
        self.due = kept * self.due + looks * said * (curve * told - p)[of]
        a, b = self.beside.T
        self.bend = kept * self.bend + looks[a] * said[a] * said[b] * curve[of[a]]

    def learn(self, chance: Floats) -> None:
        """Trust each voice as far as it has helped, then fit all voices anew.

        Args:
            chance: As in `carry`.
        """
        counted = (self.moments * chance[:, self.meters.space_of]).sum(axis=2)
        helped = counted[3, MOVING:].sum(axis=0) + self.due
        self.trust = trusts(
            helped, self.bend, self.beside, self.meters.space_of, _kinds(self.meters)
        )
        self._fit(counted[:3])

    def _fit(self, counted: Floats) -> None:
        """Fit all voices to looks, levels and squares by state, shape ``(3, 3, rows)``."""
        looks, levels, squares = np.stack([counted[:, 0], counted[:, 1:].sum(axis=1)], axis=1)
        total = np.maximum(looks.sum(axis=0), LEAST_VARIANCE)
        usual = levels.sum(axis=0) / total
        spread = np.maximum(squares.sum(axis=0) / total - usual**2, 0.0)
        own = levels / np.maximum(looks, LEAST_VARIANCE)
        within = (squares - looks * own**2).sum(axis=0)
        within = (within + ALIKE_LOOKS * spread) / (total + ALIKE_LOOKS)
        nobody, somebody = (levels + ALIKE_LOOKS * usual) / (looks + ALIKE_LOOKS)
        self.middle = (nobody + somebody) / 2
        # people make light, noise and CO2; darkness is no sign of them
        self.slope = np.maximum(somebody - nobody, 0.0) / np.maximum(within, LEAST_VARIANCE)


def _kinds(meters: Meters) -> NDArray[np.int64]:
    return np.array([QUANTITIES.index(q) for q in meters.quantities], dtype=np.int64)


def _by_space(meters: Meters) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for row, space in enumerate(meters.space_of.tolist()):
        found.setdefault(space, []).append(row)
    return list(found.values())
