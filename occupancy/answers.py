"""Answers: the place that is told of each tag, which changes only for one that leads for a while.

Owns the hysteresis between a distribution and an answer. Knows no radio.
"""

from collections.abc import Sequence

import msgspec

from occupancy.geometry import Floats
from occupancy.whereabouts import Whereabouts
from sensors.tag import Tag

SWITCH_LEAD = 0.2
"""Another place must be so much likelier than the one that was told,"""
SWITCH_DWELL_MS = 6_000
"""and for so long."""
LIKELY = 0.4
"""Below this no place is told."""


class Answer(msgspec.Struct, array_like=True):
    """What is told of one tag."""

    place: str | None
    probability: float
    since_ms: int
    rival_since_ms: int
    """Since when another place has been leading; 0 while none is."""


class Answers:
    """The answer for each tag.

    Args:
        places: Ids of all places, in the order of every array over places.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self.places = tuple(places)
        self.index = {place: i for i, place in enumerate(self.places)}
        self.told: dict[Tag, Answer] = {}

    def forget(self, tag: Tag) -> None:
        """There is no answer any more."""
        self.told.pop(tag, None)

    def has(self, tag: Tag) -> bool:
        """Whether a place is told of a tag."""
        answer = self.told.get(tag)
        return answer is not None and answer.place is not None

    def of(self, tag: Tag, last_heard_ms: int) -> Whereabouts:
        """What is told of a tag."""
        answer = self.told.get(tag)
        if answer is None:
            return Whereabouts(None, 0.0, last_heard_ms, last_heard_ms)
        return Whereabouts(answer.place, answer.probability, answer.since_ms, last_heard_ms)

    def settle(self, tag: Tag, chance: Floats, now_ms: int, last_heard_ms: int) -> None:
        """Take a new distribution over places into account, shape ``(places,)``."""
        answer = self.told.setdefault(tag, Answer(None, 0.0, last_heard_ms, 0))
        best = int(chance.argmax())
        current = self.index[answer.place] if answer.place else -1
        mine = float(chance[current]) if current >= 0 else 0.0
        if best == current or chance[best] - mine < SWITCH_LEAD or chance[best] < LIKELY:
            answer.rival_since_ms = 0
        elif not answer.rival_since_ms:
            answer.rival_since_ms = now_ms
        elif now_ms - answer.rival_since_ms >= SWITCH_DWELL_MS:
            self.told[tag] = Answer(self.places[best], float(chance[best]), now_ms, 0)
            return
        answer.probability = mine
