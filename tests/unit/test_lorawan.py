"""ChirpStack and The Things Stack: envelopes, times, repeats and what is no measurement."""

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.lorawan import EUI, NOW_MS, chirped, enveloped, stacked, told, uplinked

from sensors.entry import Entry
from sensors.families.lorawan import ChirpStackFamily, ThingsStackFamily
from sensors.keys import NO_KEYS
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason


def test_an_empty_object_leaves_the_bytes_to_tell():
    """A codec of another model gave nothing."""
    coded = base64.b64encode(bytes.fromhex("030001")).decode()
    assert told(chirped(enveloped({}, "VS341", data=coded))) == {"occupancy": True}


def test_the_time_of_a_server_has_nanoseconds():
    """That of the network server goes before that of the application server."""
    assert chirped(enveloped({"occupancy": "vacant"})).statements[0].event_ms == NOW_MS
    assert stacked(uplinked({"occupancy": "vacant"})).statements[0].event_ms == NOW_MS - 500


def test_a_time_that_cannot_be_true_is_flagged():
    """The receive time stands for it."""
    for body in (enveloped({"pir": 1}, time="2019-01-01T00:00:00Z"), {"pir": 1, "timestamp": 12}):
        said = chirped(body).statements[0]
        assert (said.event_ms, said.flags) == (None, ("clock_off",))


def test_a_sensors_own_time_goes_before_the_servers():
    """A VS121 tells when it counted."""
    body = enveloped({"people_count_all": 3, "timestamp": NOW_MS // 1000 - 30})
    assert chirped(body).statements[0].event_ms == NOW_MS - 30_000


def test_a_message_that_came_before_is_a_repeat():
    """By its deduplication id; the last few are remembered."""
    memory = Memory()
    for number in range(6):
        uplink = enveloped({"occupancy": "occupied"}, deduplicationId=f"0000000{number}")
        hearing = chirped(uplink, memory=memory)
        assert not hearing.repeated
        memory.take(Entry("desk", NOW_MS, learned=hearing.learned))
    again = chirped(uplink, memory=memory)
    assert (again.repeated, again.statements, again.device) == (True, (), EUI)
    assert memory.learned[f"chirpstack/{EUI}/dedup"].count(",") == 3


@pytest.mark.parametrize(
    ("event", "body", "alive"),
    [
        ("join", {"devAddr": "00189440"}, True),
        ("ack", {"acknowledged": True}, True),
        ("ack", {}, False),
        ("txack", {"gatewayId": "0016c001f153a14c"}, False),
        ("location", {"location": {"latitude": 37.3}}, False),
        ("integration", {"object": {"occupancy": "occupied"}}, False),
        ("log", {"code": "UPLINK_F_CNT_RESET"}, False),
        ("status", {"margin": 10}, True),
        ("status", {"externalPowerSource": True, "batteryLevel": 0.0}, True),
        ("newer", {}, False),
    ],
)
def test_other_events_of_chirpstack_are_noted(event, body, alive):
    """What the network did alone shows no life of the device."""
    hearing = chirped(enveloped() | body, event)
    assert (hearing.device, hearing.statements, hearing.alive) == (EUI, (), alive)
    assert hearing.noted
    assert not chirped(enveloped() | body, event, retained=True).alive


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("log", {"level": "ERROR", "code": "UPLINK_MIC"}),
        ("log", {"level": "error", "code": "24E124538C123456"}),
        ("error", {"applicationID": "1", "devEUI": "AQIDBAUGBwg=", "type": "UPLINK_CODEC"}),
    ],
)
def test_an_error_needs_no_envelope(event, body):
    """Somebody forwards a part of it, or it is one of version 3; its code can't be an address."""
    hearing = chirped(body, event)
    assert (hearing.refused, hearing.device) == (Reason.DEVICE_ERROR, EUI)
    assert "24E1" not in hearing.detail


