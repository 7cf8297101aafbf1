"""What stands in Tasmota's telemetry: switches, buttons, radars, beacons, Zigbee devices, levels.

Source: tasmota.github.io, Buttons and switches, PIR, Bluetooth, Zigbee; 14.x.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import msgspec

from sensors.families.measures import level
from sensors.families.tasmota.radar import is_radar, radar
from sensors.identity import ibeacon, plain_address, unreliable
from sensors.spelling import inner, number, text_of, yes_or_no
from sensors.statement import Facts, Kind, Statement

MOST = 500
"""Parts of one message that are read; a device has some tens."""
ZIGBEE_HOLD_S = 90.0
"""The bridge itself says that motion has ended so long after it (`ZbOccupancy`)."""


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)(?:{words})(?:[_-]?\d+)?(?:[_-]state)?")


_LEVELS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_named("switch|(?:.*[ _-])?(?:pir|motion|movement)"), "motion"),
    (_named("(?:.*[ _-])?(?:presence|occupancy|ld2410s?)"), "presence"),
    (_named("(?:.*[ _-])?(?:door|window|contact|reed)"), "contact"),
)
"""A switch is where PIRs are attached; its mode may invert it, which only a user knows."""
_BUTTON = re.compile(r"(?i)button\d*")
_PERSONS = ("motion", "presence")
_ZIGBEE: dict[str, tuple[Kind, float | None]] = {
    "occupancy": ("motion", ZIGBEE_HOLD_S),
    "presence": ("presence", None),
    "contact": ("contact", None),
}
"""Contact 1 is open."""
_SAME = {"carbondioxide": "co2", "batterypercentage": "battery"}
_HPA = {"inhg": 33.8639, "mmhg": 1.333224}


@lru_cache(maxsize=1024)
def kind_of(name: str) -> Kind | None:
    """What a name that users or the firmware gave says; a length beyond any name says nothing."""
    if len(name) > 64:
        return None
    return next((kind for shape, kind in _LEVELS if shape.fullmatch(name)), None)


def sensors(
    told: dict[str, object], device: str, remembered: Facts, *, is_telemetry: bool
) -> Iterator[Statement]:
    """What the parts of a message say, of the first `MOST` of them.

    Args:
        told: The message.
        device: Its wire name, for what was learned of it.
        remembered: What was learned.
        is_telemetry: Whether only sensors stand there; an answer has settings too.
    """
    for name, part in islice(told.items(), MOST):
        if name.upper().startswith("POWER"):
            continue  # a relay, not a measured power
        if isinstance(part, dict):
            yield from _group(name, part, device, remembered, told)
        else:
            yield from _plain(name, part, told, is_telemetry=is_telemetry)


def _plain(
    name: str, said: object, told: dict[str, object], *, is_telemetry: bool
) -> Iterator[Statement]:
    """A value of its own; of a free name only a telemetry's ON and OFF count."""
    kind, yes = kind_of(name), yes_or_no(said)
    is_switch = is_telemetry and text_of(said).upper() in ("ON", "OFF")
    if kind is not None and (yes is not None or said is None):
        yield Statement(name, kind, yes)
    elif is_switch:
        yield Statement(name, "binary", yes)
    elif kind is None and (one := _level(name, said, told)) is not None:
        yield one


def _group(
    name: str, part: dict[str, object], device: str, remembered: Facts, told: dict[str, object]
) -> Iterator[Statement]:
    upper = name.upper()
    if upper.startswith("IBEACON"):
        yield from _beacon(part, name.partition("_")[2])
    elif is_radar(name):
        known_s = number(remembered.get(f"tasmota/{device}/hold_s/{upper}"))
        yield from radar(name, part, known_s)
    elif upper == "ZBRECEIVED":
        for short in part:
            yield from _zigbee(short, inner(part, short), told)
    elif "Device" in part:
        yield from _zigbee(name, part, told)
    else:
        yield from _switch(name, part, told)


def _switch(name: str, part: dict[str, object], told: dict[str, object]) -> Iterator[Statement]:
    """An action of a switch or a button, or the values of one sensor."""
    action = part.get("Action", part.get("ACTION"))
    kind = kind_of(name)
    yes = yes_or_no(action if action is not None else part.get("State") if kind else None)
    if _BUTTON.fullmatch(name) and isinstance(action, str):
        yield Statement(name, "button", action[:32])
    elif yes is not None:
        yield Statement(name, kind or "binary", yes)
    else:
        yield from _values(name, part, told)


def _values(name: str, part: dict[str, object], told: dict[str, object]) -> Iterator[Statement]:
    for key, said in part.items():
        kind, yes = kind_of(key), yes_or_no(said)
        if kind in _PERSONS and yes is not None and not key.lower().startswith("switch"):
            yield Statement(f"{name}/{key}", kind, yes)
        elif key.upper() != "POWER" or name.upper() == "ENERGY":
            one = _level(key, said, told)
            if one is not None:
                yield msgspec.structs.replace(one, channel=f"{name}/{key}")


def _zigbee(short: str, part: dict[str, object], told: dict[str, object]) -> Iterator[Statement]:
    """A device behind Tasmota as a Zigbee bridge, by its friendly name where it has one."""
    name = text_of(part.get("Name")).strip()[:64] or short
    for key, said in part.items():
        kind, held_s = _ZIGBEE.get(key.lower(), (None, None))
        if kind is not None:
            yield Statement(f"{name}/{key}", kind, yes_or_no(said), held_s=held_s)
        elif key.lower() != "power":
            one = _level(key, said, told)
            if one is not None:
                yield msgspec.structs.replace(one, channel=f"{name}/{key}")


def _level(name: str, said: object, told: dict[str, object]) -> Statement | None:
    """A level in the unit of its quantity, whatever unit the message tells."""
    one = level(_SAME.get(name.lower(), name), said) or level(name.rstrip("0123456789"), said)
    if one is None:
        return None
    value, unit = one.value, ""
    if one.quantity == "temperature":
        unit = text_of(told.get("TempUnit")).upper()
    elif one.quantity == "pressure":
        unit = text_of(told.get("PressureUnit")).lower()
    if isinstance(value, int | float) and unit:
        value = (value - 32) / 1.8 if unit == "F" else value * _HPA.get(unit, 1.0)
        value = round(value, 3)
    return msgspec.structs.replace(one, channel=name, value=value)


def _beacon(told: dict[str, object], named: str) -> Iterator[Statement]:
    """A sighting; the last message of a beacon says OFF, or has an RSSI of 0, or an old one."""
    rssi_dbm = number(told.get("RSSI"))
    if yes_or_no(told.get("STATE")) is False or rssi_dbm is None or not -127 <= rssi_dbm < 0:
        return
    uid = text_of(told.get("UID"))
    address = ""
    if uid.strip("0"):
        address = ibeacon(uid, told.get("MAJOR"), told.get("MINOR"), in_hex=True)
    address = address or plain_address(text_of(told.get("MAC")) or named)
    flags = unreliable(address)
    yield Statement("ble", "sighting", rssi_dbm, unit="dBm", address=address, flags=flags)
