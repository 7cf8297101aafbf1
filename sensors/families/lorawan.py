"""LoRaWAN sensors behind ChirpStack v4 or The Things Stack v3: what their servers publish.

The device is the DevEUI in lower case at ChirpStack, the device id of the topic at The Things
Stack. Payloads are events in JSON, or, where somebody forwards only that, a decoded object, an
array of history, or the application's bytes, as they are or as hex text.

Sensors of class A speak on change and now and then, by their settings every ten minutes or every
few hours, and messages get lost: none of them promises when it speaks again (`every_s` is empty),
so the building file says how long silence is normal.

Source: chirpstack.io/docs, integration events (4.x, and 3.x in JSON); thethingsindustries.com/docs,
data formats and MQTT server (3.x). JSON of proto3 leaves defaults out: no `fCnt` is 0, no `level`
is INFO.
"""

import re

import msgspec

from sensors.families.lorawan_uplink import (
    Told,
    Uplink,
    bare_uplink,
    base64_bytes,
    gateway_time,
    names_of,
    port_of,
    stamped,
    uplink_heard,
)
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, text_of
from sensors.statement import Facts, Hearing, Learned, Statement, note, refusal
from sensors.topic import captured

CHIRPSTACK = "chirpstack"
THINGS_STACK = "thethingsstack"
ENVELOPE = frozenset({"deviceInfo", "deduplicationId", "devAddr", "rxInfo", "devEUI"})
"""An object with any of these is an event of ChirpStack, not a codec's output."""
REMEMBERED_IDS = 4
"""A redelivered message follows soon after the first."""
COMMAND = "a command to it"
ACKNOWLEDGED = "it acknowledged a downlink"
NOTED_EVENTS = {
    "join": "it joined the network",
    "ack": "it did not acknowledge a downlink",
    "txack": "a gateway sent a downlink",
    "location": "where the network believes it to be",
    "integration": "data of a service: no measurement",
}
NOTED_LEAVES = {
    "up/normalized": "the same measurement once more, normalized",
    "join": "it joined the network",
    "down/push": COMMAND,
    "down/replace": COMMAND,
    "down/ack": ACKNOWLEDGED,
    "down/nack": "it did not acknowledge a downlink",
    "down/failed": "the network failed to send a downlink",
    "service/data": "data of a service: no measurement",
    "location/solved": "where the network believes it to be",
}
KEYS_OF_EVENTS = {
    "batteryLevel": "status",
    "margin": "status",
    "acknowledged": "ack",
    "downlinkId": "txack",
    "code": "log",
    "integrationName": "integration",
    "location": "location",
}
"""Keys that no uplink has: where a recording tells no topic, they tell the event."""
KEYS_OF_LEAVES = {
    "join_accept": "join",
    "uplink_normalized": "up/normalized",
    "downlink_ack": "down/ack",
    "downlink_nack": "down/nack",
    "downlink_failed": "down/failed",
    "downlink_queued": "down/queued",
    "downlink_sent": "down/sent",
    "downlinks": "down/push",
    "location_solved": "location/solved",
    "service_data": "service/data",
}
"""As much at The Things Stack."""
_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")
_EUI = re.compile(r"[0-9a-f]{16}")
_CODE = re.compile(r"[A-Z_]{1,40}")


class ChirpStackFamily:
    """Events of ChirpStack v4's MQTT integration."""

    name = CHIRPSTACK
    patterns: tuple[str, ...] = ("application/+/device/+/event/+",)

    def hear(self, message: Message, remembered: Facts, keys: Keys) -> Hearing:  # noqa: ARG002
        """What a message of this family says; never raises, changes nothing."""
        found = captured("application/+/device/{device}/event/{event}", message.topic)
        if found is None:
            asked = captured("application/+/device/{device}/command/+", message.topic)
            if asked is not None:
                return note(COMMAND, asked["device"].lower())
            return refusal(Reason.UNKNOWN_TOPIC, "expected application/+/device/+/event/+")
        device, event = found["device"].lower(), found["event"]
        if event == "up":
            return self._up(device, message, remembered)
        try:
            told = json_object(message.payload)
        except ValueError as error:
            return refusal(Reason.MALFORMED, without_values(error), device)
        return _event(_eui(told, device), event, told, message)

    def _up(self, device: str, message: Message, remembered: Facts) -> Hearing:
        bare = bare_uplink(self.name, device, message)
        if isinstance(bare, Hearing):
            return bare
        if not ENVELOPE & bare.told.keys():
            return uplink_heard(bare, message, remembered)
        device = _eui(bare.told, device)
        event = next((KEYS_OF_EVENTS[key] for key in KEYS_OF_EVENTS if key in bare.told), "up")
        if event != "up":
            return _event(device, event, bare.told, message)
        return _chirpstack_up(device, bare.told, message, remembered)


