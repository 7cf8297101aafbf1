"""The messages a board keeps until the service has them on disk.

Owns what is kept, what is due to be sent and what was lost. It holds 512 messages; when it is full
the oldest one goes, and is counted.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

RESEND_MS = 10_000


@dataclass(slots=True)
class Kept:
    """A message as it was composed."""

    seq: int
    payload: bytes
    sent_ms: int | None = None
    """When it was last sent; None when never."""


class Ring:
    """Unacknowledged messages, oldest first."""

    def __init__(self, size: int = 512, resend_ms: int = RESEND_MS) -> None:
        """An empty ring.

        Args:
            size: How many messages it holds.
            resend_ms: How long it waits for an acknowledgement.
        """
        self._kept: deque[Kept] = deque()
        self._size, self._resend_ms = size, resend_ms
        self._looked_ms = 0
        self._due: deque[Kept] = deque()
        self.overwritten = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._kept)

    @property
    def has_more(self) -> bool:
        """Whether messages are lined up to be sent."""
        return bool(self._due)

    def oldest(self, next_seq: int) -> int:
        """The lowest `seq` still kept once ``next_seq`` is added."""
        kept = len(self._kept)
        if kept < self._size:
            return self._kept[0].seq if kept else next_seq
        return self._kept[1].seq if kept > 1 else next_seq

    def add(self, seq: int, payload: bytes) -> None:
        """Keep a new message, and have it sent."""
        if len(self._kept) >= self._size:
            self._kept.popleft()
            self.overwritten += 1
        message = Kept(seq, payload)
        self._kept.append(message)
        self._due.append(message)

    def acknowledge(self, durable: int) -> None:
        """Let go of all messages up to this `seq`."""
        while self._kept and self._kept[0].seq <= durable:
            self._kept.popleft()

    def take(self, now_ms: int) -> Kept | None:
        """The next message to send, marked as sent now; None when none is due.

        Those that waited too long for their acknowledgement come first, oldest first.
        """
        if now_ms - self._looked_ms >= self._resend_ms // 10:
            self._looked_ms = now_ms
            self._look(now_ms)
        while self._due:
            message = self._due.popleft()
            if self._is_kept(message):
                message.sent_ms = now_ms
                return message
        return None

    def put_back(self, message: Kept) -> None:
        """Undo `take`: it could not be sent."""
        message.sent_ms = None
        self._due.appendleft(message)

    def resend_from(self, seq: int) -> None:
        """Have all messages from a `seq` on sent again."""
        for message in self._kept:
            if message.seq >= seq:
                message.sent_ms = None
        self._look(0)

    def has_due(self, now_ms: int) -> bool:
        """Whether `take` may have something."""
        return bool(self._due) or (
            bool(self._kept) and now_ms - self._looked_ms >= self._resend_ms // 10
        )

    def _look(self, now_ms: int) -> None:
        """Line up all that was never sent or waited too long, oldest first."""
        self._due = deque(
            message
            for message in self._kept
            if message.sent_ms is None or now_ms - message.sent_ms >= self._resend_ms
        )

    def _is_kept(self, message: Kept) -> bool:
        return bool(self._kept) and message.seq >= self._kept[0].seq
