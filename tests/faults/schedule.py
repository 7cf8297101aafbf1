"""The schedule: which fault comes when and for how long; the same seed gives the same."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

AT_ONCE = 2
PAUSE_S = (0.5, 3.0)
"""Between the beginnings of two faults."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A fault: whom it strikes, and how long it lasts at least and at most, in seconds."""

    victim: str
    lasts_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault at its time, in seconds from the beginning."""

    at_s: float
    fault: str
    end_s: float


def schedule(seed: int, seconds: float, kinds: Mapping[str, Kind]) -> tuple[Strike, ...]:
    """Faults one after another, at most two at once and never two of one victim.

    >>> kinds = {"kill": Kind("service", (1, 1)), "cut": Kind("network", (1, 4))}
    >>> schedule(7, 60, kinds) == schedule(7, 60, kinds)
    True
    """
    chance = random.Random(seed)
    strikes: list[Strike] = []
    at_s = chance.uniform(*PAUSE_S)
    while at_s < seconds:
        going = [strike for strike in strikes if strike.end_s >= at_s]
        struck = {kinds[strike.fault].victim for strike in going}
        fault = chance.choice(sorted(kinds))
        end_s = round(at_s + chance.uniform(*kinds[fault].lasts_s), 3)
        if len(going) < AT_ONCE and kinds[fault].victim not in struck:
            strikes.append(Strike(round(at_s, 3), fault, end_s))
        at_s += chance.uniform(*PAUSE_S)
    return tuple(strikes)
