"""The building as the simulator reads it from the building file, by itself.

Owns which spaces, boards and sensors there are. It trusts the file: finding mistakes in it is the
work of others, so a wrong file ends in a short error and not in a list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from firmware_sim.geometry import Outline, Point, area_m2, box_outline, centre_of, contains

Entry = Mapping[str, object]


class PlanError(Exception):
    """The building file can't be simulated."""

    def __init__(self, path: Path, what: str) -> None:
        """Keep where and what."""
        self.path, self.what = path, what
        super().__init__(f"{path}: {what}")


@dataclass(frozen=True, slots=True)
class Place:
    """A space of the building: building, floor, zone, room or desk."""

    id: str
    kind: str
    parent: str | None
    outline: Outline
    z_m: tuple[float, float]
    """Bottom and top; floors only."""
    capacity: int

    @property
    def centre(self) -> Point:
        """Mean of the corners in metres."""
        return centre_of(self.outline)


@dataclass(frozen=True, slots=True)
class Device:
    """A board of our own format."""

    id: str
    heartbeat_s: float


@dataclass(frozen=True, slots=True)
class Channel:
    """One sensor of a board."""

    id: str
    kind: str
    at: tuple[float, float, float] | None
    sees: tuple[tuple[str, float], ...]
    """Space and weight."""
    hold_s: float

    @property
    def board(self) -> str:
        """Id of the board it is on."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """What the board calls it."""
        return self.id.partition("/")[2]


@dataclass(frozen=True)
class Plan:
    """All that stands in the building file and matters to a simulated world."""

    site: str
    time_zone: str
    places: tuple[Place, ...]
    devices: tuple[Device, ...]
    channels: tuple[Channel, ...]

    @cached_property
    def place(self) -> dict[str, Place]:
        """Each space by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def floors(self) -> tuple[Place, ...]:
        """The floors, lowest first."""
        return tuple(sorted(self.of_kind("floor"), key=lambda place: place.z_m))

    @cached_property
    def floor_index(self) -> dict[str, int]:
        """Position in `floors` of the floor on which each space lies."""
        order = {floor.id: i for i, floor in enumerate(self.floors)}
        above = ((place.id, self.around(place.id, "floor")) for place in self.places)
        return {space: order[floor.id] for space, floor in above if floor is not None}

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        """All spaces of one kind that have an outline (floors: all), in the file's order."""
        wanted = (place for place in self.places if place.kind == kind)
        return tuple(place for place in wanted if place.outline or kind == "floor")

    def upward(self, space: str) -> Iterator[Place]:
        """The space itself, then its parents up to the building."""
        here: str | None = space
        while here is not None:
            place = self.place[here]
            yield place
            here = place.parent

    def around(self, space: str, *kinds: str) -> Place | None:
        """The nearest space of one of the kinds, at or above this one."""
        return next((place for place in self.upward(space) if place.kind in kinds), None)

    @cached_property
    def areas(self) -> tuple[tuple[Place, ...], ...]:
        """Per floor its rooms, then its zones: where a point is looked up, in this order."""
        found: list[list[Place]] = [[] for _ in self.floors]
        for place in (*self.of_kind("room"), *self.of_kind("zone")):
            found[self.floor_index[place.id]].append(place)
        return tuple(tuple(places) for places in found)

    def locate(self, x: float, y: float, floor: int) -> str:
        """Id of the room, else the zone, else the floor at a point."""
        for area in self.areas[floor]:
            if contains(area.outline, x, y):
                return area.id
        return self.floors[floor].id

    def floor_at(self, z: float) -> int:
        """Index of the floor at a height; the nearest one outside all of them."""
        middles = [abs(z - sum(floor.z_m) / 2) for floor in self.floors]
        within = [i for i, floor in enumerate(self.floors) if floor.z_m[0] <= z < floor.z_m[1]]
        return within[0] if within else middles.index(min(middles))


def read_plan(path: Path) -> Plan:
    """The plan in a building file and all that it includes.

    Raises:
        PlanError: If the file can't be read or lacks what every world needs.
    """
    head, parts = _documents(path)
    spaces = [entry for part in parts for entry in _entries(part, "spaces")]
    boards = [entry for part in parts for entry in _entries(part, "boards")]
    sensors = [entry for part in parts for entry in _entries(part, "sensors")]
    ours = [entry for entry in boards if entry.get("family", "vrijplek") == "vrijplek"]
    try:
        devices = tuple(_device(entry) for entry in ours)
        names = {device.id for device in devices}
        channels = (_channel(entry) for entry in sensors)
        plan = Plan(
            site=str(head["site"]),
            time_zone=str(head.get("time_zone", "UTC")),
            places=tuple(_place(entry) for entry in spaces),
            devices=devices,
            channels=tuple(channel for channel in channels if channel.board in names),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PlanError(path, f"not a building file: {error!r}") from error
    if not plan.floors:
        raise PlanError(path, "found no floor, expected at least one")
    return plan


def _documents(path: Path) -> tuple[Entry, list[Entry]]:
    """The first file, and all files in reading order, each once."""
    waiting, seen, parts = [path], set[Path](), list[Entry]()
    while waiting:
        here = waiting.pop(0)
        if here.resolve() in seen:
            continue
        seen.add(here.resolve())
        try:
            text = yaml.safe_load(here.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise PlanError(here, f"can't be read: {error}") from error
        if not isinstance(text, dict):
            raise PlanError(here, "found no mapping, expected one with a site")
        parts.append(text)
        waiting += [here.parent / str(name) for name in text.get("include") or ()]
    return parts[0], parts


def _entries(part: Entry, key: str) -> list[Entry]:
    found = part.get(key) or []
    if not isinstance(found, list):
        raise TypeError(f"{key} is no list")
    return found


def _floats(value: object) -> list[float]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list of numbers")
    return [float(number) for number in value]


def _outline(entry: Entry) -> Outline:
    if "box" in entry:
        x, y, width, depth = _floats(entry["box"])
        return box_outline(x, y, width, depth)
    corners = entry.get("outline") or []
    if not isinstance(corners, list):
        raise TypeError(f"outline {corners!r} is no list")
    return tuple((float(x), float(y)) for x, y in corners)


def _place(entry: Entry) -> Place:
    outline = _outline(entry)
    bottom, top = _floats(entry.get("z", [0.0, 0.0]))
    seats = max(1, round(area_m2(outline) / 2.5)) if outline else 1
    parent = entry.get("in")
    return Place(
        id=str(entry["id"]),
        kind=str(entry["kind"]),
        parent=None if parent is None else str(parent),
        outline=outline,
        z_m=(bottom, top),
        capacity=int(str(entry.get("capacity") or seats)),
    )


def _device(entry: Entry) -> Device:
    return Device(str(entry["id"]), float(str(entry.get("heartbeat_s", 30))))


def _channel(entry: Entry) -> Channel:
    at = entry.get("at")
    x, y, z = _floats(at) if at is not None else (0.0, 0.0, 0.0)
    sees = entry.get("sees") or []
    if not isinstance(sees, list):
        raise TypeError(f"sees {sees!r} is no list")
    return Channel(
        id=str(entry["id"]),
        kind=str(entry["kind"]),
        at=None if at is None else (x, y, z),
        sees=tuple(_view(view) for view in sees),
        hold_s=float(str(entry.get("hold_s", 0))),
    )


def _view(view: object) -> tuple[str, float]:
    if isinstance(view, dict):
        return str(view["space"]), float(view.get("weight", 1.0))
    return str(view), 1.0
