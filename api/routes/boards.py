"""Boards: how the devices are doing, for those who look after them."""

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access.policy import Caretaker
from api.context import InContext
from api.query import refuse_keys
from api.reply import language_of, polled_struct
from api.routes.schema import object_of
from api.services import BoardHealth
from api.times import iso_minute

router = APIRouter(prefix="/v1", tags=["boards"])


class Board(msgspec.Struct, frozen=True, rename="camel"):
    """One board."""

    id: str
    online: bool
    last_heard: str | None
    """Floored to the minute."""
    gaps: int
    """Stretches of messages that never came."""
    distrusted: tuple[str, ...]
    """Its sensors that are not believed: stuck, or never quiet."""


class Boards(msgspec.Struct, frozen=True):
    """Every board of the building."""

    boards: list[Board]


@router.get("/boards", responses=object_of(Boards))
async def boards(request: Request, caller: Caretaker, context: InContext) -> Response:  # noqa: ARG001
    """Every board, whether it is online and when it was last heard."""
    refuse_keys(request.query_params, ())
    known = context.services.health.boards()
    return polled_struct(request, Boards([_told(b) for b in known]), language_of(request))


def _told(board: BoardHealth) -> Board:
    last_heard = iso_minute(board.last_heard_ms)
    return Board(board.id, board.online, last_heard, board.gaps, board.distrusted)
