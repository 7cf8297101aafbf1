"""Quiet: how often people may be taken to come, so that a space where nothing moves becomes free.

Owns the balance of coming against silence. Knows no hour and no history.
"""

import numpy as np

from occupancy.geometry import Floats
from occupancy.watch import Watch

MOST_IN_USE = 0.12
"""Chance of somebody, where all channels are silent for long, at most; below what frees."""


def silence_nats_per_s(watch: Watch) -> Floats:
    """What it says a second that no channel starts, as `Watch.hush`, shape ``(2, spaces)``."""
    each = watch.start_per_s[:, :1] - watch.start_per_s[:, 1:]
    return np.stack([np.bincount(watch.space_of, nats, watch.spaces) for nats in each.T])


def most_enter_per_s(habits: Floats, silence: Floats) -> Floats:
    """The rate of coming at which silence ends at `MOST_IN_USE`, shape ``(spaces,)``.

    Args:
        habits: Enter, leave, settle and stir a second, shape ``(4, spaces)``; enter is not used.
        silence: Nats a second with somebody moving and with somebody still, against nobody, shape
            ``(2, spaces)``.

    Source: the chances then stay as they are, so what comes is what leaves and what silence takes;
    how many of them are still solves a quadratic equation.

    >>> desk = np.array([[1 / 2400], [1 / 180], [1 / 45], [1 / 150]])
    >>> (1 / most_enter_per_s(desk, np.array([[-0.033], [-0.003]]))).round().tolist()
    [646.0]
    """
    _, leave, settle, stir = habits
    moving_nats, still_nats = silence
    half = MOST_IN_USE * moving_nats + settle + stir - still_nats
    square = half**2 + 4.0 * MOST_IN_USE * settle * (still_nats - moving_nats)
    still = 2.0 * MOST_IN_USE * settle / (half + np.sqrt(square))
    moving = MOST_IN_USE - still
    gained = moving_nats * moving + still_nats * still
    return np.asarray(leave * moving / (1.0 - MOST_IN_USE) - gained)
