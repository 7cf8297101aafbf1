"""Bluetooth gateways: what they hear, what sensors behind them say, and what is neither."""

import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from support.office import START_MS

from sensors.entry import Entry
from sensors.families.directory import FOREIGN, family_of
from sensors.keys import NO_KEYS, Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason
from sensors.routing import Route, Routes
from vrijplek.capture import recorded_in
from vrijplek.decoding.reader import Reader

KEY, SENSOR = bytes(range(16)), "c30000000041"
MAC = "C3:00:00:00:00:41"
SCANNED = "home/gw/BTtoMQTT/C30000000041"


def heard(topic, told, *, keys=NO_KEYS, memory=None, retained=False, at_ms=START_MS):
    """What a gateway's message comes to."""
    payload = told if isinstance(told, bytes) else json.dumps(told).encode()
    message = Message(topic, payload, at_ms, retained)
    return FOREIGN["openmqttgateway"].hear(message, (memory or Memory()).learned, keys)


def said(hearing):
    """Channel, kind and value of each statement."""
    return [(one.channel, one.kind, one.value) for one in hearing.statements]


@pytest.mark.parametrize("key", ["presence", "hcsr501"])
def test_a_pir_on_the_gateway_sees_motion_whatever_it_calls_it(key):
    """Its off is no empty place."""
    assert said(heard("home/gw/HCSR501toMQTT", {key: "false"})) == [(key, "motion", False)]


@pytest.mark.parametrize(
    ("topic", "told", "expected"),
    [
        ("home/gw/DHTtoMQTT", {"temp": 21, "hum": 51}, [("temp", 21), ("hum", 51)]),
        ("home/gw/CLIMAtoMQTT/htu", {"tempc": 25.3, "tempf": 77.5}, [("tempc", 25.3)]),
        ("home/gw/CLIMAtoMQTT/ds1820/0x1", {"temp": 27.8, "unit": "C"}, [("temp", 27.8)]),
        ("home/gw/CLIMAtoMQTT/ds1820/0x1", {"temp": 80.1, "unit": "F"}, []),
    ],
)
def test_sensors_on_the_gateway_are_its_channels(topic, told, expected):
    """In degrees Celsius, or not at all."""
    hearing = heard(topic, told)
    assert (hearing.device, [(c, v) for c, _, v in said(hearing)]) == ("gw", expected)


@pytest.mark.parametrize(
    "told",
    [
        {"type": "WCVR", "open": 0, "motion": False},
        {"calibrated": True, "open": 1, "motion": True},
        {"state": "idle", "pressure": 54},
        {"power": 1},
        {"motion": 2},
        {"motion": "nan", "open": None},
    ],
)
def test_what_a_cover_a_toothbrush_or_a_switch_says_is_nobody(told):
    """A blind's own movement, codes that are no measures, and values without a meaning."""
    hearing = heard(SCANNED, told)
    assert (hearing.statements, hearing.refused) == ((), None)
    assert "one gateway's word" not in hearing.noted


def test_a_thing_that_moves_is_no_motion_at_a_desk():
    """Only the building file can say what it means."""
    assert said(heard(SCANNED, {"moving": True, "open": 1})) == [
        ("moving", "binary", True),
        ("open", "contact", True),
    ]


def test_service_data_of_bthome_is_read_and_its_sender_was_heard():
    """Two gateways hear it: the second repeats the values, but heard it too."""
    memory = Memory()
    told = {
        "id": MAC, "mac_type": 0, "rssi": -60,
        "servicedatauuid": "0xfcd2", "servicedata": "4000092101",
    }  # fmt: skip
    first = heard(SCANNED, told, memory=memory)
    assert said(first) == [("motion", "motion", True), ("ble", "sighting", -60)]
    assert [one.device for one in first.statements] == [SENSOR, ""]
    memory.take(Entry("", START_MS, (), None, first.learned))
    second = heard("home/gw2/BTtoMQTT/C30000000041", told, memory=memory)
    assert (second.repeated, said(second)) == (False, [("ble", "sighting", -60)])
    silent = {key: value for key, value in told.items() if key != "rssi"}
    assert heard(SCANNED, silent, memory=memory).repeated


