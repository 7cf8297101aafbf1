"""Bases: what speaks below other first levels than usual, and two bridges that use one name."""

import json
from dataclasses import replace

import pytest
from support.office import START_MS, around
from support.small import HEAD
from support.speaker import Listening

from sensors.message import Message
from sensors.reading import Motion, Offline, Presence
from sensors.rejected import Reason
from vrijplek.building import BuildingError, load_building
from vrijplek.subscriptions import filters_of

BOARDS = """\
boards:
  - {id: pir-0, family: zigbee2mqtt, device: Desk 1}
  - {id: pir-1, family: zigbee2mqtt, device: Desk 1, base: annex/z2m}
  - {id: node, family: espresense, base: annex/espresense}
  - {id: seat, family: esphome, device: seat-1, base: office/desks}
  - {id: deep, family: shelly, device: a/b/c/shelly-1}
  - {id: tas, family: tasmota, base: lab}
  - {id: ha, family: homeassistant, device: garden, base: ha}
  - {id: gw, family: openmqttgateway, device: GW, base: omg}
sensors:
  - {id: pir-0/occupancy, kind: motion, sees: [desk-1]}
  - {id: pir-1/occupancy, kind: motion, sees: [desk-2]}
  - {id: node/motion, kind: motion, sees: [desk-1]}
  - {id: seat/seat, kind: presence, sees: [desk-1]}
  - {id: deep/presencezone-200, kind: presence, sees: [desk-1]}
  - {id: tas/pir1, kind: motion, sees: [desk-1]}
  - {id: ha/garden, kind: motion, sees: [desk-1]}
  - {id: gw/ble, kind: scanner, at: [1, 1, 2.5]}
"""
MAPPING = """\
mappings:
  - {id: m, family: zigbee2mqtt, device: "desks/{n}/+", base: z2m/2, kind: motion, sees: "{n}"}
"""


def written(folder, text):
    """A building file."""
    file = folder / "hq.yaml"
    file.write_text(HEAD + text)
    return file


@pytest.fixture
def building(tmp_path):
    """One with devices below many bases."""
    return load_building(written(tmp_path, BOARDS + MAPPING))


@pytest.fixture
def listening(building):
    """Its decoder."""
    return Listening(around(building))


def message(topic, told, *, retained=False):
    """As it came from the broker."""
    payload = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Message(topic, payload, START_MS, retained)


def readings(listening, topic, told, **how):
    """What one message comes to, without signs of life."""
    entry = listening.hear(message(topic, told, **how)).entry
    kept = entry.readings if entry is not None else ()
    return [one for one in kept if isinstance(one, Motion | Presence | Offline)]


@pytest.mark.parametrize(
    ("topic", "told", "expected"),
    [
        ("zigbee2mqtt/Desk 1", {"occupancy": True}, Motion("pir-0/occupancy", START_MS, True)),
        ("annex/z2m/Desk 1", {"occupancy": True}, Motion("pir-1/occupancy", START_MS, True)),
        ("annex/espresense/rooms/node/motion", b"ON", Motion("node/motion", START_MS, True)),
        (
            "office/desks/seat-1/binary_sensor/seat/state",
            b"ON",
            Presence("seat/seat", START_MS, True),
        ),
        (
            "a/b/c/shelly-1/status/presencezone:200",
            {"value": True},
            Presence("deep/presencezone-200", START_MS, True),
        ),
        ("lab/stat/tas/PIR1", b"ON", Motion("tas/pir1", START_MS, True)),
        ("z2m/2/desks/desk-2/left", {"occupancy": True}, Motion("m-desk-2/motion", START_MS, True)),
    ],
)
def test_a_device_is_told_by_its_base_and_its_name(listening, topic, told, expected):
    """Each on its own board, whatever the same name means elsewhere."""
    assert readings(listening, topic, told) == [expected]


def test_a_bridge_that_goes_takes_those_of_its_base_alone(listening):
    """Not those of the other bridge."""
    gone = readings(listening, "annex/z2m/bridge/state", b"offline")
    assert [one.sensor for one in gone] == ["pir-1"]
    gone = readings(listening, "zigbee2mqtt/bridge/state", b"offline")
    assert [one.sensor for one in gone] == ["pir-0"]


def test_what_one_bridge_tells_of_a_device_is_not_believed_of_another(listening):
    """That a radar is called so is a fact of its own bridge."""
    exposes = [{"property": "occupancy"}, {"property": "target_distance"}, {"property": "presence"}]
    radar = {"friendly_name": "Desk 1", "type": "Router", "definition": {"exposes": exposes}}
    listening.hear(message("annex/z2m/bridge/devices", [radar], retained=True))
    keys = list(listening.memory.learned)
    assert keys
    assert all(key.startswith("annex/z2m#") for key in keys)
    listening.hear(message("zigbee2mqtt/Desk 1", {"occupancy": True}))
    assert list(listening.memory.learned) == keys


def test_what_home_assistant_is_told_may_lie_below_another_prefix(listening):
    """The state lies wherever the announcement says."""
    config = {
        "unique_id": "garden", "device_class": "motion", "state_topic": "somewhere/else",
        "device": {"identifiers": ["garden"], "name": "Garden"},
    }  # fmt: skip
    listening.hear(message("ha/binary_sensor/garden/config", config, retained=True))
    assert readings(listening, "somewhere/else", b"ON") == [Motion("ha/garden", START_MS, True)]


def test_a_device_below_no_base_of_the_building_is_unknown(listening):
    """As any other topic."""
    decoded = listening.hear(message("other/z2m/Desk 1", {"occupancy": True}))
    assert [one.reason for one in decoded.rejected] == [Reason.UNKNOWN_TOPIC]


def test_the_service_subscribes_below_each_base(building):
    """And below the usual first levels where a board stands without one."""
    filters = filters_of(building)
    wanted = {
        "zigbee2mqtt/#",
        "annex/z2m/#",
        "z2m/2/#",
        "annex/espresense/rooms/+/+",
        "office/desks/seat-1/status",
        "a/b/c/shelly-1/events/rpc",
        "lab/tele/#",
        "omg/+/BTtoMQTT/+",
    }
    assert wanted <= set(filters)
    assert not [one for one in filters if one.startswith(("home/", "tele/"))]


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ('{id: b, base: "x"}', "a base", "our own topics"),
        ('{id: b, family: zigbee2mqtt, base: "/x"}', "`/x`", "first levels"),
        ('{id: b, family: zigbee2mqtt, base: "x/#"}', "`x/#`", "first levels"),
    ],
)
def test_a_wrong_base_is_told(tmp_path, line, found, expected):
    """With what was found and what was expected."""
    with pytest.raises(BuildingError) as told:
        load_building(written(tmp_path, f"boards:\n  - {line}\n"))
    [problem] = told.value.problems
    assert found in problem.found
    assert expected in problem.expected


def test_a_mapping_by_topic_takes_no_base(tmp_path):
    """Its topic tells all levels."""
    text = MAPPING.replace("device:", "topic:")
    with pytest.raises(BuildingError) as told:
        load_building(written(tmp_path, text))
    [problem] = told.value.problems
    assert (problem.found, "topic" in problem.expected) == ("a base", True)


def test_a_base_is_part_of_what_a_device_is(building):
    """Two boards that differ in nothing else are two devices."""
    first, second = building.boards[:2]
    assert replace(second, id="pir-0", base="") == first
