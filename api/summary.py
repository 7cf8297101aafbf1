"""Summaries: how busy areas were at the start of this quarter, without telling of any few desks."""

from collections.abc import Iterator
from threading import Lock

import msgspec

from api.times import iso
from occupancy.building import Building
from occupancy.history import HistoryReader
from occupancy.rollup import Tally
from occupancy.space import Kind, Space
from occupancy.state import State
from occupancy.suppression import Row, Shown, suppressed

QUARTER_MS = 15 * 60 * 1000
LEAST_DESKS = 5
"""Areas with fewer are not told of."""


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
    """The moment that the counts are of: the start of a quarter of an hour."""
    areas: list[Area]


class Summaries:
    """Works out one summary per quarter and keeps it, so that no second one can be compared.

    Args:
        building: The site.
        history: What its desks were.
    """

    def __init__(self, building: Building, history: HistoryReader) -> None:
        self._building = building
        self._history = history
        self._lock = Lock()
        self._kept: tuple[int, dict[str, tuple[Shown, ...]]] = (-1, {})

    def at(self, now_ms: int, language: str, floor: str | None = None) -> Summary:
        """The summary of the quarter that holds this moment.

        Args:
            now_ms: Now, ms UTC.
            language: Of the names.
            floor: The one floor the caller may see; None for all.
        """
        quarter_ms = now_ms - now_ms % QUARTER_MS
        with self._lock:
            if self._kept[0] != quarter_ms:
                self._kept = (quarter_ms, suppressed(self._rows(quarter_ms)))
            shown = self._kept[1]
        areas = [
            Area(s.id, s.kind, s.name.said(language), len(self._desks(s)), *shown[s.id])
            for s in self._areas()
            if floor is None or self._is_on(s, floor)
        ]
        return Summary(iso(quarter_ms), areas)

    def _is_on(self, space: Space, floor: str) -> bool:
        around = self._building.around(space.id, Kind.FLOOR)
        return around is not None and around.id == floor

    def _areas(self) -> Iterator[Space]:
        for space in self._building.spaces:
            is_area = space.kind in (Kind.BUILDING, Kind.FLOOR, Kind.ZONE)
            if is_area and len(self._desks(space)) >= LEAST_DESKS:
                yield space

    def _desks(self, space: Space) -> list[Space]:
        return [s for s in self._building.inside(space.id) if s.kind is Kind.DESK]

    def _rows(self, at_ms: int) -> list[Row]:
        states = {
            desk.id: last.after if (last := self._history.before(desk.id, at_ms)) else State.UNKNOWN
            for desk in self._building.of_kind(Kind.DESK)
        }
        rows = []
        for area in self._areas():
            tally = Tally.of(states[desk.id] for desk in self._desks(area))
            counts = (tally.free, tally.occupied, tally.away, tally.unknown)
            rows.append(Row(area.id, area.parent, counts))
        return rows