@pytest.mark.parametrize("info", [0x41, 0x45])
def test_what_a_gateway_could_not_open_is_opened_with_the_key(info):
    """It publishes the parts, and not the first byte; without the key it is refused."""
    nonce = bytes.fromhex(SENSOR) + b"\xd2\xfc" + bytes([info]) + b"\x01\x00\x00\x00"
    closed = AESCCM(KEY, tag_length=4).encrypt(nonce, b"\x21\x01", None)
    told = {
        "mac": MAC, "encr": 2,
        "cipher": closed[:-4].hex(), "ctr": "01000000", "mic": closed[-4:].hex(),
    }  # fmt: skip
    hearing = heard(SCANNED, told, keys=Keys({SENSOR: KEY}))
    assert said(hearing) == [("motion", "motion", True)]
    assert heard(SCANNED, told).refused is Reason.ENCRYPTED
    assert heard(SCANNED, told | {"encr": 1}).refused is Reason.ENCRYPTED


@pytest.mark.parametrize(
    ("told", "address", "reference_dbm", "flags"),
    [
        ({"servicedatauuid": "0xfeaa",
          "servicedata": "00e700112233445566778899aabbccddeeff0000"},
         "eddy:00112233445566778899-aabbccddeeff", -66, ()),
        ({"namespace": "00112233445566778899", "instance_id": "AABBCCDDEEFF"},
         "eddy:00112233445566778899-aabbccddeeff", None, ()),
        ({"data": "0201061aff4c0002152686f39cbada4658854aa62e7e5e8b8d00010000c9"},
         "iBeacon:2686f39c-bada-4658-854a-a62e7e5e8b8d-1-0", -55, ()),
        ({"servicedatauuid": "feaa", "servicedata": "20000bb815d00000000a00000064"},
         "", None, ("anonymous",)),
        ({"type": "RMAC"}, "", None, ("anonymous",)),
        ({"model_id": "MS-CDP"}, "", None, ("anonymous",)),
        ({"model_id": "APPLE_CONTAT"}, "", None, ("anonymous",)),
        ({"model_id": "NUT"}, SENSOR, None, ("shared",)),
        ({"mac_type": "1"}, SENSOR, None, ()),
    ],
)  # fmt: skip
def test_who_was_heard_is_read_from_all_that_is_told(told, address, reference_dbm, flags):
    """Frames in bytes, frames in words, and models that are nobody's."""
    [one] = heard(SCANNED, told | {"id": MAC, "rssi": "-60"}).statements
    assert (one.value, one.address) == (-60, address)
    assert (one.reference_dbm, one.flags) == (reference_dbm, flags)


def test_a_beacons_uuid_in_the_place_of_the_address_leaves_the_address_in_mac():
    """As a gateway does that is set to tell presence by UUID."""
    told = {"id": "2686f39cbada4658854aa62e7e5e8b8d", "mac": MAC, "rssi": -60, "distance": 7.9}
    [one] = heard("home/presence/gw", told).statements
    assert (one.address, one.distance_m) == (SENSOR, 7.9)