class ThingsStackFamily:
    """Messages of The Things Stack's MQTT server."""

    name = THINGS_STACK
    patterns: tuple[str, ...] = ("v3/+/devices/+/#",)

    def hear(self, message: Message, remembered: Facts, keys: Keys) -> Hearing:  # noqa: ARG002
        """What a message of this family says; never raises, changes nothing."""
        found = captured("v3/+/devices/{device}/#", message.topic)
        if found is None:
            return refusal(Reason.UNKNOWN_TOPIC, "expected v3/+/devices/+/#")
        device, leaf = found["device"], "/".join(message.topic.split("/")[4:])
        if leaf == "up":
            return self._up(device, message, remembered)
        try:
            json_object(message.payload)
        except ValueError as error:
            return refusal(Reason.MALFORMED, without_values(error), device)
        return _noted(device, leaf, message)

    def _up(self, device: str, message: Message, remembered: Facts) -> Hearing:
        bare = bare_uplink(self.name, device, message)
        if isinstance(bare, Hearing):
            return bare
        if "uplink_message" not in bare.told and "end_device_ids" not in bare.told:
            return uplink_heard(bare, message, remembered)
        leaf = next((KEYS_OF_LEAVES[key] for key in KEYS_OF_LEAVES if key in bare.told), "up")
        if leaf != "up":
            return _noted(device, leaf, message)
        if bare.told.get("simulated") is True:
            return note("a simulated uplink, by somebody at a console", device)
        return uplink_heard(_things_stack_up(device, bare.told), message, remembered)


def _noted(device: str, leaf: str, message: Message) -> Hearing:
    """A message of The Things Stack that is no uplink."""
    is_alive = leaf in ("join", "down/ack") and not message.retained
    other = "a downlink of the network" if leaf.startswith("down/") else "no measurement"
    return note(NOTED_LEAVES.get(leaf, other), device, alive=is_alive)


def _things_stack_up(device: str, told: Told) -> Uplink:
    """Of its three times, that of the network server goes first: it came before the others."""
    uplink = inner(told, "uplink_message")
    version = inner(uplink, "version_ids")
    received = uplink.get("received_at") or told.get("received_at")
    return Uplink(
        THINGS_STACK,
        device,
        inner(uplink, "decoded_payload"),
        data=base64_bytes(uplink.get("frm_payload")),
        fport=port_of(uplink.get("f_port")),
        time=received or gateway_time(uplink.get("rx_metadata")),
        names=names_of(device, version.get("brand_id"), version.get("model_id")),
    )


def _eui(told: Told, device: str) -> str:
    """The DevEUI that an event tells, else that of its topic; in lower case."""
    found = text_of(inner(told, "deviceInfo").get("devEui")).lower()
    return found if found == device or _EUI.fullmatch(found) else device


def _event(device: str, event: str, told: Told, message: Message) -> Hearing:
    """An event of ChirpStack that is no uplink, by the last level of its topic."""
    if event == "status":
        return _status(device, told, message)
    if event in ("log", "error"):
        return _log(device, told, is_error=event == "error")
    is_answer = event == "ack" and told.get("acknowledged") is True
    why = ACKNOWLEDGED if is_answer else NOTED_EVENTS.get(event, "no measurement")
    is_alive = (is_answer or event == "join") and not message.retained
    return note(why, device, alive=is_alive)


def _chirpstack_up(device: str, told: Told, message: Message, remembered: Facts) -> Hearing:
    """An uplink, unless it came before."""
    key = f"{CHIRPSTACK}/{device}/dedup"
    seen = remembered.get(key, "").split(",")
    this = text_of(told.get("deduplicationId"))
    uplink = _chirpstack_uplink(device, told)
    if not _ID.fullmatch(this):
        return uplink_heard(uplink, message, remembered)
    if this in seen:
        return Hearing(device, alive=not message.retained, repeated=True)
    learned = Learned(key, ",".join([*filter(None, seen), this][-REMEMBERED_IDS:]))
    hearing = uplink_heard(uplink, message, remembered)
    return msgspec.structs.replace(hearing, learned=(learned, *hearing.learned))


def _chirpstack_uplink(device: str, told: Told) -> Uplink:
    """The envelope of version 4, or of version 3, whose names stand beside the rest."""
    info = inner(told, "deviceInfo") or told
    tags = list(inner(info, "tags").values())[:32]
    return Uplink(
        CHIRPSTACK,
        device,
        inner(told, "object") or _coded(told.get("objectJSON")),
        data=base64_bytes(told.get("data")),
        fport=port_of(told.get("fPort")),
        time=told.get("time") or told.get("publishedAt") or gateway_time(told.get("rxInfo")),
        names=names_of(info.get("deviceProfileName"), info.get("deviceName"), *tags),
    )


def _coded(said: object) -> Told:
    """A codec's output as text, as version 3 has it; empty where there is none."""
    try:
        return json_object(text_of(said).encode("utf-8", "replace"))
    except ValueError:
        return {}


def _status(device: str, told: Told, message: Message) -> Hearing:
    """What a device answered to the network's question: its battery, unless it has a plug."""
    alive, level = not message.retained, number(told.get("batteryLevel"))
    if level is None or not 0 <= level <= 100 or told.get("externalPowerSource") is True:
        return note("it answered the network, without a battery level", device, alive=alive)
    said = Statement("battery", "level", level, "battery", "%")
    return Hearing(device, stamped([said], told.get("time"), message), alive)


def _log(device: str, told: Told, *, is_error: bool) -> Hearing:
    """The server's log of a device: an error counts, the rest is for people.

    Version 3 has an event of its own for errors, whose code is the `type`.
    """
    code = text_of(told.get("code")) or text_of(told.get("type"))
    what = code if _CODE.fullmatch(code) else "no code"
    if is_error or text_of(told.get("level")).upper() == "ERROR":
        return refusal(Reason.DEVICE_ERROR, f"the server logs {what}", device)
    return note(f"the server logs {what}", device)
