"""What readings are worth: the numbers of the occupancy model, in nats.

All are our choice (decision 0003), tuned on simulated days whose physics the estimator never reads.
"""

from dataclasses import dataclass

from occupancy.space import Kind


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How much each kind of evidence moves the log-odds of occupied."""

    trigger_nats: float = 3.0
    """A PIR starts: log of how much likelier that is with somebody there."""
    on_nats_per_s: float = 0.10
    """While a PIR stays on."""
    still_nats_per_s: float = 1 / 55.0
    """Against, while a living PIR is off at a desk, where one person may sit still."""
    still_room_nats_per_s: float = 1 / 35.0
    """The same in a room, where several people seldom all sit still."""
    present_nats: float = 4.0
    """A device that holds by itself says somebody."""
    absent_nats: float = -4.5
    """It says nobody."""
    count_nats: float = 4.0
    """A count above zero; minus this for zero."""
    badge_nats: float = 2.5
    """At most, when enrolled tags are believed to be there."""
    floor_nats: float = -3.0
    """No channel argues harder against than this, so that the next trigger is heard."""
    ceiling_nats: float = 5.0
    """No channel argues harder for, so that leaving is noticed."""
    half_life_s: float = 1800.0
    """Evidence halves in this time while nothing is said."""
    prior_nats: float = -1.0
    """Without any evidence."""

    def still_of(self, kind: Kind) -> float:
        """Nats a second of stillness against a kind of space."""
        return self.still_nats_per_s if kind is Kind.DESK else self.still_room_nats_per_s


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When belief becomes a state."""

    occupied: float = 0.8
    """At or above this probability a space is occupied."""
    free: float = 0.25
    """At or below this it is not."""
    free_at_first: float = 0.1
    """At or below this a space of which nothing was known becomes free."""
    away_s: float = 480.0
    """So long is a desk away before it is free."""

    def away_of(self, kind: Kind) -> float:
        """Seconds of AWAY before FREE for a kind of space; rooms have none."""
        return self.away_s if kind is Kind.DESK else 0.0
