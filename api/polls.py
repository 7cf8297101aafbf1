"""Polls: the answers that screens ask for all day, given again without going through the routes.

Owns the last answer of each list to each key. It is given again only while nothing has changed
and the key still counts; everything else goes on to the routes.
"""

from dataclasses import dataclass

from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.caller import Caller
from api.access.policy import CALLER
from api.access.token import hash_of
from api.etag import has_already
from api.meters import Meters
from api.services import Services

POLLED = frozenset({"/v1/desks", "/v1/rooms", "/v1/spaces"})
MOST_KEPT = 4096

Header = tuple[bytes, bytes]
Ask = tuple[str, bytes, bytes, bytes]
"""Path, query, hash of the `Authorization` header, `Accept-Language`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer and who got it."""

    caller: Caller
    etag: bytes
    headers: list[Header]
    headers_without_body: list[Header]
    body: bytes


class Polls:
    """Wraps the gate.

    Args:
        app: The gate and the routes.
        services: The view whose revision counts, and the keys.
        meters: Where answers are counted.
    """

    def __init__(self, app: ASGIApp, services: Services, meters: Meters) -> None:
        self._app = app
        self._view = services.view
        self._people = services.people
        self._kept: dict[Ask, Kept] = {}
        self._revision = -1
        self._counters: dict[tuple[str, int], Counter] = {
            (path, status): meters.answers.labels(path, "GET", status)
            for path in POLLED
            for status in (200, 304)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes one request."""
        if scope["type"] != "http" or scope["path"] not in POLLED or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        proof = headers.get(b"authorization")
        if proof is None or b"origin" in headers:
            await self._app(scope, receive, send)
            return
        language = headers.get(b"accept-language", b"")
        ask = (scope["path"], scope["query_string"], hash_of(proof.decode("latin-1")), language)
        kept = self._current(ask)
        if kept is None:
            await self._app(scope, receive, _Keeper(self, ask, scope, send).send)
        else:
            await self._answer(ask, kept, headers.get(b"if-none-match"), send)

    def _current(self, ask: Ask) -> Kept | None:
        revision = self._view.revision
        if revision != self._revision or len(self._kept) >= MOST_KEPT:
            self._kept.clear()
            self._revision = revision
        kept = self._kept.get(ask)
        if kept is None or self._people.keys.caller(kept.caller.credential) != kept.caller:
            return None
        return kept

    async def _answer(self, ask: Ask, kept: Kept, named: bytes | None, send: Send) -> None:
        same = named is not None and (
            named == kept.etag or has_already(named.decode("latin-1"), kept.etag.decode())
        )
        status = 304 if same else 200
        self._counters[ask[0], status].inc()
        headers = kept.headers_without_body if same else kept.headers
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if same else kept.body})

    @property
    def revision(self) -> int:
        """Of the view, when the kept answers were made."""
        return self._revision

    def keep(self, ask: Ask, kept: Kept, revision: int) -> None:
        """Keeps an answer that was made at a revision, unless that has passed."""
        if revision == self._revision:
            self._kept[ask] = kept


class _Keeper:
    """Sees one answer pass, and keeps it if it is whole and good."""

    def __init__(self, polls: Polls, ask: Ask, scope: Scope, send: Send) -> None:
        self._polls, self._ask, self._scope, self._send = polls, ask, scope, send
        self._revision = polls.revision
        self._headers: list[Header] | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._headers = list(message["headers"])
        elif self._headers is not None and not message.get("more_body", False):
            self._keep(self._headers, message["body"])
        await self._send(message)

    def _keep(self, headers: list[Header], body: bytes) -> None:
        caller = self._scope.get(CALLER)
        etag = dict(headers).get(b"etag")
        if not isinstance(caller, Caller) or etag is None:
            return
        bare = [h for h in headers if h[0] not in (b"content-length", b"content-type")]
        self._polls.keep(self._ask, Kept(caller, etag, headers, bare, body), self._revision)
