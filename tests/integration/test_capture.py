"""A capture made by the real mosquitto_sub is one that decode and replay read."""

import subprocess

import pytest
from paho.mqtt import publish
from support.machine import program

from vrijplek.capture import opened, recorded

pytestmark = pytest.mark.broker
HOST = "127.0.0.1"


@pytest.mark.parametrize(
    ("how", "sent", "read"),
    [
        ("%j", '{"on": true}', b'{"on": true}'),
        ("%j", "ON", b"ON"),
        ("%J", '{"on": true}', b'{"on":true}'),
    ],
)
def test_what_mosquitto_sub_prints_can_be_read(mosquitto, tmp_path, how, sent, read):
    """Topic, payload, retain flag and time come back as they were; %J prints JSON alone."""
    listener = program("mosquitto_sub")
    publish.single("a/b", sent, 1, retain=True, hostname=HOST, port=mosquitto.port)
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
            how,
        ]
        subprocess.run([listener, *words], stdout=out, check=True)

    with opened(file) as lines:
        (message,) = recorded(lines, file.name)
    assert (message.topic, message.payload, message.retain) == ("a/b", read, True)
    assert message.at_ms is not None
    assert message.at_ms > 1_700_000_000_000
