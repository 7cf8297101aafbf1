"""Places: a space with its state, in the words of one language, ready to be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.catalogue import Catalogue, Entry
from api.times import MINUTE_MS
from occupancy.space import ACTIVITIES, FEATURES, Kind
from occupancy.state import State
from occupancy.view import Status

SHOWN = frozenset({Kind.DESK, Kind.ROOM})


@dataclass(frozen=True, slots=True)
class Place:
    """A desk or a room as a page shows it."""

    id: str
    kind: str
    name: str
    floor: str
    """Id of its floor, empty where it is on none."""
    zone: str
    """Id of its zone, empty where it is in none."""
    where: str
    """Names of what is around it, from large to small."""
    state: str
    since_ms: int | None
    last_evidence_ms: int | None
    """Rounded down to the minute."""
    capacity: int | None
    features: tuple[str, ...]
    activities: tuple[str, ...]
    distance_m: float | None = None
    """From what the reader asked to be near."""


@dataclass(frozen=True, slots=True)
class Places:
    """Makes places of one building in one language."""

    catalogue: Catalogue
    statuses: Mapping[str, Status]
    language: str

    def name(self, space_id: str) -> str:
        """The name of a space."""
        return self.catalogue.entry[space_id].space.name.said(self.language)

    def of(self, entry: Entry) -> Place:
        """One place; a space of which nothing was ever heard is unknown."""
        space = entry.space
        status = self.statuses.get(space.id)
        heard_ms = status.last_evidence_ms if status else None
        return Place(
            id=space.id,
            kind=space.kind.value,
            name=space.name.said(self.language),
            floor=entry.floor or "",
            zone=entry.zone or "",
            where=self._around(space.id),
            state=(status.state if status else State.UNKNOWN).value,
            since_ms=status.since_ms if status else None,
            last_evidence_ms=None if heard_ms is None else heard_ms - heard_ms % MINUTE_MS,
            capacity=space.capacity,
            features=tuple(one for one in FEATURES if one in space.features),
            activities=tuple(one for one in ACTIVITIES if one in entry.activities),
        )

    def one(self, space_id: str) -> Place:
        """The place with this id."""
        return self.of(self.catalogue.entry[space_id])

    def on(self, floor: str) -> tuple[Place, ...]:
        """Every desk and room of a floor."""
        found = self.catalogue.of_kinds(SHOWN)
        return tuple(self.of(entry) for entry in found if entry.floor == floor)

    def _around(self, space_id: str) -> str:
        above = list(self.catalogue.building.upward(space_id))[1:-1]
        return ", ".join(space.name.said(self.language) for space in reversed(above))


def counts(places: Iterable[Place], kind: Kind = Kind.DESK) -> dict[str, int]:
    """How many places of one kind are in each state."""
    found = dict.fromkeys(map(str, State), 0)
    for place in places:
        if place.kind == kind:
            found[place.state] += 1
    return found
