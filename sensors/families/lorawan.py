"""LoRaWAN sensors behind ChirpStack v4 or The Things Stack v3: what their servers publish.

The device is the DevEUI in lower case at ChirpStack, the device id of the topic at The Things
Stack. Payloads are events in JSON, or, where somebody forwards only that, a decoded object, an
array of history, or the application's bytes as hex text.

Sensors of class A speak on change and now and then, by their settings every ten minutes or every
few hours, and messages get lost: none of them promises when it speaks again (`every_s` is empty),
so the building file says how long silence is normal.

Source: chirpstack.io/docs, integration events (4.x); thethingsindustries.com/docs, data formats
and MQTT server (3.x). JSON of proto3 leaves defaults out: no `fCnt` is 0, no `level` is INFO.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from sensors.families.lorawan_bytes import decoded, hex_bytes
from sensors.families.lorawan_objects import (
    history_statements,
    known_maker,
    likely_maker,
    object_statements,
    stamp_ms,
)
from sensors.foreign_time import believable, instant_ms
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_addresses, without_values
from sensors.spelling import inner, number, parsed, text_of
from sensors.statement import Flag, Hearing, Learned, Statement, note, refusal
from sensors.topic import captured

CHIRPSTACK = "chirpstack"
THINGS_STACK = "thethingsstack"
ENVELOPE = frozenset({"deviceInfo", "deduplicationId", "devAddr", "rxInfo", "devEUI"})
"""An object with any of these is an event of ChirpStack, not a codec's output."""
REMEMBERED_IDS = 4
"""A redelivered message follows soon after the first."""
NAMES_LENGTH = 512
MILESIGHT = "milesight"
"""Whose bytes are known by their form."""
NOTED_EVENTS = {
    "join": "it joined the network",
    "ack": "whether it acknowledged a downlink",
    "txack": "a gateway sent a downlink",
    "location": "where the network believes it to be",
    "integration": "data of a service: no measurement",
}
NOTED_LEAVES = {
    "up/normalized": "the same measurement once more, normalized",
    "join": "it joined the network",
    "down/ack": "it acknowledged a downlink",
    "service/data": "data of a service: no measurement",
    "location/solved": "where the network believes it to be",
}
_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")
_CODE = re.compile(r"[A-Z_]{1,40}")

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Uplink:
    """What a sensor sent, out of the envelope of either server."""

    family: str
    device: str
    told: Told = field(default_factory=dict)
    """The codec's output; empty without one."""
    history: object = None
    """A list of objects of the past."""
    data: bytes = b""
    fport: int | None = None
    time: object = None
    """When the server received it, as it tells it."""
    names: str = ""
    """What may tell the maker, in lower case."""


class ChirpStackFamily:
    """Events of ChirpStack v4's MQTT integration."""

    name = CHIRPSTACK
    patterns: tuple[str, ...] = ("application/+/device/+/event/+",)

    def hear(self, message: Message, memory: Memory, keys: Keys) -> Hearing:  # noqa: ARG002
        """What a message of this family says; never raises, changes nothing."""
        found = captured("application/+/device/{device}/event/{event}", message.topic)
        if found is None:
            return refusal(Reason.UNKNOWN_TOPIC, "expected application/+/device/+/event/+")
        device = found["device"].lower()
        bare = _bare(self.name, device, message)
        if isinstance(bare, Hearing):
            return bare
        if not ENVELOPE & bare.told.keys():
            return _said(bare, message, memory)
        device = text_of(inner(bare.told, "deviceInfo").get("devEui")).lower() or device
        return _event(device, found["event"], bare.told, message, memory)


