"""Thresholds: when belief becomes a state. The numbers are our choice, decision 0003."""

from dataclasses import dataclass

from occupancy.space import Kind


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Of probability, and how long a desk is away."""

    occupied: float = 0.75
    """At or above this probability a space is occupied."""
    free: float = 0.25
    """At or below this it is not."""
    away: float = 0.4
    """At or below this somebody has likely left a desk: it is away."""
    free_at_first: float = 0.15
    """At or below this a space of which nothing was known becomes free."""
    leave_s: float = 1.0
    """So long an occupied space must be below that, so that a moment of doubt frees nothing."""
    settled_leave_s: float = 5.0
    """The same where somebody was for `settled_s`: who only passes through is gone sooner."""
    settled_s: float = 120.0
    away_s: float = 480.0
    """So long is a desk away before it is free."""

    def away_of(self, kind: Kind) -> float:
        """Seconds of AWAY before FREE for a kind of space; rooms have none."""
        return self.away_s if kind is Kind.DESK else 0.0
