"""Tasmota: switches, rules, radars, beacons, Zigbee bridges, sleep and time."""

import json

import pytest
from support.family_ear import FamilyEar, held, said
from support.office import START_MS

from sensors.families.directory import FOREIGN, family_of
from sensors.rejected import Reason
from sensors.routing import Routes

TARGET = {"Distance": [70.0, 0.0, 60.0], "Energy": [30, 0]}
NO_TARGET = {"Distance": [0.0, 0.0, 0.0], "Energy": [0, 0]}
TIMERS = {f"T{at}": 0 for at in range(1, 9)}


@pytest.fixture
def ear():
    """A family that knows nothing yet."""
    return FamilyEar("tasmota")


@pytest.mark.parametrize(
    ("topic", "told", "expected"),
    [
        ("stat/x/STATUS10", {"StatusSNS": {"Switch1": "ON"}}, [("Switch1", "motion", True)]),
        ("x/stat/RESULT", {"Cupboard": {"Action": "ON"}}, [("Cupboard", "binary", True)]),
        ("x/tele/SENSOR", {"Cupboard": "OFF"}, [("Cupboard", "binary", False)]),
        ("stat/x/RESULT", {"SetOption83": "ON"}, []),
        ("stat/x/RESULT", {"Switch1": {"Action": "TOGGLE"}}, []),
        ("tele/x/SENSOR", {"Switch1": None}, [("Switch1", "motion", None)]),
        ("stat/x/Front_Door_State", b"1", [("Front_Door_State", "contact", True)]),
        ("stat/x/BUTTON2", {"ACTION": "SINGLE"}, [("BUTTON2", "button", "SINGLE")]),
        ("stat/x/RESULT", {"Button1": {"Action": "HOLD"}}, [("Button1", "button", "HOLD")]),
        ("stat/x/STATUS", {"Status": {"Power": 1, "Topic": "x"}}, []),
        ("stat/x/STATUS11", {"StatusSTS": {"POWER": "ON", "Wifi": {"RSSI": 80}}}, []),
        ("tele/x/SENSOR", {"ANALOG": {"A0": 8}, "Light Switch": "soft"}, []),
    ],
)
def test_what_stands_in_a_message(ear, topic, told, expected):
    """Of free names only what Tasmota itself calls an action, or telemetry's ON and OFF."""
    assert said(ear.hear(topic, told)) == expected


def test_the_state_of_a_relay_is_no_power_in_watts(ear):
    """A Zigbee plug's `Power` is its relay; only under `ENERGY` is it measured."""
    plug = {"ZbReceived": {"0x1": {"Device": "0x1", "Power": 1}}}
    assert said(ear.hear("tele/x/SENSOR", plug)) == []
    assert said(ear.hear("tele/x/SENSOR", {"Plug": {"Power": 1}})) == []
    told = {"ENERGY": {"Power": 12, "Voltage": 230}}
    assert said(ear.hear("tele/x/SENSOR", told)) == [("ENERGY/Power", "level", 12)]


@pytest.mark.parametrize(
    ("told", "value", "unit"),
    [
        ({"DS18B20": {"Temperature": 68.0}, "TempUnit": "F"}, 20.0, "°C"),
        ({"DS18B20": {"Temperature": 20.5}, "TempUnit": "C"}, 20.5, "°C"),
        ({"DS18B20": {"Temperature": None}, "TempUnit": "F"}, None, "°C"),
        ({"BMP280": {"Pressure": 29.92}, "PressureUnit": "inHg"}, 1013.208, "hPa"),
        ({"BMP280": {"Pressure": 760.0}, "PressureUnit": "mmHg"}, 1013.25, "hPa"),
        ({"SCD40": {"CarbonDioxide": 642}}, 642, "ppm"),
        ({"ANALOG": {"Temperature2": 21.5}}, 21.5, "°C"),
        ({"hall": {"Device": "0x1", "BatteryPercentage": 82}}, 82, "%"),
    ],
)
def test_a_level_has_the_unit_of_its_quantity(ear, told, value, unit):
    """Whatever unit the user chose."""
    [one] = ear.hear("tele/x/SENSOR", told).statements
    assert (one.value, one.unit) == (value, unit)


@pytest.mark.parametrize("told", [TARGET, {"Energy": [0, 12]}, {"Distance": [125.0, 0.0, 0.0]}])
def test_a_radar_that_tells_of_a_target_sees_somebody(ear, told):
    """However weak: without a target the driver tells zeros."""
    presence = ("LD2410/presence", "presence")
    assert (*presence, True) in said(ear.hear("tele/x/SENSOR", {"LD2410": told}))
    assert (*presence, False) in said(ear.hear("tele/x/SENSOR", {"LD2410": NO_TARGET}))


def test_without_a_target_there_is_no_distance(ear):
    """Zero is not a place in front of the radar; energies are told of moving and static."""
    told = said(ear.hear("tele/x/SENSOR", {"LD2410": NO_TARGET}))
    assert "LD2410/distance" not in {channel for channel, _, _ in told}
    told = said(ear.hear("tele/x/SENSOR", {"LD2410": TARGET}))
    assert ("LD2410/distance", "level", 0.7) in told
    assert ("LD2410/moving_energy", "level", 30) in told


