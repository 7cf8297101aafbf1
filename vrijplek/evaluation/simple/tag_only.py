"""Occupancy by tags alone: a room is in use while the Gaussian filter has a tag there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vrijplek.evaluation.events import Events
from vrijplek.evaluation.method import Said, UseChange
from vrijplek.evaluation.session import Session
from vrijplek.evaluation.simple.gaussian import Gaussian, LearnedGaussian


@dataclass(frozen=True, slots=True)
class TagOnly:
    """Whereabouts become use."""

    name: str = "tag only, Gaussian"

    def learn(self, calibration: Sequence[Session]) -> "LearnedTagOnly":
        """Learns the filter, and the rooms whose use is asked for."""
        rooms = {room for session in calibration for room in session.truth.rooms_in_use}
        return LearnedTagOnly(Gaussian().learn(calibration), frozenset(rooms))


@dataclass(frozen=True, slots=True)
class LearnedTagOnly:
    """A filter and the rooms that are asked for."""

    filter: LearnedGaussian
    rooms: frozenset[str]

    def replay(self, events: Events) -> Said:
        """Use of each room, from free at the first event on."""
        moves = sorted(self.filter.replay(events).rooms, key=lambda row: row.t_s)
        if not moves:
            return Said()
        first_s = float(events.t_s[0])
        told = [UseChange(first_s, room, occupied=False, p=0.0) for room in sorted(self.rooms)]
        where: dict[str, str] = {}
        tags: Counter[str] = Counter()
        for move in moves:
            left, tag_is_in = where.get(move.subject, ""), move.room
            tags[left] -= 1
            tags[tag_is_in] += 1
            where[move.subject] = tag_is_in
            for room in self.rooms.intersection({left, tag_is_in}):
                used = tags[room] > 0
                told.append(UseChange(move.t_s, room, occupied=used, p=float(used)))
        return Said(uses=tuple(told))
