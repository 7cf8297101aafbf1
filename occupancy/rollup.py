"""Roll-ups: the state of a zone, floor or building from the desks and rooms inside it."""

from collections.abc import Iterable, Mapping

import msgspec

from occupancy.building import Building
from occupancy.space import Kind
from occupancy.state import State

WATCHED = (Kind.DESK, Kind.ROOM)
"""The kinds of space that have a state of their own."""


class Tally(msgspec.Struct, frozen=True):
    """How many spaces are in each state."""

    free: int = 0
    occupied: int = 0
    away: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, states: Iterable[State]) -> "Tally":
        """The tally of some states.

        >>> Tally.of([State.FREE, State.FREE, State.AWAY])
        Tally(free=2, occupied=0, away=1, unknown=0)
        """
        counts = dict.fromkeys(State, 0)
        for state in states:
            counts[state] += 1
        return cls(**{state.value: n for state, n in counts.items()})

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.free + other.free,
            self.occupied + other.occupied,
            self.away + other.away,
            self.unknown + other.unknown,
        )

    @property
    def state(self) -> State:
        """The state of all of them as one.

        Occupied if any is; unknown if none is occupied and any is unknown, or there are none;
        else free.

        >>> Tally(free=3, unknown=1).state.value, Tally(free=3, away=1).state.value
        ('unknown', 'free')
        """
        if self.occupied:
            return State.OCCUPIED
        if self.unknown or not (self.free or self.away):
            return State.UNKNOWN
        return State.FREE


class Rollup(msgspec.Struct, frozen=True):
    """What the inside of a space adds up to."""

    desks: Tally
    rooms: Tally

    @property
    def state(self) -> State:
        """The state of the space as a whole."""
        return (self.desks + self.rooms).state


def roll_up(building: Building, states: Mapping[str, State]) -> dict[str, Rollup]:
    """The roll-up of each space that has no state of its own, by id.

    Args:
        building: The tree.
        states: Of desks and rooms by id; one that is missing counts as unknown.
    """
    inside: dict[str, dict[Kind, list[State]]] = {
        space.id: {kind: [] for kind in WATCHED}
        for space in building.spaces
        if space.kind not in WATCHED
    }
    for space in building.spaces:
        if space.kind in WATCHED:
            for around in building.upward(space.id):
                if around.id in inside:
                    inside[around.id][space.kind].append(states.get(space.id, State.UNKNOWN))
    return {
        space: Rollup(Tally.of(found[Kind.DESK]), Tally.of(found[Kind.ROOM]))
        for space, found in inside.items()
    }
