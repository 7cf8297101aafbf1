"""ESPresense nodes: device reports of three firmwares, node topics."""

import json

import pytest
from support.office import SITE_KEY, START_MS, around
from support.speaker import Listening

from sensors.entry import Entry
from sensors.families.espresense import (
    CLASS_PREFIXES,
    HEARTBEAT_S,
    HELD_S,
    EspresenseFamily,
)
from sensors.keys import NO_KEYS
from sensors.message import Message
from sensors.reading import Heartbeat, Motion, Offline, Presence, Sighting
from sensors.rejected import Reason
from sensors.tag import tag_of

WATCH = "watch:invented"
TAG = tag_of(WATCH, SITE_KEY)
ALIVE = Heartbeat("master", START_MS, HEARTBEAT_S)
V4 = {
    "mac": "c30000000031", "id": WATCH, "rssi@1m": -59, "rssi": -79.25, "rxAdj": 0,
    "rssiVar": 3.5, "distance": 5.1, "var": 1.5, "int": 1200,
}  # fmt: skip
V3 = {
    "mac": "c30000000031", "id": WATCH, "name": "Someone's Watch", "idType": 250,
    "rssi@1m": -62, "rssi": -83, "raw": 4.0, "distance": 4.4, "int": 610,
}  # fmt: skip
V2 = {
    "id": WATCH, "rssi@1m": -70, "rssi": -88, "mac": "c30000000031",
    "raw": 6.0, "distance": 5.5, "speed": 0.1,
}  # fmt: skip


def said(topic, body, retained=False):
    """A message of a node; a dict is written as JSON."""
    payload = json.dumps(body).encode() if isinstance(body, dict) else body
    return Message(f"espresense/{topic}", payload, START_MS, retained)


@pytest.fixture
def listening():
    """A decoder of the small office that has heard nothing yet."""
    return Listening()


@pytest.mark.parametrize(
    ("topic", "body", "rssi_dbm", "reference_dbm"),
    [
        (f"devices/{WATCH}/master", V4, -79.25, -59),
        (f"devices/{WATCH}/master", V3, -83, -62),
        ("rooms/master", V2, -88, -70),
        (f"devices/{WATCH}/master", {"rssi": -90}, -90, None),
    ],
)
def test_a_report_of_each_firmware_is_a_sighting(listening, topic, body, rssi_dbm, reference_dbm):
    """The id is in the topic or in the payload, and whatever else is there does not matter."""
    sighting = Sighting("master/ble", START_MS, TAG, rssi_dbm, reference_dbm)
    assert listening.look(said(topic, body)).entry == Entry("master", START_MS, (ALIVE, sighting))


@pytest.mark.parametrize("prefix", CLASS_PREFIXES)
def test_an_id_that_many_devices_share_is_nobody(listening, prefix):
    """Even when somebody enrolled it, it only shows that the node lives."""
    listening.around = around(enrolled=lambda _address, _ms: TAG)
    device = f"{prefix}1007:4-4"
    entry = listening.look(said(f"devices/{device}/master", V4 | {"id": device})).entry
    assert entry.readings == (ALIVE,)


@pytest.mark.parametrize("device", ["c30000000031", "d8a07885c1d", ""])
def test_a_stranger_only_shows_that_the_node_lives(listening, device):
    """Tags that nobody enrolled end at the decoder, whatever their id looks like."""
    decoded = listening.look(said(f"devices/{device}/master", V4 | {"id": device}))
    assert decoded.entry.readings == (ALIVE,)
    assert "c3000000" not in repr(decoded)


@pytest.mark.parametrize("retained", [True, False])
def test_offline_is_a_goodbye(listening, retained):
    """The will of a node counts also when the broker had kept it."""
    decoded = listening.look(said("rooms/master/status", b"offline", retained))
    assert decoded.entry == Entry("master", START_MS, (Offline("master", START_MS),))


@pytest.mark.parametrize(
    ("leaf", "body"), [("status", b"online"), ("telemetry", b'{"uptime":30,"rssi":-32}')]
)
def test_a_node_that_speaks_of_itself_lives(listening, leaf, body):
    """Status and telemetry are signs of life and nothing more."""
    decoded = listening.look(said(f"rooms/master/{leaf}", body))
    assert decoded.entry.readings == (ALIVE,)


