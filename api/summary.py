"""Summaries: how busy areas were when the newest quarter began that has been told.

Owns the form of the answer. What is told, and how few desks are hidden, is `occupancy.aggregate`:
an answer of its own beside what analysts read elsewhere could be subtracted from it.
"""

import msgspec

from api.times import iso
from occupancy.aggregate import QUARTER_MS, Aggregate, AggregateReader
from occupancy.building import Building
from occupancy.closing import GRACE_MS
from occupancy.suppression import Shown

FRESH_MS = GRACE_MS + 2 * QUARTER_MS
"""A quarter that began longer ago says nothing of now: newer ones were not told."""


class Area(msgspec.Struct, frozen=True):
    """One area; a count is a number, `<5`, or null where it would give another away."""

    id: str
    kind: str
    name: str
    desks: int
    free: Shown
    occupied: Shown
    away: Shown
    unknown: Shown


class Summary(msgspec.Struct, frozen=True):
    """Every area that is large enough."""

    at: str | None
    """The moment that the counts are of: the start of a quarter of an hour; null if there is none
    fresh enough."""
    areas: list[Area]


class Summaries:
    """The newest quarter in the words of a caller.

    Args:
        building: The site.
        told: Every quarter, told once.
    """

    def __init__(self, building: Building, told: AggregateReader) -> None:
        self._building = building
        self._told = told

    def at(self, now_ms: int, language: str, floor: str | None = None) -> Summary:
        """The newest summary.

        Args:
            now_ms: Now, ms UTC.
            language: Of the names.
            floor: The one floor the caller may see; None for all.

        Raises:
            HistoryError: If it can't be told.
        """
        told = self._told.newest(now_ms - FRESH_MS)
        kept = {one.area: one for one in told if floor is None or one.floor == floor}
        areas = [
            _area(kept[space.id], space.name.said(language))
            for space in self._building.spaces
            if space.id in kept
        ]
        return Summary(iso(told[0].from_ms) if told else None, areas)


def _area(one: Aggregate, name: str) -> Area:
    return Area(one.area, one.kind, name, one.desks, one.free, one.occupied, one.away, one.unknown)
