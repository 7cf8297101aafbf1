"""Answers about spaces: the shapes that callers get, and how they come from what is known."""

from typing import TypeVar

import msgspec

from api.catalogue import Entry
from api.times import iso, iso_minute
from occupancy.evidence import BADGE, Evidence
from occupancy.prospect import Prospect
from occupancy.rollup import Rollup, Tally
from occupancy.state import State
from occupancy.view import Status


class Position(msgspec.Struct, frozen=True):
    """The middle of a space, in metres in the frame of the building."""

    x: float
    y: float


class Common(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is told of a space of any kind."""

    id: str
    name: str
    state: State
    since: str | None
    """Since when this is the state."""
    last_evidence: str | None
    """When a sensor that sees it last spoke; in lists floored to the minute."""
    floor: str | None
    zone: str | None
    features: list[str]
    activities: list[str]
    position: Position | None


class Desk(Common, frozen=True, rename="camel", kw_only=True):
    """A desk as it is now."""

    probability: float
    """That it is occupied, in steps of 0.1."""


class Room(Desk, frozen=True, rename="camel", kw_only=True):
    """A room as it is now."""

    capacity: int | None
    """People it is meant for."""


class Counts(msgspec.Struct, frozen=True):
    """How many desks and rooms inside are in each state."""

    desks: Tally
    rooms: Tally


class AnySpace(
    Common, frozen=True, rename={"inside_of": "in", "last_evidence": "lastEvidence"}, kw_only=True
):
    """A space of any kind as it is now."""

    probability: float | None
    """That it is occupied, in steps of 0.1; None for what only adds up desks and rooms."""
    capacity: int | None
    """People it is meant for."""
    kind: str
    inside_of: str | None
    """Id of the space around it."""
    outline: list[tuple[float, float]]
    """Corners in metres to the millimetre, in order, not closed."""
    counts: Counts | None = None
    """Of what is inside; None for a desk or room."""


class Reason(msgspec.Struct, frozen=True):
    """One thing that speaks for or against a space being occupied."""

    source: str | None
    """Id of a sensor, or `a badge`; None for callers who may not see sources."""
    kind: str
    nats: float
    """Its weight: above zero for occupied."""
    time: str | None
    """When it was said; a badge has no time."""
    says: str
    """The way it points, in words."""


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """One thing that may come, and what it would do."""

    cause: str
    """`quiet` while nothing but signs of life is heard; a reading that comes now: `motion`,
    `stillness`, `presence`, `absence`, `people`, `nobody`, `open`, `closed`; `badge-comes`,
    `badge-leaves`; somebody comes `next-door`; `silence` of a board, a board that is `back`, a
    level that goes `stale`."""
    source: str | None
    """Id of a sensor or board, or `a badge`; None for callers who may not see sources."""
    after_s: int | None
    """Seconds until the state begins; None where it stays as it is for an hour."""
    state: State
    probability: float
    """That it is occupied, when the state begins; right after where it stays as it is."""


class OneSpace(
    AnySpace, frozen=True, rename={"inside_of": "in", "last_evidence": "lastEvidence"}, kw_only=True
):
    """A space with what is behind its state."""

    reasons: list[Reason]
    outlook: list[Change]
    """What would change the state: what comes next if nothing is heard, then what else may come."""


Shape = TypeVar("Shape", bound=Common)


def unknown(space: str) -> Status:
    """The status of a space that nothing is known of: even odds."""
    return Status(space, State.UNKNOWN, None, 0.5)


def any_space(entry: Entry, status: Status, language: str, rollup: Rollup | None) -> AnySpace:
    """A space of any kind for a list."""
    space = entry.space
    return AnySpace(
        id=space.id,
        name=space.name.said(language),
        state=status.state,
        since=iso(status.since_ms),
        last_evidence=iso_minute(status.last_evidence_ms),
        probability=None if rollup else status.probability,
        floor=entry.floor,
        zone=entry.zone,
        features=sorted(space.features),
        activities=sorted(entry.activities),
        position=Position(*(round(c, 2) for c in entry.centre)) if entry.centre else None,
        capacity=space.capacity,
        kind=space.kind,
        inside_of=space.parent,
        outline=[(round(x, 3), round(y, 3)) for x, y in space.outline],
        counts=Counts(rollup.desks, rollup.rooms) if rollup else None,
    )


def narrowed(answer: AnySpace, shape: type[Shape]) -> Shape:
    """The part of an answer that another shape has, such as `Desk`."""
    return shape(**{name: getattr(answer, name) for name in shape.__struct_fields__})


def one_space(
    answer: AnySpace, status: Status, reasons: list[Reason], outlook: list[Change]
) -> OneSpace:
    """A space with its reasons and its outlook; `lastEvidence` is exact."""
    exact = msgspec.structs.replace(answer, last_evidence=iso(status.last_evidence_ms))
    return OneSpace(**msgspec.structs.asdict(exact), reasons=reasons, outlook=outlook)


def reason(evidence: Evidence, *, with_source: bool) -> Reason:
    """One piece of evidence in words; a badge has neither a name nor a time.

    >>> reason(Evidence("f0-d1/pir-1", "absence", -0.42, 0), with_source=False).says
    'speaks for free'
    """
    is_badge = evidence.source == BADGE
    return Reason(
        evidence.source if is_badge or with_source else None,
        evidence.kind,
        round(evidence.nats, 1),
        None if is_badge else iso(evidence.event_ms),
        _direction(evidence.nats),
    )


def change(prospect: Prospect, *, with_source: bool) -> Change:
    """One thing that may come, without its source for those who may not see any."""
    told = Change(**msgspec.structs.asdict(prospect))
    if with_source or told.source == BADGE:
        return told
    return msgspec.structs.replace(told, source=None)


def _direction(nats: float) -> str:
    if nats == 0:
        return "says nothing"
    return "speaks for occupied" if nats > 0 else "speaks for free"
