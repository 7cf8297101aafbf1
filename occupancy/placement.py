"""Boards and sensors: where they hang and what they see.

Owns the link from a sensor to spaces. Knows no reading and no belief.
"""

from dataclasses import dataclass
from enum import StrEnum


class SensorKind(StrEnum):
    """What a sensor tells, which decides what its readings are worth."""

    MOTION = "motion"
    PRESENCE = "presence"
    COUNT = "count"
    LEVEL = "level"
    CONTACT = "contact"
    SCANNER = "scanner"


@dataclass(frozen=True, slots=True)
class Board:
    """A device with sensors on it and one connection to the broker."""

    id: str
    family: str = "vrijplek"
    """Which format it speaks."""
    heartbeat_s: float = 30.0
    """How often a sign of life is due."""
    device: str = ""
    """Of a foreign family: its name on the wire; empty where that is the id."""
    topic: str = ""
    """Of a foreign family: the topics it speaks on, where they tell which device it is."""
    channel: str = ""
    """Of a foreign family: the one channel that counts; empty for all."""
    base: str = ""
    """Of a foreign family: the first levels of its topics, where they are not the usual ones."""


@dataclass(frozen=True, slots=True)
class Placement:
    """That a sensor sees a space, and how well."""

    space: str
    weight: float = 1.0
    """From 0, sees nothing of it, to 1, sees all of it."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One channel of a board."""

    id: str
    """`<board>/<channel>`, the name that readings bear."""
    kind: SensorKind
    at: tuple[float, float, float] | None = None
    """x, y, z in metres in the frame of the building."""
    sees: tuple[Placement, ...] = ()
    hold_s: float = 0.0
    """How long a motion sensor itself stays on after a trigger."""

    @property
    def board(self) -> str:
        """Id of the board it is on."""
        return self.id.partition("/")[0]