class ThingsStackFamily:
    """Messages of The Things Stack's MQTT server."""

    name = THINGS_STACK
    patterns: tuple[str, ...] = ("v3/+/devices/+/#",)

    def hear(self, message: Message, memory: Memory, keys: Keys) -> Hearing:  # noqa: ARG002
        """What a message of this family says; never raises, changes nothing."""
        found = captured("v3/+/devices/{device}/#", message.topic)
        if found is None:
            return refusal(Reason.UNKNOWN_TOPIC, "expected v3/+/devices/+/#")
        leaf = "/".join(message.topic.split("/")[4:])
        if leaf == "up":
            return self._up(found["device"], message, memory)
        is_alive = leaf in ("join", "down/ack") and not message.retained
        other = "a downlink of the network" if leaf.startswith("down/") else "no measurement"
        return note(NOTED_LEAVES.get(leaf, other), found["device"], alive=is_alive)

    def _up(self, device: str, message: Message, memory: Memory) -> Hearing:
        bare = _bare(self.name, device, message)
        if isinstance(bare, Hearing):
            return bare
        if "uplink_message" not in bare.told and "end_device_ids" not in bare.told:
            return _said(bare, message, memory)
        if bare.told.get("simulated") is True:
            return note("a simulated uplink, by somebody at a console", device)
        uplink = inner(bare.told, "uplink_message")
        version = inner(uplink, "version_ids")
        envelope = Uplink(
            self.name,
            device,
            inner(uplink, "decoded_payload"),
            data=_base64(uplink.get("frm_payload")),
            fport=_port(uplink.get("f_port")),
            time=uplink.get("received_at") or bare.told.get("received_at"),
            names=_names(device, version.get("brand_id"), version.get("model_id")),
        )
        return _said(envelope, message, memory)


