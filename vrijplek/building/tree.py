"""Tree: what spaces say about each other. Ids, parents, floors and their heights."""

from collections.abc import Iterator, Mapping, Sequence

from occupancy.space import Kind
from vrijplek.building.entry import BuildingEntry, DrawnShape, FloorEntry, SpaceEntry
from vrijplek.building.register import Register
from vrijplek.building.sheet import Line, Sheet
from vrijplek.building.words import BuildingShape
from vrijplek.yamlfile import Problem, nearest

PARENTS: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.FLOOR: (Kind.BUILDING,),
    Kind.ZONE: (Kind.FLOOR,),
    Kind.ROOM: (Kind.FLOOR, Kind.ZONE),
    Kind.DESK: (Kind.FLOOR, Kind.ZONE, Kind.ROOM),
}
"""In what a space may lie."""


def tree_problems(sheet: Sheet, register: Register) -> Iterator[Problem]:
    """Everything wrong with the tree of spaces."""
    yield from twice(sheet.spaces)
    yield from _one_building(sheet)
    for line in sheet.spaces:
        if isinstance(line.entry, DrawnShape) and line.right("in"):
            yield from _parent(line, line.entry, register)
    yield from _floors(sheet)


def twice(lines: Sequence[Line[BuildingShape]]) -> Iterator[Problem]:
    """A problem for each line whose id an earlier one has."""
    first: dict[str, Line[BuildingShape]] = {}
    for line in lines:
        if not line.right("id"):
            continue
        name: str = getattr(line.entry, "id", "")
        if name not in first:
            first[name] = line
            continue
        at = f"{first[name].document.file.name}:{first[name].number}"
        yield line.problem(f"`{name}` again, first at {at}", "an id that no other has", "id")


def unknown(name: str, known: Sequence[str] | Mapping[str, object], what: str) -> str:
    """What was expected where an id is not known."""
    close = nearest(name, known)
    return f"`{close}`, perhaps? There is no such {what}" if close else f"the id of a {what}"


def _one_building(sheet: Sheet) -> Iterator[Problem]:
    buildings = [
        line
        for line in sheet.spaces
        if isinstance(line.entry, BuildingEntry) and line.right("kind")
    ]
    unsure = sheet.partial | sheet.shapeless
    if not buildings and "spaces" not in unsure:
        expected = "one space of kind `building`"
        yield sheet.main.problem(("spaces",), "no building", expected, key=True)
    for line in buildings[1:]:
        yield line.problem("a second building", f"one alone: {buildings[0].name}", "kind")


def _parent(line: Line[SpaceEntry], entry: DrawnShape, register: Register) -> Iterator[Problem]:
    allowed = PARENTS[Kind(entry.kind)]
    if entry.parent in register.lost_spaces:
        fitting = [name for name, other in register.spaces.items() if other.kind in allowed]
        yield line.problem(f"`{entry.parent}`", unknown(entry.parent, fitting, "space"), "in")
    parent = register.sure_space(entry.parent)
    if parent is not None and line.right("kind") and parent.kind not in allowed:
        listed = " or ".join(f"a {kind}" for kind in allowed)
        yield line.problem(
            f"`{parent.id}`, a {parent.kind}", f"{listed} around a {entry.kind}", "in"
        )


def _floors(sheet: Sheet) -> Iterator[Problem]:
    """Floors upside down, two on one level, or one reaching into the next."""
    seen: list[Line[FloorEntry]] = []
    for line in sheet.spaces:
        floor = line.entry
        if isinstance(floor, FloorEntry) and line.right("kind"):
            this = line.of(floor)
            if this.right("z") and floor.z[0] >= floor.z[1]:
                yield line.problem(_height(floor), "[bottom, top], the top higher", "z")
            for other in seen:
                yield from _clash(this, other)
            seen.append(this)


def _clash(line: Line[FloorEntry], before: Line[FloorEntry]) -> Iterator[Problem]:
    floor, other = line.entry, before.entry
    if line.right("level") and before.right("level") and floor.level == other.level:
        found = f"`{floor.level}`, the level of {before.name}"
        yield line.problem(found, "a level that no other floor has", "level")
    known = line.right("z") and before.right("z")
    if known and max(floor.z[0], other.z[0]) < min(floor.z[1], other.z[1]):
        found = f"{_height(floor)}, into {before.name} ({_height(other)})"
        yield line.problem(found, "heights that no other floor has", "z")


def _height(floor: FloorEntry) -> str:
    return f"{floor.z[0]:g} to {floor.z[1]:g} m"
