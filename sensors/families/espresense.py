"""ESPresense nodes: device sightings, node status, what is wired to a node (firmware 2.x to 4.x).

The room segment of a topic is the device; its channels are `ble`, `motion`, `pir`, `radar`,
`switch_1`, `button_1`, and levels such as `bh1750_lux`. Payloads have no time: the receive time is
the event time. Nothing says that a device has left: absence is silence alone.

Source: github.com/ESPresense/ESPresense, topics and fields as of v4.0.6 (see docs/decisions/0004).
"""

import re

import msgspec

from sensors.families.measures import level
from sensors.identity import FACTORY_UUIDS, believable_dbm, reckoned_m
from sensors.keys import Keys
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import json_object, number, text, text_of, yes_or_no
from sensors.statement import Facts, Flag, Hearing, Kind, Statement, note, refusal

PREFIX = "espresense"
MAX_BYTES = 8192
HEARTBEAT_S = 24.0
"""Telemetry comes at most every 15 s; after 60 s of silence, 2.5 of these, the node is gone."""
WARM_S = 60.0
"""A node that began less than this ago has not heard its surroundings yet; our choice."""
HELD_S = 0.5
"""The firmware holds motion this long by default: its off is no vacancy."""
CLASS_PREFIXES = ("apple:", "md:", "sd:", "ad:", "msft:", "exp:", "node:")
"""Ids that many devices share, or that are scanners themselves: they identify nobody."""
NODES_UUID = "e5ca1ade-f007-ba11-0000-000000000000"
"""What nodes send as iBeacons, for each other."""
LEVELS: dict[str, Kind] = {
    "motion": "motion",
    "pir": "motion",
    "radar": "motion",
    "presence": "presence",
}
INPUT = re.compile(r"(?:switch|button)(?:_[12])?")
"""What is wired to a node: only the building file can say what its on and off mean."""
MEASURED = frozenset(("lux", "temperature", "humidity", "pressure", "co2"))
"""The ends of names of what a node measures; the chip's name may come before: `bh1750_lux`."""


class DeviceReport(msgspec.Struct, frozen=True, rename={"reference_dbm": "rssi@1m"}):
    """What a node says of a device; unknown fields are other firmware's business."""

    id: str | None = None
    rssi: float | None = None
    reference_dbm: float | None = None
    distance: float | None = None


_report = msgspec.json.Decoder(DeviceReport)


