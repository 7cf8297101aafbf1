"""Rates: how often a channel starts and ends, with nobody, somebody moving, or somebody still.

One family for all that is on or off: a PIR starts seldom and ends by itself, a radar stays on, a
door does neither for long. What differs is numbers, which calibration and history may learn.
"""

import msgspec

from occupancy.placement import SensorKind
from occupancy.space import Kind

Three = tuple[float, float, float]
"""With nobody, with somebody who moves, with somebody who is still."""


class Rates(msgspec.Struct, frozen=True, array_like=True):
    """Of one channel about one space.

    Source: a Markov-modulated Poisson process, Fischer and Meier-Hellstern 1993 (Performance
    Evaluation 18(2)).
    """

    start_per_s: Three
    """From off to on."""
    end_per_s: Three
    """From on to off."""
    repeats: bool = False
    """Whether it starts again without having ended."""
    on_chance: Three | None = None
    """Of one that is sampled, and tells its level again and again: the chance of each sample to be
    on. Its starts and ends count for nothing then."""

    def seen(self, weight: float) -> "Rates":
        """The rates of a channel that sees only a part of the space."""
        chance = _part(self.on_chance, weight) if self.on_chance else None
        start_per_s, end_per_s = _part(self.start_per_s, weight), _part(self.end_per_s, weight)
        return Rates(start_per_s, end_per_s, self.repeats, chance)


class Habits(msgspec.Struct, frozen=True, array_like=True):
    """How people use a space."""

    enter_per_s: float
    """While nobody is there."""
    leave_per_s: float
    """While somebody moves: nobody leaves without moving."""
    settle_per_s: float
    """From moving to still."""
    stir_per_s: float
    """From still to moving."""


def _part(rates: Three, weight: float) -> Three:
    nobody = rates[0]
    return nobody, nobody + weight * (rates[1] - nobody), nobody + weight * (rates[2] - nobody)


MOTION = Rates((0.7 / 3600, 1 / 30, 1 / 300), (1 / 8, 1 / 12, 1 / 9))
PRESENCE = Rates((0.5 / 3600, 1 / 2, 1 / 10), (1 / 3, 1 / 900, 1 / 300))
COUNT = Rates((1 / 3600, 1 / 5, 1 / 10), (1 / 3, 1 / 900, 1 / 300))
DEFAULT_RATES = {
    SensorKind.MOTION: MOTION,
    SensorKind.PRESENCE: PRESENCE,
    SensorKind.COUNT: COUNT,
}
"""Any other channel says nothing, until calibration tells what it is worth."""
DESK = Habits(1 / 2400, 1 / 180, 1 / 45, 1 / 150)
ROOM = Habits(1 / 3600, 1 / 240, 1 / 60, 1 / 60)


def default_habits(kind: Kind) -> Habits:
    """What is assumed of a kind of space; our choice, decision 0013."""
    return DESK if kind is Kind.DESK else ROOM
