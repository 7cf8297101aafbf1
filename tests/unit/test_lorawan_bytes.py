"""LoRaWAN bytes: newer firmware, what is passed over, what is broken, and who sent them."""

import base64

import pytest
from support.lorawan import EUI, NOW_MS, chirped, enveloped, stacked, told, uplinked

from sensors.families.lorawan import ChirpStackFamily
from sensors.families.lorawan_bytes import is_cut_short, maker_by_form, raw_bytes
from sensors.keys import NO_KEYS
from sensors.message import Message
from sensors.rejected import Reason
from vrijplek.capture import recorded_in
from vrijplek.decoding.guess import guessed
from vrijplek.decoding.reader import Reader


def coded(raw):
    """Bytes as both servers write them."""
    return base64.b64encode(bytes.fromhex(raw)).decode()


@pytest.mark.parametrize(
    ("raw", "channels"),
    [
        (
            "017560 02A5E803D00700000A00 038E01 04A801 06A601000000 08A801 09A905000000",
            {
                "battery": 96,
                "distance_1": 1.0,
                "distance_2": 2.0,
                "distance_3": 0.0,
                "distance_4": 0.01,
                "occupancy": True,
            },
        ),
        ("038E02", {"occupancy": None}),
        ("038E00 04A802", {"occupancy": None}),
        ("0EE402 0A00 3C00", {"dwell_time_avg": 10, "dwell_time_max": 60}),
        (
            "0CDA0100000200000003",
            {"d_to_a": 1, "d_to_b": 512, "d_to_c": 0, "d_to_d": 768},
        ),
        ("017564 030001 FE950500", {"battery": 100, "occupancy": True}),
        ("017564 030001 FF840100", {"battery": 100, "occupancy": True}),
        ("04C901010001 F8100100", {"people_count_all": 1, "region_1": True}),
    ],
)
def test_newer_firmware_says_more(raw, channels):
    """A radar that learns, flows, dwelling, and answers to settings after what was measured."""
    assert told(chirped(enveloped(data=coded(raw)))) == channels


@pytest.mark.parametrize("serial", ["6600B0941234", "6600B09412345678"])
def test_a_serial_number_has_six_or_eight_bytes(serial):
    """Firmware of a VS121 differs; what follows is read either way."""
    assert told(chirped(f"FF0101FF08{serial}04C900010000", fport=85))["people_count_all"] == 0
    assert "of itself" in chirped(f"FF0101FF08{serial}FF090100", fport=85).noted


def test_an_answer_to_a_setting_is_no_measurement():
    """It may hold a key, which is not shown."""
    hearing = chirped(enveloped(data=coded("FE350102030405060708")))
    assert "of itself" in hearing.noted
    assert chirped(enveloped(data=coded("FE35010203"), fPort=2)).noted.startswith("bytes without")


def test_history_of_a_counter_has_eighteen_kinds():
    """Who passed, the most people, how long they stayed, and flows between regions."""
    kinds = ("0203000100", "0304", "0801000200", "0D03000400", "110005000900", "1207000800")
    raw = "".join(f"20CE005BA664{kind}" for kind in kinds)
    hearing = chirped(enveloped(data=coded(raw), profile="Milesight VS121"))
    assert told(hearing) == {
        "people_in": 3,
        "people_out": 1,
        "people_count_max": 4,
        "a_to_a": 1,
        "a_to_b": 2,
        "c_to_c": 3,
        "c_to_d": 4,
        "dwell_time_avg": 5,
        "dwell_time_max": 9,
        "line_in": 7,
        "line_out": 8,
    }
    assert {said.flags for said in hearing.statements} == {("history",)}


def test_models_with_a_form_of_their_own_are_not_mistaken():
    """A VS370 is a radar for presence with a WS202's channels; a VS350's past is no WS203's."""
    radar = chirped(enveloped(data=coded("030000040001"), profile="VS370"))
    assert told(radar) == {"occupancy": False, "daylight": True}
    past = "20CE005BA66401010000010000000000"
    assert chirped(enveloped(data=coded(past), profile="VS-350")).noted


@pytest.mark.parametrize(
    ("raw", "fport", "profile"),
    [
        ("0175640300", None, ""),
        ("017564 01", 85, ""),
        ("0175", 85, "Milesight"),
        ("01BB34", 102, ""),
        ("0100E20229 11", 5, ""),
        ("20CE005BA664", 85, "WS203"),
    ],
)
def test_bytes_that_end_early_are_malformed(raw, fport, profile):
    """Of a maker that is known, or after something that was understood."""
    hearing = chirped(enveloped(data=coded(raw), fPort=fport, profile=profile))
    assert (hearing.refused, hearing.device) == (Reason.MALFORMED, EUI)
    assert hearing.detail.startswith("cut short: ")
    assert not is_cut_short(b"\x01\x75", "", None)


