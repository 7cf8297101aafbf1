"""A batch: what one round of the pipeline has understood, before it is written down.

Owns what becomes of a message once it is decoded. Knows no disk and no belief.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.counters import Counters
from ingest.mailbox import Letter
from sensors.decoder import decode
from sensors.entry import Entry
from sensors.family import Surroundings
from sensors.ledger import Gap
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Rejected
from sensors.statement import Announced


@dataclass
class Batch:
    """What some letters came to."""

    entries: list[Entry] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    boards: set[str] = field(default_factory=set)
    """Boards that may be told that something is safe, once it is."""
    learned: set[str] = field(default_factory=set)
    """Families of which facts came."""
    met: list[Announced] = field(default_factory=list)
    """Devices and channels that may have no place in the building file."""
    born: set[str] = field(default_factory=set)
    """Boards that have just connected, or whose birth the broker kept: they may be asked."""

    @classmethod
    def of(
        cls, letters: Sequence[Letter], memory: Memory, around: Surroundings, counters: Counters
    ) -> "Batch":
        """Understand letters in their order; the memory takes what was new."""
        batch = cls()
        counters.received += len(letters)
        counters.largest_batch = max(counters.largest_batch, len(letters))
        for letter in letters:
            batch._take(letter.message, memory, around, counters)
        counters.gaps += len(batch.gaps)
        return batch

    def _take(
        self, message: Message, memory: Memory, around: Surroundings, counters: Counters
    ) -> None:
        decoded = decode(message, memory, around)
        counters.last_received_ms = message.received_ms
        counters.noted += bool(decoded.noted)
        counters.clocks_off += bool(decoded.clock_off_ms)
        for refusal in decoded.rejected:
            counters.refused[refusal.family, refusal.reason] += 1
            self.rejected.append(refusal)
        self.met += decoded.announced
        if decoded.born:
            self.born.add(decoded.born)
        if decoded.duplicate:
            counters.duplicates += 1
            self.boards.add(message.topic.split("/")[3])
        if decoded.entry is not None:
            self._keep(decoded.entry, memory, counters)

    def _keep(self, entry: Entry, memory: Memory, counters: Counters) -> None:
        counters.accepted += 1
        counters.readings += len(entry.readings)
        for kind in {type(reading) for reading in entry.readings}:
            counters.newest_ms[kind] = entry.received_ms
        self.entries.append(entry)
        self.learned.update(fact.key.partition("/")[0] for fact in entry.learned)
        gap = memory.take(entry)
        if gap is not None:
            self.gaps.append(gap)
            counters.gaps_of[entry.board] += 1
        if entry.stamp is not None:
            self.boards.add(entry.board)
