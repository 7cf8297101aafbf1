"""The session on a real broker: what is acknowledged is safe, what is not comes again."""

import time
from threading import Event, Thread

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from support.clock import ManualClock
from support.office import SITE, START_MS
from support.service import Ingest
from support.speaker import motion, readings

from ingest.clock import ServiceClock
from ingest.listener import Listener
from ingest.mailbox import Mailbox
from ingest.session import DROPPED, BrokerAddress, Session
from ingest.teller import MqttPublisher, Teller
from occupancy.state import State
from sensors.message import Message

PATIENCE_S = 10.0
FILTER = f"vrijplek/v1/{SITE}/+/readings"
pytestmark = pytest.mark.broker


def until(is_so, what):
    """Wait for something that is bound to come soon."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


class Board:
    """A client that publishes and hears what it is told."""

    def __init__(self, broker):
        self.heard = []
        self.client = Client(CallbackAPIVersion.VERSION2, "d1")
        self.client.on_message = lambda _client, _data, message: self.heard.append(message)
        self.client.connect(broker.host, broker.port)
        self.client.subscribe(f"vrijplek/v1/{SITE}/d1/ack", 0)
        self.client.loop_start()

    def send(self, message, qos=1):
        """Publish and wait until the broker has it."""
        sent = self.client.publish(message.topic, message.payload, qos)
        sent.wait_for_publish(PATIENCE_S)

    def leave(self):
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def board(mosquitto):
    """A board on the broker."""
    made = Board(mosquitto)
    yield made
    made.leave()


@pytest.fixture
def connect(mosquitto):
    """Starts the service's session; again, it is the next process."""
    made = []

    def start(mqtt5=True, size=100):
        address = BrokerAddress(mosquitto.host, mosquitto.port, "service", mqtt5=mqtt5)
        session = Session(address, [FILTER], Mailbox(size), lambda: START_MS)
        session.start()
        made.append(session)
        until(lambda: session.connected, "the session connects")
        return session

    yield start
    for session in made:
        session.mailbox.close()
        session.stop()


def said(seq):
    """A message of the board."""
    return readings("d1", motion(), seq=seq)


def taken(session, count=1):
    """Letters, as many as are bound to come."""
    letters = []
    until(
        lambda: letters.extend(session.mailbox.take(count, 0.05)) or len(letters) >= count,
        f"{count} letters",
    )
    return letters


@pytest.mark.parametrize("mqtt5", [True, False])
def test_what_was_not_acknowledged_comes_again(connect, board, mqtt5):
    """The next process gets what the last one had only in memory, and nothing else."""
    first = connect(mqtt5)
    for seq in range(3):
        board.send(said(seq))
    letters = taken(first, 3)
    first.acknowledge(letters[:1])
    first.stop()
    second = connect(mqtt5)
    payloads = [letter.message.payload for letter in taken(second, 2)]
    assert payloads == [said(1).payload, said(2).payload]
    assert second.mailbox.take(9, 0.2) == []


@pytest.mark.parametrize("mqtt5", [True, False])
def test_what_came_while_nobody_listened_is_kept(connect, board, mqtt5):
    """The broker keeps the session of a service that is away."""
    connect(mqtt5).stop()
    board.send(said(0))
    assert taken(connect(mqtt5))[0].message.payload == said(0).payload


def test_a_letter_of_an_earlier_connection_is_not_acknowledged(connect, board):
    """Its packet id may belong to another message by now."""
    session = connect()
    board.send(said(0))
    [letter] = taken(session)
    session.connections += 1
    session.acknowledge([letter])
    session.stop()
    assert taken(connect())[0].message.payload == said(0).payload


def test_a_filter_that_the_broker_refuses_is_known(mosquitto):
    """Where it grants others, these are heard all the same."""
    address = BrokerAddress(mosquitto.host, mosquitto.port, "service")
    session = Session(address, [FILTER, "others/#"], Mailbox(9), lambda: START_MS)
    session._on_subscribe(session.client, None, 1, [granted(1), granted(0x87), granted(0)], None)
    assert session.connected
    assert session.unheard == ("others/#",)


