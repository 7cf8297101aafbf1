"""What foreign devices say and do not say: the rules that each family keeps."""

import pytest
from support.family_ear import FamilyEar, said
from support.office import START_MS

from sensors.keys import Keys
from sensors.rejected import Reason

IRK = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")


@pytest.mark.parametrize(
    ("family", "topic", "told", "expected"),
    [
        ("zigbee2mqtt", "zigbee2mqtt/x", {"occupancy": False}, ("occupancy", "motion", False)),
        ("zigbee2mqtt", "zigbee2mqtt/x", {"presence": "false"}, ("presence", "presence", False)),
        ("zigbee2mqtt", "zigbee2mqtt/x", {"contact": True}, ("contact", "contact", False)),
        ("zigbee2mqtt", "zigbee2mqtt/x/occupancy", b"true", ("occupancy", "motion", True)),
        ("esphome", "a/binary_sensor/hall_pir/state", b"OFF", ("hall_pir", "motion", False)),
        ("esphome", "a/binary_sensor/sofa/state", b"ON", ("sofa", "binary", True)),
        ("esphome", "b/a/binary_sensor/front_door/state", b"ON", ("front_door", "contact", True)),
        ("esphome", "a/sensor/target_count/state", b"2.0", ("target_count", "count", 2.0)),
        ("esphome", "a/sensor/still_distance/state", b"75", ("still_distance", "level", 0.75)),
        ("esphome", "a/sensor/co2/state", b"nan", ("co2", "level", None)),
        ("tasmota", "tele/x/SENSOR", {"Switch1": "ON"}, ("Switch1", "motion", True)),
        ("tasmota", "x/tele/SENSOR", {"Switch1": {"Action": "OFF"}}, ("Switch1", "motion", False)),
        ("tasmota", "stat/x/PIR1", b"1", ("PIR1", "motion", True)),
        ("tasmota", "tele/x/SENSOR", {"LD2410S": {"People": 1}},
         ("LD2410S/presence", "presence", False)),
        ("tasmota", "tele/x/SENSOR", {"LD2410S": {"People": 3}},
         ("LD2410S/presence", "presence", True)),
        ("shelly", "x/status/presencezone:201", {"value": False},
         ("presencezone:201", "presence", False)),
        ("shelly", "shellies/m1/sensor/motion", b"0", ("motion", "motion", False)),
        ("chirpstack", "application/a/device/b/event/up",
         {"deviceInfo": {"devEui": "b"}, "object": {"pir": "normal"}}, ("pir", "motion", False)),
        ("thethingsstack", "v3/a@t/devices/d/up", {"occupancy": 1, "x": 0, "y": 0, "z": 0},
         ("occupancy", "presence", None)),
        ("openmqttgateway", "home/gw/HCSR501toMQTT", {"hcsr501": "false"},
         ("hcsr501", "motion", False)),
    ],
)  # fmt: skip
def test_each_spelling_has_its_meaning(family, topic, told, expected):
    """Yes, no and not known, of the kind that the maker documents."""
    assert expected in said(FamilyEar(family).hear(topic, told))


@pytest.mark.parametrize(
    ("family", "topic", "told"),
    [
        ("zigbee2mqtt", "zigbee2mqtt/x", {"battery": 90}),
        ("tasmota", "tele/x/STATE", {"POWER": "ON", "Wifi": {"RSSI": 86}}),
        ("shelly", "x/events/rpc", {"method": "NotifyStatus", "params": {"switch:0": {"id": 0}}}),
        ("openmqttgateway", "home/gw/BTtoMQTT/AABBCCDDEEFF", {"lux": 3}),
        ("chirpstack", "application/a/device/b/event/up", {"object": {"battery": 3}}),
    ],
)
def test_a_missing_key_is_not_false(family, topic, told):
    """Nothing is said of who is there."""
    heard = FamilyEar(family).hear(topic, told)
    kinds = {one.kind for one in heard.statements}
    assert not kinds & {"motion", "presence", "contact", "binary", "sighting"}