@pytest.mark.parametrize(
    ("leaf", "body"), [("status", b"online"), ("telemetry", b"{}"), ("motion", b"ON")]
)
def test_what_was_retained_is_no_sign_of_life(listening, leaf, body):
    """A kept message says nothing of now."""
    decoded = listening.look(said(f"rooms/master/{leaf}", body, retained=True))
    assert decoded.entry is None
    assert decoded.noted


def test_a_retained_sighting_is_no_sighting(listening):
    """Its time is not known."""
    decoded = listening.look(said(f"devices/{WATCH}/master", V4, retained=True))
    assert (decoded.entry, decoded.noted) == (None, "retained: its time is not known")


@pytest.mark.parametrize(
    ("leaf", "body", "reading"),
    [
        ("motion", b"ON", Motion("master/motion", START_MS, True)),
        ("motion", b"off", Motion("master/motion", START_MS, False)),
        ("radar", b"ON", Presence("master/radar", START_MS, True)),
    ],
)
def test_a_channel_is_what_the_building_file_says(listening, leaf, body, reading):
    """A radar is presence where it is listed as presence."""
    assert listening.look(said(f"rooms/master/{leaf}", body)).entry.readings == (ALIVE, reading)


def test_a_repeated_level_only_shows_that_the_node_lives(listening):
    """On after on is no event."""
    listening.hear(said("rooms/master/motion", b"ON"))
    assert listening.hear(said("rooms/master/motion", b"ON")).entry.readings == (ALIVE,)


@pytest.mark.parametrize("leaf", ["name", "include", "known_irks", "max_distance"])
def test_a_setting_is_noted_and_not_kept(listening, leaf):
    """Keys and names that nodes publish about themselves leave nothing behind."""
    decoded = listening.look(said(f"rooms/master/{leaf}", b"0123456789abcdef0123456789abcdef"))
    assert (decoded.entry, decoded.rejected) == (None, ())
    assert "0123456789abcdef" not in repr(decoded)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (said(f"devices/{WATCH}/attic", V4), Reason.UNKNOWN_BOARD),
        (said(f"devices/{WATCH}/d1", V4), Reason.UNKNOWN_BOARD),
        (said("rooms/attic/motion", b"ON"), Reason.UNKNOWN_BOARD),
        (said("devices/x/master", b"{"), Reason.MALFORMED),
        (said("devices/x/master", b""), Reason.MALFORMED),
        (said("devices/x/master", b"\xff"), Reason.MALFORMED),
        (said("devices/x/master", {"id": "x"}), Reason.MALFORMED),
        (said("devices/x/master", {"rssi": "loud"}), Reason.MALFORMED),
        (said("devices/x/master", {"rssi": -128}), Reason.MALFORMED),
        (said("devices/x/master", {"rssi": 21}), Reason.MALFORMED),
        (said("devices/y/master", V4), Reason.MALFORMED),
        (said("rooms/master/motion", b"maybe"), Reason.MALFORMED),
        (said("rooms/master/status", b"perhaps"), Reason.MALFORMED),
        (said("rooms/master/telemetry", b"{"), Reason.MALFORMED),
        (said("devices/x/master", b" " * 8193), Reason.TOO_LARGE),
        (said("elsewhere/x/config", b"{}"), Reason.UNKNOWN_TOPIC),
        (said("devices/x", b"{}"), Reason.UNKNOWN_TOPIC),
    ],
)
def test_a_refused_message_says_why(listening, message, reason):
    """Each reason is reached, and nothing else comes of the message."""
    decoded = listening.look(message)
    assert [r.reason for r in decoded.rejected] == [reason]
    assert (decoded.entry, decoded.rejected[0].family) == (None, "espresense")


def test_a_name_in_a_broken_report_is_masked(listening):
    """A refusal keeps the shape of a payload, not what it says of somebody."""
    decoded = listening.look(said(f"devices/{WATCH}/master", V3 | {"rssi": "?"}))
    assert "Someone" not in repr(decoded)
    assert "c30000000031" not in repr(decoded)
    assert WATCH not in repr(decoded)


def heard(topic, body, retained=False):
    """What the family hears, before it is placed."""
    return EspresenseFamily().hear(said(topic, body, retained), {}, NO_KEYS)


def test_numbers_that_came_as_texts_are_numbers():
    """And what is neither leaves the report without them."""
    report = {"id": WATCH, "rssi": "-70", "rssi@1m": "-59", "distance": "2.5"}
    [one] = heard(f"devices/{WATCH}/master", report).statements
    assert (one.value, one.reference_dbm, one.distance_m) == (-70, -59, 2.5)
    assert heard(f"devices/{WATCH}/master", {"rssi": True}).refused is Reason.MALFORMED


