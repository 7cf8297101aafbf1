"""Zigbee2MQTT: what the bridge publishes of Zigbee devices (1.x and 2.x).

The friendly name is the device: it may have spaces, slashes, even a space at its beginning. By
default every message repeats all attributes that the bridge remembers (`cache_state`), so an
attribute that stands there need not be new. A missing attribute says nothing.

Source: zigbee2mqtt.io, MQTT topics and messages, configuration of availability; 2.x.
"""

import re

from sensors.families.zigbee2mqtt_attributes import (
    HOLD_S,
    NAME_LENGTH,
    Said,
    is_radar,
    own_hold_s,
    role_of,
    statement,
    unreadable,
)
from sensors.families.zigbee2mqtt_bridge import PREFIX, bridge_heard, online
from sensors.foreign_time import believable, instant_ms
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import number, parsed, text
from sensors.statement import Facts, Flag, Hearing, note, refusal

_COMMAND = re.compile(r"./(set|get)(?:/|$)")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_-]*")


class Zigbee2MqttFamily:
    """Zigbee devices behind a bridge."""

    name = "zigbee2mqtt"
    patterns: tuple[str, ...] = (f"{PREFIX}/#",)

    def hear(self, message: Message, remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        device = message.topic.partition("/")[2]
        if not device:
            return refusal(Reason.UNKNOWN_TOPIC, f"expected {PREFIX}/<friendly name>")
        if device == "bridge" or device.startswith("bridge/"):
            return bridge_heard(message, device, remembered)
        name, _, leaf = device.rpartition("/")
        if name and leaf == "availability":
            return _availability(message, name)
        command = _COMMAND.search(device) if name else None
        if command:
            return note(f"a command to the device: {command[1]}")
        if not message.payload.strip() and not (name and _is_attribute(leaf)):
            return Hearing(device, alive=False, gone=True, noted="removed or renamed")
        return _device(message, device, remembered)


def _is_attribute(leaf: str) -> bool:
    return len(leaf) <= NAME_LENGTH and role_of(leaf) not in (None, "level")


def _availability(message: Message, device: str) -> Hearing:
    if not message.payload.strip():
        return note("its availability is kept no longer", device)
    state = online(message)
    if state is None:
        return refusal(Reason.MALFORMED, "availability: expected online or offline", device)
    if not state:
        return Hearing(device, alive=False, gone=True)
    return note("the device is available", device, alive=not message.retained)


def _device(message: Message, device: str, remembered: Facts) -> Hearing:
    """All attributes as an object, or one on a topic of its own as with `output: attribute`."""
    name, _, leaf = device.rpartition("/")
    try:
        told = parsed(message.payload)
    except ValueError as error:
        bare = text(message)
        is_text = "�" not in bare and bare[:1] not in ("{", "[")
        if not name or not is_text or not _ATTRIBUTE.fullmatch(leaf):
            return refusal(Reason.MALFORMED, without_values(error), device)
        told = bare or None
    if isinstance(told, dict):
        return _attributes(told, device, message, remembered)
    if not name:
        return refusal(Reason.MALFORMED, "expected an object with the device's attributes", device)
    return _attributes({leaf: told}, name, message, remembered)


def _attributes(
    told: dict[str, object], device: str, message: Message, remembered: Facts
) -> Hearing:
    event_ms, flags = _when(told, message)
    said = Said(event_ms, flags, *_nature(told, device, remembered))
    heard = [statement(channel, value, said) for channel, value in told.items()]
    found = tuple(one for one in heard if one is not None)
    wrong = unreadable(told, found)
    if wrong:
        return refusal(Reason.MALFORMED, f"{wrong}: found a value of another type", device)
    noted = "" if found else "settings and state without anything measured here"
    return Hearing(device, found, not message.retained, noted=noted)


def _nature(told: dict[str, object], device: str, remembered: Facts) -> tuple[float | None, bool]:
    """The hold that is applied already, in s, and whether the device sees presence.

    A device that tells its own hold keeps it; else the bridge holds the motion of a PIR, unless
    its list of devices says that it does not.
    """
    own_s, sees = own_hold_s(told), remembered.get(f"{PREFIX}/{device}/sees", "")
    radar = sees == "presence" or is_radar(told.keys())
    if own_s is not None or radar or sees:
        return own_s, radar
    return number(remembered.get(f"{PREFIX}/{device}/held")) or HOLD_S, radar


def _when(told: dict[str, object], message: Message) -> tuple[int | None, tuple[Flag, ...]]:
    """`last_seen` in each of its three forms: when Zigbee last brought something."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    seen = told.get("last_seen")
    if seen is None:
        return None, flags
    at_ms = number(seen)
    event_ms = believable(instant_ms(seen) if at_ms is None else at_ms, message.received_ms)
    return event_ms, flags if event_ms is not None else (*flags, "clock_off")