@pytest.mark.parametrize(
    ("family", "topic", "told"),
    [
        ("zigbee2mqtt", "zigbee2mqtt/x/availability", {"state": "offline"}),
        ("zigbee2mqtt", "zigbee2mqtt/x/availability", b"offline"),
        ("zigbee2mqtt", "zigbee2mqtt/x", b""),
        ("esphome", "x/status", b"offline"),
        ("tasmota", "tele/x/LWT", b"Offline"),
        ("shelly", "x/online", b"false"),
        ("openmqttgateway", "home/x/LWT", b"offline"),
        ("espresense", "espresense/rooms/x/status", b"offline"),
        ("sparkplug", "spBv1.0/G/DDEATH/E/D", b""),
    ],
)
def test_a_goodbye_counts_also_when_it_was_kept(family, topic, told):
    """Of that device, which is then no sign of life."""
    heard = FamilyEar(family).hear(topic, told, retained=True)
    assert heard.gone
    assert not heard.alive
    assert heard.device in {"x", "G/E/D"}


def test_a_bridge_that_goes_takes_all_its_devices_with_it():
    """Zigbee2MQTT says it of itself; Sparkplug only if the death matches the birth."""
    assert FamilyEar("zigbee2mqtt").hear("zigbee2mqtt/bridge/state", b"offline").gone_below == "*"
    ear = FamilyEar("sparkplug")
    death = {"metrics": [{"name": "bdSeq", "value": 7}]}
    assert not ear.hear("spBv1.0/G/NDEATH/E", death).gone
    ear.hear("spBv1.0/G/NBIRTH/E", {"metrics": [{"name": "bdSeq", "value": 7}]})
    assert ear.hear("spBv1.0/G/NDEATH/E", death).gone_below == "G/E"
    late = {"metrics": [{"name": "bdSeq", "value": 6}]}
    assert not ear.hear("spBv1.0/G/NDEATH/E", late).gone


def test_an_alias_needs_its_birth():
    """Before it the value has no meaning, after it it has the metric's name."""
    ear, data = FamilyEar("sparkplug"), {"metrics": [{"alias": 3, "value": True}]}
    assert ear.hear("spBv1.0/G/DDATA/E/D", data).noted.startswith("aliases without")
    birth = {"metrics": [{"name": "Presence", "alias": 3, "value": False}]}
    ear.hear("spBv1.0/G/DBIRTH/E/D", birth)
    assert said(ear.hear("spBv1.0/G/DDATA/E/D", data)) == [("Presence", "presence", True)]


def test_sparkplug_is_read_from_its_protobuf():
    """A Boolean, an Int8 below zero and a null, as bytes of the wire format."""
    name = b"\x0a\x06Motion\x20\x0b\x70\x01"
    cold = b"\x0a\x0bTemperature\x20\x01\x50\xfb\x01"
    null = b"\x0a\x08Presence\x20\x0b\x38\x01"
    payload = b"".join(b"\x12" + bytes([len(one)]) + one for one in (name, cold, null))
    heard = FamilyEar("sparkplug").hear("spBv1.0/G/DDATA/E/D", payload)
    assert said(heard) == [
        ("Motion", "motion", True), ("Temperature", "level", -5), ("Presence", "presence", None)
    ]  # fmt: skip


def test_a_metric_whose_name_is_no_text_says_nothing():
    """Bytes that are no UTF-8, in a name and in a value."""
    for metric in (b"\x0a\x02\xc4\xe3\x70\x01", b"\x0a\x06Motion\x7a\x02\xc4\xe3"):
        payload = b"\x12" + bytes([len(metric)]) + metric
        heard = FamilyEar("sparkplug").hear("spBv1.0/G/DDATA/E/D", payload)
        assert [one for one in heard.statements if one.value is not None] == []


def test_a_device_that_sleeps_deeply_goes_offline_by_design():
    """Tasmota tells that it does, and for how long; its will is then no goodbye."""
    ear = FamilyEar("tasmota")
    ear.hear("tele/x/STATE", {"DeepSleep": 900})
    heard = ear.hear("tele/x/LWT", b"Offline")
    assert (heard.gone, heard.noted) == (False, "offline by design: the device sleeps deeply")


@pytest.mark.parametrize(
    ("told", "event_ms"),
    [
        ({"presence": True, "last_seen": START_MS - 5}, START_MS - 5),
        ({"presence": True, "last_seen": "2020-01-01T00:00:00.000+01:00"}, None),
        ({"presence": True}, None),
        ({"presence": True, "last_seen": START_MS + 61_000}, None),
    ],
)
def test_a_time_is_believed_within_a_window(told, event_ms):
    """Not before 2020, not more than a minute ahead."""
    heard = FamilyEar("zigbee2mqtt").hear("zigbee2mqtt/x", told)
    assert heard.statements[0].event_ms == event_ms


