"""ESPresense nodes: device sightings, node status, node motion (firmware 2.x to 4.x).

The room segment of a topic is the device; its channels are `ble`, `motion`, `pir` and `radar`.
Payloads have no time: the receive time is the event time. Nothing says that a device has left:
absence is silence alone.

Source: github.com/ESPresense/ESPresense, topics and fields as of v4.0.6 (see docs/decisions/0004).
"""

import msgspec

from sensors.identity import FACTORY_UUIDS
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.statement import Flag, Hearing, Kind, Statement, note, refusal

PREFIX = "espresense"
MAX_BYTES = 8192
HEARTBEAT_S = 24.0
"""Telemetry comes at most every 15 s; after 60 s of silence, 2.5 of these, the node is gone."""
CLASS_PREFIXES = ("apple:", "md:", "sd:", "ad:", "msft:", "node:")
"""Ids that many devices share, or that are scanners themselves: they identify nobody."""
LEVELS: dict[str, Kind] = {
    "motion": "motion",
    "pir": "motion",
    "radar": "motion",
    "presence": "presence",
}
"""The firmware holds these half a second by default: their off is no vacancy."""


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

    def hear(self, message: Message, _memory: Memory, _keys: Keys) -> Hearing:
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
                return _aside(levels)


def _aside(levels: list[str]) -> Hearing:
    """What stands beside reports and nodes: parts of reports, settings, what others concluded."""
    match levels:
        case [_, "devices", _, room, _]:
            return note("a part of a device's report: no sighting", room)
        case [_, "companion" | "settings", *_] | [_, "rooms", _, _, "set"]:
            return note("a setting, or what another service concluded")
        case _:
            return refusal(Reason.UNKNOWN_TOPIC, "expected devices/<id>/<room>")


def _sighting(message: Message, device: str, room: str) -> Hearing:
    try:
        report = _report.decode(message.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return refusal(Reason.MALFORMED, without_values(error), room)
    if report.rssi is None or not -127 <= report.rssi <= 20:
        if report.distance is not None:
            return note("a distance without rssi: too weak to place anybody by", room, alive=True)
        return refusal(Reason.MALFORMED, "no rssi between -127 and 20 dBm", room)
    address = device or report.id or ""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    said = Statement(
        "ble",
        "sighting",
        report.rssi,
        unit="dBm",
        address=address,
        reference_dbm=report.reference_dbm,
        flags=flags + _nobody(address),
    )
    return Hearing(room, (said,), not message.retained, HEARTBEAT_S)


def _nobody(address: str) -> tuple[Flag, ...]:
    """Why an id is nobody's: a class of devices, a factory's default, or no whole address."""
    if address.startswith(CLASS_PREFIXES):
        return ("shared",)
    if address.startswith("iBeacon:"):
        return ("shared",) if address[8:44].lower() in FACTORY_UUIDS else ()
    is_cut = len(address) < 12 and all(c in "0123456789abcdefABCDEF" for c in address)
    return ("anonymous",) if is_cut else ()


def _room(message: Message, room: str, leaf: str) -> Hearing:
    told, alive = message.payload.strip().lower(), not message.retained
    if leaf == "status":
        is_gone = told == b"offline"
        noted = "" if is_gone else "the node is online"
        return Hearing(room, (), alive, HEARTBEAT_S, is_gone, noted=noted)
    if leaf == "telemetry":
        return Hearing(room, (), alive, HEARTBEAT_S, noted="the node's own health")
    kind = LEVELS.get(leaf)
    if kind is None:
        return note(f"{leaf[:32]}: a setting", room)
    level = {b"on": True, b"off": False}.get(told)
    if level is None:
        return refusal(Reason.MALFORMED, f"{leaf}: expected ON or OFF", room)
    said = Statement(leaf, kind, level, flags=("retained",) if message.retained else ())
    return Hearing(room, (said,), alive, HEARTBEAT_S)
