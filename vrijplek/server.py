"""The HTTP server: uvicorn on a socket that was bound before anything else was started."""

import asyncio
import contextlib
import errno
import signal
import socket
import time
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from vrijplek.errors import PortTakenError, UsageError
from vrijplek.signals import STOPPING, Signals

GOODBYE_S = 1
IMPATIENT_S = 0.5
"""A second signal sooner than this is the first one, passed on by a parent as well."""


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at an address.

    Raises:
        PortTakenError: If another program has the port.
        UsageError: If this machine has no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(256)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(host, port) from error
        told = f"can't listen on {host}, port {port}: {error.strerror or error}"
        raise UsageError(told) from error
    return bound


class _Uvicorn(uvicorn.Server):
    """uvicorn that leaves the signals to us, and says goodbye to those who listen for ever."""

    def __init__(self, config: uvicorn.Config, hang_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._hang_up = hang_up

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends streams first: else they would be cut off after `GOODBYE_S`, with a complaint."""
        self._hang_up()
        await super().shutdown(sockets)

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()


class Server:
    """Answers until it is told to stop, by a signal or by `stop`.

    Args:
        app: What answers.
        bound: Where it listens.
        hang_up: Ends the answers that would go on for ever.
        outside: What signals do before and after.
    """

    def __init__(
        self,
        app: FastAPI,
        bound: socket.socket,
        hang_up: Callable[[], None],
        outside: Signals,
    ) -> None:
        self._bound, self._outside = bound, outside
        self._signalled_s = 0.0
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="on",
                server_header=False,
                timeout_graceful_shutdown=GOODBYE_S,
            ),
            hang_up,
        )

    @property
    def port(self) -> int:
        """The port it answers on."""
        return int(self._bound.getsockname()[1])

    def stop(self) -> None:
        """Have it end; from any thread."""
        self._server.should_exit = True

    async def run(self, while_running: Callable[[], None], every_s: float = 0.5) -> None:
        """Answer until told to stop, calling ``while_running`` now and then.

        A second signal ends open answers at once.
        """
        watch = asyncio.create_task(self._watch(while_running, every_s), name="watch")
        try:
            with self._signals():
                await self._server.serve([self._bound])
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """The loop takes the signals; in between none meets what Python does by itself."""
        loop = asyncio.get_running_loop()
        before = {signum: signal.getsignal(signum) for signum in STOPPING}
        for signum in STOPPING:
            loop.add_signal_handler(signum, self._on_signal)
        self._outside.ignore()
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
            for signum, handler in before.items():
                loop.remove_signal_handler(signum)
                signal.signal(signum, handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def _on_signal(self) -> None:
        now_s = time.monotonic()
        if self._server.should_exit and now_s - self._signalled_s > IMPATIENT_S:
            self._server.force_exit = True
        self._server.should_exit, self._signalled_s = True, now_s

    async def _watch(self, while_running: Callable[[], None], every_s: float) -> None:
        """What goes wrong in ``while_running`` ends the server, and is raised when it has ended."""
        try:
            while True:
                await asyncio.sleep(every_s)
                while_running()
        finally:
            self.stop()
