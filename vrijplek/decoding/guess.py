"""Guesses: which family a message without a telling topic belongs to, by its bytes."""

import re
from collections.abc import Callable, Mapping

from sensors.families.advert import bytes_written
from sensors.families.bthome_objects import found_objects
from sensors.families.lorawan_bytes import hex_bytes, maker_by_form, raw_bytes
from sensors.families.lorawan_objects import server_of
from sensors.spelling import parsed

STANDING_IN: Mapping[str, str] = {
    "vrijplek": "vrijplek/v1/site/board/readings",
    "espresense": "espresense/rooms/room",
    "zigbee2mqtt": "zigbee2mqtt/device",
    "esphome": "device/binary_sensor/presence/state",
    "tasmota": "tele/device/SENSOR",
    "openmqttgateway": "home/gateway/BTtoMQTT/undecoded",
    "theengs": "home/gateway/BTtoMQTT/undecoded",
    "shelly": "device/events/rpc",
    "homeassistant": "homeassistant/device/device/config",
    "chirpstack": "application/application/device/device/event/up",
    "thethingsstack": "v3/application@tenant/devices/device/up",
    "sparkplug": "spBv1.0/group/DDATA/node/device",
    "bthome": "",
    "beacon": "",
}
"""The topic that a message of a family has where a recording tells none."""
_SHELLY = re.compile(r"(?:presencezone|bthome\w*|switch|input|illuminance):\d+")
_TASMOTA = re.compile(r"Switch\d+|LD2410S?|IBEACON.*|ZbReceived|Status(?:SNS|STS)|POWER\d*")
_BTHOME_STARTS = (0x40, 0x41, 0x44, 0x45)
_BTHOME_UUID = b"\x16\xd2\xfc"
_ADDRESS_BYTES = 6
_Test = Callable[[set[str]], bool]
_BY_KEYS: tuple[tuple[str, _Test], ...] = (
    ("vrijplek", lambda keys: {"boot", "seq", "readings"} <= keys),
    ("chirpstack", lambda keys: bool({"deviceInfo", "devEui", "devEUI"} & keys)),
    ("thethingsstack", lambda keys: bool({"end_device_ids", "uplink_message"} & keys)),
    ("sparkplug", lambda keys: "metrics" in keys),
    ("shelly", lambda keys: "src" in keys or {"method", "params"} <= keys),
    ("shelly", lambda keys: any(_SHELLY.fullmatch(key) for key in keys)),
    ("shelly", lambda keys: {"cfg_rev", "components"} <= keys or {"lux", "bat", "active"} <= keys),
    ("espresense", lambda keys: "rssi@1m" in keys or {"id", "distance"} == keys),
    ("espresense", lambda keys: "idType" in keys or {"raw", "distance"} <= keys),
    ("homeassistant", lambda keys: bool({"state_topic", "stat_t", "cmps", "components"} & keys)),
    ("theengs", lambda keys: {"model_id", "type"} <= keys),
    ("openmqttgateway", lambda keys: "rssi" in keys or "servicedata" in keys or "model_id" in keys),
    ("tasmota", lambda keys: "Time" in keys or any(_TASMOTA.fullmatch(key) for key in keys)),
    ("thethingsstack", lambda keys: "errors" in keys),
    ("zigbee2mqtt", lambda keys: bool({"linkquality", "occupancy", "presence"} & keys)),
)


def guessed(payload: bytes, fport: int | None = None) -> str:
    """The family whose messages look so; empty where none does.

    A LoRaWAN port tells that bytes are those of an application.

    >>> guessed(b"440005016405100e002100"), guessed(b"4c0010050b182068dd")
    ('bthome', 'beacon')
    >>> guessed(b"45:E1:74:12:6E:00"), guessed(b"0201060616d2fc402101")
    ('beacon', 'bthome')
    >>> guessed(b'{"linkquality": 80, "occupancy": true}'), guessed(b"ON")
    ('zigbee2mqtt', '')
    """
    if _is_lorawan(payload, fport):
        return "chirpstack"
    data = bytes_written(payload)
    if data is not None:
        return "bthome" if _is_bthome(data) else "beacon"
    if payload[:1] and payload[0] in _BTHOME_STARTS and not payload[:64].isascii():
        return "bthome"
    try:
        told = parsed(payload)
    except ValueError:
        return ""
    if isinstance(told, list) and told and isinstance(told[0], dict):
        return "chirpstack" if "report_type" in told[0] else ""
    return _by_keys(told) if isinstance(told, dict) else ""


def _by_keys(told: dict[str, object]) -> str:
    """The family of an object, by its keys and, of a LoRaWAN sensor's, by its values too."""
    keys = set(told)
    found = next((family for family, fits in _BY_KEYS if fits(keys)), "")
    if found in ("", "zigbee2mqtt") and "linkquality" not in keys:
        return server_of(told) or found
    return found


def _is_lorawan(payload: bytes, fport: int | None) -> bool:
    """Whether these are an application's bytes: a port says so, or else their form does."""
    data = hex_bytes(payload)
    if data is None:
        return raw_bytes(payload, fport) is not None
    return fport is not None or bool(maker_by_form(data))


def _is_bthome(data: bytes) -> bool:
    """Whether bytes are service data of BTHome; an address may begin as it does."""
    if _BTHOME_UUID in data[:31] or data[:2] == _BTHOME_UUID[1:]:
        return True
    is_address = len(data) == _ADDRESS_BYTES and bool(data[0] & 1 or found_objects(data[1:])[1])
    return data[0] in _BTHOME_STARTS and not is_address
