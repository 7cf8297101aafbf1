"""The outlet: an MQTT session of its own that leaves retained messages at the broker.

States go with QoS 0: paho would send an older one again after a newer one. What is lost with a
connection goes out anew after it. What is the same each time, devices and removals, goes with
QoS 1, so that the broker's answer tells whether it took them.
"""

import contextlib
import threading

import structlog
from paho.mqtt.client import (
    MQTT_ERR_SUCCESS,
    Client,
    ConnectFlags,
    MQTTMessage,
    MQTTMessageInfo,
)
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.session import KEEPALIVE_S, BrokerAddress, new_client
from vrijplek.publishing.topics import OFFLINE, ONLINE, Topics

log = structlog.get_logger(__name__)
GOODBYE_S = 1.0


class Outlet:
    """A paho client whose last will says that what is retained counts no more.

    Args:
        broker: Where and who.
        topics: Of the service, and of Home Assistant's birth.
    """

    def __init__(self, broker: BrokerAddress, topics: Topics) -> None:
        self.broker = broker
        self.topics = topics
        self.refused = 0
        """Messages that the broker said not to have taken; 3.1.1 has no word for it."""
        self._anew = threading.Event()
        self._has_begun = False
        self._last: MQTTMessageInfo | None = None
        self._sure: list[MQTTMessageInfo] = []
        self.client = new_client(broker, clean=True)
        self.client.will_set(topics.service, OFFLINE, 1, retain=True)
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = self._on_message
        self.client.on_publish = self._on_publish

    def start(self) -> None:
        """Connect in the background."""
        self.client.connect_async(self.broker.host, self.broker.port, KEEPALIVE_S)
        self.client.loop_start()

    def stop(self) -> None:
        """Say goodbye, and leave the broker."""
        if self.client.is_connected():
            with contextlib.suppress(RuntimeError, ValueError):  # the connection went meanwhile
                goodbye = self.client.publish(self.topics.service, OFFLINE, 1, retain=True)
                goodbye.wait_for_publish(GOODBYE_S)
        self.client.disconnect()
        self.client.loop_stop()

    def begins(self) -> bool:
        """Whether all has to be said from the start, told once each time.

        So it is after each connection, for the broker may have forgotten all; and when Home
        Assistant starts.
        """
        if not self._anew.is_set():
            return False
        self._anew.clear()
        self._has_begun = True
        self._last = None
        self._sure.clear()
        return True

    @property
    def is_free(self) -> bool:
        """Whether there is a connection that has begun, and what was said on it has gone out."""
        is_in = self._has_begun and self.client.is_connected()
        return is_in and (self._last is None or _is_out(self._last))

    @property
    def is_settled(self) -> bool:
        """Whether the broker has taken all that was said for sure since the beginning."""
        return not self.refused and all(
            info.rc == MQTT_ERR_SUCCESS and info.is_published() for info in self._sure
        )

    def say(self, topic: str, payload: bytes, *, surely: bool) -> None:
        """Leave a payload under a topic; an empty one takes away what is there."""
        self._last = self.client.publish(topic, payload, int(surely), retain=True)
        if surely:
            self._sure.append(self._last)

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.warning("broker refused the publisher", reason=str(reason))
            return
        client.subscribe(self.topics.birth)
        self._anew.set()

    def _on_disconnect(self, *_: object) -> None:
        self._has_begun = False

    def _on_message(self, _client: Client, _userdata: object, heard: MQTTMessage) -> None:
        if heard.payload == ONLINE and not heard.retain:
            self._anew.set()

    def _on_publish(
        self,
        _client: Client,
        _userdata: object,
        _packet_id: int,
        reason: ReasonCode,
        _properties: Properties,
    ) -> None:
        if reason.is_failure:
            if not self.refused:
                log.error("the broker takes not all that is published", reason=str(reason))
            self.refused += 1


def _is_out(info: MQTTMessageInfo) -> bool:
    """Whether a message is written to the socket, or acknowledged where that was asked for."""
    try:
        return info.is_published()
    except (RuntimeError, ValueError):
        return True  # lost with its connection: all is said anew after the next
