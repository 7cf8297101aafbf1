"""Captures: every shape of line, and what is said of one that is no message."""

import io
import json

import pytest

from vrijplek.capture import BadLineError, Recorded, opened, recorded
from vrijplek.errors import EXIT_PROBLEMS

TST_MS = 1_795_420_800_123


def one(line):
    """The one message of a line."""
    [found] = recorded(io.StringIO(line), "some.jsonl")
    return found


def said(**told):
    """The message of a line with these keys."""
    return one(json.dumps(told))


def test_a_line_as_mosquitto_sub_prints_it():
    """All that it tells comes through, with the time in ms UTC."""
    line = (
        '{"tst":"2026-11-23T09:00:00.123456+0100","topic":"a/b","qos":1,"retain":1,'
        '"payloadlen":9,"mid":7,"payload":{"id":"x","n":1}}\n'
    )
    assert one(line) == Recorded(1, TST_MS, "a/b", b'{"id":"x","n":1}', qos=1, retain=True)


@pytest.mark.parametrize(
    ("told", "payload"),
    [
        ({"payload": "online"}, b"online"),
        ({"payload": '{"a": 1}'}, b'{"a": 1}'),
        ({"payload": "caf\u00e9"}, "caf\u00e9".encode()),
        ({"payload": "\ud800"}, b"\xed\xa0\x80"),
        ({"payload": {"a": [1, 2.5, None, True]}}, b'{"a":[1,2.5,null,true]}'),
        ({"payload": {"a": "\u00e9"}}, '{"a":"\u00e9"}'.encode()),
        ({"payload": {"a": "\ud800"}}, b'{"a":"\xed\xa0\x80"}'),
        ({"payload": [1]}, b"[1]"),
        ({"payload": -71}, b"-71"),
        ({"payload": False}, b"false"),
        ({"payload": None}, b""),
        ({"payload": ""}, b""),
        ({}, b""),
        ({"raw_hex": "00ff7B"}, b"\x00\xff{"),
        ({"raw_hex": "", "payload": "this"}, b"this"),
        ({"raw_hex": "no hex"}, b"no hex"),
        ({"raw_hex": None, "payload": "this"}, b"this"),
    ],
)
def test_the_payload_in_each_of_its_shapes(told, payload):
    """A text is its own bytes, raw_hex stands in for a missing one, all else is JSON again."""
    assert said(topic="a/b", **told).payload == payload


@pytest.mark.parametrize("told", [{"topic": None}, {}])
def test_a_line_without_a_topic_has_none(told):
    """Captures hold such lines where a frame was broken."""
    assert said(raw_hex="30", **told).topic is None


def test_a_line_without_a_time_has_none():
    """What reads it goes on with the time of the line before."""
    assert said(topic="a").at_ms is None


@pytest.mark.parametrize("qos", [None, 3, -1, "1", [], {}, 1.5])
def test_a_quality_of_service_that_is_none_is_0(qos):
    """A careless line is still a message."""
    assert said(topic="a", qos=qos).qos == 0


def test_empty_lines_are_passed_over_and_counted():
    """The number of a message is that of its line in an editor."""
    lines = io.StringIO('\n{"topic":"a"}\n  \n{"topic":"b"}\n')
    assert [(m.line, m.topic) for m in recorded(lines, "x")] == [(2, "a"), (4, "b")]


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ("not json", "no JSON (expecting value at column 1)", "one JSON object a line"),
        ('{"topic": ', "no JSON (expecting value at column 11)", "one JSON object a line"),
        ("1" * 5000, "no JSON", "one JSON object a line"),
        ("[" * 100_000, "no JSON", "one JSON object a line"),
        ("[1]", "a list", "a JSON object"),
        ('"text"', "a text", "a JSON object"),
        ("null", "null", "a JSON object"),
        ("17", "17", "a JSON object"),
        ('{"topic": 5}', "topic 5", "a text, or null where there is none"),
        ('{"topic": "a", "tst": "soon"}', "tst 'soon'", "a time such as 2026-11-23T09:00:00+0100"),
        ('{"topic": "a", "tst": 12}', "tst 12", "a time such as"),
        ('{"topic": "a", "tst": "0001-01-01T00:00:00"}', "tst '0001-01-01T00:00:00'", "a time"),
    ],
)
def test_a_wrong_line_is_told_with_file_line_found_and_expected(line, found, expected):
    """It ends the reading, with the exit code of something that is wrong."""
    messages = recorded(io.StringIO('{"topic": "a"}\n' + line), "some.jsonl")
    assert next(messages).topic == "a"
    with pytest.raises(BadLineError) as caught:
        next(messages)
    told = str(caught.value)
    assert told.startswith(f"some.jsonl:2: found {found}")
    assert f", expected {expected}" in told
    assert (caught.value.file, caught.value.line) == ("some.jsonl", 2)
    assert caught.value.exit_code == EXIT_PROBLEMS


def test_a_file_may_hold_any_bytes(tmp_path):
    """Broken UTF-8 becomes replacement characters, the mark of some editors is no text."""
    file = tmp_path / "some.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"topic": "a", "payload": "\xff"}\n')
    with opened(file) as lines:
        [message] = recorded(lines, str(file))
    assert message.payload == "\ufffd".encode()