def test_an_event_alone_is_what_its_topic_says():
    """An object under another event than `up` is no codec's output."""
    assert chirped({"occupancy": "occupied"}, "join").statements == ()
    assert told(chirped({"margin": 10, "batteryLevel": 42}, "status")) == {"battery": 42}
    assert chirped("030001", "status").refused is Reason.MALFORMED


def test_events_without_a_topic_are_told_by_their_keys():
    """A recording has all of them as if they were uplinks."""
    assert told(chirped(enveloped(batteryLevel=88.3, margin=10))) == {"battery": 88.3}
    assert chirped(enveloped(level="ERROR", code="UPLINK_CODEC")).refused is Reason.DEVICE_ERROR
    assert "acknowledged" in chirped(enveloped(acknowledged=True)).noted
    ids = {"end_device_ids": {"device_id": "dev1"}}
    for key, said in (("join_accept", "joined"), ("downlink_failed", "failed")):
        assert said in stacked(ids | {key: {}}).noted


def test_a_command_is_noted():
    """Somebody asks the network to send something to a device."""
    topic = f"application/app/device/{EUI.upper()}/command/down"
    hearing = ChirpStackFamily().hear(Message(topic, b"{}", NOW_MS), {}, NO_KEYS)
    assert (hearing.noted, hearing.alive, hearing.refused) == ("a command to it", False, None)
    assert stacked({"downlinks": []}, "down/push").noted == "a command to it"


def test_version_3_has_its_names_beside_the_rest():
    """And what the codec gave as text; an identifier that is no DevEUI is left."""
    body = {
        "applicationID": "1",
        "deviceProfileName": "VS340",
        "devEUI": "AQIDBAUGBwg=",
        "deviceInfo": {"devEui": "AQIDBAUGBwg="},
        "fPort": 85,
        "objectJSON": '{"battery": 100, "occupancy": 1}',
        "publishedAt": "2023-11-14T22:13:20Z",
    }
    for told_of in (body, body | {"objectJSON": "{", "data": "AXVkAwAB"}):
        hearing = chirped(told_of)
        assert hearing.device == EUI
        assert told(hearing) == {"battery": 100, "occupancy": True}
        assert hearing.statements[0].event_ms == NOW_MS


def test_the_time_of_a_gateway_stands_where_no_server_tells_one():
    """Its concentrator's counter is no time."""
    heard_by = [{"timestamp": 2463457000, "time": "2023-11-14T22:13:19.25Z"}]
    uplink = {"decoded_payload": {"occupied": True}, "rx_metadata": heard_by}
    hearing = stacked({"end_device_ids": {}, "uplink_message": uplink})
    assert hearing.statements[0].event_ms == NOW_MS - 750
    uplink["rx_metadata"] = [7]
    assert stacked({"uplink_message": uplink}).statements[0].event_ms is None


