"""The rival: a timer that holds a space in use for a fixed time after its sensors last changed.

Owns how a timer reads motion sensors. Knows neither truth nor scores.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
HOLDS_S = (
    *(15, 20, 25, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240, 270, 300, 330, 360),
    *(390, 420, 450, 480, 510, 540, 570, 600, 660, 720, 780, 840, 900, 960, 1020, 1080, 1140),
    *(1200, 1320, 1440, 1560, 1680, 1800, 1980, 2160, 2400, 2700, 3000, 3300, 3600),
)
"""From a quarter of a minute to an hour."""


def idle_s(told_ms: Sequence[int], on: Sequence[bool], grid_ms: NDArray[np.int64]) -> Floats:
    """How long ago a sensor last changed: 0 while it is on, infinite before it first went on.

    A level that is told again, as after a reboot, is no news.

    Args:
        told_ms: When it told a level, ascending.
        on: Which.
        grid_ms: Times to tell it for, shape ``(seconds,)``.

    >>> grid_ms = np.array([0, 1000, 2000, 3000, 4000])
    >>> idle_s([0, 1000, 2000, 4000], [False, True, False, False], grid_ms).tolist()
    [inf, 0.0, 0.0, 1.0, 2.0]
    """
    idle = np.full(len(grid_ms), np.inf, dtype=np.float32)
    levels = np.array(on, dtype=bool)
    news = levels != np.concatenate([[False], levels[:-1]])
    times, levels = np.array(told_ms, dtype=np.int64)[news], levels[news]
    if not len(times):
        return idle
    last = np.searchsorted(times, grid_ms, side="right") - 1
    heard = last >= 0
    ago_s = (grid_ms[heard] - times[last[heard]]) / 1000
    idle[heard] = np.where(levels[last[heard]], 0.0, ago_s)
    return idle


def timer(idle: Floats, hold_s: float) -> NDArray[np.bool_]:
    """What a timer with this hold says: in use while on, or changed less than the hold ago."""
    return np.asarray(idle < hold_s)
