"""The connection of one board to the broker.

Owns connecting, reconnecting, birth, will, goodbye, sending and listening. What is said is the
board's affair.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from types import TracebackType

import aiomqtt
import numpy as np
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY

from firmware_sim.board import Board
from firmware_sim.clock import Clock

KEEPALIVE_S = 15
"""Of the wall clock: the broker knows no simulated time."""
SEND_S = 5.0
"""How long one message may take to be taken by the broker."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 20.0
OFF_WAIT_S, IDLE_WAIT_S = 0.05, 1.0
"""How often a link looks whether its board is on again, or has something to say."""
MOST_HEARD_AT_ONCE = 256
"""Acknowledgements and commands waiting to be read; more are dropped, since each ack says all."""
GOODBYE_S = 1.0


@dataclass(frozen=True, slots=True)
class Broker:
    """Where boards connect, and how."""

    host: str
    port: int
    protocol: aiomqtt.ProtocolVersion = aiomqtt.ProtocolVersion.V5


class PowerLostError(Exception):
    """The board went off while it was connected."""


class Connection(aiomqtt.Client):
    """A client that can also vanish as if its power was cut."""

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Disconnect, and take note of why the connection ended, or asyncio prints it later."""
        try:
            await super().__aexit__(exc_type, exc, tb)
        finally:
            if self._disconnected.done() and not self._disconnected.cancelled():
                self._disconnected.exception()

    async def drop(self) -> None:
        """Close the socket without a word, so that the broker publishes the will."""
        with contextlib.suppress(OSError):
            raw = self._client.socket()
            if isinstance(raw, socket.socket):
                raw.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(aiomqtt.MqttError):
            await self._wait_for(self._disconnected, timeout=1.0)


class Link:
    """Keeps one board connected and its messages flowing."""

    def __init__(
        self,
        board: Board,
        site: str,
        broker: Broker,
        password: str | None,
        clock: Clock,
        pause_s: float = 0.0,
    ) -> None:
        """Not connected yet.

        Args:
            board: Whose link it is.
            site: Part of the topics.
            broker: Where to connect.
            password: The board's own; None for none.
            clock: Simulated time.
            pause_s: Wall clock time between two messages, in which readings gather.
        """
        self._board, self._broker, self._password, self._clock = board, broker, password, clock
        self._base = f"vrijplek/v1/{site}/{board.id}"
        self._pause_s = pause_s
        self._wake, self._stopping = asyncio.Event(), asyncio.Event()
        self._jitter = np.random.default_rng()
        self._wait_s = FIRST_WAIT_S
        self.connected = False
        self.sent = self.failures = 0
        self.last_error = ""

    def wake(self) -> None:
        """There may be something to say."""
        self._wake.set()

    def stop(self) -> None:
        """Say goodbye and end `run`."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Stay connected until stopped."""
        while not self._stopping.is_set():
            if not self._board.on:
                await _first(self._stopping, OFF_WAIT_S)
                continue
            try:
                await self._session()
                continue
            except PowerLostError:
                self._wait_s = FIRST_WAIT_S
            except (aiomqtt.MqttError, OSError) as error:
                self.failures += 1
                self.last_error = str(error)
            finally:
                self.connected = False
            wait_s = self._wait_s * float(self._jitter.uniform(0.5, 1.0))
            await _first(self._stopping, wait_s)
            self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)

    async def _session(self) -> None:
        """One connection, from birth to its end."""
        board = self._board
        boot = board.boot
        async with self._connection() as connection:
            await connection.subscribe([(f"{self._base}/ack", 0), (f"{self._base}/command", 1)])
            birth = board.birth(self._clock.now_ms())
            await connection.publish(f"{self._base}/status", birth, qos=1, retain=True)
            self.connected, self._wait_s = True, FIRST_WAIT_S
            listening = asyncio.create_task(self._listen(connection))
            try:
                await self._speak(connection, listening, boot)
            except PowerLostError:
                await connection.drop()
                raise
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    def _connection(self) -> Connection:
        board = self._board
        will = aiomqtt.Will(f"{self._base}/status", board.farewell(), qos=1, retain=True)
        is_old = self._broker.protocol is not aiomqtt.ProtocolVersion.V5
        return Connection(
            self._broker.host,
            self._broker.port,
            username=None if self._password is None else board.id,
            password=self._password,
            identifier=board.id,
            protocol=self._broker.protocol,
            will=will,
            clean_session=True if is_old else None,
            clean_start=MQTT_CLEAN_START_FIRST_ONLY if is_old else True,
            keepalive=KEEPALIVE_S,
            timeout=SEND_S,
            max_queued_incoming_messages=MOST_HEARD_AT_ONCE,
        )

    async def _speak(
        self, connection: Connection, listening: asyncio.Task[None], boot: str
    ) -> None:
        """Send what is due, until the board stops, reboots or the connection breaks."""
        board = self._board
        while True:
            if listening.done() and (broken := listening.exception()) is not None:
                raise broken
            if self._stopping.is_set() or listening.done():
                await self._say_goodbye(connection)
                return
            if not board.on or board.boot != boot:
                raise PowerLostError
            ring = board.ring
            message = board.next_message(self._clock.now_ms())
            if message is None:
                await _first(self._wake, IDLE_WAIT_S)
                self._wake.clear()
                continue
            try:
                await connection.publish(f"{self._base}/readings", message.payload, qos=1)
            except aiomqtt.MqttError:
                ring.put_back(message)
                raise
            self.sent += 1
            if self._pause_s and not board.ring.has_more:
                await asyncio.sleep(self._pause_s)

    async def _listen(self, connection: Connection) -> None:
        """Take acknowledgements and commands; ends when the board was told to restart."""
        async for message in connection.messages:
            payload = message.payload if isinstance(message.payload, bytes) else b""
            if message.topic.value.endswith("/ack"):
                self._board.acknowledged(payload)
                continue
            now_ms = self._clock.now_ms()
            wants_restart = self._board.command(payload, now_ms) == "restart"
            self.wake()
            if wants_restart:
                return

    async def _say_goodbye(self, connection: Connection) -> None:
        """Tell that the board goes on purpose; a restart follows unless the link stops."""
        farewell = self._board.farewell()
        status = f"{self._base}/status"
        await connection.publish(status, farewell, qos=1, retain=True, timeout=GOODBYE_S)
        self._board.cut_power(self._clock.now_ms(), 3000)


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
