"""LoRaWAN sensors of three makers: what their objects say, and their bytes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.lorawan import EUI, NOW_MS, chirped, enveloped, kinds, stacked, told, uplinked

from sensors.entry import Entry
from sensors.families.lorawan.payload import decoded
from sensors.memory import Memory
from sensors.rejected import Reason


@pytest.mark.parametrize(
    ("said", "occupied"),
    [
        ("vacant", False), ("occupied", True), ("unoccupied", False), ("free", False),
        ("busy", True), (True, True), (False, False), ("false", False), (0, False), ("0", False),
        (1, True), ("unknown", None), (None, None), ("nan", None), (2, None),
    ],
)  # fmt: skip
def test_a_desk_sensor_tells_presence_in_many_spellings(said, occupied):
    """Codecs of Milesight, the newer and the older; a word that is none is not known."""
    hearing = chirped(enveloped({"battery": 100, "occupancy": said}, "Milesight VS340"))
    assert told(hearing) == {"battery": 100, "occupancy": occupied}
    assert kinds(hearing)["occupancy"] == "presence"


def test_an_object_alone_is_understood_too():
    """Somebody forwards what the codec gave, and nothing of the envelope."""
    hearing = chirped({"battery": 100, "occupancy": "vacant"}, device="DEV_EUI")
    assert (hearing.device, hearing.alive) == ("dev_eui", True)
    assert told(hearing) == {"battery": 100, "occupancy": False}
    assert told(stacked({"battery": 100, "occupancy": "occupied"})) == {
        "battery": 100,
        "occupancy": True,
    }


def test_distance_comes_in_metres():
    """The VS330 tells millimetres."""
    body = {"battery": 98, "distance": 15, "occupancy": "occupied", "calibration_status": "success"}
    hearing = chirped(body)
    assert told(hearing) == {"battery": 98, "distance": 0.015, "occupancy": True}
    assert [s.unit for s in hearing.statements if s.channel == "distance"] == ["m"]


@pytest.mark.parametrize("key", ["calibration_status", "calibration"])
def test_a_sensor_that_failed_to_calibrate_does_not_know(key):
    """Its occupancy is not usable, its battery is."""
    hearing = chirped({"battery": 98, "occupancy": "vacant", key: "failed"})
    assert told(hearing) == {"battery": 98, "occupancy": None}


@pytest.mark.parametrize(
    ("learnt", "occupied"),
    [
        ({"first_learn_status": "success", "second_learn_status": "learn_unfinished"}, True),
        ({"first_learn_status": "learn_unfinished"}, None),
        ({"learn_status": "failed_due_to_pir_interrupt"}, None),
        ({"learn_status": "not_executed"}, None),
        ({"learn_status": 1}, True),
        ({"learn_status": 2}, None),
    ],
)
def test_a_sensor_that_has_not_learnt_its_room_does_not_know(learnt, occupied):
    """A VS330 of newer firmware; the second time that it learns only refines the first."""
    assert told(chirped({"distance_1": 1500, "occupancy": "occupied"} | learnt)) == {
        "distance_1": 1.5,
        "occupancy": occupied,
    }
    assert told(chirped({"occupancy": "first_learn_unfinished"})) == {"occupancy": None}


@pytest.mark.parametrize("said", [None, -1, 2.5, 1e12, "many"])
def test_what_can_be_no_count_is_not_known(said):
    """Neither nobody nor a crowd."""
    hearing = chirped({"people_count_all": said, "region_1_count": said})
    assert told(hearing) == {"people_count_all": None, "region_1_count": None}
    assert set(kinds(hearing).values()) == {"count"}


def test_a_region_that_is_disabled_is_not_vacant():
    """It says nothing; nor do the regions of an older codec, which takes a mask for a number."""
    states = {"region_1": "vacant", "region_2": "occupied", "region_2_enable": "enable"}
    assert told(chirped(states | {"region_1_enable": "disable"})) == {"region_2": True}
    older = {"people_counter_all": 3, "region_count": 1, "regions": [{"index": 0, "count": 1}]}
    assert told(chirped(older)) == {"people_counter_all": 3}


def test_flows_and_stays_are_levels():
    """Who walked from one region to another, and how long people stayed, in seconds."""
    hearing = chirped({"a_to_b": 2, "dwell_time_avg": 12, "total_in": 5, "period_out": 1})
    assert told(hearing) == {"a_to_b": 2, "dwell_time_avg": 12, "total_in": 5, "period_out": 1}
    assert [(s.quantity, s.unit) for s in hearing.statements] == [
        ("people_passed", ""),
        ("dwell", "s"),
        ("people_in", ""),
        ("people_out", ""),
    ]


@pytest.mark.parametrize(
    ("said", "bright"), [("dim", False), ("bright", True), ("disable", None), (1, True)]
)
def test_daylight_has_words_and_numbers(said, bright):
    """Codecs differ; a number of illuminance is lux."""
    assert told(chirped({"daylight": said})) == {"daylight": bright}
    word = "bright" if said == 1 else said
    assert told(chirped({"illuminance": word})) == {"illuminance": bright}
    assert [s.unit for s in chirped({"illuminance": 320}).statements] == ["lx"]


def test_an_input_is_for_the_building_file_to_place():
    """At an EMS Door it is a reed switch."""
    assert kinds(stacked({"digital": 1, "vdd": 3600}))["digital"] == "binary"


def test_infrared_tells_two_temperatures():
    """Of the sensor itself and of what it looks at; a second probe is one more."""
    hearing = stacked(
        uplinked(frm_payload=base64.b64encode(b"\x10\0\xe7\0\xf5").decode(), f_port=5)
    )
    assert told(hearing) == {"irInternalTemperature": 23.1, "irExternalTemperature": 24.5}
    assert told(stacked({"externalTemperature2": -1.5})) == {"externalTemperature2": -1.5}


def test_people_in_view_are_counted_and_regions_are_not():
    """Flags of regions are presence; the most people of a period are no count of now."""
    regions = {"region_count": 8, "region_1": 1, "region_2": 0, "people_count_max": 5}
    hearing = chirped({"people_count_all": 3} | regions)
    assert kinds(hearing) == {
        "people_count_all": "count",
        "region_1": "presence",
        "region_2": "presence",
        "people_count_max": "level",
    }
    assert told(hearing)["region_2"] is False


def test_people_in_regions_are_counted():
    """Another message of the same sensor, with other keys."""
    hearing = chirped({"region_7_count": 0, "region_8_count": 3})
    assert told(hearing) == {"region_7_count": 0, "region_8_count": 3}
    assert set(kinds(hearing).values()) == {"count"}


def test_people_who_passed_are_no_count_of_who_is_there():
    """In and out are totals."""
    assert set(kinds(chirped({"people_in": 2, "people_out": 1})).values()) == {"level"}


@pytest.mark.parametrize(("said", "seen"), [("trigger", True), ("normal", False), (1, True)])
def test_a_pir_tells_motion(said, seen):
    """Normal is no vacancy."""
    hearing = chirped({"battery": 16, "pir": said, "daylight": "dark"})
    assert told(hearing) == {"battery": 16, "pir": seen, "daylight": False}
    assert kinds(hearing)["pir"] == "motion"
    assert told(chirped({"pir": said, "light": "light"}))["light"] is True


def test_history_goes_to_its_own_time_oldest_first():
    """An array alone, or the key of an object; what was later comes later."""
    past = [
        {"timestamp": 1688624220, "report_type": "pir occupancy", "occupancy": "occupied"},
        {"timestamp": 1688624046, "report_type": "period", "occupancy": "vacant"},
        {"timestamp": 12, "occupancy": "occupied"},
        {"occupancy": "occupied"},
        7,
    ]
    for body in (past, {"history": past}, enveloped({"history": past})):
        said = chirped(body).statements
        assert [(s.event_ms, s.value) for s in said] == [
            (1688624046000, False),
            (1688624220000, True),
        ]
        assert {s.flags for s in said} == {("history",)}


def test_a_browan_pir_tells_presence_with_the_hold_that_it_applied():
    """Its status turns free by itself, 5 minutes after the last movement."""
    body = {"battery": 3.6, "count": 96476, "status": 1, "temperatureBoard": 20, "time": 4}
    hearing = stacked(body)
    status = next(s for s in hearing.statements if s.channel == "status")
    assert (status.kind, status.value, status.held_s) == ("presence", True, 300.0)
    assert [(s.quantity, s.unit) for s in hearing.statements if s.channel == "battery"] == [
        ("voltage", "V")
    ]
    assert kinds(hearing)["count"] == "level"
    older = stacked({"Status": 0, "Battery": 3.6, "Temp": 20, "Time": 4, "Count": 7})
    assert told(older)["Status"] is False


def test_a_battery_in_volts_hints_at_browan():
    """Without a port, a name or the other keys."""
    hearing = stacked({"status": 1, "battery": 3.6})
    assert kinds(hearing) == {"status": "presence", "battery": "level"}
    assert hearing.statements[1].unit == "V"


def test_a_browan_door_is_a_contact():
    """The same object on another port, or of another model."""
    body = {"status": 1, "battery": 3.6, "time": 4, "count": 7}
    assert kinds(stacked(uplinked(body, f_port=100)))["status"] == "contact"
    version = {"brand_id": "browan", "model_id": "tbdw100"}
    assert kinds(stacked(uplinked(body, version_ids=version)))["status"] == "contact"


@pytest.mark.parametrize(("said", "occupied"), [(0, False), (1, None), (2, True)])
def test_pending_at_elsys_is_not_known(said, occupied):
    """Movement was seen and has yet to be confirmed; neither a boolean nor a count."""
    body = {"temperature": 22.6, "humidity": 41, "x": 1, "y": 39, "z": 5, "occupancy": said}
    hearing = stacked(body)
    assert told(hearing) == {"temperature": 22.6, "humidity": 41, "occupancy": occupied}
    assert kinds(hearing)["occupancy"] == "presence"
    assert told(stacked({"occupancy": said})) == {"occupancy": occupied}


def test_what_made_a_sensor_is_remembered():
    """A later message may not tell it."""
    memory = Memory()
    first = stacked({"vdd": 3600, "occupancy": 0}, memory=memory)
    assert [(fact.key, fact.value) for fact in first.learned] == [
        ("thethingsstack/dev1/maker", "elsys")
    ]
    memory.take(Entry("desk", NOW_MS, learned=first.learned))
    assert told(stacked({"battery": 90, "occupancy": 1}, memory=memory))["occupancy"] is None
    assert stacked({"vdd": 3600, "occupancy": 0}, memory=memory).learned == ()


def test_how_often_a_pir_saw_movement_is_motion_and_no_count_of_people():
    """ELSYS counts since the last message."""
    hearing = stacked({"motion": 6, "vdd": 3600})
    assert told(hearing) == {"motion": True, "motion_count": 6, "vdd": 3.6}
    assert kinds(hearing) == {"motion": "motion", "motion_count": "level", "vdd": "level"}
    assert told(stacked({"motion": 0}))["motion"] is False
    assert told(stacked({"motion": "true"})) == {"motion": True}


def test_a_missing_key_says_nothing():
    """A heartbeat without occupancy is no vacancy."""
    assert told(chirped(enveloped({"battery": 90}))) == {"battery": 90}


def test_a_codecs_error_counts_as_the_devices():
    """A port that it does not know, such as that of settings."""
    hearing = stacked({"errors": ["unknown FPort"]})
    assert (hearing.refused, hearing.statements) == (Reason.DEVICE_ERROR, ())
    assert "unknown FPort" in hearing.detail
    assert (
        chirped(enveloped({"errors": "from 0101010101010101"})).detail == "the codec fails: from *"
    )


def test_an_error_instead_of_a_measurement_counts_as_the_devices():
    """Some codecs give a text; beside a measurement it does not matter."""
    hearing = stacked(uplinked({"error": "invalid length"}))
    assert (hearing.refused, hearing.detail) == (
        Reason.DEVICE_ERROR,
        "the codec fails: invalid length",
    )
    assert told(chirped({"pir": "normal", "error": "none"})) == {"pir": False}


def test_an_object_of_the_device_itself_is_noted():
    """Versions and a serial number, after it joined."""
    noted = chirped(enveloped({"sn": "6600b0940976", "hardware_version": "v1.0"})).noted
    assert "of itself" in noted


def test_bytes_without_a_codec_are_noted():
    """Nobody tells what they mean."""
    hearing = chirped(enveloped(fPort=1, data="qg=="))
    assert (hearing.device, hearing.statements, hearing.alive) == (EUI, (), True)
    assert hearing.noted == "bytes without a codec: 1 on port 1"


@pytest.mark.parametrize(
    ("raw", "channels"),
    [
        ("017564030000", {"battery": 100, "occupancy": False}),
        ("017564030001", {"battery": 100, "occupancy": True}),
        ("01756202820F00038E01048E01", {"battery": 98, "distance": 0.015, "occupancy": True}),
        ("038E00048E00", {"occupancy": None}),
        ("017510030001040000", {"battery": 16, "daylight": False, "pir": True}),
        (
            "01756403673401046865050000",
            {"battery": 100, "temperature": 30.8, "humidity": 50.5, "occupancy": False},
        ),
        ("8367220101050001", {"temperature": 29, "occupancy": True}),
        ("04C903020003", {"people_count_all": 3, "region_1": True, "region_2": True}),
        ("05CC02000100", {"people_in": 2, "people_out": 1}),
    ],
)
def test_bytes_of_milesight_say_what_the_object_says(raw, channels):
    """As hex text, and as base64 in both envelopes."""
    coded = base64.b64encode(bytes.fromhex(raw)).decode()
    assert told(chirped(raw, fport=85)) == channels
    assert told(chirped(enveloped(data=coded))) == channels
    assert told(stacked(uplinked(frm_payload=coded, f_port=85))) == channels


def test_the_name_of_a_sensor_tells_its_bytes_apart():
    """Channel 3 is motion for one model, and occupancy for others."""
    coded = base64.b64encode(bytes.fromhex("030000")).decode()
    assert kinds(chirped(enveloped(data=coded, profile="WS202"))) == {"pir": "motion"}
    assert kinds(chirped(enveloped(data=coded, profile="VS341"))) == {"occupancy": "presence"}


def test_history_in_bytes_goes_to_its_own_time():
    """Entries of a WS203, and of a VS121, which nothing but the name tells."""
    past = chirped("20CEAE5BA664040024016520CE5C5CA6640301340165", fport=85).statements
    states = [(s.event_ms, s.value) for s in past if s.channel == "occupancy"]
    assert states == [(1688624046000, False), (1688624220000, True)]
    coded = base64.b64encode(bytes.fromhex("20CEAE5BA6640103020001")).decode()
    counted = chirped(enveloped(data=coded, profile="VS121")).statements
    assert counted[0].channel == "people_count_all"
    assert {(s.event_ms, s.flags) for s in counted} == {(1688624046000, ("history",))}
    for other in ("20CEAE5BA6640500240165", "20CEAE5BA6640101080001"):
        assert chirped(other, fport=85).noted.startswith("bytes without a codec")


def test_bytes_of_browan_and_elsys_need_their_port_or_name():
    """Nothing in them tells the maker, but for the air in those of ELSYS."""
    assert told(chirped("01BB340400DC7801", fport=102))["status"] is True
    assert told(chirped("0100E20229110107 0E10".replace(" ", ""), fport=5)) == {
        "temperature": 22.6,
        "humidity": 41,
        "occupancy": None,
        "vdd": 3.6,
    }
    elsys = base64.b64encode(bytes.fromhex("0100E2022904002705061101")).decode()
    hearing = chirped(enveloped(data=elsys, profile="ELSYS ERS Eye", fPort=1))
    assert told(hearing)["motion"] is True
    nothing_else = base64.b64encode(bytes.fromhex("05061101")).decode()
    assert chirped(enveloped(data=nothing_else, fPort=1)).noted.startswith("bytes without a codec")
    assert chirped(enveloped(data=elsys, profile="ELSYS", fPort=6)).noted
    assert chirped("0000000000000000", fport=102).noted


def test_bytes_that_end_in_something_unknown_count_for_a_named_maker_alone():
    """Newer firmware adds channels; other makers' bytes may only begin alike."""
    assert decoded(bytes.fromhex("017564EEEE01"), "", 85) is None
    assert decoded(bytes.fromhex("017564EEEE01"), "milesight", 85) is None
    sure = decoded(bytes.fromhex("017564EEEE01"), "milesight", 85, is_sure=True)
    assert sure == {"battery": 100}


def test_a_sensor_that_tells_of_itself_is_noted():
    """Serial number and versions, after it joined."""
    hearing = chirped("FF0BFFFF0101FF166600B0940976AABBFF090100FF0F00", fport=85)
    assert (hearing.statements, hearing.alive) == ((), True)
    assert "of itself" in hearing.noted


@given(st.binary(max_size=250), st.sampled_from(["", "milesight", "browan", "elsys"]))
def test_no_bytes_raise(data, maker):
    """Each maker's bytes, cut anywhere."""
    for fport in (None, 1, 5, 85, 100, 102):
        told_of = decoded(data, maker, fport, "vs121", is_sure=True)
        assert told_of is None or isinstance(told_of, dict)
