"""The largest messages that each family's format allows in 64 KB, and shapes that fit none."""

import base64
import json

LARGE = 64 * 1024
ROOM = LARGE - 500
"""For what many small things may take, so that the rest has place."""
DEV_EUI = "24e124538c123456"
DEVICE = {"ids": ["a"], "name": "a"}


def compact(told) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()


def many(make) -> list:
    """As many things as have place."""
    found, size = [], 0
    while size < ROOM:
        found.append(make(len(found)))
        size += len(compact(found[-1])) + 1
    return found[:-1]


def keyed(make) -> dict:
    """As many keys with their values as have place."""
    return dict(many(make))


def chirped(data: bytes) -> bytes:
    told = {"deviceInfo": {"devEui": DEV_EUI}, "fPort": 85, "data": base64.b64encode(data).decode()}
    return compact(told)


def config(**more) -> bytes:
    return compact({"unique_id": "a", "device_class": "motion", "state_topic": "t"} | more)


def component(i):
    told = {"p": "binary_sensor", "unique_id": f"u{i}", "device_class": "motion"}
    return f"c{i}", told | {"state_topic": f"t/{i}"}


def named(i):
    return {"friendly_name": f"{i}"}


def exposing(i):
    exposes = [{"property": "occupancy"}, {"property": "presence"}]
    return {"friendly_name": f"d{i}", "definition": {"exposes": exposes}}


SHELLY, CHIRP = "s/events/rpc", f"application/a/device/{DEV_EUI}/event/up"
BIRTH, CONFIG = "spBv1.0/G/DBIRTH/E/D", "homeassistant/binary_sensor/x/config"
MESSAGES = (
    ("zigbee2mqtt", "zigbee2mqtt/bridge/devices", compact(many(exposing))),
    ("zigbee2mqtt", "zigbee2mqtt/bridge/devices", compact(many(named))),
    ("zigbee2mqtt", "zigbee2mqtt/x", compact(keyed(lambda i: (f"presence_{i}", 1)))),
    (
        "homeassistant",
        "homeassistant/device/x/config",
        compact({"dev": DEVICE, "o": {"name": "z"}, "cmps": keyed(component)}),
    ),
    ("homeassistant", CONFIG, config(value_template="{{ value_json" + ".a" * 32_000 + " }}")),
    ("homeassistant", CONFIG, config(value_template="{{" + " " * 60_000)),
    ("homeassistant", CONFIG, config(availability=many(lambda i: {"topic": f"a{i}"}))),
    ("tasmota", "tele/x/SENSOR", compact(keyed(lambda i: (f"PIR{i}", {"Temperature": 1})))),
    (
        "tasmota",
        "tele/x/SENSOR",
        compact({"ZbReceived": keyed(lambda i: (f"0x{i:04x}", {"Occupancy": 1}))}),
    ),
    ("shelly", SHELLY, compact({"src": "s", "method": "NotifyStatus", "params": keyed(
        lambda i: (f"presencezone:{i}", {"value": True}))})),
    ("shelly", "s/rpc", compact({"src": "s", "result": {"components": many(
        lambda i: {"key": f"bthomesensor:{i}", "config": {"obj_id": 33}})}})),
    ("chirpstack", CHIRP, compact({"deviceInfo": {"devEui": DEV_EUI}, "object": keyed(
        lambda i: (f"region_{i}", 1))})),
    ("chirpstack", CHIRP, compact({"deviceInfo": {"devEui": DEV_EUI}, "object": {"history": many(
        lambda i: {"timestamp": i, "occupancy": "vacant"})}})),
    ("chirpstack", CHIRP, chirped(b"\x20\xce" + bytes(40_000))),
    ("chirpstack", CHIRP, chirped(b"\x03\x00\x01" * 15_000)),
    ("thethingsstack", "v3/a@t/devices/d/up", compact({"uplink_message": {
        "f_port": 5, "frm_payload": base64.b64encode(b"\x11\x01" * 22_000).decode()}})),
    ("sparkplug", BIRTH, b"\x12\x00" * (LARGE // 2)),
    ("sparkplug", BIRTH, b"\x12\x04\x0a\x02PI" * (LARGE // 6)),
    ("sparkplug", BIRTH, compact({"metrics": many(lambda i: {"name": f"M{i}", "alias": i})})),
    ("openmqttgateway", "home/gw/BTtoMQTT/A", compact({"rssi": -60} | keyed(
        lambda i: (f"temp{i}", 1)))),
    ("theengs", "home/TheengsGateway/BTtoMQTT/A", compact({"manufacturerdata": "4c" * 32_000})),
    ("bthome", "x/A4C138000001", b"40" + b"2101" * 16_000),
    ("beacon", "", b"02" * 32_000),
    ("esphome", "esphome/discover/x", compact(keyed(lambda i: (f"k{i}", "v")))),
    ("espresense", "espresense/rooms/y/telemetry", compact(keyed(lambda i: (f"k{i}", 1)))),
)  # fmt: skip
"""Family, topic and payload."""
SHAPES = {
    "zeros": b"0" * LARGE,
    "open lists": b"[" * LARGE,
    "open objects": b'{"a":' * (LARGE // 5),
    "an object with many keys": compact(keyed(lambda i: (f"k{i}", i))),
    "a list of objects": compact(many(lambda _: {"occupancy": True})),
    "hex": b"40" + b"21" * (LARGE // 2 - 1),
    "bytes": bytes(range(256)) * (LARGE // 256),
    "one long text": b'"' + b"x" * (LARGE - 2) + b'"',
    "escapes": b'"' + b"\\u0000" * (LARGE // 6 - 1) + b'"',
    "one long key": b'{"' + b"k" * (LARGE - 10) + b'":1}',
}
"""Payloads for any of them."""
