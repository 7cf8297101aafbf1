"""Acquaintances: which devices a running service has met, and which of them have a place."""

import threading

import pytest
import yaml

from api.services import BoardHealth, Channel
from occupancy.building import Building
from occupancy.label import Label
from occupancy.placement import Board, Placement, Sensor, SensorKind
from occupancy.space import Kind, Space
from sensors.statement import Announced
from vrijplek.acquaintances import Acquaintances
from vrijplek.decoding.roll import MOST, MOST_CHANNELS
from vrijplek.surroundings import surroundings_of

NOW_MS = 1_795_428_000_000
BUILDING = Building(
    "hq",
    Label.of("Office"),
    "Europe/Amsterdam",
    (
        Space("office", Kind.BUILDING, Label.of("Office")),
        Space("desk-1", Kind.DESK, Label.of("Desk 1"), "office"),
    ),
    (
        Board("own"),
        Board("pir", "zigbee2mqtt", device="Desk 1/PIR"),
        Board("plug", "shelly", device="shellyplus1-a8032abe54dc"),
        Board("seat", "esphome", topic="office/+/desk-1/binary_sensor/seat/state"),
    ),
    (
        Sensor("own/pir-1", SensorKind.MOTION, sees=(Placement("desk-1"),)),
        Sensor("pir/occupancy", SensorKind.MOTION, sees=(Placement("desk-1"),)),
    ),
)


def health():
    """Of each board; one is silent."""
    return [
        BoardHealth(b.id, online=b.id != "pir", last_heard_ms=NOW_MS, distrusted=("own/pir-1",))
        for b in BUILDING.boards
    ]


@pytest.fixture
def known():
    """Acquaintances of a building with four boards, that have met nobody."""
    routes = surroundings_of(BUILDING, lambda *_: None).routes
    return Acquaintances(BUILDING, routes, health)


def spoke(device, *channels, family="zigbee2mqtt", **more):
    return Announced(family, device, channels, heard=True, **more)


def strangers(known):
    return [one for one in known.roster().devices if one.board is None]


def board(known, name):
    return next(one for one in known.roster().devices if one.board == name)


def test_a_device_without_a_place_comes_with_its_lines(known):
    """Family, name, channels, how often and when it spoke; the lines are YAML."""
    for at_ms in (NOW_MS, NOW_MS + 5_000):
        known.meet([spoke("Desk 2/PIR", ("occupancy", "motion"), model="IKEA E1525")], at_ms)
    [found] = strangers(known)
    assert (found.family, found.name, found.model) == ("zigbee2mqtt", "Desk 2/PIR", "IKEA E1525")
    assert found.channels == (Channel("occupancy", "motion", placed=False),)
    assert (found.messages, found.last_heard_ms) == (2, NOW_MS + 5_000)
    assert yaml.safe_load(found.lines) == {
        "boards": [{"id": "desk-2-pir", "family": "zigbee2mqtt", "device": "Desk 2/PIR"}],
        "sensors": [{"id": "desk-2-pir/occupancy", "kind": "motion", "sees": ["SPACE"]}],
    }


def test_what_an_inventory_tells_of_was_not_heard(known):
    """It has lines, and no time."""
    known.meet([Announced("zigbee2mqtt", "new", (("contact", "contact"),))], NOW_MS)
    [found] = strangers(known)
    assert (found.messages, found.last_heard_ms) == (0, None)
    assert "new/contact" in found.lines


def test_a_name_is_quoted_as_yaml_reads_it(known):
    """Quotes, backslashes and line breaks come back as they were."""
    name = 'a "b" \\ c\n- {id: evil}'
    known.meet([spoke(name, ("presence", "presence"))], NOW_MS)
    [line] = yaml.safe_load(strangers(known)[0].lines)["boards"]
    assert line["device"] == name


def test_every_board_of_the_building_is_told(known):
    """Those of our own format too, with their state, their sensors and the spaces they see."""
    told = {one.board: one for one in known.roster().devices}
    assert list(told) == ["own", "pir", "plug", "seat"]
    assert (told["own"].family, told["own"].online, told["own"].distrusted) == (
        "vrijplek",
        True,
        ("own/pir-1",),
    )
    pir = told["pir"]
    assert (pir.name, pir.online, pir.spaces) == ("Desk 1/PIR", False, ("desk-1",))
    assert pir.channels == (Channel("occupancy", "motion", placed=True),)
    assert pir.lines == ""


