"""A small office, made by hand: four desks, two rooms, boards of both families."""

from occupancy.building import Building
from occupancy.label import Label
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.space import Kind, Point, Space
from sensors.family import Surroundings
from sensors.tag import Tag, tag_of
from vrijplek.surroundings import surroundings_of

SITE = "hq"
SITE_KEY = b"a key for tests"
BADGE_ADDRESS = "c3:00:00:00:00:2a"
"""The one address that somebody enrolled."""
STRANGER_ADDRESS = "c3:00:00:00:00:31"
BADGE = tag_of(BADGE_ADDRESS, SITE_KEY)
START_MS = 1_795_428_000_000
"""Monday 23 November 2026, 10:00 UTC."""


def box(x: float, y: float, width: float, depth: float) -> tuple[Point, ...]:
    """The corners of a rectangle in metres."""
    return ((x, y), (x + width, y), (x + width, y + depth), (x, y + depth))


def sensor(name: str, kind: SensorKind, *sees: str | Placement, at=None) -> Sensor:
    """A sensor that sees some spaces, wholly where only their id is given."""
    places = tuple(s if isinstance(s, Placement) else Placement(s) for s in sees)
    return Sensor(name, kind, at, places)


SPACES = (
    Space("office", Kind.BUILDING, Label.of("Office")),
    Space("floor-0", Kind.FLOOR, Label.of("Ground"), "office", level=0, z_m=(0.0, 3.5)),
    Space("zone-n", Kind.ZONE, Label.of("North"), "floor-0", box(0, 0, 12, 8)),
    Space("room-a", Kind.ROOM, Label.of("Den"), "floor-0", box(12, 0, 6, 8)),
    Space("room-b", Kind.ROOM, Label.of("Heath"), "floor-0", box(18, 0, 6, 8)),
    *(
        Space(f"desk-{n}", Kind.DESK, Label.of(f"Desk {n}"), "zone-n", box(2 * n, 1, 1.6, 0.8))
        for n in range(1, 5)
    ),
)
BOARDS = (
    Board("d1"),
    Board("d2", heartbeat_s=20.0),
    Board("r1"),
    Board("s1"),
    Board("master", "espresense", 24.0),
)
SENSORS = (
    sensor("d1/pir-1", SensorKind.MOTION, "desk-1"),
    sensor("d1/pir-2", SensorKind.MOTION, "desk-2"),
    sensor("d1/co2", SensorKind.LEVEL, "zone-n"),
    sensor("d1/door", SensorKind.CONTACT, "zone-n"),
    sensor("d2/radar", SensorKind.PRESENCE, "desk-3"),
    sensor("d2/pir", SensorKind.MOTION, "desk-3", Placement("desk-4", 0.5)),
    sensor("d2/door-pir", SensorKind.MOTION, "room-a"),
    sensor("r1/pir", SensorKind.MOTION, "room-a"),
    sensor("r1/gate", SensorKind.COUNT, "room-a"),
    sensor("r1/ble", SensorKind.SCANNER, at=(15.0, 4.0, 2.5)),
    sensor("s1/ble", SensorKind.SCANNER, at=(6.0, 4.0, 2.5)),
    sensor("master/ble", SensorKind.SCANNER, at=(21.0, 4.0, 2.5)),
    sensor("master/motion", SensorKind.MOTION, "room-b"),
    sensor("master/radar", SensorKind.PRESENCE, "room-b"),
)
OFFICE = Building(
    SITE, Label.of("Office"), "Europe/Amsterdam", SPACES, BOARDS, SENSORS, digest="small office"
)


def only_badge(address: str, event_ms: int) -> Tag | None:
    """The tag of the one enrolled address or alias, None for every other."""
    tag = tag_of(address, SITE_KEY)
    return tag if tag in {BADGE, tag_of("watch:invented", SITE_KEY)} else None


def around(building: Building = OFFICE, enrolled=only_badge) -> Surroundings:
    """What a decoder may know in this office."""
    return surroundings_of(building, enrolled)
