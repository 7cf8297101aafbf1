"""What was learned of a site, as one value that can be kept and given to an estimator."""

import msgspec

from occupancy.level_model import LevelModel
from occupancy.radio_map import RadioMap
from occupancy.rates import Habits, Rates


class Exits(msgspec.Struct, frozen=True):
    """How people go between spaces that are seen."""

    spaces: list[str]
    goes: list[list[float]]
    """Where those who leave go, rows summing to 1, shape ``(spaces, spaces)``."""
    unseen: list[float]
    """Part of those leaving each space who are not seen anywhere after, shape ``(spaces,)``."""


class Learned(msgspec.Struct, frozen=True):
    """All parts may be missing; what is missing is assumed."""

    radio: RadioMap | None = None
    rates: dict[str, Rates] = msgspec.field(default_factory=dict)
    """Of a channel about a space, by `pair_key`."""
    habits: dict[str, Habits] = msgspec.field(default_factory=dict)
    """Of each space, by its id."""
    exits: Exits | None = None
    levels: dict[str, LevelModel] = msgspec.field(default_factory=dict)
    """What light, sound and the like say of each space, by its id."""
    people: float = 0.0
    """How many are usually there at once, in all spaces together; 0 where nobody counted."""
    unbadged: float = 1.0
    """Part of them who carry no badge."""


def pair_key(sensor: str, space: str) -> str:
    """The name of a channel about a space.

    >>> pair_key("d1/pir", "desk-1")
    'd1/pir desk-1'
    """
    return f"{sensor} {space}"
