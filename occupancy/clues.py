"""Clues: what motion says of where tags are, where calibration told which sensor sees what.

Motion that the tags believed to be there explain anyway says little of any other tag.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.layout import Layout
from occupancy.radio_map import MotionMap
from occupancy.rows import Rows


class Clues:
    """Motion channels that see places.

    A channel starts at a rate that is the sum of a background and of what each tag in its view
    adds, so that tags explain motion away from each other.

    Source: superposition of Poisson processes; explaining away, Pearl 1988, section 2.3.
    """

    def __init__(self, learned: MotionMap, layout: Layout) -> None:
        self.channels = {channel: i for i, channel in enumerate(learned.channels)}
        rates = np.array(learned.starts_per_s)
        self._background = rates.min(axis=1)
        self._adds = rates - self._background[:, None]
        """What a tag in each place adds, per second, shape ``(channels, places)``."""
        self.started = np.zeros(len(self.channels), dtype=bool)
        """Which channels started since the last step, shape ``(channels,)``."""
        self._ids = layout.ids

    def move(self, channel: str) -> None:
        """A channel started since the last step."""
        if (i := self.channels.get(channel)) is not None:
            self.started[i] = True

    def to_keep(self) -> list[str]:
        """The channels that started since the last step."""
        return [channel for channel, i in self.channels.items() if self.started[i]]

    def says(self, rows: Rows, due: NDArray[np.intp]) -> Floats:
        """What the step says of some tags, in nats, shape ``(due, places)``; then it is over."""
        started = np.flatnonzero(self.started)
        self.started[:] = False
        stillness = -self._adds.sum(axis=0) + self._adds[started].sum(axis=0)
        nats = np.tile(stillness, (len(due), 1))
        there = rows.by_place[list(rows.of.values())].sum(axis=0)
        for channel in started:
            adds = self._adds[channel]
            others = np.maximum(there - rows.by_place[due], 0.0) @ adds
            rest = self._background[channel] + others
            nats += np.log(rest[:, None] + adds[None, :]) - np.log(rest)[:, None]
        return nats
