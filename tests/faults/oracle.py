"""The oracle: the states that follow from the truth log in order, had nothing ever gone wrong."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from faults.course import Move
from faults.truth import Key, TruthLog
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


@dataclass(frozen=True)
class Foretold:
    """What follows from the truth log."""

    finals: dict[str, Final]
    moves: list[Move]


def foretold(
    truth: TruthLog, building: Building, until_ms: int, without: AbstractSet[Key] = frozenset()
) -> Foretold:
    """Final states and moves of all spaces by the fold over the truth log, ticked each second.

    Args:
        truth: What was said.
        building: The site.
        until_ms: Up to when time passes, ms UTC.
        without: What was lost with the power of its board, and so was never to be known.
    """
    estimator, memory, known = Estimator(building), Memory(), around(building)
    kept = (said for key, said in truth.said.items() if key not in without)
    said = sorted(kept, key=lambda message: message.at_ms)
    tick_ms, outcomes = said[0].at_ms, []
    for message in said:
        while tick_ms + SECOND_MS <= message.at_ms:
            tick_ms += SECOND_MS
            outcomes.append(estimator.tick(tick_ms))
        topic = f"vrijplek/v1/{building.site}/{message.board}/readings"
        entry = decode(Message(topic, message.payload.encode(), message.at_ms), memory, known).entry
        if entry is not None:
            memory.take(entry)
            outcomes.append(estimator.fold([entry]))
    while tick_ms + SECOND_MS <= until_ms:
        tick_ms += SECOND_MS
        outcomes.append(estimator.tick(tick_ms))
    finals = {s.space: Final(s.state.value, s.probability) for s in estimator.statuses()}
    moved = [t for outcome in outcomes for t in outcome.transitions]
    return Foretold(finals, [(t.space, t.after.value, t.event_ms) for t in moved])


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
