"""Sessions of browsers: from a one-time sign-in link to a cookie, and out again."""

from starlette.responses import Response

from api.access.token import hash_of
from api.people.store import PeopleStore

SESSION_MS = 12 * 60 * 60 * 1000
"""How long a session lasts: a working day. Our choice."""


def cookie_name(*, https: bool) -> str:
    """Name of the session's cookie.

    With the prefix browsers refuse it from a subdomain or over http (RFC 6265bis, 4.1.3).

    >>> cookie_name(https=True)
    '__Host-vrijplek'
    """
    return "__Host-vrijplek" if https else "vrijplek"


def sign_in(people: PeopleStore, ticket: str, now_ms: int) -> str | None:
    """Token of a new session for a sign-in link, which works no second time.

    Args:
        people: Where tickets and sessions are kept.
        ticket: The last part of the link's address.
        now_ms: Now, ms UTC.

    Returns:
        What goes in the cookie; None where the ticket is unknown, used or too old.
    """
    return people.sessions.redeem(hash_of(ticket), now_ms, now_ms + SESSION_MS)


def set_cookie(response: Response, token: str, *, https: bool) -> None:
    """Makes the browser keep the session."""
    response.set_cookie(
        cookie_name(https=https),
        token,
        max_age=SESSION_MS // 1000,
        path="/",
        secure=https,
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response, *, https: bool) -> None:
    """Makes the browser forget the session."""
    response.delete_cookie(
        cookie_name(https=https), path="/", secure=https, httponly=True, samesite="strict"
    )