@pytest.mark.parametrize("mqtt5", [True, False])
def test_a_topic_that_is_followed_is_heard_until_it_is_not(connect, board, mqtt5):
    """On the connection that is there, and by the next process that follows it too."""
    session = connect(mqtt5)
    session.follow(("somewhere/garden",))
    until(lambda: not session.following._asked, "the broker's answer")
    board.send(Message("somewhere/garden", b"ON", START_MS))
    assert taken(session)[0].message.topic == "somewhere/garden"
    session.follow(())
    board.send(said(0))
    board.send(Message("somewhere/garden", b"OFF", START_MS))
    board.send(said(1))
    assert {one.message.topic for one in taken(session, 2)} == {said(0).topic}


def test_what_the_broker_drops_is_known(connect):
    """The number that the broker tells of itself, and not as a letter."""
    session = connect()
    client = session.client
    session._on_message(client, None, told(DROPPED, b"12"))
    session._on_message(client, None, told(DROPPED, b"none"))
    assert session.dropped == 12
    assert session.mailbox.take(1, 0) == []


def granted(code):
    """What the broker answers to one filter."""
    return ReasonCode(PacketTypes.SUBACK, identifier=code)


def told(topic, payload):
    """A message as paho hands it over."""
    message = MQTTMessage(0, topic.encode())
    message.payload = payload
    return message


class Network:
    """A listener on a real broker with a real database."""

    def __init__(self, broker, file, mailbox=None):
        self.failed = Event()
        clock = ServiceClock.started()
        self.ingest = Ingest(file, ManualClock())
        self.ingest.pipeline.clock = clock
        reader = BrokerAddress(broker.host, broker.port, "service")
        teller = BrokerAddress(broker.host, broker.port, "teller")
        mailbox = Mailbox() if mailbox is None else mailbox
        publisher = MqttPublisher(teller)
        self.listener = Listener(
            self.ingest.pipeline,
            Session(reader, [FILTER], mailbox, clock.now_ms),
            publisher,
            Teller(SITE, publisher),
            mailbox,
            clock,
            self.failed.set,
        )

    def start(self):
        """Listen, with both sessions there."""
        self.listener.start()
        until(lambda: self.listener.session.connected, "the session connects")
        until(self.listener.publisher.client.is_connected, "the teller connects")
        return self

    def stop(self):
        """End and close the file."""
        self.listener.stop()
        self.ingest.connection.close()

    def state(self, space):
        """What the view says of a space."""
        return self.ingest.view.spaces[space].state


def test_a_reading_is_answered_and_acknowledged(mosquitto, board, tmp_path):
    """From the board through broker and disk to the view and back to the board."""
    network = Network(mosquitto, tmp_path / "vrijplek.sqlite").start()
    board.send(said(0))
    until(lambda: network.state("desk-1") is State.OCCUPIED, "the desk is occupied")
    until(lambda: board.heard, "the board is told")
    network.stop()
    assert board.heard[0].payload == b'{"boot":"b1","durable":0}'
    assert not network.failed.is_set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_broken_disk_acknowledges_nothing(mosquitto, board, tmp_path):
    """The service ends, and the next one gets the message and counts it."""
    network = Network(mosquitto, tmp_path / "vrijplek.sqlite").start()
    network.ingest.journal.broken = True
    board.send(said(0))
    assert network.failed.wait(PATIENCE_S)
    assert not board.heard
    network.stop()
    after = Network(mosquitto, tmp_path / "vrijplek.sqlite").start()
    until(lambda: after.state("desk-1") is State.OCCUPIED, "the desk is occupied")
    until(lambda: board.heard, "the board is told")
    after.stop()
    assert after.ingest.pipeline.counters.duplicates == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_service_with_a_broken_disk_and_a_full_mailbox_still_stops(mosquitto, board, tmp_path):
    """The network thread that waits for a place does not hold the end up."""
    network = Network(mosquitto, tmp_path / "vrijplek.sqlite", mailbox=Mailbox(1)).start()
    network.ingest.journal.broken = True
    for seq in range(20):
        board.send(said(seq))
    assert network.failed.wait(PATIENCE_S)
    until(lambda: len(network.listener.mailbox) >= 1, "the mailbox is full")
    ending = Thread(target=network.listener.stop, daemon=True)
    ending.start()
    ending.join(PATIENCE_S)
    stopped = not ending.is_alive()
    network.listener.mailbox.close()
    ending.join(PATIENCE_S)
    network.ingest.connection.close()
    assert stopped