@pytest.mark.parametrize(
    "odd", [{"distance": 0}, {"distance": -1}, {"distance": 1e9}, {"rssi@1m": 12345}]
)
def test_what_cannot_be_is_left_out(odd):
    """A distance of exactly 0 is not the nearest: a firmware said so of what it could not tell."""
    [one] = heard(f"devices/{WATCH}/master", V4 | odd).statements
    assert one.value == -79.25
    assert None in (one.distance_m, one.reference_dbm)


@pytest.mark.parametrize(
    ("device", "flags"),
    [
        ("f9f0e964a753e", ("anonymous",)),
        ("d8a07885c1d", ("anonymous",)),
        ("c1a5ff023991", ()),
        ("known:c1a5ff023991", ()),
        ("iBeacon:e5ca1ade-f007-ba11-0000-000000000000-1-2", ("shared",)),
        ("iBeacon:1de4b189-115e-45f6-b44e-509352269977-1-2", ()),
    ],
)
def test_an_address_that_is_not_whole_and_a_node_are_nobody(device, flags):
    """Too few digits, too many, and the beacon that nodes send for each other."""
    [one] = heard(f"devices/{device}/master", {"id": device, "rssi": -70}).statements
    assert one.flags == flags


@pytest.mark.parametrize(
    ("leaf", "body", "kind", "value", "unit"),
    [
        ("switch_1", b"ON", "binary", True, ""),
        ("button", b"OFF", "binary", False, ""),
        ("bh1750_lux", b"120", "level", 120, "lx"),
        ("bme280_temperature", b"21.50", "level", 21.5, "°C"),
        ("humidity", b"nan", "level", None, "%"),
    ],
)
def test_what_is_wired_to_a_node_is_told(leaf, body, kind, value, unit):
    """An input is yes or no without a meaning, a measure has its unit, and `nan` is not known."""
    [one] = heard(f"rooms/master/{leaf}", body, retained=True).statements
    assert (one.channel, one.kind, one.value, one.unit) == (leaf, kind, value, unit)
    assert one.flags == ("retained",)


@pytest.mark.parametrize("leaf", ["switch_1_timeout", "pir_timeout", "auto_update", "led_1"])
def test_a_setting_of_an_input_is_no_input(leaf):
    """Though it may say ON."""
    assert heard(f"rooms/master/{leaf}", b"ON").noted == f"{leaf}: a setting"


def test_motion_comes_with_the_hold_of_the_firmware():
    """Half a second, unless somebody set another."""
    assert heard("rooms/master/motion", b"OFF").statements[0].held_s == HELD_S


@pytest.mark.parametrize("leaf", ["status", "motion"])
def test_an_empty_message_deletes_what_was_kept(leaf):
    """It is no state, and no goodbye."""
    hearing = heard(f"rooms/master/{leaf}", b"", retained=True)
    assert (hearing.gone, hearing.statements, hearing.refused) == (False, (), None)
    assert "deleted" in hearing.noted


def test_a_node_that_has_only_just_begun_says_so():
    """It has not heard its surroundings yet."""
    assert "just begun" in heard("rooms/master/telemetry", {"uptime": 30}).noted
    assert "just begun" not in heard("rooms/master/telemetry", {"uptime": 3600}).noted


@pytest.mark.parametrize(
    ("topic", "body", "why"),
    [
        ("rooms/*/absorption/set", b"3.0", "a command"),
        ("settings/irk:00112233445566778899aabbccddeeff/config", {"id": "phone"}, "a setting"),
        ("companion/phone:x", b"not_home", "another service concluded"),
        ("companion/status", b"offline", "offline"),
        (f"devices/{WATCH}/master/battery", {"battery": 80}, "no sighting"),
    ],
)
def test_what_stands_beside_nodes_is_noted(topic, body, why):
    """Commands, settings, parts of reports, and what another service concluded."""
    hearing = heard(topic, body)
    assert (hearing.statements, hearing.refused, hearing.gone) == ((), None, False)
    assert why in hearing.noted
    assert "00112233" not in hearing.noted


def test_the_patterns_leave_settings_of_devices_out():
    """Device reports and node topics of at most four levels."""
    assert EspresenseFamily.patterns == (
        "espresense/devices/+/+",
        "espresense/rooms/+",
        "espresense/rooms/+/+",
    )
