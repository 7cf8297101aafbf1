"""Belief in occupancy: log-odds over all spaces, kept as the sum of who said what.

Belief is ``prior + what each channel contributes + what badges contribute``, so every number can be
explained. Owns the arithmetic; knows no sensor kinds, no clock, no names.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def kept(elapsed_s: float, half_life_s: float) -> float:
    """The part of evidence that is left after a time.

    Source: exponential forgetting, so that two steps of t equal one of 2t; our choice, decision
    0003.

    >>> kept(1800.0, 1800.0), kept(0.0, 1800.0)
    (0.5, 1.0)
    """
    if half_life_s <= 0:
        raise ValueError(f"half_life_s must be positive, found {half_life_s!r}")
    return float(0.5 ** (max(elapsed_s, 0.0) / half_life_s))


def probability(log_odds: Floats) -> Floats:
    """Probability of log-odds in nats, the same shape, a new array.

    >>> probability(np.array([0.0, 700.0, -700.0])).round(3).tolist()
    [0.5, 1.0, 0.0]
    """
    return 0.5 * (1.0 + np.tanh(0.5 * log_odds))


class Belief:
    """What each channel says of each space that it sees, in nats.

    Args:
        space_of: Space that each pair of channel and space is about, shape ``(pairs,)``.
        prior: Log-odds without evidence, shape ``(spaces,)``.
    """

    def __init__(self, space_of: NDArray[np.int64], prior: Floats) -> None:
        self.space_of = space_of
        self.prior = prior
        self.said = np.zeros(len(space_of))
        """What each pair contributes, nats, shape ``(pairs,)``."""
        self.badge = np.zeros(len(prior))
        """What tags contribute, nats, shape ``(spaces,)``."""

    def log_odds(self) -> Floats:
        """Log-odds of occupied in nats, shape ``(spaces,)``, a new array."""
        heard = np.bincount(self.space_of, weights=self.said, minlength=len(self.prior))
        return self.prior + heard + self.badge

    def log_odds_of(self, space: int, pairs: NDArray[np.int64]) -> float:
        """Log-odds of one space in nats, given its pairs."""
        return float(self.prior[space] + self.said[pairs].sum() + self.badge[space])
