"""Replay: recorded messages on a real broker again, in order, at their pace, all of them."""

import time

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingest.session import BrokerAddress
from vrijplek.capture import Recorded
from vrijplek.commands import replay
from vrijplek.commands.replay import host_and_port, publish
from vrijplek.errors import EXIT_UNREACHABLE, CommandError, UnreachableError, UsageError

PATIENCE_S = 10.0
pytestmark = pytest.mark.broker


@pytest.fixture
def heard(mosquitto):
    """Everything that is published on the broker, as it comes."""
    found = []
    client = Client(CallbackAPIVersion.VERSION2, "listener")
    ready = []
    client.on_subscribe = lambda *_: ready.append(True)
    client.on_message = lambda _c, _u, message: found.append(message)
    client.connect(mosquitto.host, mosquitto.port)
    client.subscribe("#", 1)
    client.loop_start()
    until(lambda: ready, "the listener listens")
    yield found
    client.disconnect()
    client.loop_stop()


@pytest.fixture
def address(mosquitto):
    """The broker as a guest without an account."""
    return BrokerAddress(mosquitto.host, mosquitto.port, "replay")


def until(is_so, what):
    """Wait for something that is bound to come soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


def recorded(count, every_ms=1_000, topic="a/b"):
    """Messages with a time each."""
    return [
        Recorded(n + 1, 10_000 + n * every_ms, topic, b"\x00%d" % n, n % 2, retain=False)
        for n in range(count)
    ]


def test_all_messages_come_in_order_as_they_were(heard, address):
    """Bytes that are no text, and both qualities of service."""
    publish(address, recorded(50, every_ms=0), 1.0)
    until(lambda: len(heard) == 50, "all messages")
    assert [(m.topic, m.payload, m.qos) for m in heard] == [
        ("a/b", b"\x00%d" % n, n % 2) for n in range(50)
    ]


def test_the_pace_is_that_of_the_capture_times_the_speed(heard, address):
    """Four messages with a second in between, ten times as fast; without a time, at once."""
    messages = [*recorded(4), Recorded(5, None, "a/b", b"", 1, retain=False)]
    waited_s = []

    def sleep(seconds):
        waited_s.append(seconds)
        time.sleep(seconds)

    publish(address, messages, 10.0, sleep)
    until(lambda: len(heard) == 5, "all messages")
    assert len(waited_s) == 3
    assert 0.2 < sum(waited_s) <= 0.3


def test_a_retained_message_is_retained_again(heard, address, mosquitto):
    """A capture begins with those that the broker kept."""
    publish(address, [Recorded(1, None, "a/kept", b"x", 1, retain=True)], 1.0)
    late = []
    client = Client(CallbackAPIVersion.VERSION2, "late")
    client.on_message = lambda _c, _u, message: late.append(message)
    client.connect(mosquitto.host, mosquitto.port)
    client.subscribe("a/kept", 1)
    client.loop_start()
    until(lambda: late, "the kept message")
    client.disconnect()
    client.loop_stop()
    assert late[0].retain


def test_a_broker_that_goes_away_is_told(mosquitto, address, monkeypatch):
    """Not everything has reached it, and waiting for it ends."""
    monkeypatch.setattr(replay, "CONNECT_S", 0.5)

    def end(_seconds):
        mosquitto.process.kill()
        mosquitto.process.wait()

    with pytest.raises(UnreachableError, match="not everything has reached it") as caught:
        publish(address, recorded(3, every_ms=60_000), 1.0, end)
    assert caught.value.exit_code == EXIT_UNREACHABLE


def test_a_broker_that_is_not_there_is_told():
    """With its address."""
    nobody = BrokerAddress("127.0.0.1", 1, "replay")
    with pytest.raises(UnreachableError, match=r"no broker on 127.0.0.1:1: "):
        publish(nobody, recorded(1), 1.0)


def test_a_topic_that_nobody_may_publish_is_told_with_its_line(address):
    """A filter is no topic."""
    with pytest.raises(CommandError, match=r"line 1 can't be published: .*wildcard"):
        publish(address, recorded(1, topic="a/#"), 1.0)


@pytest.mark.parametrize("text", ["", ":1883", "hall:abc", "hall:99999", "a b", "[::1", "h:1:2"])
def test_an_address_that_is_none_is_told(text):
    """With what was found and what was expected."""
    with pytest.raises(UsageError, match=r"--broker: found .*, expected HOST or HOST:PORT"):
        host_and_port(text)
