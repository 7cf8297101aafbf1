"""The teller: tells boards what is safe, and asks for what is missing, on a session of its own.

An acknowledgement may be lost: the next one says the same and more. So it is sent with QoS 0, at
most once a second and board. A board that has just connected is asked for its levels: what it said
before may be gone with the broker's memory.
"""

from collections.abc import Iterable
from typing import Protocol

import msgspec
from paho.mqtt.client import MQTT_ERR_SUCCESS

from ingest.session import KEEPALIVE_S, BrokerAddress, new_client
from sensors.families.own.family import PREFIX
from sensors.families.own.wire import Acknowledgement, Report, Resend
from sensors.memory import Memory

REPORTS = 200
"""Boards that are asked in one flush: after the broker was away, all are born at once."""


class Publisher(Protocol):
    """What the teller needs of an MQTT client."""

    def publish(self, topic: str, payload: bytes, qos: int) -> bool:
        """Send without waiting; whether it was taken."""


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

    def publish(self, topic: str, payload: bytes, qos: int) -> bool:
        """Send without waiting; not taken while there is no connection."""
        if not self.client.is_connected():
            return False
        return self.client.publish(topic, payload, qos).rc == MQTT_ERR_SUCCESS


class Teller:
    """Acknowledgements that wait for their second, resends and reports that were asked for.

    What is not taken waits: there is at most one of each for a board.

    Args:
        site: Part of the topics.
        publisher: How to send.
    """

    def __init__(self, site: str, publisher: Publisher) -> None:
        self.site = site
        self.publisher = publisher
        self._waiting: set[str] = set()
        self._born: dict[str, None] = {}
        self._asked: dict[str, tuple[str, int]] = {}
        self.resends = 0
        self.reports = 0
        """How often boards were asked how they are."""

    def note(self, safe: Iterable[str], born: Iterable[str] = ()) -> None:
        """Remember who has something new on disk, and who has just connected."""
        self._waiting.update(safe)
        self._born.update(dict.fromkeys(born))

    def flush(self, memory: Memory) -> int:
        """Tell every waiting board; how many could be told. To be called once a second."""
        told = {board for board in sorted(self._waiting) if self._tell(board, memory)}
        self._waiting -= told
        for board in list(self._born)[:REPORTS]:
            if self._send(board, "command", Report(), 1):
                self.reports += 1
                del self._born[board]
        return len(told)

    def _tell(self, board: str, memory: Memory) -> bool:
        """Say what is durable, and ask for what is missing; whether both could be sent."""
        ledger = memory.board(board).ledger
        if ledger.durable >= 0:
            durable = Acknowledgement(ledger.boot, ledger.durable)
            if not self._send(board, "ack", durable, 0):
                return False
        hole = ledger.hole
        if hole is None or self._asked.get(board) == (ledger.boot, hole):
            return True
        if not self._send(board, "command", Resend(ledger.boot, hole), 1):
            return False
        self._asked[board] = (ledger.boot, hole)
        self.resends += 1
        return True

    def _send(self, board: str, leaf: str, payload: msgspec.Struct, qos: int) -> bool:
        topic = f"{PREFIX}/{self.site}/{board}/{leaf}"
        return self.publisher.publish(topic, msgspec.json.encode(payload), qos)
