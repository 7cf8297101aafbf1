"""History: what happened to a space, as ports that a store fulfils.

History keeps transitions and nothing else. It has no port for persons or tags, on purpose.
"""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from occupancy.state import State
from occupancy.transition import Transition


class Span(msgspec.Struct, frozen=True):
    """A stretch of time in one state."""

    state: State
    from_ms: int
    """Start, ms UTC, inclusive."""
    to_ms: int
    """End, ms UTC, exclusive."""


class HistoryError(Exception):
    """History can't be told: its store is out of reach, or what it keeps must not be believed."""


class DamagedHistoryError(HistoryError):
    """A transition is not what was written."""

    def __init__(self, space: str, event_ms: int) -> None:
        self.space, self.event_ms = space, event_ms
        super().__init__(f"the transition of {space} at {event_ms} does not match its checksum")


class HistoryWriter(Protocol):
    """Where transitions go, inside the pipeline's own transaction."""

    def append(self, transitions: Iterable[Transition]) -> None:
        """Add transitions; the same space and event time twice is one row."""


class HistoryReader(Protocol):
    """Where the past is asked for."""

    def transitions(self, space: str, from_ms: int, to_ms: int) -> list[Transition]:
        """Transitions of one space with ``from_ms <= event time < to_ms``, oldest first.

        Raises:
            HistoryError: If it can't be told.
        """

    def before(self, space: str, at_ms: int) -> Transition | None:
        """The last transition of one space before ``at_ms``, None if there is none.

        Raises:
            HistoryError: If it can't be told.
        """


def spans(reader: HistoryReader, space: str, from_ms: int, to_ms: int) -> list[Span]:
    """What one space was, without holes, from ``from_ms`` to ``to_ms``.

    Time before its first transition is UNKNOWN.
    """
    first = reader.before(space, from_ms)
    state, since = (first.after if first else State.UNKNOWN), from_ms
    found: list[Span] = []
    for transition in reader.transitions(space, from_ms, to_ms):
        if transition.event_ms > since:
            found.append(Span(state, since, transition.event_ms))
        state, since = transition.after, max(since, transition.event_ms)
    if to_ms > since:
        found.append(Span(state, since, to_ms))
    return found
