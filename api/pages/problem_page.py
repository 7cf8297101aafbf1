"""Problems for browsers: the door where nobody is signed in, else a page like the others."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.access.authentication import caller_of
from api.access.caller import Caller
from api.context import Context
from api.pages.landing import HOME, door
from api.pages.page import HEADERS, Page
from api.problem import NotSignedIn

API = "/v1"
MESSAGES = {403: "forbidden", 404: "not-found"}


def wants_page(request: Request) -> bool:
    """Whether an error is better told as a page than as problem details."""
    path = request.url.path
    if path == API or path.startswith(f"{API}/"):
        return False
    return "text/html" in request.headers.get("accept", "")


def problem_page(request: Request, context: Context, status: int) -> Response:
    """What a browser gets instead of an error with this status."""
    if status == 401:
        return RedirectResponse(door(_asked(request)), 303, HEADERS)
    page = Page(request, context, _reader(request, context))
    return page.answer("message", status, message=MESSAGES.get(status, "problem"))


def _asked(request: Request) -> str:
    """What a reader wants to see once signed in; a change is not made again."""
    url = request.url
    return f"{url.path}?{url.query}".rstrip("?") if request.method == "GET" else HOME


def _reader(request: Request, context: Context) -> Caller | None:
    try:
        return caller_of(request, context.services)
    except NotSignedIn:
        return None
