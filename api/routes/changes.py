"""Changes: a stream of what becomes known, as server-sent events.

Source:
    WHATWG HTML, section 9.2, server-sent events.
"""

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from api.access.authentication import still_valid
from api.access.caller import Caller
from api.access.policy import Viewer
from api.context import Context, InContext
from api.problem import Problem
from api.query import refuse_keys

router = APIRouter(prefix="/v1", tags=["changes"])

HEARTBEAT_S = 4.0
RECHECK_S = 2.0
"""How often an open stream looks whether its key or session still counts."""
RETRY_MS = 3000
"""How long a browser waits before it connects anew."""

DESCRIBED: dict[int | str, dict[str, object]] = {
    200: {
        "description": (
            "First an event `state` with all desks and rooms, then an event `change` with those "
            "that changed; `id` is the revision, `data` is "
            '`{"revision", "spaces": [{"id", "kind", "state", "since", "lastEvidence", '
            '"probability"}]}`. A comment every 15 s. Closed when taken too slowly.'
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/changes", responses=DESCRIBED)
async def changes(request: Request, caller: Viewer, context: InContext) -> Response:
    """Everything as it is now, then each change as it becomes known."""
    refuse_keys(request.query_params, ())
    if context.stream.is_full:
        raise Problem(503, "too many streams are open", headers={"Retry-After": "30"})
    return StreamingResponse(
        events(context, caller),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        media_type="text/event-stream",
    )


async def events(context: Context, caller: Caller) -> AsyncIterator[bytes]:
    """What one subscriber gets, until it leaves, is too slow or may no longer see it.

    It subscribes only once it is listened to, so that whoever leaves before that leaves nothing.
    """
    stream, floor = context.stream, caller.floor
    subscriber = stream.subscribe(floor)
    try:
        yield b"retry: %d\n\n" % RETRY_MS
        first = stream.now()
        yield stream.written("state", first, floor) or b""
        spoken_s = time.monotonic()
        while not subscriber.overrun and still_valid(caller, context.services):
            event = await subscriber.take(RECHECK_S)
            told = None
            if event is not None and event.revision > first.revision:
                told = stream.written("change", event, floor)
            if told is None and time.monotonic() - spoken_s >= HEARTBEAT_S:
                told = b": still here\n\n"
            if told is not None:
                spoken_s = time.monotonic()
                yield told
    finally:
        stream.leave(subscriber)
