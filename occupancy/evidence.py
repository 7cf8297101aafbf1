"""Evidence: what speaks for or against a space being occupied, and who said it."""

import msgspec

BADGE = "a badge"
"""How the evidence of any tag is named: a badge, never which, never when."""
COMPANY = "badges nearby"
"""How the number of badges around a desk is named."""
NEXT_DOOR = "next door"
"""How somebody is named who came into another space: never who, nor which space."""


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """One contribution to the belief in a space."""

    source: str
    """Id of the sensor, `BADGE`, `COMPANY`, `NEXT_DOOR`, or `prior` for what no sensor said."""
    kind: str
    """`motion`, `stillness`, `presence`, `absence`, `count`, `contact`, `badge`, `company`,
    `exits`, `silence`, `distrust`, `prior`, or a quantity: `light`, `sound`, `power`, `co2`,
    `co2_slope`, `phones`."""
    nats: float
    """Above zero for occupied, below for free."""
    event_ms: int | None
    """Time of the reading, ms UTC; None for badges, for who came next door and for the prior."""
