"""The outlook of a place: what would change its state, as a page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from occupancy.evidence import BADGE
from occupancy.prospect import QUIET, Prospect
from occupancy.state import State

AT_ONCE_S = 2
"""What comes within this comes at once."""
SECONDS_BELOW_S = 100
"""From here on a time is told in minutes."""


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
    then, n = _then(one)
    return Change(cause, source, then, n, one.state)


def _then(one: Prospect) -> tuple[str, int]:
    """The key of what follows, and the number in it.

    >>> _then(Prospect(QUIET, None, 140, State.AWAY, 0.25))
    ('minutes', 2)
    """
    if one.after_s is None:
        return ("hour" if one.cause == QUIET else "stays"), 0
    if one.after_s <= AT_ONCE_S:
        return "at-once", 0
    if one.after_s < SECONDS_BELOW_S:
        return "seconds", one.after_s
    return "minutes", round(one.after_s / 60)
