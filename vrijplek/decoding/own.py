"""Our own format without a building file: each board is taken at its word."""

from collections.abc import Callable
from types import MappingProxyType

from sensors.families.own.speech import CHANNEL_KINDS
from sensors.family import Surroundings
from sensors.message import Message
from sensors.spelling import json_object
from sensors.tag import Tag

_KINDS = {str(shape.__struct_config__.tag): kind for shape, kind in CHANNEL_KINDS.items()}


def at_their_word(
    message: Message, kinds: dict[str, str], enrolled: Callable[[str, int], Tag | None]
) -> Surroundings:
    """Surroundings in which the board of a message has the channels that it speaks of.

    Args:
        message: Of our own format.
        kinds: Of each channel that has spoken so far; grows.
        enrolled: The tag of an address.
    """
    levels = message.topic.split("/")
    site, board = (levels[2], levels[3]) if len(levels) == 5 else ("", "")
    for part in _parts(message.payload):
        kind = _KINDS.get(str(part.get("kind")))
        if kind and isinstance(part.get("sensor"), str):
            kinds.setdefault(f"{board}/{part['sensor']}", kind)
        levels_now = part.get("on")
        for channel in levels_now if isinstance(levels_now, dict) else ():
            kinds.setdefault(f"{board}/{channel}", _by_name(channel))
    return Surroundings(site, {board: "vrijplek"}, MappingProxyType(kinds), enrolled)


def _parts(payload: bytes) -> list[dict[str, object]]:
    try:
        told = json_object(payload).get("readings")
    except ValueError:
        return []
    return [part for part in told if isinstance(part, dict)] if isinstance(told, list) else []


def _by_name(channel: str) -> str:
    """What a channel is that only a heartbeat names."""
    if "door" in channel or "window" in channel:
        return "contact"
    return "motion" if "pir" in channel or "motion" in channel else "presence"