@pytest.mark.parametrize(
    ("told", "present"),
    [({"Out_pin": 0}, False), ({"Out_pin": None}, None), ({"People": 7}, None)],
)
def test_a_code_that_no_document_explains_is_not_guessed(ear, told, present):
    """Neither of a pin nor of an LD2410S."""
    found = ear.hear("tele/x/SENSOR", {"LD2410S": told}).statements
    assert [one.value for one in found] == ([] if present is None else [present])


def test_the_hold_of_a_radar_is_told(ear):
    """Five seconds as delivered; what an answer tells of its setting goes before that."""
    assert held(ear.hear("tele/x/SENSOR", {"LD2410": TARGET})) == [("LD2410/presence", 5)]
    ear.hear("stat/x/RESULT", {"LD2410": {"Duration": 30, "Moving": {"Gates": 8}}})
    assert held(ear.hear("tele/x/SENSOR", {"LD2410": TARGET})) == [("LD2410/presence", 30)]
    assert held(ear.hear("tele/y/SENSOR", {"LD2410": TARGET})) == [("LD2410/presence", 5)]
    people = {"LD2410S": {"People": 2}}
    assert held(ear.hear("tele/x/SENSOR", people)) == []
    ear.hear("stat/x/RESULT", {"LD2410S_Common": {"Near Door": 0, "Hold Time": 10}})
    assert held(ear.hear("tele/x/SENSOR", people)) == [("LD2410S/presence", 10)]


def test_the_hold_of_a_rule_is_that_of_its_timer(ear):
    """As the answer to the timer's start tells; each name with the timer of its number."""
    assert held(ear.hear("stat/x/PIR1", b"ON")) == []
    heard = ear.hear("stat/x/RESULT", TIMERS | {"T1": 120, "T2": 30})
    assert (heard.statements, heard.noted) == ((), "an answer to a command")
    assert held(ear.hear("stat/x/PIR1", b"OFF")) == [("PIR1", 120)]
    assert held(ear.hear("stat/x/PIR2", b"OFF")) == [("PIR2", 30)]
    assert held(ear.hear("stat/x/MOTION", b"OFF")) == [("MOTION", 120)]
    assert held(ear.hear("stat/x/PRESENCE", b"0")) == [("PRESENCE", 120)]
    assert held(ear.hear("stat/x/DOOR", b"OFF")) == []
    assert held(ear.hear("stat/y/PIR1", b"OFF")) == []
    assert held(ear.hear("tele/x/SENSOR", {"Switch1": "OFF"})) == []


def test_a_timer_that_has_run_out_leaves_its_hold_known(ear):
    """Zero is what is left of it; and what is known already is no news for the journal."""
    ear.hear("stat/x/RESULT", TIMERS | {"T1": 120})
    assert ear.hear("stat/x/RESULT", TIMERS | {"T1": 120}).learned == ()
    assert ear.hear("stat/x/RESULT", TIMERS).learned == ()
    assert held(ear.hear("stat/x/PIR1", b"ON")) == [("PIR1", 120)]


def test_a_sensor_named_like_a_timer_is_none(ear):
    """All eight stand in the answer."""
    ear.hear("tele/x/SENSOR", {"T1": 21})
    assert held(ear.hear("stat/x/PIR1", b"ON")) == []


@pytest.mark.parametrize("told", [{"PulseTime1": {"Set": 130, "Remaining": 130}},
                                  {"PulseTime": {"Set": [130], "Remaining": [130]}}])  # fmt: skip
def test_a_pulse_time_is_of_a_relay(ear, told):
    """Which says nothing here, so that there is nothing that it could have held."""
    heard = ear.hear("stat/x/RESULT", told)
    assert (heard.statements, heard.learned) == ((), ())


UID = "1DE4B189115E45F6B44E509352269977"
BEACON = "iBeacon:1de4b189-115e-45f6-b44e-509352269977"


@pytest.mark.parametrize(
    ("name", "told", "address"),
    [
        ("IBEACON", {"MAC": "A4C1387FC1E1"}, "a4c1387fc1e1"),
        ("IBEACON", {"UID": UID, "MAJOR": "000A", "MINOR": "0010"}, f"{BEACON}-10-16"),
        ("IBEACON", {"UID": "0" * 32, "MAJOR": "0000", "MINOR": "0000", "MAC": "A4C1387FC1E1"},
         "a4c1387fc1e1"),
        ("IBEACON_DEAABC788BC1", {}, "deaabc788bc1"),
        ("IBEACON_FF34C21G2174", {}, ""),
    ],
)  # fmt: skip
def test_a_beacon_is_known_by_what_it_sends(ear, name, told, address):
    """Major and minor are hexadecimal; the HM-10 driver has the address in the name."""
    [one] = ear.hear("tele/x/SENSOR", {name: told | {"RSSI": -60}}).statements
    assert (one.kind, one.value, one.address) == ("sighting", -60, address)
    assert one.flags == (() if address else ("anonymous",))


