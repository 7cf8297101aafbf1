"""The sheet: the payload of each topic that tells a state, as the live view has it."""

from collections.abc import Iterable, Mapping

import msgspec

from api.times import iso
from occupancy.building import Building
from occupancy.rollup import WATCHED, Tally
from occupancy.space import Kind
from occupancy.state import State
from occupancy.view import Status
from vrijplek.publishing.topics import Topics


class Said(msgspec.Struct, frozen=True):
    """What is told of a desk or room."""

    state: State
    since: str | None
    """Since when, RFC 3339 in UTC; None where it was never known."""


class Free(msgspec.Struct, frozen=True):
    """What is told of the desks of a floor."""

    free: int
    occupied: int
    """Those that somebody left a moment ago are among them."""
    unknown: int
    desks: int
    """All three together."""


NEVER = Said(State.UNKNOWN, None)


class Sheet:
    """Topics and payloads of a building.

    Args:
        building: The site.
        topics: Where each part goes out.
    """

    def __init__(self, building: Building, topics: Topics) -> None:
        self.topics = topics
        self.floor_of: dict[str, str] = {}
        """The floor of each desk and room."""
        self.desks: dict[str, list[str]] = {}
        """The desks of each floor that has any."""
        self._counted_on: dict[str, str] = {}
        for space in building.spaces:
            floor = building.around(space.id, Kind.FLOOR)
            if space.kind in WATCHED and floor is not None:
                self.floor_of[space.id] = floor.id
                if space.kind is Kind.DESK:
                    self._counted_on[space.id] = floor.id
                    self.desks.setdefault(floor.id, []).append(space.id)

    def everything(self) -> list[str]:
        """All topics that tell a state or a count."""
        states = [self.topics.state(space) for space in self.floor_of]
        return states + [self.topics.free(floor) for floor in self.desks]

    def payloads(self, spaces: Iterable[str], statuses: Mapping[str, Status]) -> dict[str, bytes]:
        """What is said of some desks and rooms, and of the floors of these desks, by topic.

        Args:
            spaces: Desks and rooms of the building.
            statuses: What is known, by id; what is missing is unknown.
        """
        chosen = list(spaces)
        found = {self.topics.state(s): _encoded(_said(statuses.get(s))) for s in chosen}
        for floor in dict.fromkeys(self._counted_on.get(space) for space in chosen):
            if floor is not None:
                found[self.topics.free(floor)] = _encoded(_free(self.desks[floor], statuses))
        return found


def _said(status: Status | None) -> Said:
    return NEVER if status is None else Said(status.state, iso(status.since_ms))


def _free(desks: list[str], statuses: Mapping[str, Status]) -> Free:
    known = (statuses.get(desk) for desk in desks)
    tally = Tally.of(State.UNKNOWN if one is None else one.state for one in known)
    return Free(tally.free, tally.occupied + tally.away, tally.unknown, len(desks))


def _encoded(told: Said | Free) -> bytes:
    return msgspec.json.encode(told)
