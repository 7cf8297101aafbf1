"""Placing: what a foreign device said becomes a reading of a sensor, or says why not."""

import json
from pathlib import Path

import pytest
from support.office import START_MS, around
from support.small import HEAD
from support.speaker import Listening

from sensors.message import Message
from sensors.reading import Count, Heartbeat, Motion, Offline, Presence, Sighting
from sensors.rejected import Reason
from sensors.routing import Route, Routes
from vrijplek.building import BuildingError, load_building

BUILDING = (
    HEAD
    + """\
boards:
  - {id: gw, family: openmqttgateway, device: GW}
  - {id: radar, family: shelly, device: shelly-1}
  - {id: pir, family: zigbee2mqtt, device: "Desk 1/PIR"}
  - {id: input, family: shelly, device: shelly-2}
sensors:
  - {id: gw/ble, kind: scanner, at: [1, 1, 2.5]}
  - {id: radar/presencezone-200, kind: presence, sees: [desk-1]}
  - {id: radar/presencezone-200-count, kind: count, sees: [desk-1]}
  - {id: pir/occupancy, kind: motion, sees: [desk-1]}
  - {id: input/input-0, kind: contact}
"""
)
MAPPING = """\
mappings:
  - {id: pirs, family: zigbee2mqtt, device: "seats/desk-{n}/+", kind: motion, sees: "desk-{n}"}
"""


def written(folder: Path, text: str) -> Path:
    """A building file."""
    file = folder / "hq.yaml"
    file.write_text(text)
    return file


@pytest.fixture
def listening(tmp_path):
    """A decoder of a small building of foreign devices."""
    return Listening(around(load_building(written(tmp_path, BUILDING + MAPPING))))


def message(topic, told, *, retained=False, at_ms=START_MS):
    """As it came from the broker."""
    payload = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Message(topic, payload, at_ms, retained)


def test_a_channel_stands_where_the_building_file_says(listening):
    """With a sign of life of its board."""
    heard = listening.hear(message("zigbee2mqtt/Desk 1/PIR", {"occupancy": True}))
    assert heard.entry.readings == (
        Heartbeat("pir", START_MS, 3600.0),
        Motion("pir/occupancy", START_MS, True),
    )


def test_a_repeated_level_is_only_a_sign_of_life(listening):
    """As a bridge repeats all that it remembers."""
    listening.hear(message("zigbee2mqtt/Desk 1/PIR", {"occupancy": True}))
    again = listening.hear(message("zigbee2mqtt/Desk 1/PIR", {"occupancy": True, "battery": 9}))
    assert again.entry.readings == (Heartbeat("pir", START_MS, 3600.0),)


def test_what_was_retained_is_no_reading_and_no_sign_of_life(listening):
    """It says so."""
    heard = listening.hear(message("zigbee2mqtt/Desk 1/PIR", {"occupancy": True}, retained=True))
    assert (heard.entry, heard.noted) == (None, "retained: its time is not known")


RETAINED = ("shelly-1/status/presencezone:200", {"value": True, "num_objects": 1})
ALIVE = ("shelly-1/status/wifi", {"rssi": -60})


def test_retained_presence_counts_once_its_device_lives(listening):
    """As of then; not before, and not again."""
    kept = listening.hear(message(*RETAINED, retained=True))
    assert kept.entry.readings == ()
    later = listening.hear(message(*ALIVE, at_ms=START_MS + 60_000))
    assert Presence("radar/presencezone-200", START_MS + 60_000, True) in later.entry.readings
    again = listening.hear(message(*ALIVE, at_ms=START_MS + 120_000))
    assert [type(one) for one in again.entry.readings] == [Heartbeat]
    assert listening.memory.learned == {}


def test_what_a_device_tells_now_goes_before_what_was_retained(listening):
    """Before it came, and in the message that shows that the device lives."""
    now = (RETAINED[0], {"value": False})
    listening.hear(message(*RETAINED, retained=True))
    told = listening.hear(message(*now))
    assert [r.present for r in told.entry.readings if isinstance(r, Presence)] == [False]
    listening.hear(message(*RETAINED, retained=True))
    later = listening.hear(message(*ALIVE))
    assert [type(one) for one in later.entry.readings] == [Heartbeat]


def test_a_device_that_is_gone_does_not_live_by_what_was_retained(listening):
    """Neither a goodbye nor another retained message makes it count."""
    listening.hear(message(*RETAINED, retained=True))
    gone = listening.hear(message("shelly-1/online", b"false"))
    assert [type(one) for one in gone.entry.readings] == [Offline]
    online = listening.hear(message("shelly-1/online", b"true", retained=True))
    assert online.entry is None
    back = listening.hear(message("shelly-1/online", b"true"))
    assert [type(one) for one in back.entry.readings] == [Heartbeat, Presence]


def test_retained_motion_never_counts(listening):
    """It is over, or not: nobody knows."""
    listening.hear(message("zigbee2mqtt/Desk 1/PIR", {"occupancy": True}, retained=True))
    later = listening.hear(message("zigbee2mqtt/Desk 1/PIR", {"battery": 9}))
    assert [type(one) for one in later.entry.readings] == [Heartbeat]


def test_zone_and_count_of_a_radar_are_two_channels(listening):
    """Never a sum of zones."""
    told = {"presencezone:200": {"value": True, "num_objects": 2}}
    heard = listening.hear(message("shelly-1/events/rpc", {"method": "N", "params": told}))
    assert heard.entry.readings[1:] == (
        Presence("radar/presencezone-200", START_MS, True),
        Count("radar/presencezone-200-count", START_MS, 2),
    )


