"""Plane geometry in metres: polygons, points and crossings of lines.

Knows no building and no radio.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Outline = tuple[Point, ...]
Floats = NDArray[np.float64]


def box_outline(x: float, y: float, width: float, depth: float) -> Outline:
    """The four corners of a box.

    >>> box_outline(1, 2, 3, 4)
    ((1, 2), (4, 2), (4, 6), (1, 6))
    """
    return ((x, y), (x + width, y), (x + width, y + depth), (x, y + depth))


def centre_of(outline: Outline) -> Point:
    """The mean of the corners.

    >>> centre_of(box_outline(0, 0, 2, 4))
    (1.0, 2.0)
    """
    xs, ys = zip(*outline, strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)


def area_m2(outline: Outline) -> float:
    """Area of a polygon without holes, by the shoelace formula.

    >>> area_m2(box_outline(5, 5, 2, 4))
    8.0
    """
    total = 0.0
    for (x1, y1), (x2, y2) in edges(outline):
        total += x1 * y2 - x2 * y1
    return abs(total) / 2


@lru_cache(maxsize=4096)
def edges(outline: Outline) -> tuple[tuple[Point, Point], ...]:
    """The sides of a polygon, the closing one included."""
    return tuple(zip(outline, outline[1:] + outline[:1], strict=True))


def contains(outline: Outline, x: float, y: float) -> bool:
    """Whether the point lies in the polygon, by counting crossings of a ray to the right.

    >>> contains(box_outline(0, 0, 2, 2), 1, 1), contains(box_outline(0, 0, 2, 2), 3, 1)
    (True, False)
    """
    inside = False
    for (x1, y1), (x2, y2) in edges(outline):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def crossings(points: Floats, target: Point, walls: Floats) -> Floats:
    """How many walls the straight line from each point to the target crosses.

    Args:
        points: Shape ``(n, 2)``.
        target: Where all lines end.
        walls: Shape ``(k, 4)``: x1, y1, x2, y2.

    Returns:
        Counts, shape ``(n,)``.

    >>> crossings(np.array([[0.0, 0.0], [3.0, 0.0]]), (4.0, 0.0), np.array([[2.0, -1, 2, 1]]))
    array([1., 0.])
    """
    if not len(walls):
        return np.zeros(len(points))
    px, py = points[:, :1], points[:, 1:]
    tx, ty = target
    ax, ay, bx, by = walls.T
    wall_x, wall_y = bx - ax, by - ay
    side_p = wall_x * (py - ay) - wall_y * (px - ax)
    side_t = wall_x * (ty - ay) - wall_y * (tx - ax)
    line_x, line_y = tx - px, ty - py
    side_a = line_x * (ay - py) - line_y * (ax - px)
    side_b = line_x * (by - py) - line_y * (bx - px)
    crossed = ((side_p > 0) != (side_t > 0)) & ((side_a > 0) != (side_b > 0))
    return np.asarray(crossed.sum(axis=1), dtype=np.float64)
