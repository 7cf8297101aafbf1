"""Mappings: one line of the building file for many devices that are named alike."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from occupancy.placement import Board, Placement, Sensor, SensorKind
from sensors.routing import channel_id
from vrijplek.building.families import HOLDS_S, ForeignName, heartbeat_of
from vrijplek.building.words import Base, BoardId, BuildingShape, Text

_NAMES = re.compile(r"\{([a-z0-9_]+)\}")


class MappingEntry(BuildingShape):
    """Devices whose name, or whose topic, tells which space they see."""

    id: BoardId
    """Begins the ids of the boards that come of it: `<id>-<space>`."""
    family: ForeignName
    """Which format they speak."""
    device: Text | None = None
    """Their name on the wire, with `{name}` for a part that tells the space, `+` for any one
    level and a last `#` for all that follows."""
    topic: Text | None = None
    """Or the topic they speak on, in the same way."""
    base: Base | None = None
    """Beside `device`: first levels of their topics, where they are not the family's usual ones."""
    channel: Text | None = None
    """The one channel that counts; all of this kind where left out."""
    kind: Literal["motion", "presence", "count", "level", "contact"]
    """What it tells."""
    sees: Text
    """The space, with the same names: `desk-{n}`."""
    weight: Annotated[float, Field(ge=0, le=1)] = 1.0
    """From 0, sees nothing of it, to 1, sees all of it."""
    hold_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    """How long motion stays on by itself; what the family does where left out."""
    heartbeat_s: Annotated[float, Field(ge=1, le=86_400)] | None = None
    """How often a sign of life is due, in seconds; what fits the family where left out."""

    def named(self) -> set[str]:
        """The names in the pattern."""
        return set(_NAMES.findall(self.device or self.topic or ""))

    def wanted(self) -> set[str]:
        """The names in `sees`."""
        return set(_NAMES.findall(self.sees))

    def boards(self, spaces: Iterable[str]) -> Iterator[tuple[Board, Sensor]]:
        """A board and a sensor for each space that `sees` can mean."""
        literal = re.split(_NAMES, self.sees)
        parts = [re.escape(x) if i % 2 == 0 else f"(?P<{x}>.+)" for i, x in enumerate(literal)]
        shape = re.compile("".join(parts))
        for space in spaces:
            found = shape.fullmatch(space)
            if found is not None:
                yield self._one(space, found.groupdict())

    def _one(self, space: str, names: dict[str, str]) -> tuple[Board, Sensor]:
        def filled(pattern: str | None) -> str:
            return _NAMES.sub(lambda found: names[found[1]], pattern or "")

        board = f"{self.id}-{space.replace('.', '-')}"
        hold_s = HOLDS_S.get(self.family, 0.0) if self.hold_s is None else self.hold_s
        return Board(
            board,
            self.family,
            self.heartbeat_s or heartbeat_of(self.family, filled(self.device)),
            filled(self.device),
            filled(self.topic),
            self.channel or "",
            self.base or "",
        ), Sensor(
            f"{board}/{channel_id(self.channel) if self.channel else self.kind}",
            SensorKind(self.kind),
            sees=(Placement(space, self.weight),),
            hold_s=hold_s if self.kind == "motion" else 0.0,
        )
