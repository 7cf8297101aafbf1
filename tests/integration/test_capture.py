"""A capture made by the real mosquitto_sub is one that decode and replay read."""

import subprocess

import pytest
from paho.mqtt import publish
from support.machine import program

from vrijplek.capture import opened, recorded

pytestmark = pytest.mark.broker
HOST = "127.0.0.1"


def test_what_mosquitto_sub_prints_can_be_read(mosquitto, tmp_path):
    """Topic, payload, retain flag and time come back as they were."""
    listener = program("mosquitto_sub")
    publish.single("a/b", '{"on": true}', 1, retain=True, hostname=HOST, port=mosquitto.port)
    file = tmp_path / "capture.jsonl"
    with file.open("wb") as out:
        words = [
            "-h",
            HOST,
            "-p",
            str(mosquitto.port),
            "-t",
            "#",
            "-C",
            "1",
            "-W",
            "10",
            "-F",
            "%J",
        ]
        subprocess.run([listener, *words], stdout=out, check=True)

    with opened(file) as lines:
        (message,) = recorded(lines, file.name)
    assert (message.topic, message.payload, message.retain) == ("a/b", b'{"on":true}', True)
    assert message.at_ms is not None
    assert message.at_ms > 1_700_000_000_000
