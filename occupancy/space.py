"""Spaces: building, floor, zone, room and desk in one tree.

Owns what a space is. Knows no sensor, no state and no file.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from occupancy.label import Label

FEATURES = ("screen", "sit-stand", "quiet", "accessible")
ACTIVITIES = ("focus", "call", "together")

Point = tuple[float, float]


class Kind(StrEnum):
    """What a space is, from large to small."""

    BUILDING = "building"
    FLOOR = "floor"
    ZONE = "zone"
    ROOM = "room"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Space:
    """One place in the building."""

    id: str
    kind: Kind
    name: Label
    parent: str | None = None
    """Id of the space around it; None for the building alone."""
    outline: tuple[Point, ...] = ()
    """Corners in metres, in order, not closed; empty where nobody drew it."""
    level: int | None = None
    """Number of the floor for people; floors only."""
    z_m: tuple[float, float] | None = None
    """Bottom and top in metres above the building's zero; floors only."""
    capacity: int | None = None
    """People it is meant for."""
    features: frozenset[str] = field(default_factory=frozenset)
    """Some of `FEATURES`."""
    activities: frozenset[str] = field(default_factory=frozenset)
    """Some of `ACTIVITIES`."""

    @property
    def centre(self) -> Point | None:
        """Mean of the corners in metres; None without an outline."""
        if not self.outline:
            return None
        xs, ys = zip(*self.outline, strict=True)
        return sum(xs) / len(xs), sum(ys) / len(ys)