def test_a_clock_that_counts_from_boot_is_not_believed():
    """Shelly before it knows the time; the statement says so."""
    params = {"ts": 1.61, "presencezone:200": {"value": True}}
    [one] = (
        FamilyEar("shelly")
        .hear("x/events/rpc", {"method": "NotifyStatus", "params": params})
        .statements
    )
    assert (one.event_ms, one.flags) == (None, ("clock_off",))


def test_a_sensor_behind_a_shelly_needs_the_gateways_list():
    """Then its number has a meaning, and its own time."""
    ear, at_s = FamilyEar("shelly"), START_MS // 1000 - 3
    told = {"bthomesensor:201": {"value": True, "last_updated_ts": at_s}}
    frame = {"method": "NotifyStatus", "params": told}
    assert "ask the gateway" in ear.hear("gw/events/rpc", frame).noted
    component = {"key": "bthomesensor:201", "config": {"obj_id": 33}}
    ear.hear("gw/rpc/response", {"components": [component]})
    [one] = ear.hear("gw/events/rpc", frame).statements
    assert (one.kind, one.value, one.event_ms) == ("motion", True, at_s * 1000)


def test_presence_of_a_zigbee_device_is_known_from_the_bridges_list():
    """`occupancy` of an mmWave device is presence, that of a PIR is motion held by the bridge."""
    ear = FamilyEar("zigbee2mqtt")
    assert ear.hear("zigbee2mqtt/a", {"occupancy": True}).statements[0].held_s == 90
    exposes = [{"name": "presence"}, {"name": "occupancy"}]
    device = {"friendly_name": "a", "definition": {"model": "FP", "exposes": exposes}}
    heard = ear.hear("zigbee2mqtt/bridge/devices", [device, {"type": "Coordinator"}])
    assert [(one.device, dict(one.channels)["presence"]) for one in heard.announced] == [
        ("a", "presence")
    ]
    [one] = ear.hear("zigbee2mqtt/a", {"occupancy": True}).statements
    assert (one.kind, one.held_s) == ("presence", None)


BEACON = {"uuid": "1de4b189115e45f6b44e509352269977", "major": 3, "minor": 4, "rssi": -70}


@pytest.mark.parametrize(
    ("told", "address", "flags"),
    [
        (BEACON | {"id": "58:78:20:76:BC:24", "mac_type": 1},
         "iBeacon:1de4b189-115e-45f6-b44e-509352269977-3-4", ()),
        (BEACON | {"uuid": "fda50693a4e24fb1afcfc6eb07647825"},
         "iBeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825-3-4", ("shared",)),
        ({"id": "45:e1:74:12:6e:00", "rssi": -70}, "", ("anonymous",)),
        ({"id": "c7:fa:ad:13:2c:00", "rssi": -70}, "c7faad132c00", ()),
        ({"id": "F3:52:85", "rssi": -70}, "", ("anonymous",)),
        ({"id": "AA:BB:CC:DD:EE:FF", "rssi": -70, "prmac": True}, "", ("anonymous",)),
        ({"id": "AA:BB:CC:DD:EE:FF", "rssi": -70, "model_id": "TILE"}, "aabbccddeeff", ("shared",)),
    ],
)  # fmt: skip
def test_who_was_heard_is_one_identity_or_nobody(told, address, flags):
    """A beacon's own identity, whatever its address; nobody, where the address changes."""
    heard = FamilyEar("openmqttgateway").hear("home/gw/BTtoMQTT/AABBCCDDEEFF", told)
    [one] = [s for s in heard.statements if s.kind == "sighting"]
    assert (one.address, one.flags) == (address, flags)


def test_an_address_that_changes_is_somebodys_where_the_key_is_known():
    """By a name that tells neither the key nor the address, in either order of the key's bytes."""
    told = {"id": "70:81:94:0D:FB:AA", "mac_type": 1, "rssi": -70}
    names = set()
    for key in (IRK, IRK[::-1]):
        heard = FamilyEar("openmqttgateway", Keys(resolving_keys=(key,))).hear(
            "home/gw/BTtoMQTT/x", told
        )
        names.add(heard.statements[-1].address)
    [name] = names
    assert name.startswith("irk:")
    assert IRK.hex() not in name
    assert "708194" not in name


@pytest.mark.parametrize("told", [{"state": "offline"}, {"presence": "absent"}])
def test_not_heard_by_one_gateway_is_no_absence(told):
    """A note, and the gateway lives."""
    heard = FamilyEar("openmqttgateway").hear(
        "home/gw/BTtoMQTT/A", told | {"id": "AA:BB:CC:DD:EE:FF"}
    )
    assert (heard.statements, heard.alive) == ((), True)
    assert "nor an absence" in heard.noted


