"""What decoding remembers: ledgers, boot times, last levels.

Decoding only reads it; `take` alone changes it, from entries, so that folding the journal again
gives the same memory. It can be frozen to bytes and woken from them.
"""

from collections.abc import Iterable

import msgspec

from sensors.entry import Entry, Stamp
from sensors.ledger import Gap, Ledger
from sensors.reading import Contact, Motion, Presence
from sensors.statement import Learned
from sensors.uptime import UptimeOffset

FACTS_LIMIT = 50_000
"""Facts of foreign devices that are remembered; a device has a few."""


class BoardMemory(msgspec.Struct):
    """What is remembered of one board."""

    ledger: Ledger = msgspec.field(default_factory=Ledger)
    offset: UptimeOffset = msgspec.field(default_factory=UptimeOffset)

    def booted_ms(self, stamp: Stamp, received_ms: int) -> int:
        """When this boot of the board began, ms UTC, as well as can be told now."""
        if self.ledger.boot != stamp.boot:
            return received_ms - stamp.up_ms
        return self.offset.best_ms(received_ms=received_ms, up_ms=stamp.up_ms)


class Memory(msgspec.Struct):
    """What is remembered of all boards and channels of a site."""

    boards: dict[str, BoardMemory] = {}
    levels: dict[str, tuple[bool, int]] = {}
    """Last level of each motion, presence and contact channel, and its event time in ms UTC."""

    learned: dict[str, str] = {}
    """Facts that messages of foreign families need in order to be understood, oldest first."""

    def board(self, board: str) -> BoardMemory:
        """What is remembered of a board, empty for a new one; not yet kept."""
        return self.boards.get(board) or BoardMemory()

    def repeats(self, sensor: str, *, level: bool) -> bool:
        """Whether a channel said this level last time too."""
        last = self.levels.get(sensor)
        return last is not None and last[0] is level

    def take(self, entry: Entry) -> Gap | None:
        """Remember an entry; the gap that it reveals, if any."""
        for reading in entry.readings:
            if isinstance(reading, Motion):
                self._take_level(reading.sensor, reading.event_ms, level=reading.on)
            elif isinstance(reading, Presence):
                self._take_level(reading.sensor, reading.event_ms, level=reading.present)
            elif isinstance(reading, Contact):
                self._take_level(reading.sensor, reading.event_ms, level=reading.open)
        for fact in entry.learned:
            self._take_fact(fact)
        if entry.stamp is None:
            return None
        return self._take_stamp(entry.board, entry.stamp, entry.received_ms)

    def _take_fact(self, fact: Learned) -> None:
        """The newest fact goes last; beyond the limit the oldest is forgotten."""
        self.learned.pop(fact.key, None)
        if fact.value:
            self.learned[fact.key] = fact.value
        while len(self.learned) > FACTS_LIMIT:
            del self.learned[next(iter(self.learned))]

    def _take_level(self, sensor: str, event_ms: int, *, level: bool) -> None:
        """A reading that comes late does not overrule a later one."""
        if event_ms >= self.levels.get(sensor, (False, 0))[1]:
            self.levels[sensor] = (level, event_ms)

    def _take_stamp(self, board: str, stamp: Stamp, received_ms: int) -> Gap | None:
        known = self.boards.get(board)
        if known is None:
            known = self.boards[board] = BoardMemory()
        if known.ledger.boot != stamp.boot:
            known.offset = UptimeOffset()
        known.offset.observe(received_ms=received_ms, up_ms=stamp.up_ms)
        return known.ledger.take(board, stamp, received_ms)

    def take_all(self, entries: Iterable[Entry]) -> list[Gap]:
        """Remember entries in order; the gaps that they reveal."""
        return [gap for entry in entries if (gap := self.take(entry)) is not None]

    def frozen(self) -> bytes:
        """The memory as bytes, for a snapshot; the same memory gives the same bytes."""
        for known in self.boards.values():
            # A set is written in the order in which it was filled.
            known.ledger.ahead = set(sorted(known.ledger.ahead))  # noqa: C414
        return msgspec.msgpack.encode(self)

    @classmethod
    def woken(cls, frozen: bytes) -> "Memory":
        """The memory that these bytes were."""
        return msgspec.msgpack.decode(frozen, type=cls)