def test_what_no_document_explains_is_what_the_building_file_says(listening):
    """An input of a relay that a door is wired to."""
    heard = listening.hear(message("shelly-2/status/input:0", {"state": True}))
    assert heard.entry.readings[1].sensor == "input/input-0"
    assert heard.entry.readings[1].open is True


def test_a_tag_that_takes_part_is_a_sighting_and_a_stranger_is_not(listening):
    """Neither address is kept."""
    told = {"id": "C3:00:00:00:00:2A", "rssi": -60}
    heard = listening.hear(message("home/GW/BTtoMQTT/C3000000002A", told))
    assert isinstance(heard.entry.readings[-1], Sighting)
    stranger = message("home/GW/BTtoMQTT/C3000000002B", told | {"id": "C3:00:00:00:00:2B"})
    assert [type(one) for one in listening.hear(stranger).entry.readings] == [Heartbeat]
    assert "c3000000002" not in repr(heard).lower()


def test_a_bridge_that_goes_takes_only_its_own(listening):
    """Boards of another family stay."""
    heard = listening.hear(message("zigbee2mqtt/bridge/state", b"offline"))
    gone = {one.sensor for one in heard.entry.readings if isinstance(one, Offline)}
    assert gone == {"pir", "pirs-desk-1", "pirs-desk-2"}


def test_all_who_share_an_availability_are_gone_together(tmp_path):
    """Each device that announced it, by its own board."""
    devices = "".join(f"  - {{id: {x}, family: homeassistant}}\n" for x in ("one", "two", "three"))
    text = BUILDING.replace("boards:\n", f"boards:\n{devices}")
    listening = Listening(around(load_building(written(tmp_path, text))))
    for name in ("one", "two"):
        told = {"stat_t": f"{name}/s", "avty_t": "bridge/here", "dev": {"ids": [name]}}
        listening.hear(message(f"homeassistant/binary_sensor/{name}/config", told))
    heard = listening.hear(message("bridge/here", b"offline"))
    assert {r.sensor for r in heard.entry.readings if isinstance(r, Offline)} == {"one", "two"}


def test_a_device_that_is_not_in_the_building_is_refused_and_says_what_to_do(listening):
    """By the name of the command that shows the line to add."""
    heard = listening.hear(message("zigbee2mqtt/elsewhere", {"occupancy": True}))
    assert [one.reason for one in heard.rejected] == [Reason.UNKNOWN_BOARD]
    assert "vrijplek devices" in heard.rejected[0].detail


def test_what_is_older_than_a_day_is_no_state(listening):
    """And what a memory held goes to its own time."""
    old = {"occupancy": True, "last_seen": START_MS - 25 * 3_600_000}
    heard = listening.hear(message("zigbee2mqtt/Desk 1/PIR", old))
    assert [type(one) for one in heard.entry.readings] == [Heartbeat]
    told = {"occupancy": True, "last_seen": START_MS - 60_000}
    heard = listening.hear(message("zigbee2mqtt/Desk 1/PIR", told))
    assert heard.entry.readings[-1] == Motion("pir/occupancy", START_MS - 60_000, True)


def test_one_mapping_stands_for_each_space_that_it_can_mean(listening):
    """By a part of the device's name; any last level will do."""
    heard = listening.hear(message("zigbee2mqtt/seats/desk-2/left", {"occupancy": True}))
    assert heard.entry.readings[-1] == Motion("pirs-desk-2/motion", START_MS, True)


def test_the_bridges_hold_is_the_sensors_own(tmp_path):
    """90 s of Zigbee2MQTT, unless the line says another."""
    text = BUILDING.replace("kind: motion, sees", "kind: motion, hold_s: 30, sees")
    for told, hold_s in ((BUILDING, 90.0), (text, 30.0)):
        building = load_building(written(tmp_path, told))
        [pir] = [one for one in building.sensors if one.id == "pir/occupancy"]
        assert pir.hold_s == hold_s


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ('device: "a/{n}", kind: motion, sees: "desk-1"', "{n}", "the same names"),
        ('device: "a", kind: motion, sees: "room-9"', "`room-9`", "the id of a space"),
        ('kind: motion, sees: "desk-1"', "both or neither", "either `device` or `topic`"),
        ('device: "a", kind: scanner, sees: "desk-1"', "`scanner`", "`motion`"),
    ],
)
def test_a_wrong_mapping_is_told_with_its_line(tmp_path, line, found, expected):
    """What was found and what was expected."""
    text = f"{BUILDING}mappings:\n  - {{id: m, family: esphome, {line}}}\n"
    with pytest.raises(BuildingError) as told:
        load_building(written(tmp_path, text))
    [problem] = told.value.problems
    assert problem.line == len(text.splitlines())
    assert found in problem.found
    assert expected in problem.expected


def test_a_route_by_topic_claims_it_for_its_family():
    """Whatever the prefix that somebody chose."""
    routes = Routes([Route("tasmota", "b", topic="lab/+/tele/SENSOR")])
    assert routes.of_topic("lab/x/tele/SENSOR") == "tasmota"
    assert routes.of_topic("lab/x/tele/STATE") == ""
    assert [one.board for one in routes.of("tasmota", "lab/x/tele/SENSOR", "any")] == ["b"]


def test_what_has_no_place_is_told_with_the_board_that_lacks_it(listening):
    """A stranger has none; only what is not retained was heard."""
    [new] = listening.hear(message("zigbee2mqtt/new", {"contact": False})).announced
    assert (new.device, new.channels, new.board) == ("new", (("contact", "contact"),), "")
    known = message("zigbee2mqtt/Desk 1/PIR", {"contact": False}, retained=True)
    [lacking] = listening.hear(known).announced
    assert (lacking.channels, lacking.board) == ((("contact", "contact"),), "pir")
    assert (new.heard, lacking.heard) == (True, False)
