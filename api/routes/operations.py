"""Operations: whether the service lives, whether it can do its job, and what it counts."""

import asyncio

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from api.access.policy import PUBLIC
from api.context import InContext
from api.problem import Problem

router = APIRouter(tags=["operations"], dependencies=[Depends(PUBLIC)], include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """Whether the process answers at all."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(context: InContext) -> Response:
    """Whether readings come in and answers are fresh; 503 with the reasons where not.

    What is wrong besides, such as a store of history that is away, is told and changes nothing: who
    takes the service out of use for it would lose the answers too.
    """
    if troubles := context.services.health.troubles():
        raise Problem(503, "; ".join(troubles), headers={"Retry-After": "5"})
    if worries := context.services.health.worries():
        return JSONResponse({"status": "degraded", "worries": worries})
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
async def metrics(context: InContext) -> Response:
    """Everything that is counted, for Prometheus; no person and no space is in it."""
    context.meters.tasks.set(len(asyncio.all_tasks()))
    body = await run_in_threadpool(generate_latest, context.services.metrics)
    return Response(body, media_type=CONTENT_TYPE_LATEST)
