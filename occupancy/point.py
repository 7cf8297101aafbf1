"""Points: what history says to a store of time series, and what such a store promises.

Owns which tags and fields there are. A tag has few values, and none is a person's: site, floor,
zone, kind, space, state. Knows no protocol and no server.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from occupancy.aggregate import COUNTS, Aggregate
from occupancy.building import Building
from occupancy.space import Kind
from occupancy.state import State
from occupancy.suppression import FEW
from occupancy.transition import Transition

TRANSITIONS, AGGREGATES = "transitions", "aggregates"
"""The streams of points, each of which has a place of its own."""
TRANSITION = "transition"
AGGREGATE = "aggregate"
CODE = {State.FREE: 0, State.OCCUPIED: 1, State.AWAY: 2, State.UNKNOWN: 3}
"""A state as a number, for charts that want one."""
Value = bool | int | float | str


class Point(msgspec.Struct, frozen=True, array_like=True):
    """One row of a series; the same measurement, tags and time again is the same row."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, Value]
    at_ms: int
    """Event time, ms UTC."""


class StoreError(Exception):
    """A store did not take points; trying again may help.

    Args:
        why: What it answered, or why it was not reached; no secret.
        retry_after_s: How long it asked to be left alone, None where it did not.
    """

    def __init__(self, why: str, retry_after_s: float | None = None) -> None:
        self.why, self.retry_after_s = why, retry_after_s
        super().__init__(why)


class PointsRefusedError(StoreError):
    """Something about these points is wrong, or there are too many: fewer at once may go."""

    def __init__(self, why: str, status: int) -> None:
        self.status = status
        super().__init__(why)


class TooManyPointsError(PointsRefusedError):
    """So many points at once are too much; each of them may be right."""


class NotAllowedError(StoreError):
    """The account, the token or the place is wrong: people have to mend that."""


class PointStore(Protocol):
    """Where points go."""

    def send(self, stream: str, points: Sequence[Point]) -> None:
        """Have points stored; returns only once they are.

        Without points it finds out whether the store would take some.

        Raises:
            TooManyPointsError: If they are too many at once.
            PointsRefusedError: If some of them are wrong; others may have been stored.
            NotAllowedError: If nobody but people can mend it.
            StoreError: If nobody knows whether they were stored.
        """

    def notices(self) -> tuple[str, ...]:
        """What people should mend although points are taken, in words."""


def transition_point(moved: Transition, building: Building) -> Point:
    """A transition as a point: a pure function, so that sending it again changes nothing.

    The state after it is a tag, so that two transitions of a space in one millisecond are two rows.
    """
    tags = {"site": building.site, "space": moved.space, "state": moved.after.value}
    if moved.space in building.index:
        tags["kind"] = building.space(moved.space).kind.value
        for kind in (Kind.FLOOR, Kind.ZONE):
            around = building.around(moved.space, kind)
            if around is not None:
                tags[kind.value] = around.id
    fields: dict[str, Value] = {
        "before": moved.before.value,
        "after": moved.after.value,
        "code": CODE[moved.after],
        "probability": moved.probability,
        "late": moved.late,
        "reasons": msgspec.json.encode(moved.reasons).decode(),
    }
    return Point(TRANSITION, tags, fields, moved.event_ms)


def aggregate_point(told: Aggregate, building: Building) -> Point:
    """An aggregate as a point; a count that is not told has no field.

    The field `few` names the counts from 1 to 4; what is neither there nor in `few` is left out.
    The hour and the day of the week, Monday 1, are the building's: InfluxQL can't work them out.

    >>> told = Aggregate("zone-n", Kind.ZONE, "floor-0", 0, 12, 7, "<5", None, 0)
    >>> from occupancy.label import Label
    >>> point = aggregate_point(told, Building("hq", Label("", ""), "Europe/Amsterdam", ()))
    >>> point.fields
    {'desks': 12, 'free': 7, 'unknown': 0, 'few': 'occupied', 'suppressed': True}
    >>> point.tags["weekday"], point.tags["hour"]
    ('4', '01')
    """
    local = datetime.fromtimestamp(told.from_ms / 1000, UTC).astimezone(
        ZoneInfo(building.time_zone)
    )
    tags = {"site": building.site, "area": told.area, "kind": told.kind.value}
    tags |= {"weekday": str(local.isoweekday()), "hour": f"{local.hour:02}"}
    if told.floor is not None:
        tags["floor"] = told.floor
    shown = {name: getattr(told, name) for name in COUNTS}
    fields: dict[str, Value] = {"desks": told.desks}
    fields |= {name: count for name, count in shown.items() if isinstance(count, int)}
    fields["few"] = ",".join(name for name, count in shown.items() if count == FEW)
    fields["suppressed"] = any(not isinstance(count, int) for count in shown.values())
    return Point(AGGREGATE, tags, fields, told.from_ms)
