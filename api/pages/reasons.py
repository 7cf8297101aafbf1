"""Reasons: the evidence behind a state, as a page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from occupancy.evidence import BADGE, Evidence

MOST = 6
FULL_BAR_NATS = 6.0
"""Evidence from here on fills its half of the bar. Our choice."""
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence."""

    kind: str
    source: str
    is_badge: bool
    nats: float
    text: str
    bar: float
    """Length of its bar, 0 to 50."""
    at_ms: int | None


def reasons(evidence: Iterable[Evidence], kinds: Iterable[str]) -> list[Reason]:
    """The strongest pieces of evidence.

    Args:
        evidence: Strongest first.
        kinds: That have a text; any other kind reads `other`.
    """
    known = set(kinds)
    return [_reason(one, known) for one in list(evidence)[:MOST]]


def _reason(one: Evidence, known: set[str]) -> Reason:
    sign = "+" if one.nats > 0 else MINUS
    return Reason(
        kind=one.kind if one.kind in known else "other",
        source=one.source,
        is_badge=one.source == BADGE,
        nats=one.nats,
        text=f"{sign}{abs(one.nats):.1f} nats",
        bar=round(min(abs(one.nats) / FULL_BAR_NATS, 1.0) * 50, 1),
        at_ms=one.event_ms,
    )
