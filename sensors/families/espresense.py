"""ESPresense nodes: device sightings, node status, node motion (firmware 2.x to 4.x).

The room segment of a topic is the board; its channels are `ble`, `motion`, `pir` and `radar`.
Payloads have no time: the receive time is the event time.

Source: github.com/ESPresense/ESPresense, topics and fields as of v4.0.6 (see docs/decisions/0004).
"""

import msgspec

from sensors.entry import Decoded, Entry
from sensors.family import Surroundings
from sensors.memory import Memory
from sensors.message import Message
from sensors.reading import AnyReading, Heartbeat, Motion, Offline, Presence, Sighting
from sensors.rejected import Reason, Rejected, masked_excerpt, without_values

PREFIX = "espresense"
MAX_BYTES = 8192
HEARTBEAT_S = 24.0
"""Telemetry comes at most every 15 s; after 60 s of silence, 2.5 of these, the node is gone."""
CLASS_PREFIXES = ("apple:", "md:", "sd:", "ad:", "msft:", "node:")
"""Ids that many devices share, or that are scanners themselves: they identify nobody."""
LEVEL_KINDS: dict[str, type[Motion] | type[Presence]] = {"motion": Motion, "presence": Presence}


class DeviceReport(msgspec.Struct, frozen=True, rename={"reference_dbm": "rssi@1m"}):
    """What a node says of a device; unknown fields are other firmware's business."""

    id: str | None = None
    rssi: float | None = None
    reference_dbm: float | None = None
    mac: str | None = None


_report = msgspec.json.Decoder(DeviceReport)


class EspresenseFamily:
    """Nodes that run the ESPresense firmware."""

    name = "espresense"

    def filters(self, site: str) -> tuple[str, ...]:  # noqa: ARG002 - its prefix is compiled in
        """Device reports and node topics; settings with more levels are left out."""
        return f"{PREFIX}/devices/+/+", f"{PREFIX}/rooms/+", f"{PREFIX}/rooms/+/+"

    def decode(self, message: Message, memory: Memory, around: Surroundings) -> Decoded:
        """What a message says; never raises, changes nothing."""
        if len(message.payload) > MAX_BYTES:
            return _refused(Reason.TOO_LARGE, f"{len(message.payload)} bytes", message)
        match message.topic.split("/"):
            case [_, "devices", device, room]:
                return self._sighting(message, device, room, around)
            case [_, "rooms", room]:
                return self._sighting(message, "", room, around)
            case [_, "rooms", room, leaf]:
                return self._room(message, room, leaf, memory, around)
            case _:
                return _refused(Reason.UNKNOWN_TOPIC, "expected devices/<id>/<room>", message)

    def _sighting(self, message: Message, device: str, room: str, around: Surroundings) -> Decoded:
        sensor = f"{room}/ble"
        if around.boards.get(room) != self.name or sensor not in around.sensors:
            return _refused(Reason.UNKNOWN_BOARD, "no such node in the building file", message)
        if message.retained:
            return _refused(Reason.RETAINED, "a retained sighting has no known time", message, room)
        try:
            report = _report.decode(message.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _refused(Reason.MALFORMED, without_values(error), message, room)
        if report.rssi is None or not -127 <= report.rssi <= 20:
            return _refused(Reason.MALFORMED, "no rssi between -127 and 20 dBm", message, room)
        readings = self._heard(report, device or report.id or "", sensor, message, around)
        return Decoded(entry=Entry(room, message.received_ms, readings))

    def _heard(
        self,
        report: DeviceReport,
        device: str,
        sensor: str,
        message: Message,
        around: Surroundings,
    ) -> tuple[AnyReading, ...]:
        """The sighting of an enrolled device; of anything else only that the node lives."""
        now_ms = message.received_ms
        alive = Heartbeat(sensor.partition("/")[0], now_ms, HEARTBEAT_S)
        if not device or device.startswith(CLASS_PREFIXES) or report.rssi is None:
            return (alive,)
        tag = around.enrolled(device, now_ms)
        if tag is None:
            return (alive,)
        return alive, Sighting(sensor, now_ms, tag, report.rssi, report.reference_dbm)

    def _room(
        self, message: Message, room: str, leaf: str, memory: Memory, around: Surroundings
    ) -> Decoded:
        if around.boards.get(room) != self.name:
            return _refused(Reason.UNKNOWN_BOARD, "no such node in the building file", message)
        now_ms = message.received_ms
        if leaf == "status" and message.payload.strip().lower() == b"offline":
            return Decoded(entry=Entry(room, now_ms, (Offline(room, now_ms),)))
        if message.retained:
            return Decoded(noted=f"retained {leaf}: its time is not known")
        if leaf in {"telemetry", "status"}:
            return Decoded(entry=Entry(room, now_ms, (Heartbeat(room, now_ms, HEARTBEAT_S),)))
        kind = LEVEL_KINDS.get(around.sensors.get(f"{room}/{leaf}", ""))
        if kind is None:
            return Decoded(noted=f"{leaf}: a setting or a channel without a place")
        return self._level(message, room, leaf, kind, memory)

    def _level(
        self,
        message: Message,
        room: str,
        leaf: str,
        kind: type[Motion] | type[Presence],
        memory: Memory,
    ) -> Decoded:
        level = {b"on": True, b"off": False}.get(message.payload.strip().lower())
        if level is None:
            return _refused(Reason.MALFORMED, f"{leaf}: expected ON or OFF", message, room)
        now_ms, sensor = message.received_ms, f"{room}/{leaf}"
        readings: tuple[AnyReading, ...] = (Heartbeat(room, now_ms, HEARTBEAT_S),)
        if not memory.repeats(sensor, level=level):
            readings += (kind(sensor, now_ms, level),)
        return Decoded(entry=Entry(room, now_ms, readings))


def _refused(reason: Reason, detail: str, message: Message, board: str = "") -> Decoded:
    family = EspresenseFamily.name
    excerpt = masked_excerpt(message.payload)
    length = len(message.payload)
    return Decoded(rejected=(Rejected(reason, detail, family, board, length, excerpt),))
