"""Devices that people already own, through a real broker, to the state of a desk."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from support.house import House, until
from support.machine import program

from vrijplek.broker.accounts import Account, May, Rule

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]
FILE = Path(__file__).parents[1] / "data" / "families.yaml"
SEEN = {
    "zigbee2mqtt": ("desk-1", "zigbee2mqtt/ Desk 1/Presence", {"presence": True}),
    "esphome": ("desk-2", "esp-2/binary_sensor/seat/state", "ON"),
    "tasmota": ("desk-3", "tele/tasmota_3/SENSOR", {"LD2410": {"Energy": [20, 100]}}),
    "shelly": (
        "desk-4",
        "shelly-4/events/rpc",
        {"method": "NotifyStatus", "params": {"ts": 1.6, "presencezone:200": {"value": True}}},
    ),
    "chirpstack": (
        "desk-5",
        "application/a/device/24e124538c123456/event/up",
        {"deviceInfo": {"devEui": "24e124538c123456"}, "object": {"occupancy": "occupied"}},
    ),
    "thethingsstack": (
        "desk-6",
        "v3/app1@ttn/devices/dev6/up",
        {"uplink_message": {"decoded_payload": {"battery": 3.6, "status": 1, "time": 0,
                                                "temperatureBoard": 20, "count": 4}}},
    ),
    "sparkplug": (
        "desk-7",
        "spBv1.0/G1/DDATA/E1/D1",
        b"\x12\x0e\x0a\x08Presence\x20\x0b\x70\x01",
    ),
    "homeassistant": ("desk-8", "somewhere/garden", "ja"),
    "openmqttgateway": (
        "desk-9",
        "home/gw/BTtoMQTT/60EFABAABBCC",
        {"id": "60:EF:AB:AA:BB:CC", "rssi": -70, "motion": True},
    ),
    "espresense": ("desk-13", "espresense/rooms/den/pir", "ON"),
    "theengs": (
        "desk-14",
        "home/TheengsGateway/BTtoMQTT/60EFABAABBDD",
        {"id": "60:EF:AB:AA:BB:DD", "rssi": -70, "motion": True},
    ),
    "a base": ("desk-12", "annex/z2m/ Desk 1/Presence", {"presence": True}),
    "a mapping": ("desk-10", "zigbee2mqtt/seats/desk-10/left", {"presence": True}),
}  # fmt: skip
CONFIG = {
    "name": "garden",
    "unique_id": "garden",
    "device_class": "occupancy",
    "state_topic": "somewhere/garden",
    "availability_topic": "somewhere/garden/lives",
    "payload_on": "ja",
    "payload_off": "nee",
}
SEALED = {
    "id": "54:48:E6:8F:80:A5",
    "rssi": -60,
    "servicedata": "4187b90011223372b0231f",
    "servicedatauuid": "0xfcd2",
}
"""Motion, as a sensor with the bind key below sends it."""
BIND_KEY = "231d39c1d7cc1ab1aee224cd096db932"


class Fleet(House):
    """A house with a device of each family, and an account that speaks for all of them."""

    file = FILE
    also_heard = ("somewhere/#",)
    more = (Account("bridge", "of-all-of-them", (Rule(May.WRITE, "#"),)),)


@pytest.fixture
def fleet(tmp_path):
    """Started, and gone after the test."""
    program("mosquitto")
    made = Fleet(tmp_path)
    yield made
    made.close()


@pytest.fixture
def bridge(fleet):
    """A client that publishes for any device."""
    client = Client(CallbackAPIVersion.VERSION2, "bridge")
    client.username_pw_set("bridge", "of-all-of-them")
    client.connect("127.0.0.1", fleet.broker.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def publish(client, topic, told, *, retain=False):
    """One message, on its way."""
    payload = told if isinstance(told, str | bytes) else json.dumps(told)
    client.publish(topic, payload, 1, retain).wait_for_publish(5)


def state(house, desk):
    """Of one desk."""
    return house.desks()[desk][0]


def test_a_desk_is_occupied_by_a_device_of_each_family(fleet, bridge):
    """And what is retained from before the start, or repeated, makes no event."""
    publish(bridge, "zigbee2mqtt/ Desk 1/Presence", {"presence": True}, retain=True)
    publish(bridge, "homeassistant/binary_sensor/garden/config", CONFIG, retain=True)
    fleet.start_ready()
    assert {now for now, _ in fleet.desks().values()} == {"unknown"}

    for _desk, topic, told in SEEN.values():
        publish(bridge, topic, told)
    for family, (desk, _, _) in SEEN.items():
        until(lambda desk=desk: state(fleet, desk) == "occupied", f"{family}: {desk}", 5)


def test_an_announced_device_is_heard_wherever_it_speaks(fleet, bridge):
    """Also one that is announced while the service runs, and after the next start."""
    fleet.start_ready()
    publish(bridge, "homeassistant/binary_sensor/garden/config", CONFIG, retain=True)

    def is_occupied():
        publish(bridge, "somewhere/garden", "ja")
        return state(fleet, "desk-8") == "occupied"

    until(is_occupied, "the device is heard", 10, every_s=0.2)
    fleet.stop()
    fleet.start_ready()
    publish(bridge, "somewhere/garden/lives", "offline")
    until(lambda: state(fleet, "desk-8") == "unknown", "its goodbye is heard", 50)


def test_a_bridge_that_goes_makes_its_desks_unknown(fleet, bridge):
    """Its last will counts for all devices behind it, and for those of nobody else."""
    fleet.start_ready()
    for family in ("zigbee2mqtt", "esphome"):
        _, topic, told = SEEN[family]
        publish(bridge, topic, told)
    for desk in ("desk-1", "desk-2"):
        until(lambda desk=desk: state(fleet, desk) == "occupied", desk, 5)

    publish(bridge, "zigbee2mqtt/bridge/state", {"state": "offline"}, retain=True)
    until(lambda: state(fleet, "desk-1") == "unknown", "desk-1 is unknown", 50)
    assert state(fleet, "desk-2") == "occupied"


def test_an_encrypted_sensor_is_read_once_its_key_is_there(fleet, bridge):
    """The key is entered while the service runs; no log has it."""
    fleet.start_ready()
    publish(bridge, "home/gw/BTtoMQTT/5448E68F80A5", SEALED)
    counted = 'vrijplek_messages_refused_total{family="openmqttgateway",reason="encrypted"}'
    until(lambda: fleet.metric(counted) == 1, "it is refused", 5)
    assert state(fleet, "desk-11") == "unknown"

    command = (*fleet.command, "access", "bind-key", SEALED["id"], "--state", str(fleet.state))
    subprocess.run(command, input=BIND_KEY, text=True, check=True, capture_output=True)

    def is_read():
        publish(bridge, "home/gw/BTtoMQTT/5448E68F80A5", SEALED)
        return state(fleet, "desk-11") == "occupied"

    until(is_read, "it is read", 10, every_s=0.5)
    kept = [file for file in fleet.folder.rglob("*") if file.is_file()]
    assert len(kept) > 5
    for file in kept:
        content = file.read_bytes()
        assert BIND_KEY.encode() not in content
        assert bytes.fromhex(BIND_KEY) not in content


def trace(fleet, *words):
    """What `vrijplek trace` says within six seconds, in the operator's name."""
    password = fleet.folder / "operator.password"
    password.write_text(fleet.passwords["operator"])
    door = ("--broker", f"127.0.0.1:{fleet.broker.port}", "--password-file", str(password))
    told = (
        *fleet.command,
        "trace",
        "--config",
        str(FILE),
        "--state",
        str(fleet.state),
        "--for",
        "6",
    )
    return subprocess.Popen(
        (*told, *door, *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"VRIJPLEK_KEY": fleet.key, "PYTHONUNBUFFERED": "1"},
    )


