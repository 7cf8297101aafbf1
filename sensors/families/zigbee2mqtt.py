"""Zigbee2MQTT: what the bridge publishes of Zigbee devices (1.x and 2.x).

The friendly name is the device: it may have spaces, slashes, even a space at its beginning. By
default every message repeats all attributes that the bridge remembers (`cache_state`), so an
attribute that stands there need not be new. A missing attribute says nothing.

Source: zigbee2mqtt.io, MQTT topics and messages, configuration of availability; 2.x.
"""

from sensors.families.measures import level
from sensors.foreign_time import believable, instant_ms
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, parsed, text, text_of, yes_or_no
from sensors.statement import (
    Announced,
    Flag,
    Hearing,
    Kind,
    Learned,
    Statement,
    note,
    refusal,
)

PREFIX = "zigbee2mqtt"
HOLD_S = 90.0
"""The bridge itself says that motion has ended so long after it (`occupancy_timeout`)."""
LEVELS: dict[str, Kind] = {
    "occupancy": "motion",
    "presence": "presence",
    "contact": "contact",
    "motion": "motion",
    "vibration": "binary",
}
COUNTS = ("people", "people_count", "target_count", "number_of_people")
DEVICES_LIMIT = 2_000


class Zigbee2MqttFamily:
    """Zigbee devices behind a bridge."""

    name = "zigbee2mqtt"
    patterns: tuple[str, ...] = (f"{PREFIX}/#",)

    def hear(self, message: Message, memory: Memory, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        device = message.topic.partition("/")[2]
        if device == "bridge" or device.startswith("bridge/"):
            return _bridge(message, device)
        name, _, leaf = device.rpartition("/")
        if name and leaf == "availability":
            return _availability(message, name)
        if name and leaf in ("set", "get"):
            return note(f"a command to the device: {leaf}")
        if not message.payload.strip():
            return Hearing(device, alive=False, gone=True, noted="removed or renamed")
        return _device(message, device, memory)


def _device(message: Message, device: str, memory: Memory) -> Hearing:
    name, _, leaf = device.rpartition("/")
    try:
        told = parsed(message.payload)
    except ValueError as error:
        if not name or leaf not in LEVELS:
            return refusal(Reason.MALFORMED, without_values(error), device)
        told = text(message)
    if isinstance(told, dict):
        return _attributes(told, device, message, memory)
    return _attribute(told, name, leaf, message, memory)


def _bridge(message: Message, topic: str) -> Hearing:
    leaf = topic.partition("/")[2]
    if leaf == "state":
        is_gone = _state(message) is False
        said = "the bridge is offline" if is_gone else "the bridge is online"
        return Hearing(alive=False, gone_below="*" if is_gone else "", noted=said)
    if leaf == "devices":
        return _inventory(message)
    if leaf == "event":
        return _event(message)
    return note("of the bridge: an inventory, a log or an answer")


def _event(message: Message) -> Hearing:
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error))
    name = text_of(inner(told, "data").get("friendly_name"))
    if told.get("type") == "device_leave" and name:
        return Hearing(name, alive=False, gone=True, noted="the device has left the network")
    return note("of the bridge: something happened in its network")


def _inventory(message: Message) -> Hearing:
    """What `bridge/devices` tells: names, models, and which of them hold presence."""
    try:
        told = parsed(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error))
    listed = [d for d in told if isinstance(d, dict)] if isinstance(told, list) else []
    known = tuple(_announced(device) for device in listed[:DEVICES_LIMIT] if _is_device(device))
    facts = tuple(
        Learned(f"{PREFIX}/{one.device}/presence", "1")
        for one in known
        if ("presence", "presence") in one.channels
    )
    return Hearing(alive=False, noted="the bridge's devices", announced=known, learned=facts)


def _is_device(told: dict[str, object]) -> bool:
    return bool(text_of(told.get("friendly_name"))) and told.get("type") != "Coordinator"


def _announced(told: dict[str, object]) -> Announced:
    definition = inner(told, "definition")
    exposes = definition.get("exposes")
    names = {
        text_of(one.get("property")) or text_of(one.get("name"))
        for one in (exposes if isinstance(exposes, list) else [])
        if isinstance(one, dict)
    }
    channels = tuple((name, LEVELS[name]) for name in LEVELS if name in names)
    counts = tuple((name, "count") for name in COUNTS if name in names)
    model = f"{text_of(definition.get('vendor'))} {text_of(definition.get('model'))}".strip()
    return Announced(PREFIX, text_of(told.get("friendly_name")), channels + counts, model)


def _state(message: Message) -> bool | None:
    """Online or offline, as text or as JSON."""
    try:
        return yes_or_no(json_object(message.payload).get("state"))
    except ValueError:
        return yes_or_no(text(message).strip('"'))


def _availability(message: Message, device: str) -> Hearing:
    state = _state(message)
    if state is None:
        return refusal(Reason.MALFORMED, "availability: expected online or offline", device)
    if not state:
        return Hearing(device, alive=False, gone=True)
    return note("the device is available", device, alive=not message.retained)


def _attributes(told: dict[str, object], device: str, message: Message, memory: Memory) -> Hearing:
    event_ms, flags = _when(told, message)
    said = tuple(
        one
        for channel, value in told.items()
        if (one := _statement(channel, value, device, event_ms, flags, memory)) is not None
    )
    noted = "" if said else "settings and state without anything measured here"
    return Hearing(device, said, not message.retained, noted=noted)


def _when(told: dict[str, object], message: Message) -> tuple[int | None, tuple[Flag, ...]]:
    """`last_seen` in each of its three forms: when Zigbee last brought something."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    seen = told.get("last_seen")
    if seen is None:
        return None, flags
    at_ms = number(seen) if isinstance(seen, int | float) else instant_ms(seen)
    event_ms = believable(at_ms, message.received_ms)
    return event_ms, flags if event_ms is not None else (*flags, "clock_off")


def _statement(
    channel: str,
    value: object,
    device: str,
    event_ms: int | None,
    flags: tuple[Flag, ...],
    memory: Memory,
) -> Statement | None:
    kind = LEVELS.get(channel)
    if kind is None:
        if channel in COUNTS and number(value) is not None:
            return Statement(channel, "count", number(value), event_ms=event_ms, flags=flags)
        return level(channel, value, flags)
    held_s = HOLD_S if kind == "motion" else None
    if channel == "occupancy" and f"{PREFIX}/{device}/presence" in memory.learned:
        kind, held_s = "presence", None
    yes = yes_or_no(value)
    if channel == "contact" and yes is not None:
        yes = not yes  # true is closed: the magnet is there
    return Statement(channel, kind, yes, event_ms=event_ms, held_s=held_s, flags=flags)


def _attribute(told: object, device: str, leaf: str, message: Message, memory: Memory) -> Hearing:
    """One attribute on a topic of its own, as with `output: attribute`."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    said = _statement(leaf, told, device, None, flags, memory) if device else None
    if said is None:
        return note("an attribute without anything measured here", device)
    return Hearing(device, (said,), not message.retained)
