"""Calibration walks: somebody says where they are while scanners hear their tag.

Owns what is kept of a walk, in which no tag and no person is named. Knows no store and no model.
"""

from collections.abc import Iterator

import msgspec

from occupancy.building import Building
from occupancy.learning.recording import Recording, Stay
from occupancy.placement import SensorKind
from occupancy.places import Places
from occupancy.radio import REFERENCE_DBM
from sensors.entry import Entry
from sensors.reading import AnyReading, Motion, Sighting
from sensors.tag import Tag

PSEUDONYM = Tag("0" * 32)
"""Stands for whatever tag was carried."""
STAY_MS = 10 * 60_000
"""A stay ends by itself after so long: who sits down has forgotten the walk."""
PATIENCE_MS = 30 * 60_000
"""A walk without a press for so long is over."""
LAST_MS = 253_402_300_799_999
"""The end of the year 9999, ms UTC."""


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the tag was in a place, half-open in time."""

    place: str
    begin_ms: int
    end_ms: int

    @property
    def seconds(self) -> float:
        """How long it was."""
        return (self.end_ms - self.begin_ms) / 1000


class Heard(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """That a scanner heard the tag of the walk."""

    scanner: str
    event_ms: int
    received_ms: int
    strength_db: float
    """Relative to what the scanner expects at 1 m."""


class Moved(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An edge of a motion channel."""

    channel: str
    event_ms: int
    received_ms: int
    on: bool


class Walk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A walk that is over."""

    id: str
    begin_ms: int
    end_ms: int
    visits: tuple[Visit, ...] = ()
    heard: tuple[Heard, ...] = ()
    moved: tuple[Moved, ...] = ()


class Outline(msgspec.Struct, frozen=True):
    """A walk in numbers."""

    id: str
    begin_ms: int
    end_ms: int
    places: int
    seconds: float
    sightings: int
    edges: int


class Progress(msgspec.Struct, frozen=True):
    """How a walk is going."""

    walk: str
    begin_ms: int
    until_ms: int
    """When it ends by itself, unless something is pressed."""
    place: str | None
    """Where the walker said to be; None on the way."""
    since_ms: int | None
    """Since when."""
    seconds: float
    """Recorded in this stay."""
    scanners: int
    """How many heard the tag in the last 10 s."""
    visits: tuple[Visit, ...]
    """Stays of this walk that are over."""


class Spare(msgspec.Struct, frozen=True):
    """A tag that nobody has, set aside for calibration."""

    name: str
    tag: Tag


class WalkError(Exception):
    """What was asked of a walk can't be."""


class NoWalkError(WalkError):
    """There is no walk going on."""

    def __init__(self) -> None:
        super().__init__("found no walk of yours going on, expected one; begin it first")


class WalkingError(WalkError):
    """Somebody is walking already."""

    def __init__(self, *, same_person: bool) -> None:
        self.same_person = same_person
        who = "found a walk of yours going on" if same_person else "somebody walks with this tag"
        super().__init__(f"{who}, expected none; finish it first")


def faults(walk: Walk) -> Iterator[str]:
    """What is wrong with a walk that came from a file; nothing where all is well.

    >>> list(faults(Walk("a1", 5_000, 1_000)))
    ['found a walk that ends before it begins', 'found no stay']
    """
    if not walk.id:
        yield "found no id"
    if walk.end_ms < walk.begin_ms:
        yield "found a walk that ends before it begins"
    if not walk.visits:
        yield "found no stay"
    for visit in walk.visits:
        if not walk.begin_ms <= visit.begin_ms <= visit.end_ms <= walk.end_ms:
            yield f"found a stay in {visit.place!r} that is not within the walk"
    times = [ms for one in walk.heard for ms in (one.event_ms, one.received_ms)]
    times += [ms for one in walk.moved for ms in (one.event_ms, one.received_ms)]
    if not all(abs(ms) <= LAST_MS for ms in (walk.begin_ms, walk.end_ms, *times)):
        yield "found a time beyond the year 9999"


def recording_of(walk: Walk, building: Building) -> Recording:
    """A walk as learning takes it; what the building no longer has is left out."""
    places = set(Places(building).ids)
    known = {s.id: s.kind for s in building.sensors}
    said: list[tuple[int, AnyReading]] = [
        (one.received_ms, _sighting(one))
        for one in walk.heard
        if known.get(one.scanner) is SensorKind.SCANNER
    ]
    said += [
        (one.received_ms, Motion(one.channel, one.event_ms, one.on))
        for one in walk.moved
        if known.get(one.channel) is SensorKind.MOTION
    ]
    said.sort(key=lambda row: row[0])
    return Recording(
        walk.begin_ms,
        walk.end_ms,
        tuple(Entry(one.sensor.partition("/")[0], at_ms, (one,)) for at_ms, one in said),
        tuple(
            Stay(PSEUDONYM, v.place, v.begin_ms, v.end_ms) for v in walk.visits if v.place in places
        ),
    )


def _sighting(heard: Heard) -> Sighting:
    return Sighting(heard.scanner, heard.event_ms, PSEUDONYM, heard.strength_db + REFERENCE_DBM)
