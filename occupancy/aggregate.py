"""Aggregates: how many desks of an area were in which state when a quarter of an hour began.

Owns which areas are told of, and what is told. Knows no store and no clock.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

import msgspec

from occupancy.building import Building
from occupancy.rollup import Tally
from occupancy.space import Kind, Space
from occupancy.state import State
from occupancy.suppression import Row, Shown, suppressed

QUARTER_MS = 15 * 60 * 1000
LEAST_DESKS = 5
"""Areas with fewer are not told of."""
AREAS = (Kind.BUILDING, Kind.FLOOR, Kind.ZONE)
COUNTS = ("free", "occupied", "away", "unknown")


class Aggregate(msgspec.Struct, frozen=True):
    """One area at the start of one quarter; no measure within it, as two could be subtracted."""

    area: str
    kind: Kind
    floor: str | None
    """The floor that the area is or lies on; None for the building."""
    from_ms: int
    """The moment that the counts are of, ms UTC."""
    desks: int
    free: Shown
    occupied: Shown
    away: Shown
    unknown: Shown


class AggregateReader(Protocol):
    """Where aggregates are asked for."""

    def aggregates(self, area: str, from_ms: int, to_ms: int) -> list[Aggregate]:
        """Those of one area with ``from_ms <= start of the quarter < to_ms``, oldest first.

        Raises:
            HistoryError: If they can't be told.
        """

    def newest(self, since_ms: int) -> tuple[Aggregate, ...]:
        """All areas of the newest quarter told, none if it began before ``since_ms``.

        Raises:
            HistoryError: If they can't be told.
        """


def desks_of(building: Building, area: Space) -> tuple[Space, ...]:
    """The desks in an area, in depth."""
    return tuple(space for space in building.inside(area.id) if space.kind is Kind.DESK)


def areas_of(building: Building) -> Iterator[tuple[Space, tuple[Space, ...]]]:
    """Each area that is large enough to be told of, with its desks."""
    for space in building.spaces:
        if space.kind in AREAS:
            desks = desks_of(building, space)
            if len(desks) >= LEAST_DESKS:
                yield space, desks


def aggregates_at(
    building: Building, from_ms: int, states: Mapping[str, State]
) -> tuple[Aggregate, ...]:
    """Every area that is large enough, with no small count to be worked out from all of them.

    Args:
        building: Its desks and areas.
        from_ms: The start of the quarter, ms UTC.
        states: What each desk was then, by id; one that is missing counts as unknown.
    """
    areas = tuple(areas_of(building))
    rows = []
    for area, desks in areas:
        tally = Tally.of(states.get(desk.id, State.UNKNOWN) for desk in desks)
        counts = tuple(getattr(tally, name) for name in COUNTS)
        rows.append(Row(area.id, area.parent, counts))
    shown = suppressed(rows)
    return tuple(
        Aggregate(area.id, area.kind, _floor(building, area), from_ms, len(desks), *shown[area.id])
        for area, desks in areas
    )


def _floor(building: Building, area: Space) -> str | None:
    floor = building.around(area.id, Kind.FLOOR)
    return floor.id if floor else None
