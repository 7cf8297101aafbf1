"""Counters of ingest: what came, what became of it. Numbers only grow."""

from collections import Counter
from dataclasses import dataclass, field

from sensors.reading import Reading


@dataclass
class Counters:
    """What has happened since the service started."""

    received: int = 0
    """Messages."""
    accepted: int = 0
    """Messages that became an entry."""
    readings: int = 0
    duplicates: int = 0
    clocks_off: int = 0
    """Messages whose board's own clock was off; only counted."""
    noted: int = 0
    late: int = 0
    """Transitions that came after the state had gone on."""
    transitions: int = 0
    gaps: int = 0
    gaps_of: Counter[str] = field(default_factory=Counter)
    """By board."""
    commits: int = 0
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By family and reason."""
    last_commit_ms: int = 0
    """Service time, ms UTC."""
    last_received_ms: int = 0
    largest_batch: int = 0
    newest_ms: dict[type[Reading], int] = field(default_factory=dict)
    """When something of each kind was received last, ms UTC."""
