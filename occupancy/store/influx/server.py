"""A server of InfluxDB: which version it is, how we are known to it, and requests to it.

Source: the HTTP references of InfluxDB 1.x (`/ping`, `/query`, `/write`), 2.x (`/api/v2`), 3 Core.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import msgspec
import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from occupancy.point import (
    NotAllowedError,
    PointsRefusedError,
    StoreError,
    TooManyPointsError,
)

REFUSED, TOO_LARGE, TOO_OFTEN = (400, 422), 413, 429
"""Answers that are about the points, about how many they are, and about how often they come."""
QUOTED = 200
"""Characters of an answer that are told to people."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is and who we are there."""

    url: str
    token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    organisation: str = ""
    timeout_s: float = 10.0


@dataclass
class Server:
    """Requests to one server; safe for several threads."""

    address: Address
    _pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(num_pools=2, maxsize=4, retries=False)
    )

    def headers(self) -> dict[str, str]:
        """How we are known."""
        known = self.address
        if known.token:
            return {"Authorization": f"Token {known.token}"}
        if known.username:
            return urllib3.make_headers(basic_auth=f"{known.username}:{known.password}")
        return {}

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: object = None,
        timeout_s: float | None = None,
    ) -> BaseHTTPResponse:
        """The answer to a request, whatever its status.

        Raises:
            StoreError: If there is none.
        """
        headers = self.headers()
        if json is not None:
            body, headers = (
                msgspec.json.encode(json),
                headers | {"Content-Type": "application/json"},
            )
        url = self.address.url.rstrip("/") + path
        if query:
            url += "?" + urlencode(query)
        within_s = timeout_s or self.address.timeout_s
        try:
            return self._pool.request(method, url, body=body, headers=headers, timeout=within_s)
        except HTTPError as error:
            raise StoreError(f"{self.address.url} can't be reached: {error}") from error

    def version(self) -> int:
        """1, 2 or 3, by `/ping`, which all three have.

        Raises:
            StoreError: If it does not say, or is another program.
        """
        answer = self.ask("GET", "/ping")
        told = answer.headers.get("X-Influxdb-Version", "") or _version_in(answer.data)
        major = told.removeprefix("v").partition(".")[0]
        if major not in {"1", "2", "3"}:
            found = told or f"status {answer.status} and no version"
            raise StoreError(f"{self.address.url}/ping: found {found}, expected InfluxDB 1, 2 or 3")
        return int(major)

    def close(self) -> None:
        """Close its connections."""
        self._pool.clear()


def _version_in(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body).get("version", ""))
    except (msgspec.DecodeError, AttributeError):
        return ""


def check(status: int, body: bytes | str | None, headers: Mapping[str, str] | None) -> None:
    """Pass an answer that says yes.

    Raises:
        TooManyPointsError: If it says that there are too many points.
        PointsRefusedError: If it is about the points.
        NotAllowedError: If it is about who we are, or a place that is not there.
        StoreError: If it is about anything else.
    """
    if 200 <= status < 300:
        return
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    why = f"status {status}: {' '.join(text.split())[:QUOTED]}"
    if status == TOO_LARGE:
        raise TooManyPointsError(why, status)
    if status in REFUSED:
        raise PointsRefusedError(why, status)
    if 400 <= status < 500 and status != TOO_OFTEN:
        raise NotAllowedError(why)
    raise StoreError(why, retry_after_s(headers or {}))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer asks to wait, as a number or a date; None where it does not.

    Source: RFC 9110, section 10.2.3.

    >>> retry_after_s({"Retry-After": "7"}), retry_after_s({"Retry-After": "soon"})
    (7.0, None)
    """
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
