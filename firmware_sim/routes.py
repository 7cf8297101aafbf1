"""Ways through the building: how a walker gets from one spot to another.

Owns a coarse grid per floor on which walls have doors and desks are in the way. The building file
draws neither doors nor stairs, so both are guessed: a door where a room is nearest to the stairs,
the stairs in the middle of the floor.
"""

import heapq
import math
from dataclasses import dataclass
from functools import lru_cache

from firmware_sim.geometry import contains
from firmware_sim.plan import Place, Plan

CELL_M = 0.8
DESK_COST = 8.0
"""How much longer a step over a desk is than a step on the floor: our choice."""

Cell = tuple[int, int]
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on a floor."""

    x: float
    y: float
    floor: int


class FloorGrid:
    """The cells of one floor: what stands on each, and which steps a walker can take."""

    def __init__(self, plan: Plan, floor: int) -> None:
        """Draw rooms and desks on the grid.

        Args:
            plan: The building.
            floor: Index of the floor.
        """
        here = [place for place in plan.places if plan.floor_index.get(place.id) == floor]
        corners = [corner for place in here for corner in place.outline] or [(0.0, 0.0)]
        xs, ys = zip(*corners, strict=True)
        self._x0, self._y0 = min(xs), min(ys)
        self._columns: int = max(1, math.ceil((max(xs) - self._x0) / CELL_M))
        self._rows: int = max(1, math.ceil((max(ys) - self._y0) / CELL_M))
        rooms = [place for place in here if place.kind == "room" and place.outline]
        self._room = self._drawn(rooms)
        self._desk = self._drawn([p for p in here if p.kind == "desk" and p.outline])
        self.middle = self._open_cell((self._columns // 2, self._rows // 2))
        self._known_steps: dict[Cell, list[tuple[Cell, float]]] = {}
        self._doors = {room.id: self._door(room.id) for room in rooms}

    def cell(self, x: float, y: float) -> Cell:
        """The cell at a point; the nearest one outside the grid."""
        column, row = int((x - self._x0) / CELL_M), int((y - self._y0) / CELL_M)
        return min(max(column, 0), self._columns - 1), min(max(row, 0), self._rows - 1)

    def point(self, cell: Cell) -> tuple[float, float]:
        """The middle of a cell in metres."""
        return self._x0 + (cell[0] + 0.5) * CELL_M, self._y0 + (cell[1] + 0.5) * CELL_M

    def way(self, start: Cell, end: Cell) -> list[Cell]:
        """The cheapest way by A*, both ends included; the straight line where there is none."""
        best: dict[Cell, float] = {start: 0.0}
        came: dict[Cell, Cell] = {}
        heap = [(math.dist(start, end), start)]
        while heap:
            _, here = heapq.heappop(heap)
            if here == end:
                return _back(came, end)
            for there, cost in self._steps(here):
                total = best[here] + cost
                if total < best.get(there, math.inf):
                    best[there], came[there] = total, here
                    heapq.heappush(heap, (total + math.dist(there, end), there))
        return [start, end]

    def _drawn(self, places: list[Place]) -> dict[Cell, str]:
        drawn: dict[Cell, str] = {}
        for place in places:
            xs, ys = zip(*place.outline, strict=True)
            low, high = self.cell(min(xs), min(ys)), self.cell(max(xs), max(ys))
            for column in range(low[0], high[0] + 1):
                for row in range(low[1], high[1] + 1):
                    if contains(place.outline, *self.point((column, row))):
                        drawn[column, row] = place.id
        return drawn

    def _open_cell(self, wanted: Cell) -> Cell:
        """The cell nearest to the wanted one with neither a room nor a desk on it."""
        cells = [(c, r) for c in range(self._columns) for r in range(self._rows)]
        free = [cell for cell in cells if cell not in self._room and cell not in self._desk]
        return min(free or cells, key=lambda cell: (math.dist(cell, wanted), cell))

    def _door(self, room: str) -> tuple[Cell, Cell] | None:
        """The pair of cells, inside and outside, through which one enters a room."""
        pairs = []
        for cell in (cell for cell, name in self._room.items() if name == room):
            for dx, dy in AROUND[:4]:
                outside = (cell[0] + dx, cell[1] + dy)
                if self._inside(outside) and outside not in self._room:
                    pairs.append((math.dist(outside, self.middle), cell, outside))
        return min(pairs)[1:] if pairs else None

    def _inside(self, cell: Cell) -> bool:
        column, row = cell
        return 0 <= column < self._columns and 0 <= row < self._rows

    def _steps(self, here: Cell) -> list[tuple[Cell, float]]:
        known = self._known_steps.get(here)
        if known is None:
            known = self._known_steps[here] = self._found_steps(here)
        return known

    def _found_steps(self, here: Cell) -> list[tuple[Cell, float]]:
        steps = []
        for dx, dy in AROUND:
            there = (here[0] + dx, here[1] + dy)
            if self._inside(there) and self._passable(here, there):
                cost = math.hypot(dx, dy)
                steps.append((there, cost * DESK_COST if there in self._desk else cost))
        return steps

    def _passable(self, here: Cell, there: Cell) -> bool:
        room_here, room_there = self._room.get(here), self._room.get(there)
        if room_here == room_there:
            return True
        for room in (room_here, room_there):
            door = self._doors.get(room) if room is not None else None
            if door is not None and set(door) != {here, there}:
                return False
        return True


def _back(came: dict[Cell, Cell], end: Cell) -> list[Cell]:
    way = [end]
    while way[-1] in came:
        way.append(came[way[-1]])
    return way[::-1]


class Routes:
    """All floors, and the stairs between them."""

    def __init__(self, plan: Plan) -> None:
        """Draw all floors of a plan."""
        self._grids = [FloorGrid(plan, floor) for floor in range(len(plan.floors))]
        self._way = lru_cache(maxsize=4096)(self._find)
        levels = [floor.z_m[0] for floor in plan.floors]
        self.ground = min(range(len(levels)), key=lambda i: abs(levels[i]))

    @property
    def entrance(self) -> Spot:
        """Where people come in: the stairs on the floor nearest to zero metres."""
        return self.stairs(self.ground)

    def stairs(self, floor: int) -> Spot:
        """Where the stairs are on a floor."""
        grid = self._grids[floor]
        return Spot(*grid.point(grid.middle), floor)

    def between(self, start: Spot, end: Spot) -> list[Spot]:
        """Points along the way from start to end, both included, over the stairs if need be."""
        if start.floor == end.floor:
            return [start, *self._level(start, end), end]
        down, up = self.stairs(start.floor), self.stairs(end.floor)
        return [start, *self._level(start, down), down, up, *self._level(up, end), end]

    def _level(self, start: Spot, end: Spot) -> list[Spot]:
        grid = self._grids[start.floor]
        way = self._way(start.floor, grid.cell(start.x, start.y), grid.cell(end.x, end.y))
        return [Spot(*grid.point(cell), start.floor) for cell in way[1:-1]]

    def _find(self, floor: int, start: Cell, end: Cell) -> list[Cell]:
        return self._grids[floor].way(start, end)
