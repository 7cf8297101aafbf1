"""Prospects: what may come, and what it would do to the state of a space."""

import msgspec

from occupancy.state import State

QUIET = "quiet"
SILENCE = "silence"
BACK = "back"
STALE = "stale"
BADGE_COMES = "badge-comes"
BADGE_LEAVES = "badge-leaves"


class Prospect(msgspec.Struct, frozen=True):
    """One thing that may come, and what it would do."""

    cause: str
    """`quiet`: nothing but heartbeats is heard. A reading that comes now: `motion`, `stillness`,
    `presence`, `absence`, `people`, `nobody`, `open`, `closed`. From now on: `badge-comes`,
    `badge-leaves`; `silence` of a board, a board that is `back`, a level that goes `stale`."""
    source: str | None
    """Id of the sensor or board, `a badge`, or None where it is none of these."""
    after_s: int | None
    """How long from now the state begins; None where it stays as it is for an hour."""
    state: State
    probability: float
    """That the space is occupied, when the state begins; right after where it stays as it is."""