def test_a_trace_shows_what_becomes_of_a_message(fleet, bridge):
    """From topic to state, of the space that was asked for alone; what is ignored says why."""
    fleet.start_ready()
    traced = trace(fleet, "--space", "desk-1")
    assert "listening to #" in traced.stderr.readline()
    for family in ("zigbee2mqtt", "esphome", "zigbee2mqtt"):
        _, topic, told = SEEN[family]
        publish(bridge, topic, told)
    shown, _ = traced.communicate(timeout=30)
    assert "zigbee2mqtt/ Desk 1/Presence (zigbee2mqtt)" in shown
    assert "which sees desk-1: presence at " in shown
    assert "repeats what was known: no new event" in shown
    assert "=> desk-1 is occupied" in shown
    assert "esp-2" not in shown


STRANGE = ("zigbee2mqtt/Desk 11/PIR", {"occupancy": True})
TAG = ("home/gw/BTtoMQTT/C3000000002A", {"id": "C3:00:00:00:00:2A", "rssi": -60, "name": "Xandra"})


def devices(house):
    """Those that the API tells, by name."""
    return {one["device"]: one for one in house.get("/v1/devices")["devices"]}


def test_a_new_device_is_told_with_its_lines(fleet, bridge):
    """Within a second; once they are in the building file it is a board.

    Of a tag only the gateway that heard it is told.
    """
    fleet.start_ready()
    assert len(devices(fleet)) == len(fleet.building.boards)
    publish(bridge, *TAG)
    publish(bridge, *STRANGE)
    name = "Desk 11/PIR"
    until(lambda: name in devices(fleet), "it is told", 1)
    new = devices(fleet)[name]
    assert (new["board"], new["channels"][0]["channel"]) == (None, "occupancy")
    assert {n for n, one in devices(fleet).items() if one["board"] is None} == {name, "gw"}
    assert fleet.metric("vrijplek_devices_unmapped") == 2
    told = (fleet.fetch("/v1/devices") + fleet.fetch("/devices")).lower()
    assert not [one for one in (b"c3000000002a", b"c3:00", b"xandra") if one in told]

    (fleet.folder / "new.yaml").write_text(new["lines"].replace("SPACE", "desk-11"))
    added = fleet.folder / "added.yaml"
    added.write_text("include: [new.yaml]\n" + FILE.read_text())
    fleet.stop()
    fleet.config.write_text(fleet.config.read_text().replace(str(FILE), str(added)))
    fleet.start_ready()
    publish(bridge, *STRANGE)
    until(lambda: devices(fleet)[name]["online"], "it is a board that lives", 5)
    mapped = devices(fleet)[name]
    assert (mapped["board"], mapped["spaces"]) == ("desk-11-pir", ["desk-11"])
    assert (mapped["lines"], fleet.metric("vrijplek_devices_unmapped")) == ("", 0)
