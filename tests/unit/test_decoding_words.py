"""What `vrijplek decode --explain` and `vrijplek trace` say to people."""

import json

import pytest
from support.device_pages import HEAD

from vrijplek.building import load_building
from vrijplek.capture import recorded_in
from vrijplek.decoding.reader import Reader
from vrijplek.decoding.words import explained

LINES = """
boards:
  - {id: seat, family: esphome, device: esp-1}
  - {id: pir, family: openmqttgateway, device: a4c138001122}
  - {id: radar, family: zigbee2mqtt, device: radar}
sensors:
  - {id: seat/presence, kind: presence, sees: [desk-1]}
  - {id: pir/motion, kind: motion, sees: [desk-2]}
  - {id: radar/presence, kind: presence, sees: [desk-3]}
"""


@pytest.fixture
def said(tmp_path):
    """What is said of one message after another."""
    (tmp_path / "page.yaml").write_text(LINES, encoding="utf-8")
    (tmp_path / "hq.yaml").write_bytes(HEAD.read_bytes())
    reader = Reader(load_building(tmp_path / "hq.yaml"))

    def say(topic, payload, *, retain=False):
        line = json.dumps({"topic": topic, "payload": payload, "retain": retain})
        return explained(reader.read(recorded_in(line, 1, "here"))).splitlines()[1:]

    return say


def test_a_yes_of_a_free_name_has_the_place_that_the_service_gives_it(said):
    """A board's one presence takes it, whatever it is called."""
    told = said("esp-1/binary_sensor/sofa/state", "ON")
    assert told == ["  esp-1/sofa, which sees desk-1: presence: somebody is there"]


def test_what_the_building_file_does_not_have_counts_nowhere(said):
    """That is said of what could tell somebody, and of no level."""
    motion = said("zigbee2mqtt/radar", {"occupancy": True, "battery": 90})
    assert motion[-2:] == [
        "    no sensor of the building file stands for it, so it counts nowhere",
        "  radar/battery: battery 90 %",
    ]


@pytest.mark.parametrize(
    ("topic", "payload", "kept"),
    [
        ("zigbee2mqtt/radar", {"presence": True}, "if nothing newer came, it counts from"),
        ("zigbee2mqtt/bridge/state", "offline", "since when is not known, but it counts"),
        ("home/gw/BTtoMQTT/A4C138001122", {"motion": True}, "so it is no event"),
    ],
)
def test_what_was_kept_counts_as_the_service_counts_it(said, topic, payload, kept):
    """Presence later, a goodbye at once, motion never."""
    assert kept in said(topic, payload, retain=True)[-1]


def test_a_sensor_that_two_gateways_hear_is_one(said):
    """Whichever software they run."""
    said("home/gw/BTtoMQTT/A4C138001122", {"motion": True})
    again = said("home/TheengsGateway/BTtoMQTT/A4C138001122", {"motion": True})
    assert again[-1] == "    repeats what was known: no new event"


def test_an_inventory_names_its_devices(said):
    """The first five of them."""
    told = [{"friendly_name": f"pir {at}", "type": "EndDevice"} for at in range(7)]
    assert said("zigbee2mqtt/bridge/devices", told) == [
        "  the bridge's devices",
        "  it tells of pir 0, pir 1, pir 2, pir 3, pir 4 and 2 more",
    ]


def test_what_a_bridge_leaves_behind_is_named(said):
    """Not by a star."""
    assert said("zigbee2mqtt/bridge/state", "offline") == [
        "  all devices of the bridge: gone, so what it sees is unknown"
    ]


def test_a_hold_and_a_reckoned_distance_are_told(said):
    """The one is not to be added again, the other places nobody."""
    held = said("zigbee2mqtt/radar", {"occupancy": True, "presence": True, "occupancy_timeout": 30})
    assert "    the device or its bridge holds it for 30 s already" in held
    far = said("espresense/devices/name:badge/den", {"rssi": -70, "distance": 2.5})
    assert "    the scanner reckons 2.5 m, which places nobody" in far
