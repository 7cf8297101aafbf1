"""HEAD: the headers that GET would give, without the body.

Owns which addresses have it. The routes see a GET, so that each policy counts as it stands.

Source:
    RFC 9110, section 9.3.2.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """Wraps everything else.

    Args:
        app: What answers GET.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or acts(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
            elif not message.get("more_body", False):
                await send({"type": "http.response.body", "body": b""})

        await self._app({**scope, "method": "GET"}, receive, send_head)


def acts(path: str) -> bool:
    """Whether a GET does more than answer: uses up a link, writes a look-up down, or never ends.

    >>> acts("/sign-in/one-time"), acts("/v1/changes"), acts("/v1/desks")
    (True, True, False)
    """
    return path == "/v1/changes" or path.startswith("/sign-in/") or path.endswith("/whereabouts")