def _bare(family: str, device: str, message: Message) -> Uplink | Hearing:
    """A payload as if it were a codec's output, or bytes; a refusal where it is neither."""
    data, names = hex_bytes(message.payload), _names(device)
    if data is not None:
        return Uplink(family, device, data=data, fport=message.fport, names=names)
    try:
        told = parsed(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    if isinstance(told, list):
        return Uplink(family, device, history=told, fport=message.fport, names=names)
    if isinstance(told, dict):
        return Uplink(family, device, told, fport=message.fport, names=names)
    return refusal(Reason.MALFORMED, "expected an object, an array or hex text", device)


def _event(device: str, event: str, told: Told, message: Message, memory: Memory) -> Hearing:
    """An event of ChirpStack, by the last level of its topic."""
    if event == "up":
        return _chirpstack_up(device, told, message, memory)
    if event == "status":
        return _status(device, told, message)
    if event == "log":
        return _log(device, told)
    is_alive = event == "join" or (event == "ack" and told.get("acknowledged") is True)
    why = NOTED_EVENTS.get(event, "no measurement")
    return note(why, device, alive=is_alive and not message.retained)


def _chirpstack_up(device: str, told: Told, message: Message, memory: Memory) -> Hearing:
    info = inner(told, "deviceInfo")
    tags = list(inner(info, "tags").values())[:32]
    uplink = Uplink(
        CHIRPSTACK,
        device,
        inner(told, "object"),
        data=_base64(told.get("data")),
        fport=_port(told.get("fPort")),
        time=told.get("time"),
        names=_names(info.get("deviceProfileName"), info.get("deviceName"), *tags),
    )
    key = f"{CHIRPSTACK}/{device}/dedup"
    seen = memory.learned.get(key, "").split(",")
    this = text_of(told.get("deduplicationId"))
    if not _ID.fullmatch(this):
        return _said(uplink, message, memory)
    if this in seen:
        return Hearing(device, alive=not message.retained, repeated=True)
    learned = Learned(key, ",".join([*filter(None, seen), this][-REMEMBERED_IDS:]))
    hearing = _said(uplink, message, memory)
    return msgspec.structs.replace(hearing, learned=(learned, *hearing.learned))


def _status(device: str, told: Told, message: Message) -> Hearing:
    """What a device answered to the network's question: its battery, unless it has a plug."""
    alive, level = not message.retained, number(told.get("batteryLevel"))
    if level is None or not 0 <= level <= 100 or told.get("externalPowerSource") is True:
        return note("it answered the network, without a battery level", device, alive=alive)
    said = Statement("battery", "level", level, "battery", "%")
    timed = tuple(_stamped([said], told.get("time"), message.received_ms))
    return Hearing(device, _kept(timed, message), alive)


def _log(device: str, told: Told) -> Hearing:
    """The server's log of a device: an error counts, the rest is for people."""
    code = text_of(told.get("code"))
    what = code if _CODE.fullmatch(code) else "no code"
    if told.get("level") == "ERROR":
        return refusal(Reason.DEVICE_ERROR, f"the server logs {what}", device)
    return note(f"the server logs {what}", device)


def _said(uplink: Uplink, message: Message, memory: Memory) -> Hearing:
    """What an uplink says: by its codec, or else by its bytes."""
    errors = uplink.told.get("errors")
    if errors:
        first = errors[0] if isinstance(errors, list) else errors
        detail = without_addresses(f"the codec fails: {text_of(first)[:80]}")
        return refusal(Reason.DEVICE_ERROR, detail, uplink.device)
    key = f"{uplink.family}/{uplink.device}/maker"
    known, remembered = known_maker(uplink.names, _first(uplink)), memory.learned.get(key, "")
    sure = known or remembered
    maker = sure or likely_maker(uplink.told, uplink.fport)
    said, why = _statements(uplink, uplink.told, maker, message), _why(uplink)
    if not said:
        told = decoded(uplink.data, maker, uplink.fport, uplink.names, is_sure=bool(sure))
        said = _statements(uplink, told or {}, maker or MILESIGHT, message)
        why = why if told is None else "the sensor tells of itself, not of what it sees"
    is_new = known and known != remembered and uplink.device
    learned = (Learned(key, known),) if is_new else ()
    noted = "" if said else why
    return Hearing(uplink.device, said, not message.retained, noted=noted, learned=learned)


def _statements(uplink: Uplink, told: Told, maker: str, message: Message) -> tuple[Statement, ...]:
    """Statements of the past, oldest first, and then of now, as readings follow each other."""
    entries, received_ms = uplink.history or told.get("history"), message.received_ms
    past = history_statements(entries, maker, uplink.fport, received_ms)
    now = list(object_statements(told, maker, uplink.fport, uplink.names))
    told_ms = stamp_ms(told.get("timestamp"))
    event_ms = believable(told_ms, received_ms)
    if event_ms is None:
        now = _stamped(now, uplink.time, received_ms, is_off=told_ms is not None)
    else:
        now = [msgspec.structs.replace(one, event_ms=event_ms) for one in now]
    return _kept((*past, *now), message)


def _first(uplink: Uplink) -> Mapping[str, object]:
    """The object whose keys may tell the maker: of an array, its first."""
    entries = uplink.history
    is_told = isinstance(entries, list) and entries and isinstance(entries[0], dict)
    return entries[0] if is_told and isinstance(entries, list) else uplink.told


def _stamped(
    said: list[Statement], time: object, received_ms: int, *, is_off: bool = False
) -> list[Statement]:
    """Statements at a server's time, RFC 3339 with nanoseconds, if that can be true."""
    told_ms = instant_ms(time)
    event_ms = believable(told_ms, received_ms)
    is_off = is_off or (told_ms is not None and event_ms is None)
    flags: tuple[Flag, ...] = ("clock_off",) if is_off else ()
    return [msgspec.structs.replace(one, event_ms=event_ms, flags=flags) for one in said]


def _kept(said: tuple[Statement, ...], message: Message) -> tuple[Statement, ...]:
    """Statements with the flag of a message that the broker had kept, if it had."""
    if not message.retained:
        return said
    return tuple(msgspec.structs.replace(one, flags=(*one.flags, "retained")) for one in said)


def _why(uplink: Uplink) -> str:
    """Why an uplink came to nothing."""
    if uplink.told or uplink.history:
        return "no known measurement in it"
    if uplink.data:
        port = "an unknown port" if uplink.fport is None else f"port {uplink.fport}"
        return f"bytes without a codec: {len(uplink.data)} on {port}"
    return "an uplink without a payload"


def _names(*said: object) -> str:
    return " ".join(text_of(one) for one in said).lower()[:NAMES_LENGTH]


def _port(said: object) -> int | None:
    port = number(said)
    return int(port) if port is not None and 0 <= port <= 255 else None


def _base64(said: object) -> bytes:
    """The bytes of an application; none for what is longer than any, or broken."""
    try:
        return base64.b64decode(text_of(said)[:1024], validate=True)
    except (binascii.Error, ValueError):
        return b""
