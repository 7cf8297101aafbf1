"""Where a simulated person is and what was just done: the values the world is told in.

Owns nouns only.
"""

from dataclasses import dataclass
from enum import StrEnum

from firmware_sim.routes import Spot
from firmware_sim.walk import Walk


class Doing(StrEnum):
    """What a person does in a place."""

    OUTSIDE = "outside"
    DESK = "desk"
    ROOM = "room"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Stay:
    """A time spent in one place."""

    doing: Doing
    spot: Spot
    until_ms: int
    space: str | None = None
    """The desk or the room."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a person wants to do next, before it is known where."""

    doing: Doing
    until_ms: int
    keeps_desk: bool = True


@dataclass(slots=True)
class Person:
    """Somebody in the simulated world, as of now."""

    index: int
    home_zone: str
    pace_m_s: float
    stay: Stay
    """Where they are, or where the walk leads."""
    walk: Walk | None = None
    desk: str | None = None
    """The desk they have taken, also while they are not at it."""
    planned: Stay | None = None
    """What comes after this stay, when it is settled already, such as a meeting."""
    turn: int = 0
    """Counts plans, so that an overtaken one is known for what it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """That somebody came to a place or left it."""

    at_ms: int
    person: int
    stay: Stay
    came: bool
    """True when they came, False when they left."""
    keeps_desk: bool = False