def test_a_channel_of_a_board_that_has_no_place_is_told_with_that_board(known):
    """Its lines name the board that is there; an inventory's channels that are placed need none."""
    channels = (("occupancy", "motion"), ("contact", "contact"), ("battery", "level"))
    known.meet([Announced("zigbee2mqtt", "Desk 1/PIR", channels)], NOW_MS)
    assert strangers(known) == []
    found = board(known, "pir")
    assert found.channels[1:] == (Channel("contact", "contact", placed=False),)
    assert yaml.safe_load(found.lines) == {
        "sensors": [{"id": "pir/contact", "kind": "contact", "sees": ["SPACE"]}]
    }


def test_a_device_that_its_topic_maps_is_its_board(known):
    """Which board it is comes with what is told of it."""
    known.meet([spoke("x", ("door", "contact"), family="esphome", board="seat")], NOW_MS)
    assert strangers(known) == []
    assert "seat/door" in board(known, "seat").lines


def test_a_device_of_an_inventory_is_the_board_whose_topic_bears_its_name(known):
    """As far as it was not heard elsewhere."""
    channels = (("seat", "presence"),)
    known.meet([Announced("esphome", "office/3/desk-1", channels)], NOW_MS)
    known.meet([Announced("esphome", "office/3/desk-2", channels)], NOW_MS)
    assert [one.name for one in strangers(known)] == ["office/3/desk-2"]


def test_a_hardware_address_is_never_told(known):
    """A stranger named by one is counted alone, a board goes by its id, a channel is left out."""
    known.meet(
        [
            spoke("AA:BB:CC:DD:EE:FF", ("m", "motion"), family="homeassistant"),
            spoke("garden", ("aabbccddeeff-motion", "motion"), family="homeassistant"),
            spoke("shellyplus1-a8032abe54dc", ("input:0", "binary"), family="shelly"),
            spoke("shellyplus1-a8032abe54dc", ("c3000000002a", "binary"), family="shelly"),
        ],
        NOW_MS,
    )
    roster = known.roster()
    told = str(roster).lower()
    assert roster.withheld == 2
    assert not [one for one in ("bb:cc", "aabbccddeeff", "a8032abe54dc", "c300000") if one in told]
    assert board(known, "plug").name == "plug"
    assert "plug/input-0" in roster.lines


def test_what_tells_nothing_of_presence_has_no_lines(known):
    """It is told of, and does not count as unmapped."""
    known.meet([spoke("lamp"), spoke("climate", ("temperature", "level"))], NOW_MS)
    assert [one.lines for one in strangers(known)] == ["", ""]
    assert known.unmapped == 0
    assert known.roster().lines == ""


def test_the_lines_of_all_are_one_document(known):
    """Boards once, sensors once, in the order of the list."""
    known.meet([spoke(f"d{n}", ("presence", "presence")) for n in (2, 1)], NOW_MS)
    told = yaml.safe_load(known.roster().lines)
    assert [one["id"] for one in told["boards"]] == ["d1", "d2"]
    assert len(told["sensors"]) == 2
    assert known.unmapped == 2


def test_a_flood_of_names_is_bounded_and_counted(known):
    """The devices heard longest ago go first, and a device has so many channels."""
    known.meet([spoke(f"d{n}", ("m", "motion")) for n in range(MOST + 3)], NOW_MS)
    known.meet([spoke("d9", *((f"c{n}", "motion") for n in range(200)))], NOW_MS)
    assert (len(strangers(known)), known.forgotten) == (MOST, 3)
    assert max(len(one.channels) for one in strangers(known)) == MOST_CHANNELS


def test_it_is_asked_while_it_is_told(known):
    """One thread tells of new devices, another asks."""
    many = [[spoke(f"d{n}", (f"c{n % 7}", "motion"))] for n in range(2_500)]
    teller = threading.Thread(target=lambda: [known.meet(one, NOW_MS) for one in many])
    teller.start()
    while teller.is_alive():
        known.roster()
    teller.join()
    assert known.unmapped == MOST
