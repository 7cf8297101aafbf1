"""Tasmota: telemetry under `tele/`, answers and rules under `stat/`, commands under `cmnd/`.

`Time` is local and has no offset unless the user asked for one, so it counts only with an offset or
beside `Epoch`. `Wifi.RSSI` is a percentage. A device that sleeps deeply goes offline by design.

Source: tasmota.github.io, MQTT, Rules, PIR, LD2410 and iBeacon drivers; 14.x.
"""

import re

import msgspec

from sensors.families.measures import level
from sensors.families.tasmota_radar import radar
from sensors.families.will import will_heard
from sensors.foreign_time import believable, instant_ms
from sensors.identity import ibeacon, plain_address, unreliable
from sensors.keys import Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason, without_values
from sensors.spelling import inner, json_object, number, text, text_of, yes_or_no
from sensors.statement import Flag, Hearing, Kind, Learned, Statement, note, refusal

WAYS = ("tele", "stat", "cmnd")
TELEMETRY_S = 300.0
"""TelePeriod as delivered."""
_LEVELS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(?i)(pir|motion|movement|switch)\d*"), "motion"),
    (re.compile(r"(?i)(presence|occupancy|ld2410\w*)\d*"), "presence"),
    (re.compile(r"(?i)(door|window|contact|reed)\d*"), "contact"),
)
"""A switch is where PIRs are attached; its mode may invert it, which only a user knows."""


class TasmotaFamily:
    """Devices that run Tasmota, whatever their FullTopic."""

    name = "tasmota"
    patterns: tuple[str, ...] = (
        *(f"{way}/#" for way in WAYS),
        *(f"{{device}}/{way}/+" for way in WAYS),
        *(f"+/{{device}}/{way}/+" for way in WAYS),
    )

    def hear(self, message: Message, memory: Memory, _keys: Keys) -> Hearing:
        """What a message says; never raises, changes nothing."""
        levels = message.topic.split("/")
        way = next((one for one in levels if one in WAYS), "")
        if not way or len(levels) < 3:
            return refusal(Reason.UNKNOWN_TOPIC, "expected tele/<topic>/<leaf>")
        at = levels.index(way)
        device, leaf = "/".join((*levels[:at], *levels[at + 1 : -1])), levels[-1]
        if way == "cmnd":
            return note("a command: not read unless a mapping says so")
        if leaf == "LWT":
            return _will(message, device, memory)
        if message.payload.lstrip()[:1] in (b"{", b"["):
            return _object(message, device, leaf)
        return _value(message, device, leaf)


def _will(message: Message, device: str, memory: Memory) -> Hearing:
    heard = will_heard(message, device)
    if heard.gone and f"tasmota/{device}/sleeps_s" in memory.learned:
        return note("offline by design: the device sleeps deeply", device)
    return heard


def _value(message: Message, device: str, leaf: str) -> Hearing:
    """A bare value on a topic of its own, as rules publish it; a rule's timer has held it."""
    kind = _kind(leaf)
    value = yes_or_no(text(message))
    if kind is None or value is None:
        return note("no known sensor", device)
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    return Hearing(device, (Statement(leaf, kind, value, flags=flags),), not message.retained)


def _kind(name: str) -> Kind | None:
    return next((kind for shape, kind in _LEVELS if shape.fullmatch(name)), None)


def _object(message: Message, device: str, leaf: str) -> Hearing:
    try:
        told = json_object(message.payload)
    except ValueError as error:
        return refusal(Reason.MALFORMED, without_values(error), device)
    event_ms, flags = _when(told, message)
    said = tuple(
        msgspec.structs.replace(one, event_ms=event_ms, flags=flags + one.flags)
        for one in _sensors(told)
    )
    sleeps_s = number(told.get("DeepSleep")) or number(inner(told, "Wifi").get("DeepSleep"))
    facts = (Learned(f"tasmota/{device}/sleeps_s", str(sleeps_s)),) if sleeps_s else ()
    every_s = max(TELEMETRY_S, sleeps_s or 0.0) if leaf in ("SENSOR", "STATE") else None
    noted = "" if said else "the device's own health, or an answer"
    return Hearing(device, said, not message.retained, every_s, noted=noted, learned=facts)


def _when(told: dict[str, object], message: Message) -> tuple[int | None, tuple[Flag, ...]]:
    """The time that a message tells, where it can be relied on."""
    flags: tuple[Flag, ...] = ("retained",) if message.retained else ()
    epoch_s = number(told.get("Epoch"))
    at_ms = instant_ms(told.get("Time")) if epoch_s is None else epoch_s * 1000
    return believable(at_ms, message.received_ms), flags


def _sensors(told: dict[str, object]) -> list[Statement]:
    return [said for name, value in told.items() for said in _sensor(name, value)]


def _sensor(name: str, told: object) -> list[Statement]:
    if name.upper().startswith("POWER"):
        return []  # a relay, not a measured power
    kind = _kind(name)
    if not isinstance(told, dict):
        yes = yes_or_no(told) if kind else None
        one = Statement(name, kind, yes) if kind and yes is not None else level(name, told)
        return [] if one is None else [one]
    if name.upper() == "IBEACON":
        return _beacon(told)
    if name.upper().startswith("LD2410"):
        return radar(name, told)
    yes = yes_or_no(told.get("Action", told.get("State"))) if kind else None
    if kind and yes is not None:
        return [Statement(name, kind, yes)]
    levels = (level(key, value) for key, value in told.items())
    return [
        msgspec.structs.replace(one, channel=f"{name}/{one.channel}")
        for one in levels
        if one is not None
    ]


def _beacon(told: dict[str, object]) -> list[Statement]:
    """A sighting; the last message of a beacon says OFF and its RSSI is an old one."""
    rssi_dbm = number(told.get("RSSI"))
    if yes_or_no(told.get("STATE")) is False or rssi_dbm is None or not -127 <= rssi_dbm < 0:
        return []
    uid = text_of(told.get("UID"))
    address = ibeacon(uid, told.get("MAJOR"), told.get("MINOR")) if uid else ""
    address = address or plain_address(text_of(told.get("MAC")))
    return [
        Statement(
            "ble", "sighting", rssi_dbm, unit="dBm", address=address, flags=unreliable(address)
        )
    ]
