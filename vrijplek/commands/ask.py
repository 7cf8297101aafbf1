"""Asking a running service over HTTP."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from vrijplek.errors import CommandError, UnreachableError

TIMEOUT_S = 5.0
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A service on this machine is not behind the proxy that the environment may name."""


def ask(
    base: str, path: str, key: str, method: str = "GET", body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The answer to a request.

    Args:
        base: Address of the service.
        path: Not quoted yet.
        key: Bearer key.
        method: Of the request.
        body: What to send as JSON.

    Raises:
        UnreachableError: If nobody answers there.
        CommandError: If the answer is a problem; with its detail.
    """
    url = base + urllib.parse.quote(path)
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    sent = None
    if body is not None:
        sent, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    request = urllib.request.Request(url, sent, headers, method=method)  # noqa: S310
    try:
        with _direct.open(request, timeout=TIMEOUT_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        raise CommandError(_detail(error)) from error
    except (ValueError, http.client.HTTPException) as error:
        raise UnreachableError(f"{base} answers, but it is no vrijplek") from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise UnreachableError(f"no service answers at {base}: {reason}") from error


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.load(error)
        return f"{problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"the service answered {error.code}"
