"""The nearest scanner wins: a scanner stands for the room in which it mostly was the nearest.

What differs between peers is how they tell which scanner is nearest: a `Chooser`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vrijplek.evaluation.events import Events, Numbers
from vrijplek.evaluation.grid import NOWHERE, RoomCodes
from vrijplek.evaluation.method import Said
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.simple.windows import Heard, heard, scanners_of

NOBODY = -1
"""No scanner is the nearest."""
Chooser = Callable[[Heard], Sequence[int]]
"""Column of the nearest scanner at each time."""


def distance_m(strength_dbm: Numbers, at_1_m_dbm: float, exponent: float) -> Numbers:
    """Distance by the log-distance law.

    Source: Rappaport, Wireless Communications, 2002, section 4.9.
    """
    return 10.0 ** ((at_1_m_dbm - strength_dbm) / (10.0 * exponent))


@dataclass(frozen=True, slots=True)
class Nearest:
    """A peer's way to choose a scanner."""

    name: str
    choose: Chooser
    window_s: float
    """Strengths are averaged over it."""

    def learn(self, calibration: Sequence[Session]) -> "LearnedNearest":
        """Learns which room each scanner stands for."""
        scanners, codes = scanners_of(calibration), RoomCodes()
        counts: list[Counter[int]] = [Counter() for _ in scanners]
        for session in calibration:
            for tag in heard(session.events, scanners, self.window_s):
                labels = tag.labels(session.truth, codes).tolist()
                for scanner, room in zip(self.choose(tag), labels, strict=True):
                    if scanner != NOBODY and room != NOWHERE:
                        counts[scanner][room] += 1
        names = list(codes.numbers)
        rooms = [names[count.most_common(1)[0][0]] if count else "" for count in counts]
        return LearnedNearest(self, scanners, (*rooms, ""))


@dataclass(frozen=True, slots=True)
class LearnedNearest:
    """Scanners and their rooms."""

    way: Nearest
    scanners: tuple[str, ...]
    rooms: tuple[str, ...]
    """Of each scanner; the last is that of nobody."""

    def replay(self, events: Events) -> Said:
        """The room of the nearest scanner, for each tag."""
        tags = heard(events, self.scanners, self.way.window_s)
        rows = [tag.told([self.rooms[n] for n in self.way.choose(tag)]) for tag in tags]
        return Said(rooms=tuple(change for of_tag in rows for change in of_tag))
