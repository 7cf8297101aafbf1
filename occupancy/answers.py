"""Answers: the place that is told of each tag, which changes only for one that is likelier enough.

Owns the hysteresis between a distribution and an answer, in arrays of shape ``(tags,)``. Knows no
radio.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from occupancy.geometry import Floats
from occupancy.whereabouts import Whereabouts

LEAD = 0.2
"""Another place must be so much likelier than the one that was told,"""
BACK_LEAD, BACK_MS = 0.7, 18_000
"""and by so much more at once after a change, less and less until this has passed: who has just
come does not leave again, but what flaps does."""
MOST_LEAD = 0.98
STAYED_MS = 60_000
"""Who was in a place for so long did not only pass through."""
LIKELY = 0.4
"""Below this no place is told for a start."""
LATELY_S = 5.0
"""What is told is as sure as half of now and half of the last so many seconds: who walks is often
further than what was heard."""
NOWHERE = -1


class Answer(msgspec.Struct, array_like=True):
    """What is told of one tag, to be kept."""

    place: str | None
    probability: float
    since_ms: int


class Answers:
    """The answer for each tag.

    Args:
        places: Ids of all places, in the order of every array over places.
        sureness: So much of a chance is told.
    """

    def __init__(self, places: tuple[str, ...], sureness: float = 1.0) -> None:
        self.places, self.sureness = places, sureness
        self.place = np.zeros(0, dtype=np.int64)
        """What is told, `NOWHERE` where nothing is."""
        self.probability = np.zeros(0)
        """Of that place, before what is told of it."""
        self.since_ms = np.zeros(0, dtype=np.int64)
        self.lately = np.zeros((0, len(places)), dtype=np.float32)
        """Mean chances of the last seconds, shape ``(tags, places)``."""
        self.left = np.zeros(len(places))
        """How many tags left each place after a stay, until somebody asks, shape ``(places,)``."""

    def grow(self, rows: int) -> None:
        """Make room for so many tags in all."""
        more = rows - len(self.place)
        if not more:
            return
        self.place = np.append(self.place, np.full(more, NOWHERE))
        self.probability = np.append(self.probability, np.zeros(more))
        self.since_ms = np.append(self.since_ms, np.zeros(more, dtype=np.int64))
        fresh = np.zeros((more, len(self.places)), dtype=np.float32)
        self.lately = np.concatenate([self.lately, fresh])

    def forget(self, row: int, now_ms: int) -> None:
        """There is no answer any more."""
        self.place[row], self.probability[row], self.since_ms[row] = NOWHERE, 0.0, now_ms
        self.lately[row] = 0.0

    def of(self, row: int, last_heard_ms: int) -> Whereabouts:
        """What is told of a tag."""
        probability = self.sureness * float(self.probability[row])
        return Whereabouts(self._name(row), probability, int(self.since_ms[row]), last_heard_ms)

    def settle(
        self, rows: NDArray[np.intp], chance: Floats, elapsed_s: Floats, now_ms: int
    ) -> None:
        """Take new distributions over places into account.

        Args:
            rows: Which tags, shape ``(rows,)``.
            chance: Shape ``(rows, places)``.
            elapsed_s: Since these tags were settled last, shape ``(rows,)``.
            now_ms: Event time, ms UTC.
        """
        every = np.arange(len(rows))
        place, best = self.place[rows], chance.argmax(axis=1)
        mine = np.where(place == NOWHERE, 0.0, chance[every, np.maximum(place, 0)])
        lasted_ms = np.where(place == NOWHERE, BACK_MS, now_ms - self.since_ms[rows])
        lead = LEAD + BACK_LEAD * np.maximum(1.0 - lasted_ms / BACK_MS, 0.0)
        theirs = chance[every, best]
        switches = (best != place) & (theirs - mine >= np.minimum(lead, MOST_LEAD))
        switches &= (place != NOWHERE) | (theirs >= LIKELY)
        left = switches & (place != NOWHERE) & (lasted_ms >= STAYED_MS)
        np.add.at(self.left, place[left], 1.0)
        self.place[rows] = np.where(switches, best, place)
        self.since_ms[rows] = np.where(switches, now_ms, self.since_ms[rows])
        lately = self._remembered(rows, chance, elapsed_s)
        told = np.where(switches, best, place)
        sure = 0.5 * (chance[every, told] + lately[every, told])
        self.probability[rows] = np.where(told == NOWHERE, 0.0, sure)

    def _remembered(self, rows: NDArray[np.intp], chance: Floats, elapsed_s: Floats) -> Floats:
        """Mean chances of the last seconds, brought up to now, shape ``(rows, places)``."""
        before = self.lately[rows]
        kept = np.where(before.any(axis=1), np.exp(-elapsed_s / LATELY_S), 0.0)[:, None]
        self.lately[rows] = kept * before + (1.0 - kept) * chance
        return self.lately[rows]

    def frozen(self, row: int) -> Answer | None:
        """What is told of a tag, by id; None where nothing is."""
        if self.place[row] == NOWHERE:
            return None
        return Answer(self._name(row), float(self.probability[row]), int(self.since_ms[row]))

    def wake(self, row: int, answer: Answer) -> None:
        """Tell again what was told."""
        self.place[row] = self._number(answer.place)
        self.probability[row], self.since_ms[row] = answer.probability, answer.since_ms

    def _name(self, row: int) -> str | None:
        place = int(self.place[row])
        return self.places[place] if place != NOWHERE else None

    def _number(self, place: str | None) -> int:
        return self.places.index(place) if place in self.places else NOWHERE