class EspresenseFamily:
    """Nodes that run the ESPresense firmware."""

    name = "espresense"
    patterns: tuple[str, ...] = (
        f"{PREFIX}/devices/+/+",
        f"{PREFIX}/rooms/+",
        f"{PREFIX}/rooms/+/+",
    )
    """Device reports and node topics; settings with more levels are left out."""

    def hear(self, message: Message, _remembered: Facts, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        if len(message.payload) > MAX_BYTES:
            detail = f"{len(message.payload)} bytes, expected at most {MAX_BYTES}"
            return refusal(Reason.TOO_LARGE, detail)
        match message.topic.split("/"):
            case [_, "devices", device, room]:
                return _sighting(message, device, room)
            case [_, "rooms", room]:
                return _sighting(message, "", room)
            case [_, "rooms", room, leaf]:
                return _room(message, room, leaf)
            case levels:
                return _aside(message, levels)


def _aside(message: Message, levels: list[str]) -> Hearing:
    """What stands beside reports and nodes: parts of reports, settings, what others concluded."""
    match levels:
        case [_, "devices", _, room, _]:
            return note("a part of a device's report: no sighting", room)
        case [_, "rooms", _, _, "set"]:
            return note("a command: somebody sets a node")
        case [_, "settings", *_]:
            return note("a setting of a device, for all nodes")
        case [_, "companion", "status"]:
            is_there = yes_or_no(text(message))
            return note(f"ESPresense-companion is {'online' if is_there else 'offline'}")
        case [_, "companion", *_]:
            return note("what another service concluded: no evidence of its own")
        case _:
            return refusal(Reason.UNKNOWN_TOPIC, "expected devices/<id>/<room>")


def _sighting(message: Message, device: str, room: str) -> Hearing:
    try:
        report = _report.decode(message.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        loose = _report_with_texts(message.payload)
        if loose is None:
            return refusal(Reason.MALFORMED, without_values(error), room)
        report = loose
    rssi_dbm = believable_dbm(report.rssi)
    if rssi_dbm is None:
        if report.distance is not None:
            return note("a distance without rssi: too weak to place anybody by", room, alive=True)
        return refusal(Reason.MALFORMED, "no rssi between -127 and 20 dBm", room)
    if device and report.id and device != report.id:
        return refusal(Reason.MALFORMED, "the topic names another device than the payload", room)
    address = device or report.id or ""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    said = Statement(
        "ble",
        "sighting",
        rssi_dbm,
        unit="dBm",
        address=address,
        reference_dbm=believable_dbm(report.reference_dbm),
        distance_m=reckoned_m(report.distance),
        flags=flags + _nobody(address),
    )
    return Hearing(room, (said,), not message.retained, HEARTBEAT_S)


def _report_with_texts(payload: bytes) -> DeviceReport | None:
    """A report whose numbers are texts, or are none; None if it is no JSON object."""
    try:
        told = json_object(payload)
    except ValueError:
        return None
    rssi_dbm, reference_dbm, distance_m = (
        number(told.get(key)) for key in ("rssi", "rssi@1m", "distance")
    )
    return DeviceReport(text_of(told.get("id")), rssi_dbm, reference_dbm, distance_m)


def _nobody(address: str) -> tuple[Flag, ...]:
    """Why an id is nobody's: a class of devices, a factory's default, or no whole address."""
    if address.startswith(CLASS_PREFIXES):
        return ("shared",)
    if address.startswith("iBeacon:"):
        uuid = address[8:44].lower()
        return ("shared",) if uuid in FACTORY_UUIDS or uuid == NODES_UUID else ()
    if len(address) == 12 or ":" in address:
        return ()
    return ("anonymous",) if all(c in "0123456789abcdefABCDEF" for c in address) else ()


def _room(message: Message, room: str, leaf: str) -> Hearing:
    """What a node says of itself, or of what is wired to it."""
    alive = not message.retained
    kind: Kind | None = LEVELS.get(leaf) or ("binary" if INPUT.fullmatch(leaf) else None)
    if not message.payload.strip() and (kind or leaf == "status"):
        return note(f"{leaf}: empty, so what the broker had kept is deleted", room)
    if leaf == "status":
        return _status(message, room)
    if leaf == "telemetry":
        return _telemetry(message, room)
    if kind is not None:
        return _level(message, room, leaf, kind)
    quantity = leaf.lower().rpartition("_")[2]
    told = level(quantity, text(message)) if quantity in MEASURED else None
    if told is None:
        return note(f"{leaf[:32]}: a setting", room)
    said = msgspec.structs.replace(told, channel=leaf, flags=_kept(message))
    return Hearing(room, (said,), alive, HEARTBEAT_S)


def _status(message: Message, room: str) -> Hearing:
    """A node's will, or its return."""
    is_there = yes_or_no(text(message))
    if is_there is None:
        return refusal(Reason.MALFORMED, "status: expected online or offline", room)
    noted = "the node is online" if is_there else ""
    return Hearing(room, (), not message.retained, HEARTBEAT_S, not is_there, noted=noted)


def _telemetry(message: Message, room: str) -> Hearing:
    """A node's health; its `rssi` is that of its Wi-Fi."""
    try:
        up_s = number(json_object(message.payload).get("uptime"))
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), room)
    is_new = up_s is not None and up_s < WARM_S
    noted = "the node's own health" + (": it has only just begun" if is_new else "")
    return Hearing(room, (), not message.retained, HEARTBEAT_S, noted=noted)


def _level(message: Message, room: str, leaf: str, kind: Kind) -> Hearing:
    on = {"on": True, "off": False}.get(text(message).lower())
    if on is None:
        return refusal(Reason.MALFORMED, f"{leaf}: expected ON or OFF", room)
    held_s = HELD_S if kind == "motion" else None
    said = Statement(leaf, kind, on, held_s=held_s, flags=_kept(message))
    return Hearing(room, (said,), not message.retained, HEARTBEAT_S)


def _kept(message: Message) -> tuple[Flag, ...]:
    return ("retained",) if message.retained else ()
