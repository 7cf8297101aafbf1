"""The mailbox between the network thread and the pipeline: bounded, with a policy and counters."""

import threading
from collections import deque
from dataclasses import dataclass

from sensors.message import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and what it takes to acknowledge it."""

    message: Message
    packet_id: int
    qos: int
    connection: int
    """Which connection it came on; acknowledging it on a later one would hit another message."""


class Mailbox:
    """Letters in order of arrival.

    It is full by number or by bytes: a bridge's inventory is a hundred times as large as a reading.
    When it is full, a letter of QoS 1 waits, so that nothing unacknowledged is dropped and the
    socket is not read; a letter of QoS 0, which nobody sends again, is dropped and counted.
    """

    def __init__(self, size: int = 20_000, most_bytes: int = 64_000_000) -> None:
        self.size, self.most_bytes = size, most_bytes
        self.dropped = 0
        self._bytes = 0
        self._letters: deque[Letter] = deque()
        self._changed = threading.Condition()
        self._open = True

    def __len__(self) -> int:
        return len(self._letters)

    def put(self, letter: Letter) -> None:
        """Add a letter, waiting or dropping when full."""
        with self._changed:
            if self._is_full_for(letter) and letter.qos == 0:
                self.dropped += 1
                return
            while self._is_full_for(letter) and self._open:
                self._changed.wait(0.5)
            self._letters.append(letter)
            self._bytes += len(letter.message.payload)
            self._changed.notify_all()

    def _is_full_for(self, letter: Letter) -> bool:
        """By number, or by bytes; an empty one has place for any letter."""
        too_many = self._bytes + len(letter.message.payload) > self.most_bytes
        return len(self._letters) >= self.size or (too_many and bool(self._letters))

    def take(self, most: int, timeout_s: float) -> list[Letter]:
        """Up to ``most`` letters, at once when there are any, else after at most ``timeout_s``."""
        with self._changed:
            if not self._letters and self._open:
                self._changed.wait(timeout_s)
            count = min(most, len(self._letters))
            taken = [self._letters.popleft() for _ in range(count)]
            self._bytes -= sum(len(one.message.payload) for one in taken)
            if taken:
                self._changed.notify_all()
            return taken

    def oldest_ms(self) -> int | None:
        """When the letter that waits longest was received, ms UTC; None when none waits."""
        with self._changed:
            return self._letters[0].message.received_ms if self._letters else None

    def close(self) -> None:
        """Let everyone who waits go on; nothing is waited for any more."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