@pytest.mark.parametrize(
    ("topic", "told", "device", "why"),
    [
        ("home/gw/commands/MQTTtoBT/config", {"interval": 0}, "gw", "a command"),
        ("home/gw/BTtoMQTT", {"bleconnect": True}, "gw", "settings"),
        ("home/gw/SYStoMQTT", {"uptime": 120, "SSID": "x"}, "gw", "health"),
        ("home/gw/LWT", b"", "gw", "deleted"),
        ("home/gw/LWT", b"online", "gw", "online"),
        ("home/gw/RTL_433toMQTT/Maker/12", {"rssi": -80}, "gw", "another radio"),
        (SCANNED, {"id": MAC, "characteristic": "c", "success": True}, "gw", "an answer"),
        (SCANNED, {"moi": "12"}, "gw", "names no sender"),
        (SCANNED, {"uuid": "fda50693a4e24fb1afcfc6eb07647825", "major": 1, "minor": 2}, "gw",
         "nobody's"),
        ("happy-bubbles/presence/ha/someone", {"room": "x"}, "", "another service"),
    ],
)  # fmt: skip
def test_what_is_neither_heard_nor_measured_is_noted_with_its_reason(topic, told, device, why):
    """Commands, settings, answers, wills, and adverts that say nothing of anybody."""
    hearing = heard(topic, told)
    assert (hearing.statements, hearing.refused, hearing.gone) == ((), None, False)
    assert (hearing.device, why in hearing.noted) == (device, True)


@pytest.mark.parametrize("topic", ["home/gw/LWT", "site/floor/gw/LWT"])
def test_a_gateway_of_any_base_says_goodbye(topic):
    """Its base may have two levels."""
    assert family_of(topic, b"offline", {}, Routes()) == "openmqttgateway"
    assert heard(topic, b"offline").gone


@pytest.mark.parametrize(
    "topic",
    ["home/TheengsGateway/BTtoMQTT/C30000000041", "home/TheengsGateway/LWT",
     "home/TheengsGateway/presence", "home/presence/TheengsGateway"],
)  # fmt: skip
def test_theengs_is_known_by_the_name_that_it_has_at_first(topic):
    """With another name it speaks as OpenMQTTGateway does."""
    assert family_of(topic, b"{}", {}, Routes()) == "theengs"


@pytest.mark.parametrize("listed", ["theengs", "openmqttgateway"])
@pytest.mark.parametrize("spoken", ["theengs", "openmqttgateway"])
def test_a_gateway_is_found_under_either_name_of_its_family(listed, spoken):
    """Which of both a topic is of, its gateway's name alone can tell."""
    routes = Routes([Route(listed, "hall", device="hall-gw")])
    assert [route.board for route in routes.of(spoken, "home/hall-gw/LWT", "hall-gw")] == ["hall"]


def shown(*lines):
    """What `decode` prints of recorded lines, in order."""
    reader = Reader()
    told = [json.dumps({"tst": "2026-11-23T09:00:00+00:00"} | line) for line in lines]
    return [reader.read(recorded_in(line, n, "x")).as_json() for n, line in enumerate(told, 1)]


def test_a_kept_goodbye_is_shown_without_a_time():
    """Nobody knows since when; a live one is of now."""
    kept, live = shown(
        {"topic": "home/gw/LWT", "payload": "offline", "retain": True},
        {"topic": "home/gw/LWT", "payload": "offline", "retain": False},
    )
    assert [(r["event_ms"], r["flags"]) for r in kept["readings"]] == [(None, ["retained"])]
    assert [(r["event_time"], r["flags"]) for r in live["readings"]] == [
        ("2026-11-23T09:00:00.000Z", [])
    ]


def test_a_sighting_is_shown_with_what_the_beacon_and_the_scanner_tell():
    """The power at 1 m, and the distance that a scanner reckons."""
    told = {"id": MAC, "rssi": -70, "distance": 3.2, "txpower": -59, "major": 1, "minor": 2}
    told |= {"uuid": "1de4b189115e45f6b44e509352269977"}
    [line] = shown({"topic": SCANNED, "payload": json.dumps(told), "retain": False})
    [one] = line["readings"]
    assert (one["value"], one["reference_dbm"], one["distance_m"]) == (-70, -59, 3.2)


def test_whoever_has_no_name_repeats_nothing():
    """The second advert may be another sensor's."""
    first, second = shown(*2 * [{"topic": None, "payload": "402101", "retain": None}])
    assert [r["flags"] for told in (first, second) for r in told["readings"]] == [[], []]
