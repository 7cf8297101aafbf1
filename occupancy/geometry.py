"""Plane geometry of the plan: points in an outline, walls crossed on the way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from occupancy.space import Point

Floats = NDArray[np.floating[Any]]
"""Numbers of any precision."""
CHUNK = 64
"""So many ways are worked out at once, to stay in the cache."""


def inside(points: Floats, outline: tuple[Point, ...]) -> NDArray[np.bool_]:
    """Which points lie in an outline, by the even-odd rule.

    Args:
        points: x and y in metres, shape ``(points, 2)``.
        outline: Corners in order, not closed.

    Source: ray casting, Shimrat 1962 (CACM algorithm 112).

    >>> inside(np.array([[1.0, 1.0], [3.0, 1.0]]), ((0, 0), (2, 0), (2, 2), (0, 2))).tolist()
    [True, False]
    """
    corners = np.asarray(outline, dtype=float)
    ends = np.roll(corners, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    spans = (corners[:, 1] > y) != (ends[:, 1] > y)
    rise = np.where(ends[:, 1] == corners[:, 1], np.inf, ends[:, 1] - corners[:, 1])
    crossing_x = corners[:, 0] + (y - corners[:, 1]) * (ends[:, 0] - corners[:, 0]) / rise
    return np.asarray((spans & (x < crossing_x)).sum(axis=1) % 2 == 1)


def sample(outline: tuple[Point, ...], across: int = 4) -> Floats:
    """Points spread evenly over an outline in metres, shape ``(points, 2)``, at least one."""
    corners = np.asarray(outline, dtype=float)
    low, high = corners.min(axis=0), corners.max(axis=0)
    steps = (np.arange(across) + 0.5) / across
    x, y = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    grid = np.column_stack([x.ravel(), y.ravel()])
    kept = grid[inside(grid, outline)]
    return kept if len(kept) else corners.mean(axis=0, keepdims=True)


def walls_crossed(starts: Floats, ends: Floats, walls: Floats) -> NDArray[np.int64]:
    """How many walls lie between each start and each end.

    Args:
        starts: x and y in metres, shape ``(starts, 2)``.
        ends: x and y in metres, shape ``(ends, 2)``.
        walls: x, y, x, y of both ends in metres, shape ``(walls, 4)``.

    Returns:
        Counts, shape ``(starts, ends)``.

    >>> wall = np.array([[1.0, -1.0, 1.0, 1.0]])
    >>> walls_crossed(np.zeros((1, 2)), np.array([[2.0, 0.0]]), wall).tolist()
    [[1]]
    """
    c, d = walls[:, :2], walls[:, 2:]
    start_side, end_side = (_side(c, d, points[:, None, :]) for points in (starts, ends))
    crossed = np.zeros((len(starts), len(ends)), dtype=np.int64)
    for number, start in enumerate(starts):
        for begin in range(0, len(ends), CHUNK):
            some = slice(begin, begin + CHUNK)
            way = ends[some] - start
            splits_way = start_side[number] * end_side[some] < 0
            splits_wall = _cross(way, c - start) * _cross(way, d - start) < 0
            crossed[number, some] = (splits_way & splits_wall).sum(axis=1)
    return crossed


def _side(a: Floats, b: Floats, p: Floats) -> Floats:
    """On which side of the line from a to b a point lies: the sign of the cross product."""
    along, off = b - a, p - a
    return np.asarray(along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0])


def _cross(ways: Floats, offs: Floats) -> Floats:
    """Cross products of each way and each of the others, shape ``(ways, offs)``."""
    return np.outer(ways[:, 0], offs[:, 1]) - np.outer(ways[:, 1], offs[:, 0])


def edges(outline: tuple[Point, ...]) -> list[tuple[float, float, float, float]]:
    """The sides of an outline, each once and in one direction.

    >>> edges(((0, 0), (2, 0), (0, 1)))
    [(0, 0, 2, 0), (0, 1, 2, 0), (0, 0, 0, 1)]
    """
    pairs = zip(outline, (*outline[1:], outline[0]), strict=True)
    return [(*min(a, b), *max(a, b)) for a, b in pairs]
