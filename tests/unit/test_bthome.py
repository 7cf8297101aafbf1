"""BTHome v2: adverts in plain and encrypted, counters, packets, the table of objects."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given
from hypothesis import strategies as st

from sensors.entry import Entry
from sensors.families.bthome import (
    RESTARTED_FROM,
    SAME_PACKET_MS,
    BthomeFamily,
    hear_service_data,
    plain_address,
)
from sensors.families.bthome_objects import MEANINGS
from sensors.keys import NO_KEYS, Keys
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason

NOW_MS = 1_700_000_000_000
ADDRESS = "54:48:E6:8F:80:A5"
DEVICE = "5448e68f80a5"
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
KEYS = Keys({DEVICE: KEY})
MOTION = "4187b90011223372b0231f"
CLIMATE = "41e445f3c9962b332211006c7c4519"
CLIMATE_NEXT = "413e932cc7175f34221100553876af"


def heard(said, address="", memory=None, keys=NO_KEYS, now_ms=NOW_MS):
    """What service data in hex, or in bytes, says."""
    data = bytes.fromhex(said) if isinstance(said, str) else said
    return hear_service_data(data, address, now_ms, (memory or Memory()).learned, keys)


def told(hearing):
    """Channel and value of each statement."""
    return {said.channel: said.value for said in hearing.statements}


def sealed(body, counter, info=0x41, key=KEY):
    """An encrypted advert of the invented sensor."""
    tail = counter.to_bytes(4, "little")
    nonce = bytes.fromhex(DEVICE) + b"\xd2\xfc" + bytes([info]) + tail
    closed = AESCCM(key, tag_length=4).encrypt(nonce, bytes.fromhex(body), None)
    return bytes([info]) + closed[:-4] + tail + closed[-4:]


def follow(memory, hearing, now_ms=NOW_MS):
    """The memory after a hearing, as the journal would fill it."""
    memory.take(Entry("desk", now_ms, learned=hearing.learned))
    return hearing


def test_a_key_and_an_address_open_an_encrypted_motion():
    """An advert of a Shelly BLU Motion."""
    hearing = heard(MOTION, ADDRESS, keys=KEYS)
    assert (hearing.device, told(hearing)) == (DEVICE, {"motion": True})
    assert [said.kind for said in hearing.statements] == ["motion"]
    assert hearing.learned[0].key == f"bthome/{DEVICE}/counter"


def test_without_an_address_the_key_that_fits_tells_whose_advert_it_is():
    """Each key belongs to an address."""
    keys = Keys({"000000000001": bytes(16), "odd": KEY, "000000000002": b"short", DEVICE: KEY})
    assert heard(MOTION, keys=keys).device == DEVICE


@pytest.mark.parametrize(
    ("address", "keys", "why"),
    [
        ("", NO_KEYS, "no known key opens it"),
        (ADDRESS, NO_KEYS, "no key of this sensor is known"),
        (ADDRESS, Keys({DEVICE: bytes(16)}), "the key of this sensor does not open it"),
    ],
)
def test_without_its_key_an_advert_says_nothing(address, keys, why):
    """It is counted, and neither key nor address are in the reason."""
    hearing = heard(MOTION, address, keys=keys)
    assert (hearing.refused, hearing.detail, hearing.statements) == (Reason.ENCRYPTED, why, ())


def test_a_plain_advert_of_a_sensor_with_a_key_is_a_downgrade():
    """Somebody else could have sent it."""
    assert heard("402101", ADDRESS, keys=KEYS).refused is Reason.DOWNGRADED
    assert heard("402101", "000000000001", keys=KEYS).refused is None


def test_counters_must_rise():
    """The next one counts, the one before it is a replay."""
    memory = Memory()
    assert follow(memory, heard(CLIMATE, ADDRESS, memory, KEYS)).refused is None
    assert follow(memory, heard(CLIMATE_NEXT, ADDRESS, memory, KEYS)).refused is None
    replayed = heard(CLIMATE, ADDRESS, memory, KEYS)
    assert (replayed.refused, replayed.statements) == (Reason.REPLAYED, ())
    assert "expected more than 1122868" in replayed.detail


def test_the_same_counter_again_is_a_repeat_at_once_and_a_replay_later():
    """Sensors send an advert several times, and several gateways hear it."""
    memory = Memory()
    follow(memory, heard(CLIMATE, ADDRESS, memory, KEYS))
    again = heard(CLIMATE, ADDRESS, memory, KEYS, NOW_MS + SAME_PACKET_MS)
    assert (again.repeated, again.refused, again.statements) == (True, None, ())
    late = heard(CLIMATE, ADDRESS, memory, KEYS, NOW_MS + SAME_PACKET_MS + 1)
    assert late.refused is Reason.REPLAYED
    assert heard(CLIMATE, ADDRESS, memory, KEYS, 0).refused is Reason.REPLAYED


@pytest.mark.parametrize(
    ("last", "counter", "counts"),
    [
        (RESTARTED_FROM, 0, True),
        (RESTARTED_FROM, 99, True),
        (0xFFFF_FFFF, 0, True),
        (RESTARTED_FROM, 100, False),
        (RESTARTED_FROM - 1, 0, False),
    ],
)
def test_a_counter_that_begins_anew_is_a_new_battery(last, counter, counts):
    """From far above to the very beginning, and only so."""
    memory = Memory()
    follow(memory, heard(sealed("2101", last), ADDRESS, memory, KEYS))
    hearing = heard(sealed("2100", counter), ADDRESS, memory, KEYS)
    assert (hearing.refused is None) is counts
    assert bool(hearing.statements) is counts


@pytest.mark.parametrize(("now_ms", "counts"), [(0, True), (NOW_MS, False)])
def test_a_far_lower_counter_is_of_another_recording_where_no_times_are_known(now_ms, counts):
    """The service, which knows when it hears, refuses it."""
    memory = Memory()
    follow(memory, heard(sealed("2101", 0x3322_1100), ADDRESS, memory, KEYS, now_ms), now_ms)
    hearing = heard(sealed("2100", 0x11_2233), ADDRESS, memory, KEYS, now_ms)
    assert (hearing.refused is None) is counts


def test_the_same_packet_within_four_seconds_is_the_same_advert():
    """A second gateway heard it; after that the number has gone around."""
    memory = Memory()
    follow(memory, heard("4000092101", ADDRESS, memory))
    assert memory.learned[f"bthome/{DEVICE}/packet"] == f"9,{NOW_MS}"
    again = heard("4000092101", ADDRESS, memory, now_ms=NOW_MS + SAME_PACKET_MS)
    assert (again.repeated, again.statements) == (True, ())
    assert told(heard("40000a2100", ADDRESS, memory)) == {"motion": False}
    assert not heard("4000092101", ADDRESS, memory, now_ms=NOW_MS + SAME_PACKET_MS + 1).repeated
    assert not heard("4000092101", "000000000001", memory).repeated


def test_packets_of_an_unknown_sensor_are_not_compared():
    """Two sensors may use the same number."""
    memory = Memory()
    first = follow(memory, heard("4000092101", "", memory))
    assert (first.learned, heard("4000092101", "", memory).repeated) == ((), False)


def test_a_packet_number_alone_is_noted():
    """It shows that the sensor lives."""
    hearing = heard("400009", ADDRESS)
    assert (hearing.statements, hearing.alive, hearing.refused) == ((), True, None)
    assert "no measurement" in hearing.noted


@pytest.mark.parametrize(
    ("said", "channels"),
    [
        ("400009015d025d0903b718", {"battery": 93, "temperature": 23.97, "humidity": 63.27}),
        ("400960", {"count": 96}),
        ("440005016405100e002100", {"battery": 100, "illuminance": 36.0, "motion": False}),
        ("4023012500", {"occupancy": True, "presence": False}),
        ("402d011a001101", {"window": True, "door": False, "opening": True}),
        ("4040cd0c", {"distance": 3.277}),
        ("40410400", {"distance": 0.4}),
        ("4045f6ff", {"temperature": -1.0}),
        ("405802", {"temperature": 0.7}),
        ("4012e204", {"co2": 1250}),
        ("402001", {"moisture_detected": True}),
        ("402102", {}),
        ("4053024142210154020102", {"motion": True}),
        ("40f00100f101020304f20102032101", {"motion": True}),
    ],
)
def test_objects_mean_what_the_format_says(said, channels):
    """Each length, factor and sign; a flag is 0 or 1."""
    assert told(heard(said)) == channels


def test_kinds_tell_motion_presence_and_contact_apart():
    """Motion that ends is no vacancy, and an open door is nobody's."""
    kinds = {s.channel: s.kind for s in heard("40210023012500094e2d010f01").statements}
    assert kinds == {
        "motion": "motion", "occupancy": "presence", "presence": "presence", "count": "count",
        "window": "contact", "generic": "binary",
    }  # fmt: skip


