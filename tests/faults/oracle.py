"""The oracle: the states that follow from the truth log in order, had nothing ever gone wrong."""

from dataclasses import dataclass
from pathlib import Path

from faults.truth import TruthLog
from support.clock import ManualClock
from support.office import around
from support.service import Ingest

from occupancy.building import Building
from occupancy.estimator import Estimator
from sensors.decoder import decode
from sensors.memory import Memory
from sensors.message import Message

SECOND_MS = 1000
SHOWN = 0.15
"""Shown probabilities may differ by a step: received times differ by the delays of the network."""


@dataclass(frozen=True)
class Final:
    """What a space is said to be."""

    state: str
    probability: float

    def agrees(self, other: "Final") -> bool:
        """The same state, and about the same probability."""
        return self.state == other.state and abs(self.probability - other.probability) <= SHOWN


def foretold(truth: TruthLog, building: Building, until_ms: int) -> dict[str, Final]:
    """Final state of each space by the fold over the truth log, ticked each second."""
    estimator, memory, known = Estimator(building), Memory(), around(building)
    said = sorted(truth.said.values(), key=lambda message: message.at_ms)
    tick_ms = said[0].at_ms
    for message in said:
        while tick_ms + SECOND_MS <= message.at_ms:
            tick_ms += SECOND_MS
            estimator.tick(tick_ms)
        topic = f"vrijplek/v1/{building.site}/{message.board}/readings"
        entry = decode(Message(topic, message.payload.encode(), message.at_ms), memory, known).entry
        if entry is not None:
            memory.take(entry)
            estimator.fold([entry])
    while tick_ms + SECOND_MS <= until_ms:
        tick_ms += SECOND_MS
        estimator.tick(tick_ms)
    return {s.space: Final(s.state.value, s.probability) for s in estimator.statuses()}


def folded_anew(database: Path, building: Building) -> tuple[tuple[bytes, bytes], ...]:
    """What is believed by the last snapshot and what came after it, and by the journal alone.

    Args:
        database: A copy, which is changed.
        building: The site.
    """
    woken = Ingest(database, ManualClock(), building)
    by_snapshot = woken.belief()
    woken.connection.execute("DELETE FROM snapshot")
    again = woken.crash()
    by_journal = again.belief()
    again.connection.close()
    return by_snapshot, by_journal
