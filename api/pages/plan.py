"""The plan of a floor: what is drawn where, in metres.

Owns the geometry of the map: outlines become paths, desks get a chair and an area to press. Knows
no state, no language and no page. The building's y grows to the north, a drawing's y grows down.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from api.pages.labels import Area, zone_label
from occupancy.building import Building
from occupancy.space import Kind, Point, Space

MARGIN_M = 0.5
MIN_TARGET_PX = 24.0
"""Smallest side of anything to press. Source: WCAG 2.2, success criterion 2.5.8."""
CHAIR_M = (0.62, 0.4)
CORNER_M = {Kind.FLOOR: 0.3, Kind.ZONE: 0.05, Kind.ROOM: 0.18, Kind.DESK: 0.12}


class Box(NamedTuple):
    """An upright rectangle in a drawing, in metres from its top left."""

    x: float
    y: float
    width: float
    depth: float

    @property
    def centre(self) -> Point:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.depth / 2

    @property
    def area(self) -> Area:
        """The same by its four sides."""
        return Area(self.x, self.y, self.x + self.width, self.y + self.depth)

    def joined(self, other: "Box") -> "Box":
        """The smallest box around both."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.depth, other.y + other.depth)
        return Box(left, top, right - left, bottom - top)

    def rounded(self) -> "Box":
        """The same to the centimetre, so that a page stays small."""
        return Box(*(round(value, 2) for value in self))


@dataclass(frozen=True, slots=True)
class Shape:
    """One space on the drawing."""

    id: str
    kind: Kind
    path: str
    """Its outline as an SVG path."""
    box: Box
    hit: Box
    """What reacts to a finger: a desk with its chair."""
    chair: Box | None = None
    label: Point | None = None
    """Where the name of a zone begins; None where it doesn't fit."""


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A floor, ready to be drawn."""

    width_m: float
    depth_m: float
    px_per_m: float
    """Scale from which on every desk is large enough to press."""
    ground: str
    zones: tuple[Shape, ...] = ()
    rooms: tuple[Shape, ...] = ()
    desks: tuple[Shape, ...] = ()


def floor_plan(building: Building, floor: str) -> FloorPlan | None:
    """The drawing of one floor; None where nobody drew any of its spaces."""
    spaces = [building.space(floor), *building.inside(floor)]
    drawn = [space for space in spaces if space.outline]
    if not drawn:
        return None
    frame = _Frame.around(drawn)
    shapes = [_shape(space, frame) for space in drawn]
    desks = tuple(_seated(space, drawn, frame) for space in drawn if space.kind is Kind.DESK)
    rooms = tuple(shape for shape in shapes if shape.kind is Kind.ROOM)
    taken = [shape.hit.area for shape in (*desks, *rooms)]
    ground = next((shape.path for shape in shapes if shape.kind is Kind.FLOOR), frame.ground)
    return FloorPlan(
        width_m=round(frame.width, 2),
        depth_m=round(frame.depth, 2),
        px_per_m=_scale(desks),
        ground=ground,
        zones=tuple(_named(s, frame, taken) for s in drawn if s.kind is Kind.ZONE),
        rooms=rooms,
        desks=desks,
    )


def rounded_path(points: Iterable[Point], radius: float) -> str:
    """An SVG path through the corners, each corner rounded.

    >>> rounded_path([(0, 0), (2, 0), (2, 2), (0, 2)], 0.5)
    'M0 .5Q0 0 .5 0L1.5 0Q2 0 2 .5L2 1.5Q2 2 1.5 2L.5 2Q0 2 0 1.5Z'
    """
    corners = list(points)
    steps: list[str] = []
    for i, here in enumerate(corners):
        enter = _toward(here, corners[i - 1], radius)
        leave = _toward(here, corners[(i + 1) % len(corners)], radius)
        steps.append(f"{_at(enter)}Q{_at(here)} {_at(leave)}")
    return f"M{'L'.join(steps)}Z"


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    top: float
    width: float
    depth: float

    @classmethod
    def around(cls, spaces: Iterable[Space]) -> "_Frame":
        """A frame around the outlines of some spaces, with a margin."""
        xs, ys = zip(*(point for space in spaces for point in space.outline), strict=True)
        return cls(
            min(xs) - MARGIN_M,
            max(ys) + MARGIN_M,
            max(xs) - min(xs) + 2 * MARGIN_M,
            max(ys) - min(ys) + 2 * MARGIN_M,
        )

    @property
    def ground(self) -> str:
        right, bottom = self.width - MARGIN_M / 2, self.depth - MARGIN_M / 2
        near = MARGIN_M / 2
        corners = [(near, near), (right, near), (right, bottom), (near, bottom)]
        return rounded_path(corners, CORNER_M[Kind.FLOOR])

    def points(self, space: Space) -> list[Point]:
        return [(x - self.left, self.top - y) for x, y in space.outline]

    def box(self, space: Space) -> Box:
        xs, ys = zip(*self.points(space), strict=True)
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _shape(space: Space, frame: _Frame) -> Shape:
    box = frame.box(space).rounded()
    path = rounded_path(frame.points(space), CORNER_M.get(space.kind, 0.2))
    return Shape(space.id, space.kind, path, box, box)


def _named(zone: Space, frame: _Frame, taken: list[Area]) -> Shape:
    """The zone with the place of its name, long enough for any language."""
    letters = max(len(zone.name.nl), len(zone.name.en))
    label = zone_label(frame.points(zone), taken, letters)
    return replace(_shape(zone, frame), label=label)


def _seated(desk: Space, drawn: list[Space], frame: _Frame) -> Shape:
    """The desk with its chair on the side where no other desk is."""
    plain = _shape(desk, frame)
    beside = [
        frame.box(other).centre
        for other in drawn
        if other.kind is Kind.DESK and other.parent == desk.parent and other.id != desk.id
    ]
    chair = max(_chairs(plain.box), key=lambda box: _room_around(box.centre, beside)).rounded()
    return Shape(
        plain.id, plain.kind, plain.path, plain.box, plain.box.joined(chair).rounded(), chair
    )


def _chairs(box: Box) -> tuple[Box, Box]:
    """A chair at each of the two long sides of a desk."""
    across, deep = CHAIR_M
    x, y = box.centre
    if box.width >= box.depth:
        left, gap = x - across / 2, 0.06
        return (
            Box(left, box.y + box.depth + gap, across, deep),
            Box(left, box.y - deep - gap, across, deep),
        )
    top, gap = y - across / 2, 0.06
    return (
        Box(box.x + box.width + gap, top, deep, across),
        Box(box.x - deep - gap, top, deep, across),
    )


def _room_around(point: Point, others: list[Point]) -> float:
    """Square of the distance to the nearest other desk, in m²."""
    x, y = point
    return min(((x - a) ** 2 + (y - b) ** 2 for a, b in others), default=0.0)


def _scale(desks: Iterable[Shape]) -> float:
    sides = [min(shape.hit.width, shape.hit.depth) for shape in desks]
    smallest = max(min(sides, default=1.0), 0.4)
    return round(MIN_TARGET_PX / smallest, 1)


def _toward(start: Point, end: Point, by: float) -> Point:
    """The point ``by`` metres from start to end, at most half the way."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    part = min(by / length, 0.5) if length else 0.0
    return start[0] + dx * part, start[1] + dy * part


def _at(point: Point) -> str:
    return " ".join(_short(value) for value in point)


def _short(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    if text in {"-0", ""}:
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
