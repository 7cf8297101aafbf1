"""Decoding: whatever comes, a value goes out and nothing changes."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.office import OFFICE, SITE, START_MS, around
from support.speaker import Listening, motion, readings

from sensors.decoder import decode
from sensors.memory import Memory
from sensors.message import Message

AROUND = around()
boards = st.sampled_from([*(b.id for b in OFFICE.boards), "ghost", "", "ü"])
leaves = st.sampled_from(["readings", "status", "ack", "command", "telemetry", "motion", ""])
topics = st.one_of(
    st.builds(f"vrijplek/v1/{SITE}/{{}}/{{}}".format, boards, leaves),
    st.builds("espresense/devices/{}/{}".format, st.text(max_size=8), boards),
    st.builds("espresense/rooms/{}/{}".format, boards, leaves),
    st.builds("espresense/rooms/{}".format, boards),
    st.text(max_size=40),
)
channels = st.sampled_from(["pir-1", "pir-2", "radar", "ble", "gate", "co2", "door", "nose"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)
heard = st.lists(st.tuples(st.text(min_size=1, max_size=20), st.integers(-130, 25)), max_size=4)
parts = st.one_of(
    st.fixed_dictionaries({"kind": st.just("motion"), "sensor": channels, "on": st.booleans()}),
    st.fixed_dictionaries(
        {
            "kind": st.just("motion"),
            "sensor": channels,
            "on": st.booleans(),
            "up": st.integers(0, 9),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("sightings"), "sensor": channels, "heard": heard}),
    st.fixed_dictionaries(
        {
            "kind": st.just("heartbeat"),
            "every_s": st.integers(0, 60),
            "on": st.dictionaries(channels, st.booleans(), max_size=3),
        }
    ),
    anything,
)
nearly = st.fixed_dictionaries(
    {
        "boot": st.sampled_from(["b1", "b2", "B", ""]),
        "seq": st.integers(-1, 9) | st.integers(0, 2**33),
        "oldest": st.integers(-1, 9),
        "up": st.integers(-1, 9) | st.integers(0, 2**60),
        "readings": st.lists(parts, max_size=4),
    }
)
reports = st.fixed_dictionaries(
    {}, optional={"id": anything, "rssi": st.floats() | anything, "rssi@1m": st.floats() | anything}
)
payloads = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"ON", b"offline", b"{" * 8000, b"[" * 8000, b" " * 9000]),
    st.builds(lambda body: json.dumps(body).encode(), nearly | reports | anything),
)
messages = st.builds(Message, topics, payloads, st.just(START_MS), st.booleans())


@settings(max_examples=500)
@given(messages)
@example(Message(f"vrijplek/v1/{SITE}/d1/readings", b"\xed\xa0\x80", START_MS))
@example(Message("espresense/devices/x/master", b'{"rssi":1e999}', START_MS))
def test_decoding_never_raises_and_changes_nothing(message):
    """Any bytes on any topic, of either family, are a value; nothing comes of nothing."""
    memory = Memory()
    decoded = decode(message, memory, AROUND)
    assert memory == Memory()
    assert decoded.entry or decoded.rejected or decoded.noted
    for refusal in decoded.rejected:
        assert refusal.length_bytes == len(message.payload)
        assert refusal.detail
        assert len(refusal.excerpt) <= 80
    if decoded.entry is not None:
        assert decoded.entry.board in OFFICE.board
        assert all(r.event_ms <= message.received_ms for r in decoded.entry.readings)
        assert all(r.sensor.startswith(decoded.entry.board) for r in decoded.entry.readings)


@settings(max_examples=150)
@given(st.lists(messages, max_size=12))
def test_a_memory_that_took_anything_can_be_frozen(stream):
    """Whatever boards have said, a snapshot of the memory wakes as it was and goes on alike."""
    listening = Listening()
    for message in stream:
        listening.hear(message)
    frozen = listening.memory.frozen()
    woken = Memory.woken(frozen)
    assert woken == listening.memory
    assert woken.frozen() == frozen
    after = readings("d1", motion(), boot="z9")
    assert decode(after, woken, AROUND) == listening.look(after)


@settings(max_examples=150)
@given(st.lists(messages, max_size=8), messages)
def test_what_was_taken_is_a_duplicate_the_second_time(stream, last):
    """A message with a stamp has no second effect, whatever came before it."""
    listening = Listening()
    for message in stream:
        listening.hear(message)
    decoded = listening.hear(last)
    if decoded.entry is not None and decoded.entry.stamp is not None:
        again = listening.look(last)
        no_reading = not decoded.entry.readings and bool(decoded.rejected)
        assert again.duplicate
        assert (again.entry, again.rejected) == (None, decoded.rejected if no_reading else ())
