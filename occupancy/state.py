"""The four states of a space and the legal moves between them."""

from enum import StrEnum


class State(StrEnum):
    """What is known of a space now."""

    FREE = "free"
    OCCUPIED = "occupied"
    AWAY = "away"
    """Left a moment ago, likely back."""
    UNKNOWN = "unknown"
    """Evidence is missing: never shown as free."""


MOVES: dict[State, frozenset[State]] = {
    State.UNKNOWN: frozenset({State.FREE, State.OCCUPIED}),
    State.FREE: frozenset({State.OCCUPIED, State.UNKNOWN}),
    State.OCCUPIED: frozenset({State.AWAY, State.FREE, State.UNKNOWN}),
    State.AWAY: frozenset({State.OCCUPIED, State.FREE, State.UNKNOWN}),
}


def may_move(before: State, after: State) -> bool:
    """Whether a space may go from one state straight to the other.

    >>> may_move(State.FREE, State.AWAY), may_move(State.OCCUPIED, State.AWAY)
    (False, True)
    """
    return after in MOVES[before]
