"""Liveness: which boards are alive, and what silence means.

A board is alive while it was heard within 2.5 of its own heartbeats and nobody said goodbye in its
name. What a dead board saw last says nothing about now.
"""

import numpy as np
from numpy.typing import NDArray

from occupancy.building import Building

MISSED_BEATS = 2.5


class Liveness:
    """When each board was last heard, in arrays of shape ``(boards,)``.

    A board that the building file no longer has is ignored: an old journal may still speak of it.
    """

    def __init__(self, building: Building) -> None:
        self.index = {board.id: i for i, board in enumerate(building.boards)}
        self.heard_ms = np.zeros(len(self.index), dtype=np.int64)
        self.every_ms = np.array([b.heartbeat_s * 1000 for b in building.boards], dtype=np.int64)
        self.offline = np.zeros(len(self.index), dtype=bool)

    def hear(self, board: str, received_ms: int) -> None:
        """A board said something."""
        if (i := self.index.get(board)) is not None:
            self.heard_ms[i] = max(self.heard_ms[i], received_ms)
            self.offline[i] = False

    def beat(self, board: str, every_s: float) -> None:
        """A board said how often it will be heard."""
        if (i := self.index.get(board)) is not None:
            self.every_ms[i] = int(every_s * 1000)

    def lose(self, board: str) -> None:
        """A board said goodbye, or the broker did in its name."""
        if (i := self.index.get(board)) is not None:
            self.offline[i] = True

    def ends_ms(self, board: str) -> int:
        """Until when a board that says nothing more is alive, ms UTC."""
        i = self.index[board]
        return int(self.heard_ms[i] + MISSED_BEATS * self.every_ms[i])

    def alive(self, now_ms: int) -> NDArray[np.bool_]:
        """Which boards are alive, shape ``(boards,)``."""
        silent_ms = now_ms - self.heard_ms
        in_time = silent_ms <= MISSED_BEATS * self.every_ms
        return (self.heard_ms > 0) & in_time & ~self.offline
