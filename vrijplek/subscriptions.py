"""Subscriptions: the topic filters of a building's families, and no wider than they need be."""

from collections.abc import Iterator

from occupancy.building import Building
from occupancy.placement import Board
from sensors.families.directory import FOREIGN
from sensors.families.vrijplek import VrijplekFamily
from sensors.topic import subscribed

BY_DEVICE = {
    "esphome": ("{}/+/+/state", "{}/status"),
    "shelly": (
        *("{}/online", "{}/events/rpc", "{}/status/+", "{}/sensor/+", "{}/input/+", "{}/rpc"),
        *("{}/input_event/+", "{}/status", "{}/info"),
    ),
}
"""Families whose topics begin with the device's own name."""
GATEWAY = ("{}/+/BTtoMQTT/+", "{}/+/LWT", "{}/+/SYStoMQTT", "{}/presence/+", "{}/home_presence/+")
ALWAYS = ("espresense",)
"""Families that are listened to even where the building has none: nodes tell of themselves."""


def filters_of(building: Building) -> list[str]:
    """The filters to subscribe to, each once, in order."""
    wanted = [*VrijplekFamily().filters(building.site), *_patterns(FOREIGN["espresense"].patterns)]
    for board in building.boards:
        wanted += _of(board)
    return list(dict.fromkeys(wanted))


def _of(board: Board) -> Iterator[str]:
    if board.family == "vrijplek":
        return
    if board.topic:
        yield subscribed(board.topic)
    elif board.family in BY_DEVICE:
        yield from (one.format(board.device or board.id) for one in BY_DEVICE[board.family])
    elif board.family in ("openmqttgateway", "theengs"):
        yield from (one.format("home") for one in GATEWAY)
    else:
        yield from _patterns(FOREIGN[board.family].patterns)


def _patterns(patterns: tuple[str, ...]) -> Iterator[str]:
    return (subscribed(pattern) for pattern in patterns)
