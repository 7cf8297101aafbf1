"""A proxy between boards, service and broker that cuts, delays and swallows."""

import asyncio
import contextlib
import threading
from dataclasses import dataclass

CHUNK = 4096


@dataclass
class Weather:
    """What becomes of bytes now."""

    delay_s: float = 0.0
    bytes_per_s: int = 0
    """Of each connection and way; 0 as fast as it goes."""
    cut_after: int = 0
    """Bytes after which a connection is cut; 0 never."""
    swallows: bool = False
    """Whether everything is taken and nothing is passed on: half open."""
    refuses: bool = False
    """Whether connections are closed as soon as they come."""


class Proxy:
    """Passes TCP on to a port, in a thread of its own, as the weather allows."""

    def __init__(self, target: int) -> None:
        self.target, self.weather = target, Weather()
        self.cuts = self.port = 0
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._tasks: set[asyncio.Task] = set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            with contextlib.suppress(asyncio.CancelledError):  # by `cut`; streams would log it
                if not self.weather.refuses:
                    await self._join(reader, writer)
        finally:
            await _cut(writer)
            self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return
        ways = [
            asyncio.create_task(self._pump(reader, inner_writer)),
            asyncio.create_task(self._pump(inner_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            inner_writer.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                weather = self.weather
                if weather.delay_s:
                    await asyncio.sleep(weather.delay_s)
                if weather.bytes_per_s:
                    await asyncio.sleep(len(chunk) / weather.bytes_per_s)
                if weather.swallows:
                    continue
                if weather.cut_after and passed + len(chunk) >= weather.cut_after:
                    writer.write(chunk[: weather.cut_after - passed])
                    self.cuts += 1
                    return
                passed += len(chunk)
                writer.write(chunk)
                await writer.drain()

    def cut(self) -> None:
        """Cut every connection that is there now."""
        for task in list(self._tasks):
            self._loop.call_soon_threadsafe(task.cancel)

    def close(self) -> None:
        """End all connections and the thread."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)


async def _cut(writer: asyncio.StreamWriter) -> None:
    """Close without waiting for what was not sent."""
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
