"""Tapping: messages of a broker as they come, for commands that look on."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

from ingest.session import BrokerAddress, new_client
from vrijplek.capture import Recorded
from vrijplek.commands.replay import host_and_port
from vrijplek.commands.state import password_of
from vrijplek.errors import UnreachableError
from vrijplek.running import Running

WAITING = 10_000
"""Messages that may wait to be looked at; further ones are dropped and counted."""
CONNECT_S = 10.0


def address_of(
    state: Path, broker: str, username: str, password_file: Path | None
) -> BrokerAddress:
    """Where to look on: the broker of the running service, or another.

    Raises:
        UsageError: If `broker` is no HOST:PORT.
        UnreachableError: If no service is known in the folder.
    """
    password = password_file.read_text().strip() if password_file else ""
    if broker:
        host, port = host_and_port(broker)
        return BrokerAddress(host, port, username, password)
    running = Running.read(state)
    return BrokerAddress(
        running.broker_host,
        running.broker_port,
        username,
        password or password_of(state, username),
        mqtt5=running.broker != "amqtt",
    )


class Tap:
    """One look at a broker.

    Args:
        address: Where and who.
        filters: What to hear.
        now_s: The wall clock, s UTC.
    """

    def __init__(
        self,
        address: BrokerAddress,
        filters: Sequence[str],
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.dropped = 0
        """Messages that nobody looked at in time."""
        self._address, self._filters, self._now_s = address, filters, now_s
        self._waiting: queue.Queue[MQTTMessage] = queue.Queue(WAITING)
        self._client = new_client(address, clean=True)
        self._client.on_message = self._take
        self._client.on_connect = lambda client, *_: self._subscribe(client)
        self._client.on_subscribe = self._answered
        self._heard = threading.Event()
        self._unheard: list[str] = []

    def messages(self, for_s: float | None) -> Iterator[Recorded | None]:
        """Messages for a while, or without end; None once it listens, and where there is none.

        Raises:
            UnreachableError: If the broker does not answer, or refuses the account or a filter.
        """
        address = self._address
        try:
            self._client.connect(address.host, address.port, 30)
        except OSError as error:
            told = f"no broker on {address.host}:{address.port}: {error}"
            raise UnreachableError(told) from error
        self._client.loop_start()
        try:
            self._wait()
            yield None
            yield from self._until(None if for_s is None else time.monotonic() + for_s)
        finally:
            self._client.disconnect()
            self._client.loop_stop()

    def _until(self, end_s: float | None) -> Iterator[Recorded | None]:
        number = 0
        while end_s is None or time.monotonic() < end_s:
            try:
                one = self._waiting.get(timeout=0.2)
            except queue.Empty:
                yield None
                continue
            number += 1
            at_ms = int(self._now_s() * 1000)
            yield Recorded(number, at_ms, one.topic, bytes(one.payload), one.qos, one.retain)

    def _wait(self) -> None:
        is_answered = self._heard.wait(CONNECT_S)
        if not self._client.is_connected():
            told = f"the broker does not let {self._address.username!r} in"
            raise UnreachableError(told)
        if not is_answered or self._unheard:
            what = " and ".join(self._unheard or self._filters)
            told = f"the broker does not let {self._address.username!r} hear {what}"
            raise UnreachableError(told)

    def _subscribe(self, client: Client) -> None:
        client.subscribe([(one, 0) for one in self._filters])

    def _answered(
        self, _client: Client, _data: object, _id: int, answers: list[ReasonCode], _more: object
    ) -> None:
        asked = zip(self._filters, answers, strict=False)
        self._unheard = [one for one, answer in asked if answer.is_failure]
        self._heard.set()

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            self.dropped += 1
