"""Guesses: which family a message without a telling topic belongs to, by its bytes."""

import re
from collections.abc import Callable, Mapping

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
_HEX = re.compile(rb"\s*(?:[0-9A-Fa-f]{2})+\s*")
_SHELLY = re.compile(r"(?:presencezone|bthome\w*|switch|input|illuminance):\d+")
_TASMOTA = re.compile(r"Switch\d+|LD2410S?|IBEACON.*|ZbReceived|Status(?:SNS|STS)|POWER\d*")
_BTHOME_STARTS = (0x40, 0x41, 0x44, 0x45)
_Test = Callable[[set[str]], bool]
_BY_KEYS: tuple[tuple[str, _Test], ...] = (
    ("vrijplek", lambda keys: {"boot", "seq", "readings"} <= keys),
    ("chirpstack", lambda keys: "deviceInfo" in keys or "devEui" in keys),
    ("thethingsstack", lambda keys: bool({"end_device_ids", "uplink_message"} & keys)),
    ("sparkplug", lambda keys: "metrics" in keys),
    ("shelly", lambda keys: "src" in keys or {"method", "params"} <= keys),
    ("shelly", lambda keys: any(_SHELLY.fullmatch(key) for key in keys)),
    ("shelly", lambda keys: {"cfg_rev", "components"} <= keys or {"lux", "bat", "active"} <= keys),
    ("espresense", lambda keys: "rssi@1m" in keys or {"id", "distance"} == keys),
    ("homeassistant", lambda keys: bool({"state_topic", "stat_t", "cmps", "components"} & keys)),
    ("openmqttgateway", lambda keys: "rssi" in keys or "servicedata" in keys or "model_id" in keys),
    ("tasmota", lambda keys: "Time" in keys or any(_TASMOTA.fullmatch(key) for key in keys)),
    ("chirpstack", lambda keys: bool({"people_count_all", "pir", "daylight"} & keys)),
    ("thethingsstack", lambda keys: bool({"temperatureBoard", "errors"} & keys)),
    ("zigbee2mqtt", lambda keys: bool({"linkquality", "occupancy", "presence"} & keys)),
)


def guessed(payload: bytes) -> str:
    """The family whose messages look so; empty where none does.

    >>> guessed(b"440005016405100e002100"), guessed(b"4c0010050b182068dd")
    ('bthome', 'beacon')
    >>> guessed(b'{"linkquality": 80, "occupancy": true}'), guessed(b"ON")
    ('zigbee2mqtt', '')
    """
    if _HEX.fullmatch(payload):
        return "bthome" if bytes.fromhex(payload.decode())[0] in _BTHOME_STARTS else "beacon"
    if payload[:1] and payload[0] in _BTHOME_STARTS and not payload[:64].isascii():
        return "bthome"
    try:
        told = parsed(payload)
    except ValueError:
        return ""
    if isinstance(told, list) and told and isinstance(told[0], dict):
        return "chirpstack" if "report_type" in told[0] else ""
    keys = set(told) if isinstance(told, dict) else set()
    return next((family for family, fits in _BY_KEYS if fits(keys)), "")