def test_a_recording_cannot_be_older_than_what_it_tells():
    """Where the time of receiving is not known, the server's stands for it."""
    late = {"occupancy": "vacant", "timestamp": NOW_MS // 1000 + 3600}
    said = chirped(enveloped(late), now_ms=0).statements[0]
    assert (said.event_ms, said.flags) == (NOW_MS, ("clock_off",))
    past = chirped(enveloped({"history": [late]}), now_ms=0)
    assert (past.statements, "that can be true" in past.noted) == ((), True)


def test_a_status_is_the_battery():
    """Percent, at the server's time; it says nothing of occupancy."""
    hearing = chirped(enveloped(margin=10, batteryLevel=88.3), "status")
    said = hearing.statements[0]
    assert (said.kind, said.value, said.unit, said.event_ms) == ("level", 88.3, "%", NOW_MS)


def test_an_error_in_the_log_counts_as_the_devices():
    """Its description, which may name anything, stays out."""
    body = enveloped(level="ERROR", code="UPLINK_CODEC", description="at 0101010101010101")
    hearing = chirped(body, "log")
    assert (hearing.refused, hearing.detail) == (
        Reason.DEVICE_ERROR,
        "the server logs UPLINK_CODEC",
    )


@pytest.mark.parametrize(
    ("leaf", "alive"),
    [
        ("join", True),
        ("down/ack", True),
        ("down/failed", False),
        ("down/queued", False),
        ("down/push", False),
        ("service/data", False),
        ("location/solved", False),
        ("up/normalized", False),
        ("", False),
    ],
)
def test_other_messages_of_the_things_stack_are_noted(leaf, alive):
    """What the network did alone shows no life of the device."""
    hearing = stacked({"end_device_ids": {}}, leaf)
    assert (hearing.device, hearing.statements, hearing.alive) == ("dev1", (), alive)
    assert hearing.noted
    assert not stacked({}, leaf, retained=True).alive


@pytest.mark.parametrize("leaf", ["join", "down/ack", "down/failed"])
def test_what_is_no_object_is_refused_under_other_topics_too(leaf):
    """It shows no life either."""
    hearing = stacked('{"end_device_ids":', leaf)
    assert (hearing.refused, hearing.device) == (Reason.MALFORMED, "dev1")


def test_a_simulated_uplink_is_noted():
    """Somebody at a console wrote it."""
    assert stacked(uplinked({"occupancy": "occupied"}) | {"simulated": True}).statements == ()


def test_what_was_retained_shows_no_life():
    """No server keeps messages, but a bridge may."""
    hearing = chirped(enveloped({"pir": "trigger"}), retained=True)
    assert (hearing.alive, hearing.statements[0].flags) == (False, ("retained",))


def test_no_interval_is_promised():
    """Class A: on change and now and then, and messages get lost."""
    assert chirped(enveloped({"pir": "trigger"})).every_s is None


@pytest.mark.parametrize("payload", ['{"region_1_count": 0,}', "", "online", "7.5", "null", "\x00"])
def test_what_is_no_object_is_refused(payload):
    """Also a trailing comma, which one maker's documents have."""
    assert chirped(payload).refused is Reason.MALFORMED
    assert stacked(payload).refused is Reason.MALFORMED


def test_another_topic_is_refused():
    """Each server has one form."""
    for family in (ChirpStackFamily(), ThingsStackFamily()):
        message = Message("application/1/device", b"{}", NOW_MS)
        assert family.hear(message, {}, NO_KEYS).refused is Reason.UNKNOWN_TOPIC


def test_64_kilobytes_of_anything_are_soon_read():
    """Keys, entries and digits beyond the limits are left."""
    entry = {"timestamp": 1688624046, "occupancy": 1, "temperature": 20}
    for body in ([entry] * 1000, {f"region_{n}": 1 for n in range(4000)}, "01" * 32_000):
        began_s = time.process_time()
        chirped(body)
        assert time.process_time() - began_s < 0.5


KEY_WORDS = st.sampled_from(
    ["occupancy", "status", "pir", "motion", "timestamp", "history", "object", "data", "time",
     "region_1", "count", "errors", "deviceInfo", "devEui", "tags", "uplink_message", "battery",
     "decoded_payload", "f_port", "fPort", "version_ids", "deduplicationId", "level", "light"]
)  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY_WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(
    ANY_JSON.map(lambda body: json.dumps(body).encode())
    | st.binary(max_size=80)
    | st.binary(max_size=80).map(lambda data: data.hex().encode()),
    st.sampled_from(["up", "status", "log", "join", "down/failed"]),
    st.integers(0, 255) | st.none(),
)
def test_no_payload_raises_or_changes_anything(payload, leaf, fport):
    """Whatever comes, the hearing is whole and the memory as it was."""
    memory = Memory(learned={f"chirpstack/{EUI}/dedup": ",,", f"chirpstack/{EUI}/maker": "elsys"})
    before = dict(memory.learned)
    for topic in (f"application/a/device/{EUI}/event/{leaf}", f"v3/a/devices/d/{leaf}", leaf):
        message = Message(topic, payload, NOW_MS, fport=fport)
        for family in (ChirpStackFamily(), ThingsStackFamily()):
            hearing = family.hear(message, memory.learned, NO_KEYS)
            assert hearing.refused or hearing.statements or hearing.noted or hearing.repeated
    assert memory.learned == before