def test_levels_have_quantity_and_unit():
    """As other families spell them."""
    said = heard("40016405100e0045eb00").statements
    assert [(s.quantity, s.unit) for s in said] == [
        ("battery", "%"),
        ("light", "lx"),
        ("temperature", "°C"),
    ]


def test_a_second_object_of_a_name_has_a_number():
    """Also where they have different lengths."""
    assert told(heard("40026400453200")) == {"temperature": 1.0, "temperature_2": 5.0}


def test_a_press_is_an_event_of_its_button():
    """Buttons that were not pressed keep their place."""
    assert told(heard("403a04")) == {"button": "long_press"}
    assert told(heard("443a003a023a00")) == {"button_2": "double_press"}
    assert told(heard("443c0103")) == {"dimmer": "rotate_left"}
    assert heard("443a00").noted


def test_an_unknown_object_ends_the_reading_and_keeps_what_came_before():
    """Its length is not known, so nothing behind it is."""
    assert told(heard("402101feca2300")) == {"motion": True}
    assert heard("40feca09").noted == "unknown object 0xFE"


def test_a_time_is_believed_or_flagged():
    """An event has the sensor's time if its clock can be right."""
    good = heard("40" + "50" + (NOW_MS // 1000 - 60).to_bytes(4, "little").hex() + "2101")
    assert (good.statements[0].event_ms, good.statements[0].flags) == (NOW_MS - 60_000, ())
    bad = heard("4050010000002101")
    assert (bad.statements[0].event_ms, bad.statements[0].flags) == (None, ("clock_off",))


def test_no_interval_is_promised():
    """Neither by sensors that are triggered nor by the others."""
    assert heard("442101").every_s is None
    assert heard("402101").every_s is None


@pytest.mark.parametrize(
    "said",
    ["", "40", "4021", "41ba0db07aeef600", "202101", "60aabb", "42aabbccddeeff", "40" * 300],
)
def test_what_is_too_short_too_long_or_of_another_version_is_refused(said):
    """Without a guess at what it may mean."""
    hearing = heard(said, ADDRESS)
    assert (hearing.refused, hearing.statements) == (Reason.MALFORMED, ())
    assert DEVICE not in hearing.detail


@pytest.mark.parametrize("before", ["d2fc", "0616d2fc", "0201060616d2fc"])
def test_the_uuid_or_the_whole_advert_may_come_before(before):
    """Gateways pass on more or less of it."""
    assert told(heard(f"{before}402101")) == {"motion": True}


def test_an_address_inside_the_advert_is_the_sensors():
    """Early editions of version 2 could include it, last byte first."""
    hearing = heard("42a5808fe648542101", "000000000001")
    assert (hearing.device, told(hearing)) == (DEVICE, {"motion": True})


@pytest.mark.parametrize(
    "payload", [b"402101", b"0x402101\n", b"40 21 01", bytes.fromhex("402101")]
)
def test_a_payload_is_hex_text_or_bytes_and_a_topic_may_end_in_the_address(payload):
    """As gateways publish service data."""
    message = Message(f"home/gw/BTtoMQTT/{DEVICE.upper()}", payload, NOW_MS)
    hearing = BthomeFamily().hear(message, {}, NO_KEYS)
    assert (hearing.device, told(hearing)) == (DEVICE, {"motion": True})


def test_a_retained_advert_shows_no_life():
    """The broker had kept it."""
    hearing = BthomeFamily().hear(Message("x", b"402101", NOW_MS, True), {}, NO_KEYS)
    assert (hearing.alive, hearing.statements[0].flags) == (False, ("retained",))
    refused = BthomeFamily().hear(Message("x", b"41", NOW_MS, True), {}, NO_KEYS)
    assert (refused.alive, refused.refused) == (False, Reason.MALFORMED)


def test_no_topic_is_its_own():
    """Gateways carry it."""
    assert (BthomeFamily.name, BthomeFamily.patterns) == ("bthome", ())


def test_every_object_can_be_read_at_its_length():
    """All ids of the table, with all bits set and with none."""
    for object_id, meaning in MEANINGS.items():
        for fill in (b"\x00", b"\xff", b"\x01"):
            body = bytes([object_id]) + fill * meaning.length_bytes
            hearing = heard(b"\x40" + body)
            assert all(said.kind == meaning.kind for said in hearing.statements)


def test_an_address_has_one_spelling():
    """12 lower-case hex digits, or it is none."""
    assert plain_address("54-48-e6-8f-80-a5") == DEVICE
    assert plain_address("5448e68f80a") == plain_address("someone's phone") == ""


@given(st.binary(max_size=300), st.text(max_size=20), st.booleans())
def test_no_bytes_raise_or_change_anything(data, topic, retained):
    """Whatever comes, the hearing is whole and the memory as it was."""
    memory = Memory(learned={f"bthome/{DEVICE}/counter": "5,x", f"bthome/{DEVICE}/packet": "9"})
    before = dict(memory.learned)
    for payload in (data, data.hex().encode()):
        message = Message(topic, payload, NOW_MS, retained)
        hearing = BthomeFamily().hear(message, memory.learned, KEYS)
        assert hearing.refused or hearing.statements or hearing.noted or hearing.repeated
    assert hear_service_data(b"\x41" + data, ADDRESS, NOW_MS, memory.learned, KEYS).refused
    assert memory.learned == before


def test_why_an_advert_says_nothing():
    """What carries no value apart from what carries one without a meaning."""
    assert "a text" in heard("4053024142").noted
    assert "without a meaning" in heard("402102").noted
    assert "not pressed" in heard("443a00").noted


def test_an_advert_may_be_written_with_colons():
    """As scanners print it."""
    message = Message("", b"02:01:06:06:16:D2:FC:40:21:01", NOW_MS)
    assert told(BthomeFamily().hear(message, {}, NO_KEYS)) == {"motion": True}
