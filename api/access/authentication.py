"""Authentication: from a request to the caller who sent it."""

from fastapi import Request

from api.access.caller import Caller
from api.access.session import cookie_name
from api.access.token import KEY_PREFIX, hash_of
from api.people.store import PeopleStore
from api.problem import NotSignedIn
from api.services import Services


def caller_of(request: Request, services: Services) -> Caller | None:
    """Who sent this request, None where it bears neither a key nor a session.

    A key in the `Authorization` header goes before a cookie.

    Raises:
        NotSignedIn: If it bears a key or a session that is not, or no longer, valid.
    """
    header = request.headers.get("authorization")
    if header is not None:
        return by_header(header, services.people)
    token = request.cookies.get(cookie_name(https=services.settings.https))
    if token is None:
        return None
    caller = services.people.sessions.caller(hash_of(token), services.now_ms())
    if caller is None:
        raise NotSignedIn("this session is over; use a new sign-in link")
    return caller


def by_header(header: str, people: PeopleStore) -> Caller:
    """The caller whose bearer key this `Authorization` header holds.

    Raises:
        NotSignedIn: If there is no such key.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(KEY_PREFIX):
        raise NotSignedIn(f"found another scheme or token, expected Bearer {KEY_PREFIX}...")
    caller = people.keys.caller(hash_of(token))
    if caller is None:
        raise NotSignedIn("this key is not known here, or was revoked")
    return caller


def still_valid(caller: Caller, services: Services) -> bool:
    """Whether a caller of a moment ago would be let in now, for answers that last."""
    if caller.by_cookie:
        return services.people.sessions.caller(caller.credential, services.now_ms()) == caller
    return services.people.keys.caller(caller.credential) == caller
