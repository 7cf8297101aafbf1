"""Devices: what one line of the building file may say about a board or a sensor."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from occupancy.placement import Board, Placement, Sensor, SensorKind
from vrijplek.building.families import FamilyName, heartbeat_of
from vrijplek.building.words import PERSONAL, Base, BoardId, BuildingShape, SensorId, SpaceId, Text
from vrijplek.yamlfile import wanted


class BoardEntry(BuildingShape):
    """A device with sensors on it and one connection to the broker."""

    id: BoardId
    """Id of this board, unique in the building; part of the MQTT topics."""
    family: FamilyName = "vrijplek"
    """Which format it speaks."""
    device: Text | None = None
    """Of a foreign family: its name on the wire, where that is not the id."""
    base: Base | None = None
    """Of a foreign family: first levels of its topics, where they are not the usual ones."""
    heartbeat_s: Annotated[float, Field(ge=1, le=86_400)] | None = None
    """How often a sign of life is due, in seconds; 30, or what fits the family, where left out."""

    def board(self) -> Board:
        """The board that this line describes."""
        heartbeat_s = self.heartbeat_s or heartbeat_of(self.family, self.device or self.id)
        return Board(self.id, self.family, heartbeat_s, self.device or "", base=self.base or "")


class Sees(BuildingShape):
    """One space that a sensor sees, and how well."""

    space: SpaceId
    """Id of the space."""
    weight: Annotated[float, Field(ge=0, le=1)] = 1.0
    """From 0, sees nothing of it, to 1, sees all of it."""


def _wholly(value: object) -> object:
    if isinstance(value, str):
        return {"space": value}
    if not isinstance(value, dict):
        raise wanted("the id of a space, or {space: desk-1, weight: 0.6}")
    return value


Seen = Annotated[Sees, BeforeValidator(_wholly, json_schema_input_type=SpaceId | Sees)]
Spot = tuple[float, float, float]


class SensorShape(BuildingShape):
    """What all kinds of sensors have."""

    id: SensorId
    """`<board>/<channel>`, the channel as the board names it."""
    kind: str
    """What it tells."""


class ScannerEntry(SensorShape):
    """A radio that hears tags."""

    refused: ClassVar[Mapping[str, str]] = {
        **PERSONAL,
        "sees": "none: a scanner hears tags, it sees no space",
    }

    kind: Literal["scanner"]
    at: Spot
    """Where it hangs: `[x, y, z]` in metres in the frame of the building."""

    def sensor(self) -> Sensor:
        """The sensor that this line describes."""
        return Sensor(self.id, SensorKind.SCANNER, self.at)


class SeeingShape(SensorShape):
    """A sensor that sees spaces."""

    at: Spot | None = None
    """Where it hangs: `[x, y, z]` in metres in the frame of the building."""
    sees: tuple[Seen, ...] = ()
    """The spaces it sees: ids, or `{space: desk-1, weight: 0.6}` for one seen only partly."""

    def sensor(self) -> Sensor:
        """The sensor that this line describes."""
        sees = tuple(Placement(seen.space, seen.weight) for seen in self.sees)
        return Sensor(self.id, SensorKind(self.kind), self.at, sees)


class SeeingEntry(SeeingShape):
    """A sensor for presence, a number of people, a quantity or a door."""

    kind: Literal["presence", "count", "level", "contact"]


class MotionEntry(SeeingShape):
    """A motion sensor."""

    kind: Literal["motion"]
    hold_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    """How long it stays on by itself after a trigger, in seconds; 0, or what the family does."""

    def sensor(self) -> Sensor:
        """The sensor that this line describes."""
        return replace(super().sensor(), hold_s=self.hold_s or 0.0)


SensorEntry = ScannerEntry | SeeingEntry | MotionEntry
