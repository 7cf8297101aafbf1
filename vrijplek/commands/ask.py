"""Asking a running service over HTTP."""

import json
import urllib.error
import urllib.request
from typing import Any

from vrijplek.errors import CommandError, UnreachableError

TIMEOUT_S = 5.0


def ask(base: str, path: str, key: str) -> dict[str, Any]:
    """The answer to a GET.

    Raises:
        UnreachableError: If nobody answers there.
        CommandError: If the answer is a problem; with its detail.
    """
    request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {key}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        raise CommandError(_detail(error)) from error
    except OSError as error:
        raise UnreachableError(f"no service answers at {base}: {error}") from error


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.load(error)
        return f"{problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"the service answered {error.code}"
