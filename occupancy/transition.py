"""Transitions: the one thing that history keeps."""

import msgspec

from occupancy.evidence import Evidence
from occupancy.state import State


class Transition(msgspec.Struct, frozen=True):
    """A space went from one state to another."""

    space: str
    before: State
    after: State
    event_ms: int
    """When it happened, ms UTC."""
    probability: float
    """That the space is occupied, 0 to 1, at that moment."""
    reasons: tuple[Evidence, ...] = ()
    """The strongest evidence behind it, strongest first."""
    late: bool = False
    """Whether the reading came so late that the state had gone on without it."""
