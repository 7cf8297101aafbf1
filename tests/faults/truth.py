"""The truth log: what boards composed, on disk before it is published."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Said:
    """One message as its board composed it."""

    board: str
    boot: str
    seq: int
    at_ms: int
    """When, ms UTC."""
    payload: str

    @property
    def key(self) -> Key:
        """What it is known by everywhere."""
        return self.board, self.boot, self.seq


class TruthLog:
    """A file of lines, synced at each addition; what is in it was composed for certain.

    Args:
        path: Of the file; made anew.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self.said: dict[Key, Said] = {}
        self.durable: dict[tuple[str, str], int] = {}
        """What each boot was told to be durable, the highest."""
        self.forfeited: set[Key] = set()
        """What a board lost with its power before anyone confirmed it: nobody promised it."""
        self.waited_ms = 0
        """The longest time from composing a message until its board was told that it is durable."""

    def add(self, messages: Iterable[Said]) -> None:
        """Write down messages, and return once they are on disk."""
        for message in messages:
            self.said[message.key] = message
            self._file.write(json.dumps(asdict(message)) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def confirm(self, board: str, boot: str, durable: int) -> None:
        """Remember what a board was told, and how long that took."""
        before = self.durable.get((board, boot), -1)
        now_ms = int(time.time() * 1000)
        for seq in range(before + 1, durable + 1):
            if (said := self.said.get((board, boot, seq))) is not None:
                self.waited_ms = max(self.waited_ms, now_ms - said.at_ms)
        self.durable[board, boot] = max(before, durable)

    def forfeit(self, keys: Iterable[Key]) -> None:
        """Remember what lost power."""
        self.forfeited.update(keys)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
