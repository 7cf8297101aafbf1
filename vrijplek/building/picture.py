"""Picture: the floors of a building as one SVG drawing, to see whether the plan is right.

Owns the way from metres to the page. Knows no state: a live map is another module's business.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from shapely import LineString, Polygon
from shapely import Point as Place
from shapely.ops import polylabel

from occupancy.building import Building
from occupancy.placement import Sensor
from occupancy.space import Kind, Point, Space

SCALE = 24.0
"""Pixels a metre, so that the number of a desk can be read on it."""
MARGIN = 40.0
HEAD = 46.0
"""Pixels for the floor's name above its plan."""
FOOT = 56.0
"""Pixels for the scale bar below it."""
BAR_M = 5
LEAST_WIDTH = 560.0
"""Pixels that the legend needs."""
ABOVE = 7.0
"""Pixels that a name keeps from the middle of a room, where a sensor often hangs."""
LEADING = 1.15
GLYPH = 0.58
"""Width of a letter as a part of its height, about, in a sans-serif."""

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class NoSuchFloorError(Exception):
    """A floor that the building does not have."""

    def __init__(self, floor: str, known: tuple[str, ...]) -> None:
        self.floor = floor
        self.known = known
        super().__init__(f"found the floor `{floor}`, expected one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Shape:
    """A space as it is drawn, in pixels."""

    space: Space
    points: str
    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    """Height of the letters."""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Spot:
    """A sensor as it is drawn, in pixels."""

    sensor: Sensor
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One floor as it is drawn; `top` and the sizes in pixels."""

    floor: Space
    top: float
    width: float
    height: float
    shapes: tuple[Shape, ...]
    spots: tuple[Spot, ...]


def picture_of(building: Building, floor: str | None = None) -> str:
    """The floors as an SVG text, the highest on top; north is up.

    Args:
        building: What to draw.
        floor: Id of the one floor to draw; all where left out.

    Raises:
        NoSuchFloorError: If there is no such floor.
    """
    known = building.of_kind(Kind.FLOOR)
    floors = tuple(space for space in known if floor in {None, space.id})
    if floor is not None and not floors:
        raise NoSuchFloorError(floor, tuple(space.id for space in known))
    plans: list[Plan] = []
    for space in sorted(floors, key=lambda each: -(each.level or 0)):
        top = plans[-1].top + HEAD + plans[-1].height + FOOT if plans else MARGIN / 2
        plans.append(_plan(building, space, top))
    template = _templates.get_template("picture.svg.jinja")
    return template.render(
        building=building,
        plans=plans,
        margin=MARGIN,
        head=HEAD,
        bar_m=BAR_M,
        bar=BAR_M * SCALE,
        width=max((LEAST_WIDTH, *(plan.width for plan in plans))) + 2 * MARGIN,
        height=plans[-1].top + HEAD + plans[-1].height + FOOT if plans else MARGIN,
    )


def _plan(building: Building, floor: Space, top: float) -> Plan:
    drawn = [space for space in (floor, *building.inside(floor.id)) if space.outline]
    sensors = list(_sensors_on(building, floor))
    # Floors share west and east, so that what lies above each other is drawn above each other.
    west, _, east, _ = _bounds(_corners(building.spaces, building.sensors))
    _, south, _, north = _bounds(_corners(drawn, sensors))

    def page(point: Point) -> Point:
        x, y = (point[0] - west) * SCALE + MARGIN, (north - point[1]) * SCALE + top + HEAD
        return round(x, 1), round(y, 1)

    order = sorted(drawn, key=lambda space: list(Kind).index(space.kind))
    shapes = tuple(_shape(building, space, [page(p) for p in space.outline]) for space in order)
    spots = tuple(Spot(sensor, *page(sensor.at[:2])) for sensor in sensors if sensor.at)
    return Plan(floor, top, (east - west) * SCALE, (north - south) * SCALE, shapes, spots)


def _corners(spaces: Iterable[Space], sensors: Iterable[Sensor]) -> list[Point]:
    drawn = [point for space in spaces for point in space.outline]
    return drawn + [sensor.at[:2] for sensor in sensors if sensor.at]


def _bounds(corners: list[Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*corners, strict=True) if corners else ((0.0, 10.0), (0.0, 5.0))
    return min(xs), min(ys), max(xs), max(ys)


def _sensors_on(building: Building, floor: Space) -> Iterator[Sensor]:
    """The sensors at a height of this floor; the lowest floor has those below it too."""
    floors = [space for space in building.of_kind(Kind.FLOOR) if space.z_m is not None]
    for sensor in building.sensors:
        if sensor.at is not None:
            below = [space for space in floors if space.z_m and space.z_m[0] <= sensor.at[2]]
            home = max(below, key=_bottom, default=min(floors, key=_bottom))
            if home.id == floor.id:
                yield sensor


def _bottom(floor: Space) -> float:
    return floor.z_m[0] if floor.z_m else 0.0


def _shape(building: Building, space: Space, points: list[Point]) -> Shape:
    text = " ".join(f"{x:g},{y:g}" for x, y in points)
    if space.kind is Kind.DESK:
        return Shape(space, text, *_desk_label(space, points))
    if space.kind is Kind.ZONE and building.children[space.id]:
        x, y = min(points, key=lambda point: (point[1], point[0]))
        return Shape(space, text, x + 6, y + 14, (space.name.en,), 12.0, "start")
    return Shape(space, text, *_room_label(space, points))


def _desk_label(space: Space, points: list[Point]) -> tuple[float, float, tuple[str, ...], float]:
    """The number of a desk, beside its middle: a sensor is often there."""
    west, north, east, south = _bounds(points)
    wide, high = east - west, south - north
    number = space.id.removeprefix("desk-")
    share = 0.45 if wide > high else 0.9
    size = min(9.0, share * wide / (len(number) * GLYPH))
    x = west + (0.25 if wide > high else 0.5) * wide
    y = north + (0.5 if wide > high else 0.25) * high
    return round(x, 1), round(y, 1), (number,), round(size, 1)


def _room_label(space: Space, points: list[Point]) -> tuple[float, float, tuple[str, ...], float]:
    """The name, where there is most room for it, but above the sensors in the middle."""
    west, north, east, south = _bounds(points)
    shape = Polygon(points)
    letters = max(8, min(16, int((east - west) / (8 * GLYPH))))
    lines = textwrap.wrap(space.name.en, letters, break_long_words=False)
    if space.capacity is not None and space.capacity > 2:
        lines.append(f"{space.capacity} p")
    middle_y = (north + south) / 2
    size = min(13.0, (middle_y - ABOVE - north) / (len(lines) * LEADING))
    y = middle_y - ABOVE - len(lines) * size * LEADING / 2
    if not shape.contains(Place((west + east) / 2, y)):
        y = polylabel(shape, tolerance=1.0).y
    left, right = _chord(shape, y, west, east)
    size = min(size, 0.92 * (right - left) / (max(map(len, lines)) * GLYPH))
    return round((left + right) / 2, 1), round(y, 1), tuple(lines), round(size, 1)


def _chord(shape: Polygon, y: float, west: float, east: float) -> tuple[float, float]:
    """The longest piece of a horizontal line that lies in a shape, as its ends."""
    cut = shape.intersection(LineString([(west - 1, y), (east + 1, y)]))
    pieces = [piece.bounds for piece in getattr(cut, "geoms", [cut])]
    left, _, right, _ = max(pieces, key=lambda ends: ends[2] - ends[0])
    return left, right