def test_a_persons_tracker_is_never_followed():
    """Neither home nor away leaves a statement."""
    ear = FamilyEar("homeassistant")
    config = {"state_topic": "t/state", "payload_home": "home"}
    assert "tracker" in ear.hear("homeassistant/device_tracker/t/config", config).noted
    assert ear.family.knows("t/state", ear.memory.learned)
    heard = ear.hear("t/state", b"home")
    assert (heard.statements, heard.noted) == ((), "a person's tracker: not kept")


def test_what_is_announced_is_understood_and_can_be_taken_back():
    """Abbreviated keys, a base topic and a field of a JSON state; an empty config ends it."""
    ear = FamilyEar("homeassistant")
    config = {
        "~": "lab/s1", "dev_cla": "occupancy", "stat_t": "~/state", "uniq_id": "s1",
        "val_tpl": "{{ value_json.seat.taken }}", "pl_on": "True", "avty_t": "~/here",
        "dev": {"ids": ["lab-1"]},
    }  # fmt: skip
    ear.hear("homeassistant/binary_sensor/s1/config", config)
    heard = ear.hear("lab/s1/state", {"seat": {"taken": True}})
    assert (heard.device, said(heard)) == ("lab-1", [("s1", "presence", True)])
    assert ear.hear("lab/s1/here", b"offline").gone
    ear.hear("homeassistant/binary_sensor/s1/config", b"")
    assert not ear.family.knows("lab/s1/state", ear.memory.learned)


def test_what_we_announce_ourselves_is_no_sensor():
    """Else states would come back as evidence of themselves."""
    ear = FamilyEar("homeassistant")
    told = {"o": {"name": "vrijplek"}, "cmps": {"a": {"p": "binary_sensor", "stat_t": "x"}}}
    ear.hear("homeassistant/device/1/config", told)
    assert not ear.family.knows("x", ear.memory.learned)


def test_a_template_is_never_evaluated():
    """What is no plain field has no kind."""
    ear = FamilyEar("homeassistant")
    config = {"device_class": "motion", "state_topic": "a", "value_template": "{{ value | int }}"}
    ear.hear("homeassistant/binary_sensor/s/config", config)
    assert ear.hear("a", b"ON").statements == ()


def test_a_device_form_needs_its_origin():
    """As Home Assistant demands."""
    told = {"dev": {"ids": ["1"]}, "cmps": {"a": {"p": "binary_sensor", "stat_t": "x"}}}
    heard = FamilyEar("homeassistant").hear("homeassistant/device/1/config", told)
    assert heard.refused is Reason.MALFORMED
    ear = FamilyEar("homeassistant")
    ear.hear("homeassistant/device/1/config", told | {"o": {"name": "x"}})
    assert ear.family.knows("x", ear.memory.learned)


@pytest.mark.parametrize(
    ("data", "address", "reference_dbm"),
    [
        ("4c000215ebefd08370a247c89837e7b5634df52400010001cb",
         "iBeacon:ebefd083-70a2-47c8-9837-e7b5634df524-1-1", -53),
        ("0201041BFF4C000215EBEFD08370A247C89837E7B5634DF52400010001CB59",
         "iBeacon:ebefd083-70a2-47c8-9837-e7b5634df524-1-1", -53),
        ("004c0215ebefd08370a247c89837e7b5634df52400010001c9",
         "iBeacon:ebefd083-70a2-47c8-9837-e7b5634df524-1-1", -55),
        ("aafe00ee00112233445566778899aabbccddeeff0000",
         "eddy:00112233445566778899-aabbccddeeff", -59),
    ],
)  # fmt: skip
def test_a_raw_advert_names_its_sender(data, address, reference_dbm):
    """An iBeacon in either order of its company, an Eddystone 41 dB below its own power."""
    [one] = FamilyEar("beacon").hear("", data.encode()).statements
    assert (one.address, one.reference_dbm, one.value) == (address, reference_dbm, None)


@pytest.mark.parametrize("data", ["4c0010050b182068dd", "aafe3000112233445566778899", "0600010920"])
def test_a_raw_advert_of_a_phone_names_nobody(data):
    """A note, with no identity."""
    heard = FamilyEar("beacon").hear("", data.encode())
    assert heard.statements == ()
    assert heard.noted
