"""Evidence: what speaks for or against a space being occupied, and who said it."""

import msgspec

BADGE = "a badge"
"""How the evidence of any tag is named: a badge, never which, never when."""


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """One contribution to the belief in a space."""

    source: str
    """Id of the sensor, `BADGE`, or `prior` for what holds without any evidence."""
    kind: str
    """`motion`, `stillness`, `presence`, `absence`, `count`, `badge`, `silence` or `prior`."""
    nats: float
    """Above zero for occupied, below for free."""
    event_ms: int | None
    """Time of the reading, ms UTC; None for a badge and for the prior."""
