"""What every family of devices promises: it survives, refuses with a reason, and repeats itself."""

import json
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.large import LARGE, MESSAGES, SHAPES
from support.machine import beside
from support.office import START_MS, around

from sensors.decoder import decode
from sensors.entry import Entry
from sensors.families.directory import FOREIGN
from sensors.keys import NO_KEYS
from sensors.memory import Memory
from sensors.message import Message
from sensors.rejected import Reason
from vrijplek.capture import recorded
from vrijplek.decoding.guess import STANDING_IN
from vrijplek.decoding.reader import Reader

SHARED = Path(__file__).parents[3] / "shared"
FAMILIES = sorted(FOREIGN)


def topic_of(family: str) -> str:
    """A topic of a family."""
    return STANDING_IN[family]


def hear(family: str, payload: bytes, topic: str | None = None, memory: Memory | None = None):
    """What a family hears."""
    message = Message(topic_of(family) if topic is None else topic, payload, START_MS)
    return FOREIGN[family].hear(message, (memory or Memory()).learned, NO_KEYS)


def test_each_family_has_a_topic_to_stand_in():
    """So that a recording without topics can be read."""
    assert set(FOREIGN) <= set(STANDING_IN)


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=150)
@given(payload=st.binary(max_size=300), topic=st.text(max_size=60))
def test_any_bytes_on_any_topic_are_survived(family, payload, topic):
    """A hearing comes of everything, and a refusal has its reason and detail."""
    for where in (topic, topic_of(family)):
        heard = hear(family, payload, where)
        assert (heard.refused is None) == (not heard.detail)


JSONS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=12,
)


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=100)
@given(told=JSONS)
def test_any_json_is_survived(family, told):
    """Whatever its shape."""
    heard = hear(family, json.dumps(told).encode())
    assert heard.refused is None or isinstance(heard.refused, Reason)


LARGEST = [
    *((family, topic_of(family), SHAPES[shape]) for family in FAMILIES for shape in SHAPES),
    *MESSAGES,
]


@pytest.mark.parametrize(("family", "topic", "payload"), LARGEST)
def test_a_large_message_is_cheap(family, topic, payload):
    """64 KB take at most 50 ms of the processor and 50 MB."""
    assert len(payload) <= LARGE
    assert any(seconds(family, topic, payload) <= 0.05 for _ in range(12))
    tracemalloc.start()
    try:
        hear(family, payload, topic)
        assert tracemalloc.get_traced_memory()[1] <= 50_000_000
    finally:
        tracemalloc.stop()


def seconds(family, topic, payload):
    """Of the processor, for one message; what runs beside it may make one of them slow."""
    began_s = time.process_time()
    hear(family, payload, topic)
    return time.process_time() - began_s


def test_each_family_has_a_largest_message_of_its_own():
    """Not only shapes that fit none."""
    assert {family for family, _, _ in MESSAGES} == set(FAMILIES)
    assert all(len(payload) > LARGE * 0.7 for _, _, payload in MESSAGES)


def recordings() -> list[Path]:
    """The recordings beside the repository; in CI they may not be missing."""
    return sorted(beside(SHARED / "payloads", SHARED).glob("*.jsonl"))


def test_every_recorded_line_comes_to_something():
    """Exactly one of readings, a refusal with its reason, and a note; never an error."""
    seen = 0
    for file in recordings():
        reader = Reader()
        with file.open(encoding="utf-8") as lines:
            for one in recorded(lines, str(file)):
                told = reader.read(one).as_json()
                found = {"readings", "rejected", "noted"} & set(told)
                assert len(found) == 1, (file.name, one.line, told)
                if "rejected" in told:
                    assert told["rejected"]["reason"] in set(Reason)
                    assert told["rejected"]["detail"]
                seen += 1
    assert seen >= 165


def test_a_repeated_line_is_no_event():
    """Each line heard a second time at once changes no level."""
    for file in recordings():
        reader = Reader()
        with file.open(encoding="utf-8") as lines:
            for one in recorded(lines, str(file)):
                reader.read(one)
                for reading in reader.read(one).as_json().get("readings", ()):
                    is_level = isinstance(reading["value"], bool)
                    flags = set(reading["flags"])
                    assert not is_level or flags & {"repeated", "history"}, (file.name, one.line)


def test_no_recorded_address_or_name_is_in_what_the_service_keeps():
    """Neither of a badge nor of a person's device: entries have tags alone."""
    for file in recordings():
        memory, known = Memory(), around()
        with file.open(encoding="utf-8") as lines:
            for one in recorded(lines, str(file)):
                message = Message(one.topic or "", one.payload, START_MS, one.retain)
                decoded = decode(message, memory, known)
                kept = repr(decoded)
                assert "Darrell" not in kept
                assert "58b1294494d3" not in kept
                if decoded.entry is not None:
                    assert isinstance(decoded.entry, Entry)
                    memory.take(decoded.entry)
