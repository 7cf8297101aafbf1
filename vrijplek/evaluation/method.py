"""The protocol of everything that is compared: learn from labelled sessions, replay others.

A replay gets events and nothing else, so that no method can look at the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vrijplek.evaluation.events import Events
from vrijplek.evaluation.session import Session


@dataclass(frozen=True, slots=True)
class RoomChange:
    """From this moment on a tag is said to be in a room."""

    t_s: float
    subject: str
    room: str
    """Empty where it is not known."""
    p: float
    """Probability that this room is right."""


@dataclass(frozen=True, slots=True)
class UseChange:
    """From this moment on a room is said to be in use or not."""

    t_s: float
    room: str
    occupied: bool
    """False for free, for away and for unknown."""
    p: float
    """Probability that somebody is in the room."""


@dataclass(frozen=True, slots=True)
class Said:
    """All that a method said in one session; rows of one tag or room are sorted by time."""

    rooms: tuple[RoomChange, ...] = ()
    uses: tuple[UseChange, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences for the user, such as which sources were left out."""


class Learned(Protocol):
    """A method that has learned a site."""

    def replay(self, events: Events) -> Said:
        """What it says of one session, beginning with empty beliefs and never looking ahead."""
        ...


class Method(Protocol):
    """A way to tell where tags are, which rooms are in use, or both."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    def learn(self, calibration: Sequence[Session]) -> Learned:
        """Learns a site from all its calibration sessions."""
        ...
