"""The summary: how busy areas are, in numbers that tell of no few desks."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.policy import Anyone
from api.context import InContext
from api.query import refuse_keys
from api.reply import language_of, polled_struct
from api.routes.schema import object_of
from api.summary import Summary

router = APIRouter(prefix="/v1", tags=["summary"])


@router.get("/summary", responses=object_of(Summary))
async def summary(request: Request, caller: Anyone, context: InContext) -> Response:
    """How many desks of each area were in each state when the newest quarter told began."""
    refuse_keys(request.query_params, ())
    language = language_of(request)
    now_ms = context.services.now_ms()
    answer = await run_in_threadpool(context.summaries.at, now_ms, language, caller.floor)
    return polled_struct(request, answer, language)
