"""The gate: what every request and every answer passes, whatever route it takes.

Adds the headers that all answers bear, limits bodies, counts, and turns a failure into a problem.
"""

import time
import traceback
from pathlib import Path

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.meters import Meters
from api.problem import Problem
from api.services import Settings

MOST_BODY_BYTES = 64 * 1024

log = structlog.get_logger(__name__)


class TooLarge(Problem):
    """A body that nobody wants to read: 413."""

    def __init__(self) -> None:
        super().__init__(413, f"found a body of more than {MOST_BODY_BYTES} bytes")


class Gate:
    """Wraps the routes.

    Args:
        app: The routes.
        settings: Version, and whether there is https.
        meters: Where answers are counted.
    """

    def __init__(self, app: ASGIApp, settings: Settings, meters: Meters) -> None:
        self._app = app
        self._meters = meters
        self._headers = {
            "API-Version": settings.version,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
        }
        if settings.https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = _Passage(scope, receive, send, self._headers, self._meters)
        try:
            await self._app(scope, passage.receive, passage.send)
        except Exception as error:  # noqa: BLE001 (the last to see it; the log keeps it)
            await passage.fail(error)


class _Passage:
    """One request on its way through."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str], meters: Meters
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._headers, self._meters = headers, meters
        self._began_s = time.perf_counter()
        self._status = 0
        self._body_bytes = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._body_bytes += len(message.get("body", b""))
        if self._body_bytes > MOST_BODY_BYTES:
            raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        """Sends on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            self._count()
        await self._send(message)

    def _count(self) -> None:
        route = getattr(self._scope.get("route"), "path", "none")
        self._meters.answers.labels(route, _method(self._scope), self._status).inc()
        self._meters.seconds.observe(time.perf_counter() - self._began_s)

    async def fail(self, error: Exception) -> None:
        """Answers with a problem where no answer has begun; the log tells the kind and place."""
        if not isinstance(error, Problem):
            path = getattr(self._scope.get("route"), "path", "none")
            kind = type(error).__name__
            log.error("request failed", route=path, error=kind, places=_places(error))
        if self._status:
            raise error
        problem = error if isinstance(error, Problem) else Problem(500, "the service failed")
        request = Request(self._scope, self._receive)
        await problem.response()(request.scope, self._receive, self.send)


def _places(error: Exception) -> list[str]:
    """Where an error went through the code; its text is left out, as it may quote a caller."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"
