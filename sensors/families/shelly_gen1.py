"""Shelly Gen1: one value a topic, and the whole of a battery device as JSON on `status` and `info`.

Source: shelly-api-docs.shelly.cloud, Gen1, MQTT of Motion, Door/Window, H&T, i3.
"""

from collections.abc import Iterator

import msgspec

from sensors.families.measures import level
from sensors.foreign_time import believable
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, text, text_of, yes_or_no
from sensors.statement import Flag, Hearing, Kind, Statement, note, refusal

KINDS: dict[str, Kind] = {"motion": "motion", "state": "contact", "vibration": "binary"}
LEVELS = ("lux", "battery", "temperature", "humidity")
WHOLE = {"lux": "lux", "bat": "battery", "tmp": "temperature", "hum": "humidity"}
"""Keys of `status` and `info`, and what their own topics call them."""
PUSHES = ("S", "SS", "SSS", "L", "SL", "LS")
_NOTES = {"announce": "an announcement", "command": "a command", "relay": "a relay's state"}


def gen1(message: Message, device: str, kind: str, leaf: str) -> Hearing:
    """What one value on a topic of its own says."""
    if not message.payload.strip():
        return note("nothing is kept here any more", device)
    if kind == "input_event":
        return _push(message, device, leaf)
    said = _value(text(message), kind, leaf)
    if isinstance(said, str):
        return refusal(Reason.MALFORMED, said, device)
    if said is None:
        why = _NOTES.get(leaf) or _NOTES.get(kind) or "no event, or nothing measured here"
        return note(why, device, alive=not message.retained and leaf != "command")
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    return Hearing(device, (msgspec.structs.replace(said, flags=flags),), not message.retained)


def _value(told: str, kind: str, leaf: str) -> Statement | str | None:
    """A statement; what is wrong with the value; or None of a topic that measures nothing."""
    if kind == "input" and leaf.isdecimal():
        channel, meaning = f"input:{leaf}", KINDS["vibration"]
    elif kind == "sensor" and leaf in KINDS:
        channel, meaning = leaf, KINDS[leaf]
    else:
        return level(leaf, told) if kind == "sensor" and leaf in LEVELS else None
    yes = yes_or_no(told)
    if yes is None and told.lower() != "unknown":
        return f"{kind}: found neither yes nor no"
    return Statement(channel, meaning, yes)


def _push(message: Message, device: str, leaf: str) -> Hearing:
    try:
        event = text_of(json_object(message.payload).get("event"))
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    alive = not message.retained
    if event not in PUSHES:
        return note("no event", device, alive=alive)
    flags: tuple[Flag, ...] = () if alive else ("retained",)
    return Hearing(device, (Statement(f"input:{leaf}", "button", event, flags=flags),), alive)


def is_whole(told: dict[str, object]) -> bool:
    """Whether it is a Gen1 device's whole status, and not that of a later one."""
    return "wifi_sta" in told or "unixtime" in told or isinstance(told.get("motion"), bool)


def whole(told: dict[str, object], message: Message, device: str) -> Hearing:
    """All that a device tells of itself; `unixtime` is 0 while its clock is not set."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    if "unixtime" in told and not number(told["unixtime"]):
        flags = (*flags, "clock_off")
    said = tuple(
        msgspec.structs.replace(one, flags=flags)
        for one in (*_sensed(told, message.received_ms), *_measured(told))
    )
    noted = "" if said else "the device's own health"
    if not said and "clock_off" in flags:
        noted += "; its clock is not set"
    return Hearing(device, said, not message.retained, noted=noted)


def _sensed(told: dict[str, object], received_ms: int) -> Iterator[Statement]:
    """Of a sensor that sleeps or is not valid nothing is known; its time is of the last motion."""
    sensor = inner(told, "sensor") or told
    is_known = sensor.get("active") is not False and sensor.get("is_valid") is not False
    for channel, kind in KINDS.items():
        if channel in sensor:
            yes = yes_or_no(sensor[channel]) if is_known else None
            at_s = number(sensor.get("timestamp")) if channel == "motion" and yes else None
            event_ms = believable(None if at_s is None else at_s * 1000, received_ms)
            yield Statement(channel, kind, yes, event_ms=event_ms)


def _measured(told: dict[str, object]) -> Iterator[Statement]:
    for key, channel in WHOLE.items():
        part = told.get(key)
        one = level(channel, part.get("value") if isinstance(part, dict) else part)
        if key not in told or one is None:
            continue
        if isinstance(part, dict) and part.get("is_valid") is False:
            one = msgspec.structs.replace(one, value=None)
        if isinstance(part, dict) and part.get("units") == "F" and isinstance(one.value, float):
            one = msgspec.structs.replace(one, value=round((one.value - 32) / 1.8, 3))
        yield one