@pytest.mark.parametrize("told", [{"IBEACON": {"MAC": "A4C1387FC1E1", "RSSI": -56, "STATE": "OFF"}},
                                  {"IBEACON_DEAABC788BC1": {"RSSI": 0}}])  # fmt: skip
def test_a_beacon_that_is_gone_is_no_absence(ear, told):
    """One device does not hear it any more."""
    heard = ear.hear("tele/x/SENSOR", told)
    assert (heard.statements, heard.gone) == ((), False)
    assert "no absence" in heard.noted


def test_a_zigbee_device_is_known_by_its_friendly_name(ear):
    """Motion that the bridge holds for 90 s, a contact that is 1 when open, levels."""
    pir = {"0x57B": {"Device": "0x57B", "Name": " hall", "Occupancy": 1, "LinkQuality": 105}}
    heard = ear.hear("tele/zb/SENSOR", {"ZbReceived": pir})
    assert said(heard) == [("hall/Occupancy", "motion", True)]
    assert held(heard) == [("hall/Occupancy", 90)]
    door = {"0x43D": {"Device": "0x43D", "Contact": 0, "Temperature": 21}}
    expected = [("0x43D/Contact", "contact", False), ("0x43D/Temperature", "level", 21)]
    assert said(ear.hear("tele/zb/SENSOR", {"ZbReceived": door})) == expected
    assert said(ear.hear("tele/zb/SENSOR", door)) == expected


@pytest.mark.parametrize(
    ("told", "event_ms", "flags"),
    [
        ({"Time": START_MS // 1000}, START_MS, ()),
        ({"Time": START_MS + 500}, START_MS + 500, ()),
        ({"Time": "2019-01-01T00:00:00", "Epoch": START_MS // 1000}, START_MS, ()),
        ({"Time": "1970-01-01T00:00:16", "Epoch": 16}, None, ("clock_off",)),
        ({"Time": "2024-01-01T00:00:16"}, None, ()),
        ({"Time": "1970-01-19T12:00:00+00:00"}, None, ("clock_off",)),
    ],
)
def test_a_time_is_a_number_or_has_an_offset(ear, told, event_ms, flags):
    """Local time tells nothing; a clock that is not set is told."""
    [one] = ear.hear("tele/x/SENSOR", told | {"Switch1": "ON"}).statements
    assert (one.event_ms, one.flags) == (event_ms, flags)


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        ("tele/x/STATE", {"Wifi": {"DeepSleep": 300}}),
        ("stat/x/RESULT", {"DeepSleepTime": 300}),
        ("stat/x/DEEPSLEEP", {"DeepSleep": {"Time": "2021-06-27T15:04:00", "Epoch": 1624799040}}),
        ("tele/x/INFO3", {"Info3": {"RestartReason": "Deep-Sleep Wake"}}),
    ],
)
def test_whoever_tells_that_it_sleeps_is_offline_by_design(ear, topic, told):
    """Until it is told not to."""
    ear.hear(topic, told)
    assert ear.hear("tele/x/LWT", b"Offline").noted.startswith("offline by design")
    ear.hear("stat/x/RESULT", {"DeepSleepTime": 0})
    assert ear.hear("tele/x/LWT", b"Offline").gone


def test_it_speaks_again_after_its_sleep(ear):
    """Also where a message does not repeat how long that is."""
    ear.hear("tele/x/STATE", {"DeepSleep": 900})
    ear.hear("tele/x/INFO3", {"RestartReason": "Deep-Sleep Wake"})
    assert ear.hear("tele/x/SENSOR", {"Switch1": "ON"}).every_s == 900


@pytest.mark.parametrize("leaf", ["SENSOR", "STATE", "RESULT", "STATUS10", "INFO1"])
def test_what_should_be_json_and_is_not_is_malformed(ear, leaf):
    """Text, a list and a part of an object; empty is what was kept being deleted."""
    for told in (b"ON", b"[1]", b'{"Switch1":'):
        assert ear.hear(f"tele/x/{leaf}", told).refused is Reason.MALFORMED
    assert ear.hear(f"tele/x/{leaf}", b"", retained=True).noted == "nothing is kept here any more"
    assert ear.hear("tele/x/LWT", b"", retained=True).refused is None


def test_a_relay_shows_that_its_device_lives(ear):
    """Unless the broker had kept its state."""
    assert ear.hear("stat/x/POWER", b"ON").alive
    assert not ear.hear("stat/x/POWER", b"ON", retained=True).alive


def test_an_announcement_is_noted_and_never_asked_for():
    """`tasmota/discovery` tells what a device has, with its addresses."""
    topic, told = "tasmota/discovery/0026CA49A3BC/sensors", {"sn": {"Switch1": "OFF"}}
    assert family_of(topic, json.dumps(told).encode(), {}, Routes()) == "tasmota"
    heard = FamilyEar("tasmota").hear(topic, told, retained=True)
    assert (heard.statements, bool(heard.noted)) == ((), True)
    assert not any("discovery" in pattern for pattern in FOREIGN["tasmota"].patterns)
