"""The teller: tells boards what is safe, and asks for what is missing, on a session of its own.

An acknowledgement may be lost: the next one says the same and more. So it is sent with QoS 0, at
most once a second and board.
"""

from typing import Protocol

import msgspec

from ingest.session import KEEPALIVE_S, BrokerAddress, new_client
from sensors.families.vrijplek import PREFIX
from sensors.families.wire import Acknowledgement, Resend
from sensors.memory import Memory


class Publisher(Protocol):
    """What the teller needs of an MQTT client."""

    def publish(self, topic: str, payload: bytes, qos: int) -> object:
        """Send without waiting."""


class MqttPublisher:
    """A paho client that only publishes."""

    def __init__(self, broker: BrokerAddress) -> None:
        self.broker = broker
        self.client = new_client(broker, clean=True)

    def start(self) -> None:
        """Connect in the background."""
        self.client.connect_async(self.broker.host, self.broker.port, KEEPALIVE_S)
        self.client.loop_start()

    def stop(self) -> None:
        """Leave the broker."""
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self, topic: str, payload: bytes, qos: int) -> object:
        """Send without waiting; dropped while there is no connection, boards ask again."""
        return self.client.publish(topic, payload, qos) if self.client.is_connected() else None


class Teller:
    """Acknowledgements that wait for their second, and resends that were asked for.

    Args:
        site: Part of the topics.
        publisher: How to send.
    """

    def __init__(self, site: str, publisher: Publisher) -> None:
        self.site = site
        self.publisher = publisher
        self._waiting: set[str] = set()
        self._asked: dict[str, tuple[str, int]] = {}
        self.resends = 0

    def note(self, boards: set[str]) -> None:
        """Remember that these boards have something new on disk."""
        self._waiting |= boards

    def flush(self, memory: Memory) -> int:
        """Tell every waiting board; how many there were. To be called once a second."""
        for board in sorted(self._waiting):
            ledger = memory.board(board).ledger
            if ledger.durable >= 0:
                self._send(board, "ack", Acknowledgement(ledger.boot, ledger.durable), 0)
            hole = ledger.hole
            if hole is not None and self._asked.get(board) != (ledger.boot, hole):
                self._asked[board] = (ledger.boot, hole)
                self.resends += 1
                self._send(board, "command", Resend(ledger.boot, hole), 1)
        told = len(self._waiting)
        self._waiting.clear()
        return told

    def _send(self, board: str, leaf: str, payload: msgspec.Struct, qos: int) -> None:
        topic = f"{PREFIX}/{self.site}/{board}/{leaf}"
        self.publisher.publish(topic, msgspec.json.encode(payload), qos)
