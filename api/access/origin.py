"""Origin checks: whether a browser sent a change of its own accord, or another site made it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from api.problem import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(method: str, headers: Mapping[str, str]) -> None:
    """Refuses a change that comes with a cookie from a page that is not ours.

    Args:
        method: Of the request.
        headers: With names in lower case.

    Source:
        Fetch Metadata (W3C), `Sec-Fetch-Site`; `Origin` (RFC 6454) for browsers without it.

    Raises:
        Forbidden: If it is a change and neither header proves that it is ours.
    """
    if method in SAFE_METHODS:
        return
    site = headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    origin = headers.get("origin")
    if site is None and origin is not None and urlsplit(origin).netloc == headers.get("host"):
        return
    raise Forbidden("this change came from another site; make it on a page of this service")
