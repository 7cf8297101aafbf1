"""History: what one desk or room was, for those who look after the building."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.responses import Response

from api.access.policy import Caretaker
from api.answers import Reason, reason
from api.context import InContext
from api.problem import FieldError, Problem, WrongInput
from api.query import MOST_QUOTED, unknown_keys
from api.reply import language_of, polled_struct
from api.routes.schema import object_of, parameter
from api.times import iso, parsed
from occupancy.history import HistoryReader, spans
from occupancy.rollup import WATCHED
from occupancy.state import State

router = APIRouter(prefix="/v1", tags=["history"])

DAY_MS = 24 * 60 * 60 * 1000
MOST_MS = 31 * DAY_MS
"""Of one answer; transitions are kept for 30 days."""
TIME = {"type": "string", "format": "date-time"}


class Stretch(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A stretch of time in one state."""

    state: State
    from_: str | None
    """Inclusive."""
    to: str | None
    """Exclusive."""


class Move(msgspec.Struct, frozen=True):
    """That the state changed, and why."""

    at: str | None
    before: State
    after: State
    probability: float
    late: bool
    """Whether the reading behind it came so late that the state had gone on without it."""
    reasons: list[Reason]


class History(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What one space was between two times."""

    id: str
    from_: str | None
    to: str | None
    spans: list[Stretch]
    """Without holes; `unknown` where nothing is known."""
    transitions: list[Move]


ASKED: dict[str, object] = {
    "parameters": [
        parameter("from", "Start, inclusive; a day before `to` where left out.", dict(TIME)),
        parameter("to", "End, exclusive; now where left out.", dict(TIME)),
    ]
}


@router.get("/spaces/{space_id}/history", responses=object_of(History), openapi_extra=ASKED)
async def history(
    space_id: str,
    request: Request,
    caller: Caretaker,  # noqa: ARG001 (the policy)
    context: InContext,
) -> Response:
    """What a desk or room was, and each change with its reasons."""
    entry = context.catalogue.entry.get(space_id)
    if entry is None:
        raise Problem(404, "found no space with this id; GET /v1/spaces lists them")
    if entry.space.kind not in WATCHED:
        raise Problem(
            404, f"found a {entry.space.kind}, expected a desk or room: only these have history"
        )
    from_ms, to_ms = period(request.query_params, context.services.now_ms())
    answer = await run_in_threadpool(past, context.services.history, space_id, from_ms, to_ms)
    return polled_struct(request, answer, language_of(request))


def period(params: QueryParams, now_ms: int) -> tuple[int, int]:
    """The time asked for, ms UTC, floored to the second where left out.

    Raises:
        WrongInput: If a time can't be read, or the period is empty, too long or in the future.
    """
    errors = unknown_keys(params, ("from", "to"))
    to_ms = _time(params, "to", now_ms - now_ms % 1000, errors)
    from_ms = _time(params, "from", to_ms - DAY_MS, errors)
    if not errors and not from_ms < to_ms:
        errors.append(FieldError("from", "a time not before `to`", "an earlier time"))
    if not errors and to_ms - from_ms > MOST_MS:
        errors.append(FieldError("from", "more than 31 days before `to`", "31 days or fewer"))
    if errors:
        raise WrongInput(errors)
    return from_ms, to_ms


def _time(params: QueryParams, key: str, otherwise_ms: int, errors: list[FieldError]) -> int:
    text = params.get(key)
    if text is None:
        return otherwise_ms
    try:
        return parsed(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        expected = "a time such as 2026-11-23T09:00:00Z"
        errors.append(FieldError(key, repr(text[:MOST_QUOTED]), expected))
        return otherwise_ms


def past(reader: HistoryReader, space: str, from_ms: int, to_ms: int) -> History:
    """What one space was, as it is answered."""
    moves = [
        Move(
            iso(t.event_ms),
            t.before,
            t.after,
            round(t.probability, 2),
            t.late,
            [reason(item, with_source=True) for item in t.reasons],
        )
        for t in reader.transitions(space, from_ms, to_ms)
    ]
    stretches = [
        Stretch(span.state, iso(span.from_ms), iso(span.to_ms))
        for span in spans(reader, space, from_ms, to_ms)
    ]
    return History(space, iso(from_ms), iso(to_ms), stretches, moves)
