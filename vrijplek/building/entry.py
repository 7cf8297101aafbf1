"""Entries: what one line of the building file may say about a space, and the space it makes.

The contract is `docs/building.md`. Knows no other line: what lines say about each other is checked
in `tree`, `drawing` and `wiring`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from occupancy.label import Label
from occupancy.space import Kind, Point, Space
from vrijplek.building.words import BuildingShape, Name, SpaceId

Feature = Literal["screen", "sit-stand", "quiet", "accessible"]
Activity = Literal["focus", "call", "together"]

Length = Annotated[float, Field(gt=0)]
KIND_NAMES: Mapping[Kind, Label] = {
    Kind.BUILDING: Label("Gebouw", "Building"),
    Kind.FLOOR: Label("Verdieping", "Floor"),
    Kind.ZONE: Label("Zone", "Zone"),
    Kind.ROOM: Label("Ruimte", "Room"),
    Kind.DESK: Label("Bureau", "Desk"),
}


class SpaceShape(BuildingShape):
    """What all kinds of spaces have."""

    id: SpaceId
    """Id of this space, unique in the building."""
    kind: str
    """What it is."""
    name: Name | None = None
    """Name for people, one text or `{nl: ..., en: ...}`; made from the id where left out."""

    def label(self) -> Label:
        """The name, or one made from the id: `desk-12` becomes Bureau 12 and Desk 12."""
        if self.name is not None:
            return Label(self.name.nl, self.name.en)
        start, _, rest = self.id.partition("-")
        if start != self.kind or not rest:
            return Label.of(self.id)
        word = KIND_NAMES[Kind(self.kind)]
        return Label(f"{word.nl} {rest}", f"{word.en} {rest}")

    def space(self) -> Space:
        """The space that this line describes."""
        return Space(self.id, Kind(self.kind), self.label())


class BuildingEntry(SpaceShape):
    """The building: exactly one."""

    kind: Literal["building"]


class DrawnShape(SpaceShape):
    """A space inside another that may be drawn."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["outline", "box"]}})

    parent: Annotated[SpaceId, Field(alias="in")]
    """Id of the space around it."""
    outline: Annotated[tuple[Point, ...], Field(min_length=3)] | None = None
    """The corners `[[x, y], ...]` in metres, in order, not closed."""
    box: tuple[float, float, Length, Length] | None = None
    """A rectangle `[x, y, width, depth]` in metres, instead of an outline."""

    @property
    def corners(self) -> tuple[Point, ...]:
        """The outline in metres, whichever way it was drawn; empty where it was not."""
        if self.box is None:
            return self.outline or ()
        x, y, width, depth = self.box
        return (x, y), (x + width, y), (x + width, y + depth), (x, y + depth)

    def space(self) -> Space:
        """The space that this line describes."""
        return replace(super().space(), parent=self.parent, outline=self.corners)


class FloorEntry(DrawnShape):
    """A floor of the building."""

    kind: Literal["floor"]
    level: int
    """Number of the floor for people."""
    z: tuple[float, float]
    """Bottom and top, `[bottom, top]`, in metres above the building's zero."""

    def space(self) -> Space:
        """The space that this line describes."""
        return replace(super().space(), level=self.level, z_m=self.z)


class UsedShape(DrawnShape):
    """A space that is good for something."""

    activities: frozenset[Activity] = frozenset()
    """What it is good for; a desk has those of its zone or room where left out."""

    def space(self) -> Space:
        """The space that this line describes."""
        return replace(super().space(), activities=frozenset(self.activities))


class ZoneEntry(UsedShape):
    """A part of a floor."""

    kind: Literal["zone"]
    capacity: Annotated[int, Field(ge=1)] | None = None
    """People it is meant for."""

    def space(self) -> Space:
        """The space that this line describes."""
        return replace(super().space(), capacity=self.capacity)


class RoomEntry(UsedShape):
    """A room on a floor or in a zone."""

    kind: Literal["room"]
    capacity: Annotated[int, Field(ge=1)] | None = None
    """People it is meant for."""
    features: frozenset[Feature] = frozenset()
    """What it has."""

    def space(self) -> Space:
        """The space that this line describes."""
        features = frozenset[str](self.features)
        return replace(super().space(), capacity=self.capacity, features=features)


class DeskEntry(UsedShape):
    """A desk on a floor, in a zone or in a room."""

    kind: Literal["desk"]
    features: frozenset[Feature] = frozenset()
    """What it has."""

    def space(self) -> Space:
        """The space that this line describes."""
        return replace(super().space(), features=frozenset[str](self.features))


SpaceEntry = BuildingEntry | FloorEntry | ZoneEntry | RoomEntry | DeskEntry
