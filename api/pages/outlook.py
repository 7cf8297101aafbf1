"""The outlook of a place: what would change its state, as a page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from occupancy.evidence import BADGE
from occupancy.prospect import Prospect, when
from occupancy.state import State


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that may come; `then` is the key of what follows, with `n` and the state in it."""

    cause: str
    source: str | None
    """What it comes from, where the cause alone does not tell."""
    then: str
    n: int
    state: State


def changes(outlook: Iterable[Prospect], causes: Iterable[str]) -> list[Change]:
    """What would change a state, in the order given.

    Args:
        outlook: Of one place.
        causes: That have a text; any other reads `other`.
    """
    known = set(causes)
    return [_change(one, known) for one in outlook]


def _change(one: Prospect, known: set[str]) -> Change:
    cause = one.cause if one.cause in known else "other"
    source = None if one.source == BADGE else one.source
    then, n = when(one.cause, one.after_s)
    return Change(cause, source, then, n, one.state)
