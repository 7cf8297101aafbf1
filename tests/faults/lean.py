"""A lean MQTT 5 client: thousands of them on one loop, with as much of paho's face as boards use.

QoS 1 at most; a connection that breaks is tried again after a while drawn by lot. What is published
while there is none is dropped, as by a board that sends again whatever is not acknowledged.
"""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from types import SimpleNamespace

CONNACK, PUBLISH, PUBACK = 2, 3, 4
KEEPALIVE_S = 30
AGAIN_S = (0.5, 8.0)
"""Before connecting again: so that two thousand don't come at once."""


class Loop:
    """An event loop in a thread of its own, for all lean clients of a test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="crowd", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all that runs on it."""
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _end(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class LeanClient:
    """One client, named as its user is.

    Args:
        name: Of the user and the client.
        loop: Where it lives.
        chance: For the waits between attempts.
    """

    def __init__(self, name: str, loop: Loop, chance: random.Random) -> None:
        self.name, self._loop, self._chance = name, loop.loop, chance
        self.on_connect: Callable = lambda *_: None
        self.on_message: Callable = lambda *_: None
        self.confirmed = 0
        """How many of its messages the broker has taken."""
        self._writer: asyncio.StreamWriter | None = None
        self._password, self._where, self._mid = "", ("", 0), 0
        self._task: asyncio.Task | None = None

    def username_pw_set(self, _name: str, password: str) -> None:
        """The password; the name is known."""
        self._password = password

    def connect_async(self, host: str, port: int, _keepalive_s: int) -> None:
        """Where to connect, once the loop runs."""
        self._where = (host, port)

    def loop_start(self) -> None:
        """Begin."""

        def begin() -> None:
            self._task = self._loop.create_task(self._run())

        self._loop.call_soon_threadsafe(begin)

    def is_connected(self) -> bool:
        """Whether the broker has let it in."""
        return self._writer is not None

    def publish(self, topic: str, payload: bytes | str, qos: int, retain: bool = False) -> None:
        """Publish; any thread may call."""
        body = payload.encode() if isinstance(payload, str) else payload
        self._mid = self._mid % 65_535 + 1
        head = _text(topic) + (self._mid.to_bytes(2, "big") if qos else b"") + b"\0"
        self._send(PUBLISH << 4 | qos << 1 | retain, head + body)

    def subscribe(self, topics: list[tuple[str, int]]) -> None:
        """Subscribe; any thread may call."""
        wanted = b"".join(_text(topic) + bytes([qos]) for topic, qos in topics)
        self._send(0x82, b"\0\1\0" + wanted)

    def disconnect(self) -> None:
        """Go away for good, without a word."""
        self._loop.call_soon_threadsafe(lambda: self._task and self._task.cancel())

    def loop_stop(self) -> None:
        """The loop is ended for all at once."""

    def _send(self, first: int, body: bytes) -> None:
        packet = bytes([first]) + _length(len(body)) + body

        def send() -> None:
            if self._writer is not None:
                self._writer.write(packet)

        self._loop.call_soon_threadsafe(send)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, EOFError):
                await self._session()
            await asyncio.sleep(self._chance.uniform(*AGAIN_S))

    async def _session(self) -> None:
        reader, writer = await asyncio.open_connection(*self._where)
        beating = asyncio.create_task(_ping(writer))
        try:
            flags = b"\xc2" + KEEPALIVE_S.to_bytes(2, "big") + b"\0"
            who = _text(self.name) * 2 + _text(self._password)
            body = _text("MQTT") + b"\5" + flags + who
            writer.write(b"\x10" + _length(len(body)) + body)
            while True:
                kind, packet = await _packet(reader)
                self._take(kind, packet, writer)
        finally:
            self._writer = None
            beating.cancel()
            writer.transport.abort()

    def _take(self, kind: int, packet: bytes, writer: asyncio.StreamWriter) -> None:
        if kind >> 4 == CONNACK:
            if packet[1]:
                raise ConnectionRefusedError(f"{self.name}: reason {packet[1]}")
            self._writer = writer
            self.on_connect(self)
        elif kind >> 4 == PUBACK:
            self.confirmed += 1
        elif kind >> 4 == PUBLISH:
            end = 2 + int.from_bytes(packet[:2], "big")
            topic, qos = packet[2:end].decode(), kind >> 1 & 3
            if qos:
                writer.write(b"\x40\2" + packet[end : end + 2])
            start = end + 2 * bool(qos)
            payload = packet[start + 1 + packet[start] :]
            self.on_message(self, None, SimpleNamespace(topic=topic, payload=payload))


async def _ping(writer: asyncio.StreamWriter) -> None:
    while True:
        await asyncio.sleep(KEEPALIVE_S / 2)
        writer.write(b"\xc0\0")


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """First byte and body of the next packet."""
    [kind] = await reader.readexactly(1)
    length = shift = 0
    while True:
        [byte] = await reader.readexactly(1)
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return kind, await reader.readexactly(length)


def _text(words: str) -> bytes:
    """As MQTT writes it.

    >>> _text("MQTT").hex()
    '00044d515454'
    """
    return len(words.encode()).to_bytes(2, "big") + words.encode()


def _length(count: int) -> bytes:
    """A length of seven bits a byte, the lowest first.

    >>> _length(321).hex()
    'c102'
    """
    found = bytearray()
    while True:
        count, low = count >> 7, count & 0x7F
        found.append(low | (0x80 if count else 0))
        if not count:
            return bytes(found)
