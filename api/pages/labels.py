"""Labels of the map: where a name fits and how it breaks into lines, in metres.

Owns the layout of text. Knows no state and no page.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from occupancy.space import Point

LETTER = 0.56
"""Mean width of a letter as part of the size of its text. Our choice, from common sans fonts."""
ZONE_TEXT_M = 0.58
ROOM_TEXT_M = 0.6
STEP_M = 0.5


class Area(NamedTuple):
    """An upright rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        """Whether the two share any ground."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def corners(self) -> Iterator[Point]:
        """Its corners, and the middles of its long sides."""
        middle = (self.left + self.right) / 2
        for x in (self.left, middle, self.right):
            yield x, self.top
            yield x, self.bottom


class RoomLabel(NamedTuple):
    """The name of a room as it stands on the map."""

    lines: tuple[str, ...]
    """Empty where the room is too small for its name."""
    text_m: float


def zone_label(outline: Sequence[Point], taken: Iterable[Area], letters: int) -> Point | None:
    """Where the first letter of a zone's name stands; None where there is no room for it.

    The place is the first, from the top left, that lies in the zone and on nothing drawn there.
    """
    blocks = list(taken)
    wide, high = letters * LETTER * ZONE_TEXT_M, ZONE_TEXT_M * 1.25
    xs, ys = zip(*outline, strict=True)
    for y in _steps(min(ys) + 0.2, max(ys) - high):
        for x in _steps(min(xs) + 0.3, max(xs) - wide):
            spot = Area(x, y, x + wide, y + high)
            if not all(inside(outline, corner) for corner in spot.corners()):
                continue
            if not any(spot.meets(block) for block in blocks):
                return round(x, 2), round(y + ZONE_TEXT_M, 2)
    return None


def room_label(name: str, width_m: float, depth_m: float) -> RoomLabel:
    """The name of a room in lines that fit.

    >>> room_label("Project room Delta", 8, 6).lines, room_label("Phone booth", 2, 2).lines
    (('Project room', 'Delta'), ())
    """
    most = max(int((width_m - 0.4) / (LETTER * ROOM_TEXT_M)), 1)
    lines = tuple(_broken(name, min(most, 14)))
    fits = all(len(line) <= most for line in lines) and len(lines) * 0.7 + 2.4 <= depth_m
    return RoomLabel(lines if fits else (), ROOM_TEXT_M)


def inside(outline: Sequence[Point], point: Point) -> bool:
    """Whether a point lies within an outline, by counting the sides that a ray crosses.

    >>> inside([(0, 0), (2, 0), (2, 2), (0, 2)], (1, 1)), inside([(0, 0), (2, 0), (0, 2)], (2, 2))
    (True, False)
    """
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
    return odd


def _broken(name: str, most: int) -> Iterator[str]:
    line = ""
    for word in name.split():
        if line and len(line) + 1 + len(word) > most:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _steps(start: float, end: float) -> Iterator[float]:
    count = int((end - start) / STEP_M) + 1 if end >= start else 0
    for i in range(count):
        yield start + i * STEP_M