def test_what_was_whole_counts_of_a_named_maker():
    """The rest was cut off."""
    hearing = chirped(enveloped(data=coded("0175640300"), profile="Milesight VS341"))
    assert told(hearing) == {"battery": 100}


def test_data_that_is_no_base64_is_malformed():
    """Unless a codec had understood it before."""
    assert chirped(enveloped(data="not base64!")).refused is Reason.MALFORMED
    assert stacked(uplinked(frm_payload="?")).refused is Reason.MALFORMED
    assert told(chirped(enveloped({"pir": "normal"}, data="?"))) == {"pir": False}


def test_bytes_of_elsys_are_known_by_the_air_that_they_begin_with():
    """On a port that tells nothing, temperature, humidity, and nothing unknown after them."""
    desk = chirped(enveloped(data=coded("0100E2 0229 030127051101"), fPort=1))
    assert told(desk) == {"temperature": 22.6, "humidity": 41, "occupancy": None}
    for other in ("0100E2 0265 1101", "0177E2 0229 1101", "0100E2 0229 11", "0100E2 0229 FF"):
        assert chirped(enveloped(data=coded(other), fPort=1)).statements == ()


def test_the_form_of_bytes_goes_before_the_port():
    """Ports are settings that users change."""
    desk = coded("017564030001")
    assert told(chirped(enveloped(data=desk, fPort=5))) == {"battery": 100, "occupancy": True}


@pytest.mark.parametrize("text", ["0x017564030001", "01-75-64-03-00-01", "01:75:64:03:00:01\n"])
def test_hex_text_comes_in_many_spellings(text):
    """With a prefix, or something between the bytes."""
    assert told(chirped(text)) == {"battery": 100, "occupancy": True}


@pytest.mark.parametrize("text", ["01756403000", "0x", "invalid_payload", "01" * 600])
def test_other_text_is_malformed(text):
    """An odd digit, nothing at all, words, or more than any sensor sends."""
    for fport in (None, 85):
        assert chirped(text, fport=fport).refused is Reason.MALFORMED


def test_bytes_themselves_are_read_by_their_port_or_form():
    """A recording may have what was in the air; JSON that is broken is no bytes."""
    topic = f"application/app/device/{EUI}/event/up"
    browan = Message(topic, bytes.fromhex("00BB340400DC7801"), NOW_MS, fport=102)
    assert told(ChirpStackFamily().hear(browan, {}, NO_KEYS))["status"] is False
    desk = bytes.fromhex("017564030001")
    assert (raw_bytes(desk, None), raw_bytes(b"\x00\x01", None)) == (desk, None)
    assert raw_bytes(b'{"a": \x01', 85) is None
    assert raw_bytes(b"\x83\x67" * 500, 85) is None
    assert maker_by_form(bytes.fromhex("FF0101")) == ""


@pytest.mark.parametrize(
    ("payload", "fport", "family"),
    [
        (b"017564030000", None, "chirpstack"),
        (b"01BB340400DC7801", 102, "chirpstack"),
        (bytes.fromhex("01756403673401"), None, "chirpstack"),
        (b"0100E202291102", None, "chirpstack"),
        (b"01BB340400DC7801", None, "beacon"),
        (b'{"battery": 100, "occupancy": "vacant"}', None, "chirpstack"),
        (b'{"people_in": 2, "people_out": 1}', None, "chirpstack"),
        (b'{"region_2_count": 4}', None, "chirpstack"),
        (b'{"history": [{"timestamp": 1688624046}]}', None, "chirpstack"),
        (b'{"a_to_b": 4}', None, "chirpstack"),
        (b'{"temperature": 22, "motion": 6, "occupancy": 1}', None, "thethingsstack"),
        (b'{"temperatureBoard": 20}', None, "thethingsstack"),
        (b'{"battery": 100, "occupancy": true}', None, "zigbee2mqtt"),
        (b'{"linkquality": 3, "occupancy": 1}', None, "zigbee2mqtt"),
    ],
)
def test_a_message_without_a_topic_tells_its_family(payload, fport, family):
    """By its port, the form of its bytes, its keys, or how it spells occupancy."""
    assert guessed(payload, fport) == family


def test_recorded_bytes_without_a_topic_are_decoded():
    """The answer says that the family is a guess."""
    line = '{"topic": null, "payload": null, "raw_hex": "017564030001", "fport": 85}'
    outcome = Reader().read(recorded_in(line, 1, "capture"))
    assert (outcome.family, outcome.is_guess) == ("chirpstack", True)
    assert [(told.kind, told.value) for told in outcome.readings] == [
        ("level", 100),
        ("presence", True),
    ]
