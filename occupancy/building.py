"""The building: all spaces, boards and sensors of a site, and how to find them.

Owns look-ups. The order of `spaces` is the order of every array over spaces.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from occupancy.label import Label
from occupancy.placement import Board, Sensor
from occupancy.space import Kind, Space


@dataclass(frozen=True)
class Building:
    """A site as its building file tells it, checked before it gets here."""

    site: str
    name: Label
    time_zone: str
    spaces: tuple[Space, ...]
    """Parents before their children."""
    boards: tuple[Board, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    digest: str = field(default="", compare=False)
    """Hash of the content, to notice that a snapshot belongs to another plan."""

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each space in `spaces`, by id."""
        return {space.id: i for i, space in enumerate(self.spaces)}

    @cached_property
    def sensor(self) -> dict[str, Sensor]:
        """Each sensor by id."""
        return {sensor.id: sensor for sensor in self.sensors}

    @cached_property
    def board(self) -> dict[str, Board]:
        """Each board by id."""
        return {board.id: board for board in self.boards}

    @cached_property
    def children(self) -> dict[str, tuple[Space, ...]]:
        """Direct children of each space, by its id."""
        found: dict[str, list[Space]] = {space.id: [] for space in self.spaces}
        for space in self.spaces:
            if space.parent is not None:
                found[space.parent].append(space)
        return {parent: tuple(inside) for parent, inside in found.items()}

    def space(self, space_id: str) -> Space:
        """The space with this id.

        Raises:
            KeyError: If there is none.
        """
        return self.spaces[self.index[space_id]]

    def upward(self, space_id: str) -> Iterator[Space]:
        """The space itself, then its parents up to the building."""
        here: str | None = space_id
        while here is not None:
            space = self.space(here)
            yield space
            here = space.parent

    def around(self, space_id: str, kind: Kind) -> Space | None:
        """The nearest space of ``kind`` at or above this one, None if there is none."""
        return next((space for space in self.upward(space_id) if space.kind is kind), None)

    def inside(self, space_id: str) -> Iterator[Space]:
        """All spaces below this one, without itself, in depth."""
        for child in self.children[space_id]:
            yield child
            yield from self.inside(child.id)

    def of_kind(self, kind: Kind) -> tuple[Space, ...]:
        """All spaces of one kind, in order."""
        return tuple(space for space in self.spaces if space.kind is kind)
