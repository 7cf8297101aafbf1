"""Register: which spaces and boards there are, and which may be there for all one can see.

A line without a readable id, or in a file that is missing, may be the one that another refers to.
Then nobody is told that it does not exist.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from vrijplek.building.device import BoardEntry, SeeingShape
from vrijplek.building.entry import DrawnShape, SpaceEntry
from vrijplek.building.sheet import Line, Sheet


@dataclass(frozen=True, slots=True)
class Register:
    """The ids of a sheet."""

    spaces: Mapping[str, SpaceEntry]
    """Of spaces with the same id the first."""
    boards: Mapping[str, BoardEntry]
    lost_spaces: frozenset[str]
    """Ids that are referred to and surely no space has."""
    lost_boards: frozenset[str]
    """Ids that are referred to and surely no board has."""

    sure: frozenset[str]
    """Ids of spaces that one line alone has, its kind being known."""

    def sure_space(self, name: str) -> SpaceEntry | None:
        """The space of an id, None where it is not sure which one or of what kind."""
        return self.spaces.get(name) if name in self.sure else None


def register_of(sheet: Sheet) -> Register:
    """The ids in a sheet, and those that are missing."""
    spaces = {line.entry.id: line.entry for line in reversed(sheet.spaces) if line.right("id")}
    boards = {line.entry.id: line.entry for line in reversed(sheet.boards) if line.right("id")}
    return Register(
        dict(reversed(spaces.items())),
        dict(reversed(boards.items())),
        _lost(sheet, "spaces", _spaces_meant(sheet) - spaces.keys()),
        _lost(sheet, "boards", _boards_meant(sheet) - boards.keys()),
        _sure(sheet),
    )


def seen(line: Line[SeeingShape]) -> list[tuple[int, str]]:
    """The spaces that a sensor sees, with their positions, but for wrong ones."""
    names = enumerate(each.space for each in line.entry.sees)
    return [(i, name) for i, name in names if line.right("sees", i)]


def _lost(sheet: Sheet, key: str, unknown: set[str]) -> frozenset[str]:
    """The unknown ids that are surely wrong."""
    if key in sheet.partial:
        return frozenset()
    excused = {folded(name) for name in sheet.broken[key]}
    lost = {name for name in unknown if folded(name) not in excused}
    # Each line without any id may be one that is missing, but no more than one.
    return frozenset(lost if len(lost) > sheet.nameless[key] else ())


def folded(name: str) -> str:
    """An id without what people write differently: `Room A` is `room-a`.

    >>> folded("Room A") == folded("room-a")
    True
    """
    return "".join(filter(str.isalnum, name.lower()))


def _sure(sheet: Sheet) -> frozenset[str]:
    uses = Counter(line.entry.id for line in sheet.spaces)
    kindless = {line.entry.id for line in sheet.spaces if not line.right("kind")}
    return frozenset(name for name, count in uses.items() if count == 1) - kindless


def _spaces_meant(sheet: Sheet) -> set[str]:
    meant = {
        line.entry.parent
        for line in sheet.spaces
        if isinstance(line.entry, DrawnShape) and line.right("in")
    }
    for line in sheet.sensors:
        if isinstance(line.entry, SeeingShape):
            meant.update(name for _, name in seen(line.of(line.entry)))
    return meant


def _boards_meant(sheet: Sheet) -> set[str]:
    return {line.entry.id.partition("/")[0] for line in sheet.sensors if line.right("id")}
