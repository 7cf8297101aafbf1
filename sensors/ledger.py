"""The ledger of one board: which of its messages have come, which are lost.

Owns the arithmetic of `boot` and `seq`. Knows no disk: "durable" is what the caller has committed
once it has taken these entries.
"""

import msgspec

from sensors.entry import Stamp

AHEAD_LIMIT = 1024
"""Messages that may be waiting behind a hole; the ring of a board is 512."""
PAST_BOOTS = 256
"""Boots that are remembered as replaced. A message of a forgotten one would count as a new boot,
in the place of the present one, so this is more than a bridge that plays back can reach: of a
board that boots each quarter of an hour, two and a half days."""


class Gap(msgspec.Struct, frozen=True):
    """Messages that never came and that the board no longer keeps."""

    board: str
    boot: str
    first: int
    last: int
    noticed_ms: int
    """When the service noticed, ms UTC."""


class Ledger(msgspec.Struct):
    """What has come of a board's present boot."""

    boot: str = ""
    durable: int = -1
    """All up to this `seq` have come or are written down as a gap."""
    ahead: set[int] = set()
    """Those that came behind a hole."""
    past: list[str] = []
    """Earlier boots, oldest first."""

    def knows(self, stamp: Stamp) -> bool:
        """Whether this message has come before."""
        return stamp.boot == self.boot and (stamp.seq <= self.durable or stamp.seq in self.ahead)

    def is_next(self, stamp: Stamp) -> bool:
        """Whether the message follows all that have come, as nearly all do."""
        return stamp.seq == self.durable + 1 and stamp.boot == self.boot

    def is_superseded(self, stamp: Stamp) -> bool:
        """Whether the message is of a boot that a later one has replaced."""
        return stamp.boot in self.past

    @property
    def hole(self) -> int | None:
        """The first `seq` that is missing while later ones have come, None without a hole."""
        return self.durable + 1 if self.ahead else None

    def take(self, board: str, stamp: Stamp, received_ms: int) -> Gap | None:
        """Write down that a message came; the gap that it reveals, if any.

        On the first message ever heard of a board, what lies below `oldest` was sent before there
        was anyone to hear it: no gap. On a later boot it is one.
        """
        if not self.ahead and self.is_next(stamp):
            self.durable = stamp.seq  # nothing can be missing
            return None
        first_ever = not self.boot
        if stamp.boot != self.boot:
            self._begin(stamp.boot)
            if first_ever:
                self.durable = stamp.oldest - 1
        gap = self._give_up_below(board, stamp, received_ms)
        self.ahead.add(stamp.seq)
        self._advance()
        if len(self.ahead) > AHEAD_LIMIT and gap is None:
            lowest = min(self.ahead)
            gap = Gap(board, self.boot, self.durable + 1, lowest - 1, received_ms)
            self.durable = lowest - 1
            self._advance()
        return gap

    def _begin(self, boot: str) -> None:
        if self.boot:
            self.past = [*self.past, self.boot][-PAST_BOOTS:]
        self.boot, self.durable, self.ahead = boot, -1, set()

    def _give_up_below(self, board: str, stamp: Stamp, received_ms: int) -> Gap | None:
        """Everything below `oldest` that has not come is lost."""
        if stamp.oldest - 1 <= self.durable:
            return None
        first = self.durable + 1
        came = sorted(seq for seq in self.ahead if seq < stamp.oldest)
        self.durable = stamp.oldest - 1
        self.ahead = {seq for seq in self.ahead if seq >= stamp.oldest}
        self._advance()
        last = stamp.oldest - 1
        while came and came[-1] == last:
            last -= 1
            came.pop()
        return Gap(board, stamp.boot, first, last, received_ms) if last >= first else None

    def _advance(self) -> None:
        while self.durable + 1 in self.ahead:
            self.durable += 1
            self.ahead.discard(self.durable)
