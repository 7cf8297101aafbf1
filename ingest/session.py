"""The MQTT session: one connection with a fixed client id, acknowledged by hand.

A new process goes on with the session of the last one: MQTT 5 with ``clean_start`` false and an
expiry of days, or 3.1.1 with ``clean_session`` false. Handlers are set before connecting, because
the broker sends what waited as soon as it knows the client.

Source: decision 0002; MQTT 5.0 sections 3.1.2.4 and 4.4.
"""

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from paho.mqtt.client import (
    MQTT_CLEAN_START_FIRST_ONLY,
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
)
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.following import Following
from ingest.mailbox import Letter, Mailbox
from sensors.message import Message

log = structlog.get_logger(__name__)

EXPIRY_S = 7 * 24 * 3600
KEEPALIVE_S = 30
IN_FLIGHT = 2_000
DROPPED = "$SYS/broker/publish/messages/dropped"
"""Where mosquitto tells how many messages it has dropped; other brokers say nothing there."""
MOST_DIGITS = 18
MOST_FORGOTTEN = 100
"""Losses of the session that wait to be written down; each is counted besides."""
RECONNECT_S = ((1, 2), (6, 10))
"""Between which whole seconds the first and the longest wait before connecting again are drawn."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are there."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    client_id: str = "vrijplek"
    """Where there is no user name; else the client id is that, as the broker demands."""
    mqtt5: bool = True
    """False for brokers that speak only 3.1.1."""


def new_client(broker: BrokerAddress, *, clean: bool) -> Client:
    """A paho client with our identity; the client id is the user name, as the broker demands."""
    name = broker.username or broker.client_id
    if broker.mqtt5:
        client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
    else:
        client = Client(CallbackAPIVersion.VERSION2, name, clean_session=clean)
    if broker.username:
        client.username_pw_set(broker.username, broker.password)
    shortest_s, longest_s = (random.randint(*span) for span in RECONNECT_S)  # noqa: S311 - jitter
    client.reconnect_delay_set(shortest_s, longest_s)
    return client


class Session:
    """The session that hears the boards.

    Args:
        broker: Where and who.
        filters: Topic filters, disjoint.
        mailbox: Where letters go.
        now_ms: Service time, ms UTC.
        resumes: Whether an earlier process has left a session at the broker.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        filters: Sequence[str],
        mailbox: Mailbox,
        now_ms: Callable[[], int],
        *,
        resumes: bool = False,
    ) -> None:
        self.broker = broker
        self.filters = tuple(filters)
        self.mailbox = mailbox
        self.now_ms = now_ms
        self.connected = False
        """Whether the broker has answered what we want to hear: from then on it keeps that."""
        self.unheard: tuple[str, ...] = ()
        """Filters that the broker has refused us."""
        self.connections = 0
        self.sessions_lost = 0
        self.dropped = 0
        """What the broker says to have dropped since it was started, for all of its clients."""
        self.forgotten: deque[int] = deque(maxlen=MOST_FORGOTTEN)
        """When the broker was found to have forgotten us, ms UTC; taken by the listener."""
        self._expects = resumes
        self.client = new_client(broker, clean=False)
        self.following = Following(self.client, mqtt5=broker.mqtt5)
        self.client.manual_ack_set(on=True)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = self._on_message

    def start(self) -> None:
        """Connect in the background and go on for ever, until `stop`."""
        properties = None
        if self.broker.mqtt5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = EXPIRY_S
            properties.ReceiveMaximum = IN_FLIGHT
        self.client.connect_async(
            self.broker.host,
            self.broker.port,
            KEEPALIVE_S,
            clean_start=False if self.broker.mqtt5 else MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties,
        )
        self.client.loop_start()

    def stop(self) -> None:
        """Leave the broker, which keeps the session."""
        self.client.disconnect()
        self.client.loop_stop()

    def acknowledge(self, letters: Sequence[Letter]) -> None:
        """Acknowledge letters of the present connection; others come again by themselves."""
        for letter in letters:
            if letter.qos and letter.connection == self.connections:
                self.client.ack(letter.packet_id, letter.qos)

    def follow(self, topics: tuple[str, ...]) -> None:
        """Hear these topics besides the filters, see `Following.follow`."""
        self.following.follow(topics, is_connected=self.connected)

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.warning("broker refused the connection", reason=str(reason))
            return
        self.connections += 1
        if self._expects and not flags.session_present:
            self.sessions_lost += 1
            self.forgotten.append(self.now_ms())
            log.warning("the broker has lost the session; subscribing again")
        self._expects = True
        self._subscribe(client)
        self.following.begin()

    def _subscribe(self, client: Client) -> None:
        """Subscribe every time; the births that the broker keeps are wanted in a new session."""
        if not self.broker.mqtt5:
            client.subscribe([(topic, 1) for topic in self.filters] + [(DROPPED, 0)])
            return
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        at_most_once = SubscribeOptions(qos=0)
        wanted = [(topic, options) for topic in self.filters]
        client.subscribe([*wanted, (DROPPED, at_most_once)])

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: object,
        packet_id: int,
        answers: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        """Only now does the broker keep messages for us; before, it may drop them unheard."""
        if self.following.is_answered(packet_id, answers):
            return
        asked = zip(self.filters, answers, strict=False)
        self.unheard = tuple(topic for topic, answer in asked if answer.is_failure)
        if self.unheard:
            log.error("the broker refuses to tell us some messages", filters=self.unheard)
        self.connected = True
        self.following.catch_up()
        log.info("connected to the broker", host=self.broker.host, port=self.broker.port)

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self.connected = False
        if reason.is_failure:
            log.warning("lost the broker; connecting again", reason=str(reason))

    def _on_message(self, _client: Client, _userdata: object, heard: MQTTMessage) -> None:
        if heard.topic == DROPPED:
            self._note_dropped(bytes(heard.payload))
            return
        message = Message(heard.topic, bytes(heard.payload), self.now_ms(), bool(heard.retain))
        self.mailbox.put(Letter(message, heard.mid, heard.qos, self.connections))

    def _note_dropped(self, payload: bytes) -> None:
        if not payload.isdigit():
            return
        dropped = int(payload[:MOST_DIGITS])
        if dropped > self.dropped:
            log.warning("the broker drops messages; boards send theirs again", so_far=dropped)
        self.dropped = dropped
