"""The catalogue: what never changes of each space, worked out once per building."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import dist

from occupancy.building import Building
from occupancy.space import Kind, Point, Space


@dataclass(frozen=True, slots=True)
class Entry:
    """One space and what follows from its place in the tree."""

    space: Space
    floor: str | None
    zone: str | None
    activities: frozenset[str]
    """Its own, or for a desk without any those of its room or zone."""
    centre: Point | None


class Catalogue:
    """All spaces of a building with what can be asked of them.

    Args:
        building: The site.
    """

    def __init__(self, building: Building) -> None:
        self.building = building
        self.entries = tuple(self._entry(space) for space in building.spaces)
        self.entry = {entry.space.id: entry for entry in self.entries}

    def _entry(self, space: Space) -> Entry:
        building = self.building
        floor = building.around(space.id, Kind.FLOOR)
        zone = building.around(space.id, Kind.ZONE)
        activities = space.activities
        if space.kind is Kind.DESK and not activities:
            around = (s.activities for s in building.upward(space.id) if s.activities)
            activities = next(around, frozenset())
        return Entry(
            space,
            floor.id if floor else None,
            zone.id if zone else None,
            activities,
            space.centre,
        )

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of all spaces, those of desks first, as people look for a place near a desk."""
        return tuple(sorted(self.entry, key=lambda i: self.entry[i].space.kind is not Kind.DESK))

    @cached_property
    def floors(self) -> frozenset[str]:
        """Ids of all floors."""
        return frozenset(space.id for space in self.building.of_kind(Kind.FLOOR))

    @cached_property
    def zones(self) -> frozenset[str]:
        """Ids of all zones."""
        return frozenset(space.id for space in self.building.of_kind(Kind.ZONE))

    def of_kinds(self, kinds: Iterable[Kind]) -> tuple[Entry, ...]:
        """All entries of some kinds, in the building's order."""
        wanted = frozenset(kinds)
        return tuple(entry for entry in self.entries if entry.space.kind in wanted)

    def distance_m(self, one: str, other: str) -> float | None:
        """Metres between the centres of two spaces; None on other floors or without outlines."""
        a, b = self.entry[one], self.entry[other]
        if a.floor is None or a.floor != b.floor or a.centre is None or b.centre is None:
            return None
        return round(dist(a.centre, b.centre), 1)
