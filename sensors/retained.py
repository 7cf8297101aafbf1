"""What was retained of boards that have not spoken yet: presence, set aside as facts.

The broker hands out the last level of a device without telling its age, also of one that died long
ago. So it is no event and no state; but a device that holds presence by itself still has it when
it shows that it lives, and then it is the state from that moment on (decision 0022).
"""

from collections.abc import Mapping

from sensors.statement import Learned

_KEY = "kept/"


def retained_of(board: str, facts: Mapping[str, str]) -> dict[str, bool]:
    """Presence by sensor that was retained of a board.

    >>> fact = with_retained("seat", {"seat/left": True, "seat/right": False})
    >>> retained_of("seat", {fact.key: fact.value}), retained_of("other", {})
    ({'seat/left': True, 'seat/right': False}, {})
    """
    told = facts.get(_KEY + board)
    if told is None:
        return {}
    pairs = (one.partition("=") for one in told.split(","))
    return {sensor: level == "1" for sensor, _, level in pairs}


def with_retained(board: str, levels: Mapping[str, bool]) -> Learned:
    """The fact that tells these levels; without any, that there is none."""
    told = ",".join(f"{sensor}={level:d}" for sensor, level in sorted(levels.items()))
    return Learned(_KEY + board, told)
