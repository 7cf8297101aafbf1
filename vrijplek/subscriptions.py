"""Subscriptions: the topic filters of a building's families, and no wider than they need be."""

from collections.abc import Iterator

from occupancy.building import Building
from occupancy.placement import Board
from sensors.families.directory import ANYWHERE, FOREIGN, USUAL
from sensors.families.own.family import VrijplekFamily
from sensors.topic import subscribed

BY_DEVICE = {
    "esphome": ("{}/+/+/state", "{}/status"),
    "shelly": (
        *("{}/online", "{}/events/rpc", "{}/status/+", "{}/sensor/+", "{}/input/+", "{}/rpc"),
        *("{}/input_event/+", "{}/status", "{}/info"),
    ),
}
"""Families whose topics begin with the device's own name."""
GATEWAY = (
    *("{}/+/BTtoMQTT/+", "{}/+/LWT", "{}/+/SYStoMQTT", "{}/presence/+", "{}/home_presence/+"),
    "{}/+/HCSR501toMQTT",
)
HAPPY_BUBBLES = "happy-bubbles/ble/#"
"""What such a gateway hears, whose topics have a first level of their own."""
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
    base = f"{board.base}/" if board.base else ""
    if board.topic:
        yield subscribed(board.topic)
        if board.family == "homeassistant":
            yield "homeassistant/#"  # a state means nothing without its announcement
    elif board.family in BY_DEVICE:
        name = base + (board.device or board.id)
        yield from (one.format(name) for one in BY_DEVICE[board.family])
    elif board.family in ("openmqttgateway", "theengs"):
        yield from (one.format(board.base or "home") for one in GATEWAY)
        if board.family == "openmqttgateway" and not board.base:
            yield HAPPY_BUBBLES
    else:
        usual = f"{USUAL[board.family]}/" if base and board.family in USUAL else ""
        patterns = FOREIGN[board.family].patterns
        yield from (base + one.removeprefix(usual) for one in _patterns(patterns))


def _patterns(patterns: tuple[str, ...]) -> Iterator[str]:
    return (subscribed(pattern) for pattern in patterns)


def announcing_in(building: Building) -> frozenset[str]:
    """Names of the devices of a building that announce where they speak."""
    boards = (board for board in building.boards if board.family in ANYWHERE)
    return frozenset(board.device or board.id for board in boards if not board.topic)
