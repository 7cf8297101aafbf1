"""Which channel sees which space: whether it starts, or is on, more often while it is in use."""

from collections.abc import Sequence

import numpy as np

from occupancy.geometry import Floats
from occupancy.learning.bins import BUSY, VACANT, Bins

RATIO = 1.5
LEAST_NATS = 4.0
"""So much likelier the starts must be with two rates than with one."""
ON_RATIO, LEAST_ON_S = 3.0, 60.0


def sees(parts: Sequence[Bins]) -> list[tuple[int, int]]:
    """Pairs of channel and space, by their columns.

    Source: likelihood-ratio test of two Poisson rates; thresholds are our choice, decision 0013.
    """
    starts, seconds, on_s = _totals(parts)
    rate = (starts + 0.1) / (seconds + 60.0)
    pooled = (starts.sum(axis=0) + 0.2) / (seconds.sum(axis=0) + 120.0)
    nats = (starts * (np.log(rate) - np.log(pooled))).sum(axis=0)
    by_start = (rate[BUSY] > RATIO * rate[VACANT]) & (nats > LEAST_NATS)
    share = (on_s + 0.5) / (seconds + 60.0)
    by_level = (share[BUSY] > ON_RATIO * share[VACANT]) & (on_s[BUSY] > LEAST_ON_S)
    found = np.argwhere(by_start | by_level)
    return [(int(channel), int(space)) for channel, space in found]


def _totals(parts: Sequence[Bins]) -> tuple[Floats, Floats, Floats]:
    """Starts, seconds and seconds on, shape ``(2, channels, spaces)``: vacant, then busy."""
    channels, spaces = parts[0].starts.shape[1], parts[0].label.shape[1]
    starts, seconds, on_s = (np.zeros((2, channels, spaces)) for _ in range(3))
    for part in parts:
        for state in (VACANT, BUSY):
            while_so = (part.label == state).astype(float)
            starts[state] += part.starts.T @ while_so
            on_s[state] += part.on_s.T @ while_so
            seconds[state] += (part.on_s + part.off_s).T @ while_so
    return starts, seconds, on_s
