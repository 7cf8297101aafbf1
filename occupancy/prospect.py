"""Prospects: what may come, and what it would do to the state of a space."""

import msgspec

from occupancy.state import State

QUIET = "quiet"
SILENCE = "silence"
BACK = "back"
STALE = "stale"
BADGE_COMES = "badge-comes"
BADGE_LEAVES = "badge-leaves"
NEXT_DOOR = "next-door"
AT_ONCE_S = 2
"""What comes within this comes at once."""
SECONDS_BELOW_S = 100
"""From here on a time is told in minutes."""


class Prospect(msgspec.Struct, frozen=True):
    """One thing that may come, and what it would do."""

    cause: str
    """`quiet`: nothing but heartbeats is heard. A reading that comes now: `motion`, `stillness`,
    `presence`, `absence`, `people`, `nobody`, `open`, `closed`. From now on: `badge-comes`,
    `badge-leaves`; `silence` of a board, a board that is `back`, a level that goes `stale`. Now:
    somebody comes `next-door`."""
    source: str | None
    """Id of the sensor or board, `a badge`, `next door`, or None where it is none of these."""
    after_s: int | None
    """How long from now the state begins; None where it stays as it is for an hour."""
    state: State
    probability: float
    """That the space is occupied, when the state begins; right after where it stays as it is."""


def when(cause: str, after_s: int | None) -> tuple[str, int]:
    """How the time until a state begins is best told, and the number in it.

    Args:
        cause: What may come.
        after_s: How long from now, None where the state stays.

    Returns:
        One of "hour" (it stays for the next hour), "stays", "at-once", "seconds" and "minutes", and
        how many; 0 with the first three.

    >>> when(QUIET, 140), when("motion", 0), when(QUIET, None)
    (('minutes', 2), ('at-once', 0), ('hour', 0))
    """
    if after_s is None:
        return ("hour" if cause == QUIET else "stays"), 0
    if after_s <= AT_ONCE_S:
        return "at-once", 0
    if after_s < SECONDS_BELOW_S:
        return "seconds", after_s
    return "minutes", round(after_s / 60)
