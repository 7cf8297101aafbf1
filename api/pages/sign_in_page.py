"""The door: sign in with a one-time link or a key, and sign out."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.access.authentication import by_header
from api.access.origin import check_origin
from api.access.policy import PUBLIC
from api.access.session import clear_cookie, cookie_name, set_cookie, sign_in
from api.access.token import hash_of
from api.context import InContext
from api.pages.landing import HOME, landing
from api.pages.page import HEADERS, Page
from api.problem import NotSignedIn

router = APIRouter(include_in_schema=False, dependencies=[Depends(PUBLIC)])


MOST_BYTES = 4000
"""Of the form; a longer body holds no key."""


@dataclass(frozen=True, slots=True)
class Form:
    """What someone at the door sent."""

    key: str = ""
    after: str = HOME
    """The page to go to next, safe to use."""


async def sent_form(request: Request) -> Form:
    """The form, empty where it is too long to be one."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return Form()
    fields = parse_qs(body.decode("ascii", "replace"))
    key, after = (fields.get(name, [""])[0] for name in ("key", "next"))
    return Form(key.strip(), landing(after))


SentForm = Annotated[Form, Depends(sent_form)]


@router.get("/sign-in")
def show_door(request: Request, context: InContext) -> HTMLResponse:
    """Where to paste a key."""
    after = landing(request.query_params.get("next", ""))
    return Page(request, context).answer("sign_in", problem=None, after=after)


@router.post("/sign-in")
def enter_with_key(request: Request, context: InContext, form: SentForm) -> Response:
    """A session for the person whose key this is."""
    check_origin(request.method, request.headers)
    page = Page(request, context)
    try:
        caller = by_header(f"Bearer {form.key}", context.services.people)
    except NotSignedIn:
        return page.answer("sign_in", 401, problem="key", after=form.after)
    if caller.person is None:
        return page.answer("sign_in", 403, problem="screen", after=form.after)
    now_ms = context.services.now_ms()
    ticket = context.services.people.sessions.ticket(caller.person, now_ms)
    token = sign_in(context.services.people, ticket, now_ms)
    response = RedirectResponse(form.after, 303, HEADERS)
    if token is not None:
        set_cookie(response, token, https=context.services.settings.https)
    return response


@router.get("/sign-in/{ticket}")
def enter_with_link(request: Request, context: InContext, ticket: str) -> Response:
    """A session for the person whose link this is.

    It answers a page that goes on by itself rather than a redirect: a browser that came from
    another site would not send a strict cookie along with the redirect.
    """
    page = Page(request, context)
    token = sign_in(context.services.people, ticket, context.services.now_ms())
    if token is None:
        return page.answer("message", 410, message="ticket")
    response = page.answer("welcome")
    set_cookie(response, token, https=context.services.settings.https)
    return response


@router.post("/sign-out")
def leave(request: Request, context: InContext) -> Response:
    """Ends the session and forgets the cookie."""
    check_origin(request.method, request.headers)
    https = context.services.settings.https
    token = request.cookies.get(cookie_name(https=https))
    if token is not None:
        context.services.people.sessions.end(hash_of(token))
    response = RedirectResponse("/sign-in", 303, HEADERS)
    clear_cookie(response, https=https)
    return response
