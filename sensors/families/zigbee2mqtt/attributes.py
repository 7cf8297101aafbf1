"""Attributes of Zigbee devices: which of them mean somebody, which measure, and who holds them.

Source: zigbee2mqtt.io, exposes of supported devices and their options; 2.x.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from sensors.families.measures import MEASURES, level
from sensors.spelling import number, text_of, yes_or_no
from sensors.statement import Flag, Kind, Statement

HOLD_S = 90.0
"""The bridge itself says that motion has ended so long after it (`occupancy_timeout`)."""
LEVELS: Mapping[str, Kind] = {
    "occupancy": "motion",
    "presence": "presence",
    "contact": "contact",
    "motion": "motion",
    "pir_detection": "motion",
    "vibration": "binary",
}
COUNTS = ("people", "people_count", "target_count", "number_of_people")
BUTTONS = ("action", "click")
"""`click` is that of 1.x."""
NAME_LENGTH = 64
"""Of an attribute that can mean anything here."""
_SIDES = ("left", "right", "center", "top", "bottom")
_HELD = ("occupancy_timeout", "fading_time")
"""Settings of a device that say how long it holds by itself, in s."""


class Said(NamedTuple):
    """What is known of all attributes of one message."""

    event_ms: int | None = None
    flags: tuple[Flag, ...] = ()
    held_s: float | None = None
    is_radar: bool = False
    """Whether `occupancy` is presence here: that of a radar, which also sees who sits still."""


def is_radar(names: AbstractSet[str]) -> bool:
    """Whether a device that has these attributes is one that sees presence.

    A SNZB-06P calls it `occupancy`; its settings tell it from a PIR.

    >>> is_radar({"occupancy", "illuminance"}), is_radar({"occupancy", "presence"})
    (False, True)
    """
    if "presence" in names:
        return True
    return "illumination" in names and "occupancy_sensitivity" in names


def own_hold_s(told: Mapping[str, object]) -> float | None:
    """How long the device holds by itself, where its settings stand beside its state."""
    for key in _HELD:
        if key in told:
            return number(told[key])
    return None


@lru_cache(4096)
def role_of(channel: str) -> Kind | None:
    """What an attribute is, also that of one endpoint of several; None for what counts nowhere.

    >>> role_of("occupancy"), role_of("contact_left"), role_of("presence_2"), role_of("co2")
    ('motion', 'contact', 'presence', 'level')
    >>> role_of("occupancy_timeout"), role_of("linkquality")
    (None, None)
    """
    name, _, end = channel.rpartition("_")
    is_endpoint = name in LEVELS and (end in _SIDES or end.removeprefix("l").isdecimal())
    if channel in LEVELS or is_endpoint:
        return LEVELS.get(channel) or LEVELS[name]
    if channel in COUNTS:
        return "count"
    if channel in BUTTONS:
        return "button"
    return "level" if channel.lower() in MEASURES else None


def statement(channel: str, value: object, said: Said) -> Statement | None:
    """What one attribute says; None for a setting, and for what counts nowhere here."""
    kind = role_of(channel) if len(channel) <= NAME_LENGTH else None
    if kind is None or kind == "level":
        return level(channel, value, said.flags, said.event_ms) if kind else None
    if kind == "count":
        count = number(value)
        return Statement(channel, "count", count, event_ms=said.event_ms, flags=said.flags)
    if kind == "button":
        pressed = text_of(value)[:64]
        return _button(channel, pressed, said) if pressed else None
    return _yes_or_no(channel, kind, value, said)


def _button(channel: str, pressed: str, said: Said) -> Statement:
    return Statement(channel, "button", pressed, event_ms=said.event_ms, flags=said.flags)


def _yes_or_no(channel: str, kind: Kind, value: object, said: Said) -> Statement:
    yes, held_s = yes_or_no(value), None
    if channel.startswith("occupancy"):
        kind = "presence" if said.is_radar else kind
        held_s = said.held_s
    elif kind == "presence":
        held_s = said.held_s
    if kind == "contact" and yes is not None:
        yes = not yes  # true is closed: the magnet is there
    return Statement(channel, kind, yes, event_ms=said.event_ms, held_s=held_s, flags=said.flags)


def unreadable(told: Mapping[str, object], statements: tuple[Statement, ...]) -> str:
    """The first attribute whose value has another type, if nothing else was said; else empty."""
    for one in statements:
        if one.value is not None:
            return ""
    return next(_unknown(told, statements), "")


def _unknown(told: Mapping[str, object], statements: tuple[Statement, ...]) -> Iterator[str]:
    for one in statements:
        value = told.get(one.channel)
        if value is not None and not (isinstance(value, str) and value.lower() in ("", "nan")):
            yield one.channel
