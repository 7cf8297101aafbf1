"""Order: transitions of one space as they followed each other, also within one millisecond.

A series has a time and no place in a row; what comes after what is told by the states.
"""

from collections.abc import Iterable
from itertools import groupby, pairwise, permutations

from occupancy.state import State, may_move
from occupancy.transition import Transition


def in_order(found: Iterable[Transition]) -> list[Transition]:
    """Transitions of one space by time; those of one millisecond as one leads to the other."""
    ordered: list[Transition] = []
    by_time = sorted(found, key=lambda moved: moved.event_ms)
    for _, together in groupby(by_time, key=lambda moved: moved.event_ms):
        group = list(together)
        state = ordered[-1].after if ordered else None
        ordered += group if len(group) == 1 else _chained(group, state)
    return ordered


def _chained(group: list[Transition], before: State | None) -> tuple[Transition, ...]:
    """The order in which most transitions begin where the one before them ended.

    There are at most as many as states, since the state is a part of what a point is known by.
    """
    return max(permutations(group), key=lambda order: _links(order, before))


def _links(order: tuple[Transition, ...], before: State | None) -> float:
    links = sum(first.after is second.before for first, second in pairwise(order))
    begins = order[0].before
    if before is None:
        # a space begins unknown; of a stretch from the middle nobody can tell
        return links + (0.25 if begins is State.UNKNOWN else 0.0)
    # A point that was overwritten in the same millisecond may have led from there to here.
    return links + (1.0 if begins is before else 0.5 if may_move(before, begins) else 0.0)
