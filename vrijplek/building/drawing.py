"""Drawing: outlines that are shapes, lie in their parents and do not cover each other."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from shapely import Polygon, STRtree, is_valid_reason

from vrijplek.building.entry import DeskEntry, DrawnShape, FloorEntry, RoomEntry
from vrijplek.building.sheet import Line, Sheet
from vrijplek.yamlfile import Problem

SLACK_M = 0.05
"""How far a space may reach out of its parent: the width of a drawn line. Our choice."""
OVERLAP_M2 = 0.01
"""Overlaps up to this are drawing errors nobody cares about. Our choice."""


class Drawing:
    """The outlines of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        # Of lines with the same id only the first is looked at: the id is what is wrong then.
        inside = list(
            {
                line.entry.id: line.of(line.entry)
                for line in reversed(sheet.spaces)
                if isinstance(line.entry, DrawnShape)
            }.values()
        )[::-1]
        self._drawn = [line for line in inside if line.entry.corners]
        polygons = {line.entry.id: Polygon(line.entry.corners) for line in self._drawn}
        self._shapes = {
            name: shape for name, shape in polygons.items() if shape.is_valid and shape.area > 0
        }
        self._parents = {line.entry.id: line.entry.parent for line in inside if line.right("in")}
        self._floors = {
            line.entry.id
            for line in inside
            if isinstance(line.entry, FloorEntry) and line.right("kind")
        }

    def problems(self) -> Iterator[Problem]:
        """Everything wrong with outlines."""
        for line in self._drawn:
            entry = line.entry
            if entry.outline is not None and entry.box is not None:
                yield line.problem("`outline` and `box`", "one of the two", "box")
            elif entry.id not in self._shapes:
                yield line.problem(_defect(entry), "corners in order around an area", _key(entry))
            else:
                yield from self._sticking_out(line)
        yield from self._overlaps(DeskEntry)

    def warnings(self) -> Iterator[Problem]:
        """What looks wrong and may be right: rooms that cover each other."""
        yield from self._overlaps(RoomEntry)

    def _sticking_out(self, line: Line[DrawnShape]) -> Iterator[Problem]:
        """A problem if a space reaches out of its parent and both are drawn."""
        shape, around = (
            self._shapes[line.entry.id],
            self._shapes.get(self._parents.get(line.entry.id, "")),
        )
        if around is None or around.covers(shape) or around.buffer(SLACK_M).covers(shape):
            return
        outside_m2 = shape.difference(around).area
        found = f"{outside_m2:.2f} of {shape.area:.2f} m² outside `{line.entry.parent}`"
        yield line.problem(found, "a space inside its parent", _key(line.entry))

    def _overlaps(self, kind: type[DrawnShape]) -> Iterator[Problem]:
        """A problem for each pair of one kind on one floor of which one covers the other."""
        floors: dict[str | None, list[Line[DrawnShape]]] = {}
        for line in self._drawn:
            known = isinstance(line.entry, kind) and line.right("kind")
            if known and line.entry.id in self._shapes:
                floors.setdefault(self._floor_of(line.entry.id), []).append(line)
        for floor, lines in floors.items():
            if floor is not None:
                yield from _covering(lines, self._shapes)

    def _floor_of(self, space: str) -> str | None:
        """Id of the floor around a space, None where the tree is broken."""
        here: str | None = space
        for _ in range(4):
            if here in self._floors:
                return here
            here = self._parents.get(here or "")
        return None


def _covering(
    lines: Sequence[Line[DrawnShape]], shapes: Mapping[str, Polygon]
) -> Iterator[Problem]:
    outlines = np.array([shapes[line.entry.id] for line in lines], dtype=object)
    later, earlier = STRtree(outlines).query(outlines)
    pairs = later > earlier
    later, earlier = later[pairs], earlier[pairs]
    areas_m2 = shapely.area(shapely.intersection(outlines[later], outlines[earlier]))
    for i, j, area_m2 in zip(later, earlier, areas_m2, strict=True):
        if area_m2 > OVERLAP_M2:
            entry = lines[i].entry
            found = f"{lines[i].name} over {lines[j].name} by {area_m2:.2f} m²"
            yield lines[i].problem(found, f"{entry.kind}s beside each other", _key(entry))


def _key(entry: DrawnShape) -> str:
    return "box" if entry.box is not None else "outline"


def _defect(entry: DrawnShape) -> str:
    shape = Polygon(entry.corners)
    if shape.convex_hull.area == 0:
        return "no area"
    where = is_valid_reason(shape).partition("[")[2].rstrip("]").replace(" ", ", ")
    return f"an outline that crosses itself at {where}"
